"""Cuts the rows of a table into INSERT statements that one request carries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Final, Literal, Protocol, TypeAlias

from attrs import frozen

from oneclick_deploy.data.libsql.reading import RowReader
from oneclick_deploy.data.libsql.texts import (
    RawText,
    Row,
    Value,
    document_rows,
    hrana_rows,
    quoted,
)
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

# Facts (turso.md section 3 and 5): 32,766 bound variables a statement, and requests of 1 to 2 MB.
# Within these the largest statement is the fastest: every request is a round trip and a commit.
MOST_VARIABLES = 30_000
MOST_ROWS = 20_000
MOST_BYTES = 1_000_000
# Every column walks through the row's array to its element.
_MOST_DOCUMENT_COLUMNS: Final = 40
# A document is one value, and SQLite's limit for a value would count for rows together.
_LARGEST_DOCUMENT_ROW: Final = 64 * 1024

OnConflict: TypeAlias = Literal["error", "skip", "update"]


@frozen(kw_only=True)
class InsertBatch:
    """One INSERT with several rows.

    Args:
        sql: The statement.
        args: Its arguments, as the JSON values that a request holds, with commas between them.
        rows: How many rows.
    """

    sql: str
    args: str
    rows: int


@frozen(kw_only=True)
class InsertTarget:
    """Where rows go.

    Args:
        table: The table of the destination.
        columns: Its columns, in the order of the values.
        on_conflict: What becomes of a row whose key the table holds already.
        key: The primary key, for ``update``.
    """

    table: str
    columns: tuple[str, ...]
    on_conflict: OnConflict = "error"
    key: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """The statement up to its rows."""
        columns = ", ".join(map(quote_identifier, self.columns))
        return f"INSERT INTO {quote_identifier(self.table)} ({columns})"

    @property
    def tail(self) -> str:
        """What follows the rows."""
        if self.on_conflict == "error":
            return ""
        others = [name for name in self.columns if name not in self.key]
        if self.on_conflict == "skip" or not others:
            return " ON CONFLICT DO NOTHING"
        key = ", ".join(map(quote_identifier, self.key))
        values = ", ".join(f"{n} = excluded.{n}" for n in map(quote_identifier, others))
        return f" ON CONFLICT ({key}) DO UPDATE SET {values}"


class RowsTarget(Protocol):
    """A statement around rows."""

    @property
    def columns(self) -> tuple[str, ...]:
        """What each row holds."""
        ...

    @property
    def head(self) -> str:
        """The statement up to the rows."""
        ...

    @property
    def tail(self) -> str:
        """What follows them."""
        ...


@frozen
class _Piece:
    """Some rows of a batch: their texts, and the SQL around them, which the batch shares."""

    rows: int
    text: str
    size: int
    form: str
    marks: str = ""


def insert_batches(target: RowsTarget, reader: RowReader) -> Iterator[InsertBatch]:
    """Yield statements that together insert the reader's rows, in order.

    Rows whose values have an exact form in JSON are one argument, a document that the server takes
    apart with ``json_each``: that takes it a third of the time of a variable for each value. All
    other rows are bound value by value.
    """
    pending: list[_Piece] = []
    rows = size = 0
    width = max(1, len(target.columns))
    while taken := reader.take(MOST_ROWS - rows):
        for piece in _pieces(target, taken):
            full = rows + piece.rows > _most_rows(piece, width) or size + piece.size > MOST_BYTES
            if pending and (full or piece.form != pending[0].form):
                yield _statement(target, pending)
                pending, rows, size = [], 0, 0
            pending.append(piece)
            rows += piece.rows
            size += piece.size
        if rows >= MOST_ROWS:
            yield _statement(target, pending)
            pending, rows, size = [], 0, 0
    if pending:
        yield _statement(target, pending)


def _most_rows(piece: _Piece, width: int) -> int:
    return MOST_ROWS if piece.form else max(1, min(MOST_ROWS, MOST_VARIABLES // width))


def _pieces(target: RowsTarget, rows: Sequence[Row]) -> Iterator[_Piece]:
    """Write rows, in halves of halves when they are too many for one request."""
    made = _document(rows) or _bound(rows)
    fits = made.size <= MOST_BYTES and len(rows) <= _most_rows(made, len(target.columns))
    if fits or len(rows) == 1:
        yield made
        return
    half = len(rows) // 2
    yield from _pieces(target, rows[:half])
    yield from _pieces(target, rows[half:])


def _document(rows: Sequence[Row]) -> _Piece | None:
    if len(rows[0]) > _MOST_DOCUMENT_COLUMNS:
        return None
    found = document_rows(rows)
    if found is None:
        return None
    texts, reading = found
    text = quoted(",".join(texts))[1:-1]
    if len(text) > _LARGEST_DOCUMENT_ROW * len(rows):
        return None
    return _Piece(len(rows), text, len(text.encode()), ", ".join(reading))


def _bound(rows: Sequence[Row]) -> _Piece:
    if any(map(_needs_literal, zip(*rows, strict=True))):
        marks = ", ".join(f"({', '.join(map(mark, row))})" for row in rows)
        text = ",".join(filter(None, map(_special_row, rows)))
    else:
        marks = ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(rows))
        text = ",".join(hrana_rows(rows))
    return _Piece(len(rows), text, len(text.encode()) + len(marks), "", marks)


def _needs_literal(column: Row) -> bool:
    """Whether one value at least is not bound by a ``?``."""
    kinds = set(map(type, column))
    return RawText in kinds or (float in kinds and not {inf, -inf}.isdisjoint(column))


def mark(value: Value) -> str:
    """Where a value stands in a statement."""
    if type(value) is RawText:
        return "CAST(? AS TEXT)"
    if takes_argument(value):
        return "?"
    return "9e999" if value == inf else "-9e999"  # JSON has no infinities


def takes_argument(value: Value) -> bool:
    """Whether a value is bound, and not written into the statement."""
    return type(value) is not float or value not in {inf, -inf}


def plain(value: Value) -> Value:
    """What is bound for a value."""
    return bytes(value) if type(value) is RawText else value


def _special_row(row: Row) -> str:
    bound = tuple(plain(value) for value in row if takes_argument(value))
    return hrana_rows([bound])[0] if bound else ""


def _statement(target: RowsTarget, pieces: Sequence[_Piece]) -> InsertBatch:
    rows = sum(piece.rows for piece in pieces)
    form = pieces[0].form
    text = ",".join(piece.text for piece in pieces if piece.text)
    if not form:
        marks = ", ".join(piece.marks for piece in pieces)
        return InsertBatch(sql=f"{target.head} VALUES {marks}{target.tail}", args=text, rows=rows)
    # WHERE true: without it, ON CONFLICT would be read as the ON of a join.
    sql = f"{target.head} SELECT {form} FROM json_each(?) WHERE true{target.tail}"  # noqa: S608 - quoted
    return InsertBatch(sql=sql, args=f'{{"type":"text","value":"[{text}]"}}', rows=rows)
