"""Compares a table of the destination with the rows that must be in it, without I/O.

Two ways. The quick one knows the answer to every question before it is asked, and compares bytes:
reading some hundred thousand values out of JSON would take longer than the server needs to find
them. Where an answer is another one, be it only written differently, the careful way reads every
value with its type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import inf
from typing import Final

from attrs import define, field, frozen

from oneclick_deploy.data.batches import mark, plain, takes_argument
from oneclick_deploy.data.checksum import TableChecksum
from oneclick_deploy.data.libsql.destination import Move, Place
from oneclick_deploy.data.libsql.reading import RowReader
from oneclick_deploy.data.libsql.texts import RawText, Row, Value, hrana_rows
from oneclick_deploy.providers.libsql.identifiers import quote_identifier
from oneclick_deploy.providers.libsql.models import Statement
from oneclick_deploy.providers.libsql.values import decode

# The server refuses answers of more than 10 MB (facts); rows are read as they are compared.
PAGE_BYTES: Final = 2_000_000
PAGE_ROWS: Final = 10_000
_FIRST_ROWS: Final = 512
_ROWS: Final = b'"rows":['
# How `hrana_rows` writes what no answer can hold; quotes inside of a text are escaped.
_UNSAID: Final = (b'{"type":"text","base64":"', b'{"type":"float","value":"')


@frozen(kw_only=True)
class ExpectedPage:
    """A question, and what its answer must hold.

    Args:
        sql: The statement.
        args: Its arguments.
        rows: The rows of the answer as the server writes them.
    """

    sql: str
    args: tuple[Value, ...]
    rows: bytes

    @property
    def is_sure(self) -> bool:
        """Whether the server can write these rows: not texts outside of UTF-8, nor infinities."""
        return not any(form in self.rows for form in _UNSAID)

    def is_in(self, answer: bytes) -> bool:
        """Whether these rows, and no others, are what the server answered."""
        # Column names come before; the quotes inside of one are escaped.
        start = answer.find(_ROWS)
        if start < 0:
            return False
        start += len(_ROWS)
        end = start + len(self.rows)
        return answer[start:end] == self.rows and answer[end : end + 1] == b"]"


def expected_pages(
    move: Move, reader: RowReader, checksum: TableChecksum
) -> Iterator[ExpectedPage] | None:
    """Say page by page what the table must answer, in the order of its key.

    The key of a table without one of its own is the rowid, which counts from 1 in a table that an
    import filled; it is asked for with the rows, so that a wrong guess is seen.

    Returns:
        The pages; ``None`` when the order of the rows cannot be foreseen.
    """
    key = _KeyOf.table(move)
    return None if key is None else _pages(move, reader, checksum, key)


@frozen
class _KeyOf:
    """How rows are ordered.

    Args:
        sql: The SQL of the key.
        position: Where a row holds it; ``None`` for a rowid that is only counted.
    """

    sql: str
    position: int | None

    @classmethod
    def table(cls, move: Move) -> _KeyOf | None:
        place = move.place
        if place.is_rowid and place.key[0] in move.target.columns:
            return cls(quote_identifier(place.key[0]), move.target.columns.index(place.key[0]))
        if place.has_rowid and not place.is_rowid and place.rowid:
            return cls(place.rowid, None)
        return None


def _pages(
    move: Move, reader: RowReader, checksum: TableChecksum, key: _KeyOf
) -> Iterator[ExpectedPage]:
    columns = ", ".join(map(quote_identifier, move.target.columns))
    selected = columns if key.position is not None else f"{key.sql}, {columns}"
    head = f"SELECT {selected} FROM {quote_identifier(move.name)}"  # noqa: S608 - quoted
    last: Value = None
    done = 0
    for rows, texts in _written(reader):
        checksum.add_written(texts)
        wanted = texts
        if key.position is None:
            counted = hrana_rows([(number,) for number in range(done + 1, done + len(rows) + 1)])
            wanted = list(map(",".join, zip(counted, texts, strict=True)))
        done += len(rows)
        # One more than there can be: of a table with more rows, the last page tells.
        limit = len(rows) + (done >= move.rows)
        where = "" if last is None else f" WHERE {key.sql} > ?"
        yield ExpectedPage(
            sql=f"{head}{where} ORDER BY {key.sql} LIMIT {limit}",
            args=() if last is None else (last,),
            rows=f"[{'],['.join(wanted)}]".encode(),
        )
        last = done if key.position is None else rows[-1][key.position]


def _written(reader: RowReader) -> Iterator[tuple[list[Row], list[str]]]:
    """Rows of a page, and their texts."""
    rows: list[Row] = []
    texts: list[str] = []
    size = 0
    for piece in reader.pieces():
        written = hrana_rows(piece)
        rows += piece
        texts += written
        size += sum(map(len, written))
        if size > PAGE_BYTES or len(rows) >= PAGE_ROWS:
            yield rows, texts
            rows, texts, size = [], [], 0
    if rows:
        yield rows, texts


# The careful way


@define
class CarefulReader:
    """Walks through a table of the destination value by value, whatever it holds.

    A text comes as its bytes, for one that is not UTF-8 would end the answer; an infinity comes
    without its sign, which is asked for beside it.

    Args:
        place: The table.
        columns: What is read.
    """

    place: Place
    columns: tuple[str, ...]
    done: bool = field(default=False, init=False)
    _limit: int = field(default=_FIRST_ROWS, init=False)
    _read: int = field(default=0, init=False)
    _last: Row | None = field(default=None, init=False)

    def statement(self) -> Statement:
        """What to ask next."""
        key = self._key
        names = [*key, *map(quote_identifier, self.columns)]
        chosen = ", ".join(each for name in names for each in _careful(name))
        order = ", ".join(f"{name} COLLATE BINARY" for name in key)
        where, args, offset = "", [], ""
        if self._last is not None and key:
            marks = ", ".join(map(mark, self._last))
            where = f" WHERE ({order}) > ({marks})"
            args = [plain(value) for value in self._last if takes_argument(value)]
        elif not key:
            offset = f" OFFSET {self._read}"
        return Statement(
            f"SELECT {chosen} FROM {quote_identifier(self.place.name)}{where}"  # noqa: S608 - quoted
            f"{f' ORDER BY {order}' if key else ''} LIMIT {self._limit}{offset}",
            args,
        )

    def accept(self, answer: bytes) -> list[Row] | None:
        """Read an answer.

        Returns:
            The rows; ``None`` when it is not an answer with rows.
        """
        cells = _cells(answer)
        if cells is None:
            return None
        width = len(self._key)
        rows = [tuple(map(_careful_value, row[::2], row[1::2])) for row in cells]
        self.done = len(rows) < self._limit
        self._read += len(rows)
        if rows:
            self._last = rows[-1][:width]
            fitting = PAGE_BYTES * len(rows) // max(1, len(answer))
            self._limit = max(1, min(PAGE_ROWS, fitting, self._limit * 8))
        return [row[width:] for row in rows]

    def shrink(self) -> bool:
        """Ask for fewer rows; says whether there is less to ask for."""
        self._limit //= 8
        return self._limit > 0

    @property
    def _key(self) -> tuple[str, ...]:
        if self.place.rowid:
            return (self.place.rowid,)
        if self.place.is_rowid or not self.place.has_rowid:
            return tuple(map(quote_identifier, self.place.key))
        return ()


def _careful(name: str) -> tuple[str, str]:
    return (
        f"CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) ELSE {name} END",
        f"CASE typeof({name}) WHEN 'text' THEN 1 WHEN 'real' THEN {name} > 0 END",
    )


def _cells(answer: bytes) -> list[list[Value]] | None:
    """Read the rows out of the answer to one statement."""
    try:
        found = json.loads(answer)["results"][0]["response"]["result"]["rows"]
        return [[decode(value) for value in row] for row in found]
    except (ValueError, TypeError, LookupError):
        return None


def _careful_value(value: Value, told: Value) -> Value:
    if isinstance(value, bytes) and told is not None:
        try:
            return value.decode()
        except UnicodeDecodeError:
            return RawText(value)
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - an infinity without its sign
        return inf if told else -inf
    return value


@frozen(kw_only=True)
class Presence:
    """Asks of rows how many of them a table holds, exactly as they are.

    Args:
        move: The table.
    """

    move: Move

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, in the order of the values."""
        return self.move.target.columns

    @property
    def head(self) -> str:
        """The statement up to the rows."""
        return f"WITH given ({', '.join(f'c{n}' for n in range(len(self.columns)))}) AS ("

    @property
    def tail(self) -> str:
        """What follows the rows."""
        same = " AND ".join(
            f"t.{name} IS c{n} AND typeof(t.{name}) = typeof(c{n})"
            for n, name in enumerate(map(quote_identifier, self.columns))
        )
        table = quote_identifier(self.move.name)
        return (
            f") SELECT count(*) FROM given WHERE EXISTS (SELECT 1 FROM {table} AS t WHERE {same})"  # noqa: S608
        )
