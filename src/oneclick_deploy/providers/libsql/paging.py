"""Reading a whole table in pages, without I/O: what to ask next, and what an answer means.

Pages follow the table's own key (``key > last``), so a page costs the same at the end of a table
as at its start. The size of pages follows the size of the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import define, field, frozen

from oneclick_deploy.errors import AnswerTooLargeError, ConfigurationError
from oneclick_deploy.providers.libsql.identifiers import quote_identifier
from oneclick_deploy.providers.libsql.models import Cell, Page, ResultSet, Row, Statement
from oneclick_deploy.providers.libsql.values import Value, place

PAGE_ROWS: Final = 10_000
PAGE_BYTES: Final = 4 * 1024 * 1024
_FIRST_ROWS: Final = 500
_GROWTH: Final = 4
_ROWID_NAMES: Final = ("rowid", "_rowid_", "oid")
_HIDDEN_COLUMN: Final = 1  # of a virtual table; 2 and 3 are generated columns, which SELECT * gives


@frozen(kw_only=True)
class TableShape:
    """How a table is read.

    Args:
        name: The table.
        columns: The columns to read.
        key: SQL expressions that order the rows and differ between any two of them.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


def shape_statement(table: str) -> Statement:
    """Ask for the columns and the kind of a table."""
    return Statement(
        "SELECT l.type, l.wr, x.name, x.type, x.pk, x.hidden FROM pragma_table_list(?1) AS l, "
        "pragma_table_xinfo(?1) AS x WHERE l.schema = 'main' ORDER BY x.cid",
        (table,),
    )


def read_shape(table: str, columns: Sequence[str] | None, result: ResultSet) -> TableShape:
    """Decide how to page through a table.

    Raises:
        ConfigurationError: It does not exist, lacks a column, or has no key to page by.
    """
    if not result.rows:
        raise ConfigurationError(
            f"the database has no table {table!r}", hint="Check the name; views have no key."
        )
    kind, without_rowid = result.rows[0][:2]
    found = {str(row[2]): row for row in result.rows}
    usual = [name for name, row in found.items() if row[5] != _HIDDEN_COLUMN]
    wanted = usual if columns is None else list(columns)
    missing = [name for name in wanted if name not in found]
    if missing or not wanted:
        raise ConfigurationError(
            f"the table {table!r} has no column {', '.join(map(repr, missing)) or 'to read'}",
            hint=f"It has: {', '.join(found)}.",
        )
    if kind == "view":
        raise ConfigurationError(
            f"{table!r} is a view and has no key to page by",
            hint="Read the tables behind it, or use execute() with ORDER BY and LIMIT.",
        )
    key = _primary_key(found) if without_rowid else _rowid(table, found)
    return TableShape(name=table, columns=tuple(wanted), key=key)


@define
class TableReader:
    """The state of one walk through a table."""

    shape: TableShape
    page_rows: int = PAGE_ROWS
    page_bytes: int = PAGE_BYTES
    done: bool = field(default=False, init=False)
    _limit: int = field(default=_FIRST_ROWS, init=False)
    _last: Row | None = field(default=None, init=False)
    _signs: tuple[int, ...] = field(default=(), init=False)

    def __attrs_post_init__(self) -> None:
        if self.page_rows < 1 or self.page_bytes < 1:
            raise ConfigurationError("a page has at least one row and one byte")
        self._limit = min(self._limit, self.page_rows)

    def statement(self) -> Statement:
        """What to ask next."""
        key = self.shape.key
        args: tuple[Value, ...] = ()
        columns = [quote_identifier(name) for name in self.shape.columns]
        selected = [*key, *columns]
        signs = [f"{selected[position]} > 0" for position in self._signs]
        where = ""
        if self._last is not None:
            where, args = _after(key, self._last)
        return Statement(
            f"SELECT {', '.join(selected + signs)} FROM {quote_identifier(self.shape.name)}"  # noqa: S608 - quoted
            f"{where} ORDER BY {', '.join(key)} LIMIT {self._limit}",
            args,
        )

    def accept(self, result: ResultSet, *, size: int) -> Page | None:
        """Take an answer of ``size`` bytes.

        Returns:
            The page, or ``None`` when the same rows have to be asked for once more: with the
            signs of their infinities, which the server leaves out.
        """
        width = len(self.shape.key) + len(self.shape.columns)
        lost = {p for row in result.rows for p in range(width) if row[p] != row[p]}
        if not lost <= set(self._signs):
            self._signs = tuple(sorted(lost | set(self._signs)))
            return None
        rows = [_signed(row, self._signs, width) for row in result.rows]
        self.done = len(rows) < self._limit
        if rows:
            self._last = rows[-1][: len(self.shape.key)]
            self._adapt(size // len(rows) + 1)
        own = tuple(row[len(self.shape.key) :] for row in rows)
        return Page(columns=self.shape.columns, rows=own)

    def shrink(self, error: AnswerTooLargeError) -> None:
        """Ask for half as many rows.

        Raises:
            AnswerTooLargeError: It was one row already.
        """
        if self._limit == 1:
            raise AnswerTooLargeError(
                f"one row of {self.shape.name!r} is larger than the server's limit for an answer",
                code=error.code,
                hint="Read its columns one at a time, with columns=[...].",
            )
        self._limit //= 2

    def _adapt(self, row_bytes: int) -> None:
        fitting = self.page_bytes // row_bytes
        self._limit = max(1, min(fitting, self._limit * _GROWTH, self.page_rows))


def _rowid(table: str, found: dict[str, Row]) -> tuple[str, ...]:
    """The rowid, under a name that no column took."""
    taken = {name.lower() for name in found}
    free = next((name for name in _ROWID_NAMES if name not in taken), None)
    if free is not None:
        return (free,)
    own = [row for row in found.values() if row[4]]
    if len(own) == 1 and str(own[0][3]).upper() == "INTEGER":
        return (quote_identifier(str(own[0][2])),)
    raise ConfigurationError(
        f"the columns of {table!r} take all names of its rowid, so there is no key to page by",
        hint="Use execute() with ORDER BY and LIMIT.",
    )


def _primary_key(found: dict[str, Row]) -> tuple[str, ...]:
    """The key of a WITHOUT ROWID table.

    Compared as BINARY: a column's own collation may call two keys equal that are two rows.
    """
    own = sorted((row for row in found.values() if row[4]), key=lambda row: int(row[4] or 0))
    return tuple(f"{quote_identifier(str(row[2]))} COLLATE BINARY" for row in own)


def _after(key: tuple[str, ...], last: Row) -> tuple[str, tuple[Value, ...]]:
    places = [place(cell) for cell in last]
    args = tuple(arg for _, given in places for arg in given)
    marks = ", ".join(mark for mark, _ in places)
    if len(key) == 1:
        return f" WHERE {key[0]} > {marks}", args
    return f" WHERE ({', '.join(key)}) > ({marks})", args


def _signed(row: Row, signs: tuple[int, ...], width: int) -> Row:
    """Put the infinities back, whose signs were asked for in columns of their own."""
    if not signs:
        return row
    cells: list[Cell] = list(row[:width])
    for offset, position in enumerate(signs):
        if cells[position] != cells[position]:
            cells[position] = float("inf") if row[width + offset] else float("-inf")
    return tuple(cells)
