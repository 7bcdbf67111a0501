"""Reads the rows of a preview's table in pieces of a measured size, whatever its texts hold."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final, Self

from attrs import frozen

from oneclick_deploy.data.libsql.texts import RawText, Row
from oneclick_deploy.data.source import SourceTable, SqliteSource
from oneclick_deploy.errors import ConfigurationError, CorruptDatabaseError
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

# A piece is read whole before its size is known: it begins small and follows what was read last, so
# that rows of a megabyte never come by the hundred.
_MOST_PIECE_ROWS: Final = 256
_PIECE_BYTES: Final = 256 * 1024
_GROWTH: Final = 8


@frozen(kw_only=True)
class Selection:
    """The rows of one table that are moved.

    Args:
        table: The table of the source.
        where: SQL that chooses its rows; empty for all of them.
    """

    table: SourceTable
    where: str = ""

    def count(self, source: SqliteSource) -> int:
        """How many rows.

        Raises:
            ConfigurationError: The SQL of ``where`` is wrong.
        """
        if not self.where:
            return self.table.rows
        query = f"SELECT count(*) FROM {quote_identifier(self.table.name)}{self._clause}"  # noqa: S608
        try:
            (rows,) = source.connection.execute(query).fetchone()
        except sqlite3.Error as error:
            raise ConfigurationError(
                f"the condition for the table {self.table.name} is not one: {error}",
                hint=f"It stands behind WHERE: {self.where}",
            ) from None
        return int(rows)

    def query(self, skip: int) -> str:
        """The statement that gives the rows in the order of their key."""
        columns = ", ".join(quote_identifier(name) for name in self.table.columns)
        order = ", ".join(self.table.key)
        # Every name went through quote_identifier; the condition is the caller's own SQL.
        return (
            f"SELECT {columns} FROM {quote_identifier(self.table.name)}{self._clause} "  # noqa: S608
            f"ORDER BY {order} LIMIT -1 OFFSET {skip}"
        )

    @property
    def _clause(self) -> str:
        return f" WHERE ({self.where}\n)" if self.where else ""


class RowReader:
    """Walks through the rows of a selection; use it as a context manager.

    It has a connection of its own, for texts that are not UTF-8 are read as `RawText`, and a
    connection has one way to read texts.

    Args:
        source: The open preview database.
        selection: Which rows.
        skip: How many of them to leave out.
    """

    def __init__(self, source: SqliteSource, selection: Selection, *, skip: int = 0) -> None:
        self._name = selection.table.name
        self._selection = selection
        self._done = skip
        self._limit = 1
        self._connection = _second(source.connection)
        self._cursor = self._connection.execute(selection.query(skip))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def pieces(self) -> Iterator[list[Row]]:
        """Yield all that is left in pieces."""
        while rows := self.take(_MOST_PIECE_ROWS):
            yield rows

    def take(self, most: int) -> list[Row]:
        """Read the next rows: at least one, when there is one left.

        Raises:
            CorruptDatabaseError: A page of the file is damaged.
        """
        wanted = max(1, min(most, self._limit))
        try:
            rows = self._fetch(wanted)
        except sqlite3.DatabaseError as error:
            raise CorruptDatabaseError(
                f"the preview data, table {self._name} is damaged: {error}",
                hint="Export the preview again, or run `sqlite3 FILE .recover` on a copy.",
            ) from None
        self._done += len(rows)
        if rows:
            fitting = _PIECE_BYTES * len(rows) // max(1, sum(map(_size, zip(*rows, strict=True))))
            self._limit = max(1, min(_MOST_PIECE_ROWS, wanted * _GROWTH, fitting))
        return rows

    def _fetch(self, wanted: int) -> list[Row]:
        try:
            return self._cursor.fetchmany(wanted)
        except sqlite3.OperationalError as error:
            if "UTF-8" not in str(error):
                raise
        # From here on every text is looked at.
        self._connection.text_factory = _text
        self._cursor = self._connection.execute(self._selection.query(self._done))
        return self._cursor.fetchmany(wanted)


def _size(column: Sequence[Any]) -> int:
    kinds = set(map(type, column))
    if kinds == {str}:
        return sum(map(len, column))
    if kinds <= {int, float, type(None)}:
        return 8 * len(column)
    return sum(len(each) if isinstance(each, str | bytes) else 8 for each in column)


def _text(given: bytes) -> str | RawText:
    try:
        return given.decode()
    except UnicodeDecodeError:
        return RawText(given)


def _second(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Open the file of a connection again, for reading."""
    with contextlib.closing(connection.execute("PRAGMA database_list")) as found:
        path = next(row[2] for row in found if row[1] == "main")
    made = sqlite3.connect(path, check_same_thread=False)
    made.execute("PRAGMA query_only = 1")
    return made
