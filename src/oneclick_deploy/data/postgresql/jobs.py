"""What an import into PostgreSQL is asked to do: which rows go where."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from attrs import field, frozen

from oneclick_deploy.data.columns import TargetTable
from oneclick_deploy.data.postgresql.catalogue import Catalogue, Place, place_of
from oneclick_deploy.data.source import SourceReport, SourceTable
from oneclick_deploy.errors import ConfigurationError, DataSourceError

Names = Mapping[str | tuple[str, str], str]
"""New names, by a table's name or by those of a table and one of its columns."""


class OnConflict(StrEnum):
    """What happens when a table of the destination holds rows already."""

    ERROR = "error"
    """The import is refused."""

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
                f"on_conflict is {on_conflict!r}",
                hint=f"Choose one of {', '.join(OnConflict)}.",
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
        is_new: Whether this transaction made the table.
        merges: Whether the table holds rows already.
    """

    source: SourceTable
    target: TargetTable
    rename: Mapping[str, str] = field(factory=dict)
    where: str = ""
    is_new: bool = False
    merges: bool = False

    @property
    def place(self) -> Place:
        """Where the rows go."""
        return place_of(self.target)


def jobs_of(
    report: SourceReport,
    catalogue: Catalogue,
    request: Request,
    *,
    namespaces: Sequence[str],
    are_new: bool,
) -> tuple[list[Job], tuple[tuple[str, str], ...]]:
    """The tables to move, and those that are left out with the reason.

    Raises:
        DataSourceError: The source lacks a table that was asked for, or the destination lacks one
            that rows are for.
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
        target = catalogue.table(name, namespaces)
        if target is None:
            missing.append(f"{name} ({table.rows} rows)")
            continue
        jobs.append(
            Job(
                source=table,
                target=target,
                rename=request.columns(table.name),
                where=request.where.get(table.name, ""),
                is_new=are_new,
            )
        )
    if missing:
        raise DataSourceError(
            f"the destination has no table for the preview's {', '.join(missing)}",
            hint="Migrate the destination to the app's schema first, pass the schema, rename the "
            "tables, or name the ones to move.",
        )
    _check_targets(jobs)
    return jobs, tuple(skipped)


def not_empty(jobs: Sequence[Job]) -> DataSourceError:
    """The error for tables that hold rows."""
    return DataSourceError(
        f"the destination holds rows already in {', '.join(job.target.name for job in jobs)}",
        hint='Import into empty tables, or pass on_conflict="skip" or "update".',
    )


def incomplete(missing: Sequence[str]) -> DataSourceError:
    """The error for a database that has some of a schema's tables."""
    return DataSourceError(
        f"the destination has some of the schema's tables, but not {', '.join(missing)}",
        hint="Migrate it to the schema first, or import into an empty database.",
    )


def no_key(job: Job) -> DataSourceError:
    """The error for a table in which the same row cannot be found again."""
    return DataSourceError(
        f"the table {job.target.name} of the destination has no primary key among the columns that "
        "are written, so no row can be updated",
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
    seen: dict[Place, str] = {}
    for job in jobs:
        other = seen.setdefault(job.place, job.source.name)
        if other != job.source.name:
            raise DataSourceError(
                f"both {other} and {job.source.name} would go to {job.target.name}",
                hint="Give one of them another name in rename.",
            )
