"""What is asked of a destination before the first row, and how the two sides belong together."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from oneclick_deploy.data.batches import InsertTarget, OnConflict
from oneclick_deploy.data.libsql.reading import Selection
from oneclick_deploy.data.source import SourceTable, SqliteSource
from oneclick_deploy.errors import ConfigurationError, DataSourceError
from oneclick_deploy.providers.libsql.identifiers import quote_identifier
from oneclick_deploy.providers.libsql.models import Row

_ROWID_NAMES: Final = ("rowid", "_rowid_", "oid")


@frozen(kw_only=True)
class Scope:
    """Which rows are moved, under which names, and into which tables.

    Args:
        tables: The tables of the source; all of them when ``None``.
        where: SQL conditions by table.
        rename: Names of the destination by those of the source: of tables, or of columns as
            ``table.column``.
        on_conflict: ``error`` moves into empty tables only. ``skip`` and ``update`` add to the rows
            that a table holds, and say what becomes of a row whose key is taken.
    """

    tables: tuple[str, ...] | None = None
    where: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    rename: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    on_conflict: OnConflict = "error"

    def selections(self, source: SqliteSource) -> list[Selection]:
        """The tables that are moved.

        Raises:
            ConfigurationError: A name is none of the source.
        """
        present = {table.name: table for table in source.report.tables}
        _check_names("tables", self.tables or (), present)
        _check_names("where", self.where, present)
        _check_names("rename", self.rename, _names(source.report.tables))
        if self.on_conflict not in {"error", "skip", "update"}:
            raise ConfigurationError(
                f"on_conflict is {self.on_conflict!r}", hint="Use error, skip or update."
            )
        wanted = present if self.tables is None else set(self.tables)
        return [
            Selection(table=table, where=self.where.get(name, ""))
            for name, table in present.items()
            if name in wanted
        ]

    def target_name(self, table: SourceTable) -> str:
        """The destination's name of a table."""
        return self.rename.get(table.name, table.name)

    def target_columns(self, table: SourceTable) -> tuple[str, ...]:
        """The destination's names of a table's columns."""
        return tuple(self.rename.get(f"{table.name}.{name}", name) for name in table.columns)

    def mark(self, fingerprint: str) -> str:
        """What tells this import from every other one in the ledger."""
        chosen = (sorted(self.where.items()), sorted(self.rename.items()))
        if not any(chosen) and self.on_conflict == "error":
            return fingerprint
        told = hashlib.sha256(repr((fingerprint, chosen)).encode()).hexdigest()
        return told if self.on_conflict == "error" else f"{APPENDING}{self.on_conflict}:{told}"


APPENDING: Final = "append:"
"""How the mark of an import begins that added to rows, and so cannot be taken back."""


@frozen(kw_only=True)
class Move:
    """One table on its way.

    Args:
        selection: The rows of the source.
        rows: How many.
        target: Where they go.
        place: The table of the destination as it is.
    """

    selection: Selection
    rows: int
    target: InsertTarget
    place: Place

    @property
    def name(self) -> str:
        """The table of the destination."""
        return self.target.table


@frozen(kw_only=True)
class Place:
    """A table of the destination.

    Args:
        name: The table.
        columns: Its columns, the computed ones as well.
        key: The columns of its primary key, in order.
        is_rowid: Whether that key is the rowid itself (``INTEGER PRIMARY KEY``).
        has_rowid: Whether rows are kept by a rowid.
    """

    name: str
    columns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    is_rowid: bool = False
    has_rowid: bool = True

    @property
    def rowid(self) -> str:
        """The rowid under a name that no column took; empty when there is none."""
        taken = {name.lower() for name in self.columns}
        return next((name for name in _ROWID_NAMES if name not in taken and self.has_rowid), "")


def place_query(table: str) -> str:
    """Ask for the columns of a table; no row when there is no such table."""
    name = "'" + table.replace("'", "''") + "'"
    return (
        f"SELECT x.name, x.type, x.pk, l.wr FROM pragma_table_list({name}) AS l, "  # noqa: S608
        f"pragma_table_xinfo({name}) AS x WHERE l.schema = 'main' ORDER BY x.cid"
    )


def read_place(name: str, rows: Sequence[Row]) -> Place:
    """Read the answer to `place_query`."""
    own = sorted((row for row in rows if row[2]), key=lambda row: int(str(row[2])))
    has_rowid = not any(row[3] for row in rows)
    return Place(
        name=name,
        columns=tuple(str(row[0]) for row in rows),
        key=tuple(str(row[0]) for row in own),
        is_rowid=has_rowid and len(own) == 1 and str(own[0][1]).upper() == "INTEGER",
        has_rowid=has_rowid,
    )


def matched(
    scope: Scope, selections: Mapping[Selection, int], places: Sequence[Place]
) -> list[Move]:
    """Find the place of every table.

    Raises:
        DataSourceError: A table or column is missing; the message names all of them.
    """
    moves, problems = [], []
    for (selection, rows), place in zip(selections.items(), places, strict=True):
        columns = scope.target_columns(selection.table)
        missing = [name for name in columns if name not in place.columns]
        if missing:
            what = f"columns {', '.join(missing)}" if place.columns else "table"
            problems.append(f"{place.name} ({rows} rows): no such {what}")
            continue
        target = InsertTarget(
            table=place.name, columns=columns, on_conflict=scope.on_conflict, key=place.key
        )
        moves.append(Move(selection=selection, rows=rows, target=target, place=place))
        if scope.on_conflict == "update" and not set(place.key) <= set(columns):
            problems.append(f"{place.name}: the rows do not hold its whole primary key")
        if scope.on_conflict == "update" and not place.key:
            problems.append(f"{place.name}: it has no primary key to find the rows by")
    if problems:
        raise DataSourceError(
            "the migrations do not make what the preview data needs: " + "; ".join(problems),
            hint="Add a migration (`npx prisma migrate dev`), or clear those tables in the "
            "preview.",
        )
    return moves


def count_query(table: str) -> str:
    """Ask how many rows a table holds."""
    return f"SELECT count(*) FROM {quote_identifier(table)}"  # noqa: S608 - quoted


def _names(tables: Sequence[SourceTable]) -> set[str]:
    names = {table.name for table in tables}
    return names | {f"{table.name}.{column}" for table in tables for column in table.columns}


def _check_names(where: str, given: Collection[str], known: Collection[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ConfigurationError(
            f"{where} names {', '.join(map(repr, unknown))}, which the preview data does not have",
            hint=f"It has: {', '.join(sorted(known)[:20])}.",
        )
