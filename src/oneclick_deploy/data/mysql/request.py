"""What an import into MySQL is asked to do: which rows go where."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from oneclick_deploy.data.columns import TargetTable
from oneclick_deploy.data.mysql.catalogue import Catalogue
from oneclick_deploy.data.source import SourceReport, SourceTable
from oneclick_deploy.errors import ConfigurationError, DataSourceError

Names = Mapping[str | tuple[str, str], str]
"""New names, by a table's name or by those of a table and one of its columns."""

# Engines that take a transaction back. Others would keep half of an import that died.
_ENGINES: Final = {"innodb", "rocksdb", "ndbcluster"}


class OnConflict(StrEnum):
    """What happens when a table of the destination holds rows already."""

    ERROR = "error"
    """The import is refused, unless they are the preview's rows."""

    SKIP = "skip"
    """Rows whose key, or another unique value, is there already are left out."""

    UPDATE = "update"
    """Rows whose primary key is there already take the preview's values."""


@frozen(kw_only=True)
class Request:
    """What the caller wants.

    Args:
        tables: Those of the source that go over; all of them when None.
        where: SQL of the rows to take, by table.
        rename: New names.
        on_conflict: What to do about rows that are there.
    """

    tables: frozenset[str] | None = None
    where: Mapping[str, str] = MappingProxyType({})
    rename: Names = MappingProxyType({})
    on_conflict: OnConflict = OnConflict.ERROR

    @classmethod
    def of(
        cls,
        *,
        tables: Collection[str] | None,
        where: Mapping[str, str] | None,
        rename: Names | None,
        on_conflict: str,
    ) -> Request:
        """Read a caller's arguments.

        Raises:
            ConfigurationError: One of them cannot be meant.
        """
        if isinstance(tables, str):
            raise ConfigurationError(
                f"tables is a text, {tables!r}", hint="Pass a list of the names of tables."
            )
        try:
            chosen = OnConflict(on_conflict)
        except ValueError:
            raise ConfigurationError(
                f"on_conflict is {on_conflict!r}", hint=f"Choose one of {', '.join(OnConflict)}."
            ) from None
        return cls(
            tables=None if tables is None else frozenset(tables),
            where=dict(where or {}),
            rename=dict(rename or {}),
            on_conflict=chosen,
        )

    def columns(self, table: str) -> dict[str, str]:
        """The new names of a table's columns."""
        return {
            name[1]: new
            for name, new in self.rename.items()
            if isinstance(name, tuple) and name[0] == table
        }


@frozen(kw_only=True)
class Job:
    """One table to move.

    Args:
        source: Where its rows are.
        target: Where they go.
        rename: New names of columns.
        where: SQL of the rows to take.
        is_utf8: Whether all its texts are stored in the character set that we send.
        merges: Whether the table holds rows already.
    """

    source: SourceTable
    target: TargetTable
    rename: Mapping[str, str] = field(factory=dict)
    where: str = ""
    is_utf8: bool = False
    merges: bool = False


def jobs_of(
    report: SourceReport, catalogue: Catalogue, request: Request
) -> tuple[list[Job], tuple[tuple[str, str], ...]]:
    """The tables to move, and those that are left out with the reason.

    Raises:
        DataSourceError: The source lacks a table that was asked for, the destination lacks one
            that rows are for, or one of its tables cannot take an import back.
    """
    _check_names(report, request)
    jobs, skipped, missing = [], [], []
    for table in report.tables:
        if request.tables is not None and table.name not in request.tables:
            skipped.append((table.name, "not asked for"))
            continue
        if not table.rows:
            skipped.append((table.name, "empty"))
            continue
        name = request.rename.get(table.name, table.name)
        target = catalogue.table(name)
        if target is None:
            missing.append(f"{name} ({table.rows} rows)")
            continue
        jobs.append(
            Job(
                source=table,
                target=target,
                rename=request.columns(table.name),
                where=request.where.get(table.name, ""),
                is_utf8=catalogue.is_utf8(target),
            )
        )
    if missing:
        raise DataSourceError(
            f"the destination has no table for the preview's {', '.join(missing)}",
            hint="Migrate the destination to the app's schema first, rename the tables, or name "
            "the ones to move.",
        )
    _check_targets(jobs)
    _check_engines(jobs, catalogue)
    return jobs, tuple(skipped)


def not_empty(jobs: Sequence[Job]) -> DataSourceError:
    """The error for tables that hold rows."""
    return DataSourceError(
        "the destination holds rows already that are not the preview's, in "
        f"{', '.join(job.target.name for job in jobs)}",
        hint='Import into empty tables, or pass on_conflict="skip" or "update".',
    )


def check_key(job: Job) -> None:
    """Make sure that the rows of a table can be found again.

    Raises:
        DataSourceError: They cannot.
    """
    written = {job.rename.get(name, name) for name in job.source.columns}
    if not job.target.primary_key or not written.issuperset(job.target.primary_key):
        raise DataSourceError(
            f"the table {job.target.name} of the destination has no primary key among the columns "
            "that are written, so no row can be updated",
            hint='Pass on_conflict="skip", or give the table a primary key.',
        )


def _check_names(report: SourceReport, request: Request) -> None:
    known = {table.name for table in report.tables}
    named = (request.tables or frozenset()) | set(request.where)
    named |= {name if isinstance(name, str) else name[0] for name in request.rename}
    unknown = sorted(named - known)
    if unknown:
        raise DataSourceError(
            f"the preview has no table {', '.join(unknown)}",
            hint=f"It has {', '.join(sorted(known))}.",
        )


def _check_targets(jobs: Sequence[Job]) -> None:
    seen: dict[str, str] = {}
    for job in jobs:
        other = seen.setdefault(job.target.name, job.source.name)
        if other != job.source.name:
            raise DataSourceError(
                f"both {other} and {job.source.name} would go to {job.target.name}",
                hint="Give one of them another name in rename.",
            )


def _check_engines(jobs: Sequence[Job], catalogue: Catalogue) -> None:
    found = {job.target.name: catalogue.engines[job.target.name] for job in jobs}
    wrong = [
        f"{name} ({engine})" for name, engine in found.items() if engine.lower() not in _ENGINES
    ]
    if wrong:
        raise DataSourceError(
            f"tables of the destination know no transactions: {', '.join(wrong)}",
            hint="ALTER TABLE ... ENGINE=InnoDB: otherwise an import that fails would leave some of "
            "its rows there.",
        )
