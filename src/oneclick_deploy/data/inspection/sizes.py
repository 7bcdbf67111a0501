"""How many bytes each table takes: counted in pages where SQLite can, else estimated."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from oneclick_deploy.data.source import SourceTable
from oneclick_deploy.data.sources.virtual import shadows_of
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

_COUNT_PAGES: Final = "SELECT name, pgsize FROM dbstat WHERE aggregate = 1"
_SAMPLE: Final = 1_000
# Of a row: its length, its rowid, the length of its header; and of each value, its type.
_ROW_BYTES: Final = 8
_VALUE_BYTES: Final = 1


@frozen
class Sizes:
    """Bytes by the name of the table.

    Args:
        tables: Of the rows.
        indexes: Of the indexes; nothing when estimated.
        are_estimated: Whether some rows stand for all.
    """

    tables: dict[str, int]
    indexes: dict[str, int]
    are_estimated: bool = False


def measure(connection: sqlite3.Connection, tables: Iterable[SourceTable]) -> Sizes:
    """Measure the tables.

    Raises:
        sqlite3.Error: A table cannot be read.
    """
    tables = list(tables)
    try:
        found = connection.execute(_COUNT_PAGES)
        pages = {str(name): int(size) for name, size in found}
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        estimated = {table.name: _estimate(connection, table) for table in tables}
        return Sizes(estimated, {}, are_estimated=True)
    rows = {table.name: _own(table, pages) for table in tables}
    indexes: dict[str, int] = {}
    for name, table in connection.execute(
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'"
    ):
        indexes[table] = indexes.get(table, 0) + pages.get(name, 0)
    return Sizes(rows, indexes)


def _own(table: SourceTable, pages: dict[str, int]) -> int:
    """The pages of a table, or of those in which a virtual one keeps its content."""
    if not table.module:
        return pages.get(table.name, 0)
    return sum(pages[name] for name in shadows_of(table.name, table.module, pages))


def _estimate(connection: sqlite3.Connection, table: SourceTable) -> int:
    values = " + ".join(
        f"coalesce(length(CAST({quote_identifier(name)} AS BLOB)), 0)" for name in table.columns
    )
    some = f"SELECT {values or 0} AS size FROM {quote_identifier(table.name)} LIMIT {_SAMPLE}"  # noqa: S608
    (mean,) = connection.execute(f"SELECT avg(size) FROM ({some})").fetchone()  # noqa: S608
    overhead = _ROW_BYTES + _VALUE_BYTES * len(table.columns)
    return round(((mean or 0) + overhead) * table.rows)
