"""Rows of SQLite as the lines that ``COPY ... FROM STDIN`` reads, made inside SQLite.

One expression gives a whole row as bytes. Between the values stand bytes that UTF-8 never has, so
that values need no escaping in SQL, which is slow there; blocks of many rows are escaped at once,
and then those bytes become tabs and newlines.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from attrs import frozen

from oneclick_deploy.data.columns import Kind
from oneclick_deploy.data.conversion import ColumnPlan, TablePlan
from oneclick_deploy.errors import DataSourceError
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

# RFC 3629, section 1: these octets never appear in UTF-8.
_BETWEEN: Final = b"\xff"
_END: Final = b"\xfe"
_NULL: Final = b"\xfd"
_NULL_SQL: Final = "CAST(x'FD' AS TEXT)"
# PostgreSQL's manual, COPY, text format.
_ESCAPES: Final = ((b"\\", b"\\\\"), (b"\t", b"\\t"), (b"\n", b"\\n"), (b"\r", b"\\r"))
# SQLite's default limit of arguments to a function is 127 before release 3.48.
_MOST_ARGUMENTS: Final = 100
# Few rows at a time keep memory flat when rows become large all of a sudden.
_FEW: Final = 16
_BLOCK: Final = 1 << 17


@frozen
class Block:
    """Some rows, ready to be sent."""

    rows: int
    data: bytes


def select_lines(plan: TablePlan) -> str:
    """The query for a table's lines."""
    line = _line([_value(column) for column in plan.columns])
    table = quote_identifier(plan.source.name)
    # Names went through quote_identifier, the rest is SQL of ours or of the caller's own.
    return f"SELECT CAST({line} AS BLOB) AS line FROM {table}{plan.condition}"  # noqa: S608


def read_blocks(connection: sqlite3.Connection, query: str) -> Iterator[Block]:
    """Run a query for lines, and yield some of them at a time.

    Raises:
        DataSourceError: SQLite cannot read the table.
    """
    try:
        yield from _blocks(connection.execute(query))
    except sqlite3.Error as error:
        raise DataSourceError(f"the preview cannot be read: {error}") from None


def _blocks(cursor: sqlite3.Cursor) -> Iterator[Block]:
    pending: list[bytes] = []
    rows = size = 0
    while some := cursor.fetchmany(_FEW):
        joined = b"".join(chain.from_iterable(some))
        pending.append(joined)
        rows += len(some)
        size += len(joined)
        if size >= _BLOCK:
            # Nothing large is held twice.
            del joined, some
            yield _taken(pending, rows)
            rows = size = 0
    if pending:
        yield _taken(pending, rows)


def _taken(pending: list[bytes], rows: int) -> Block:
    whole = pending[0] if len(pending) == 1 else b"".join(pending)
    pending.clear()
    return Block(rows, escaped(whole))


def escaped(lines: bytes) -> bytes:
    """Lines as COPY's text format has them."""
    for character, escape in _ESCAPES:
        if character in lines:
            lines = lines.replace(character, escape)
    return lines.replace(_BETWEEN, b"\t").replace(_END, b"\n").replace(_NULL, b"\\N")


def _value(column: ColumnPlan) -> str:
    text = f"'\\x'||{column.text}" if column.target.kind is Kind.BYTES else column.text
    return f"ifnull({text}, {_NULL_SQL})" if column.has_nulls else text


def _line(values: Sequence[str]) -> str:
    """One text of all values; printf is faster than a chain of ``||``."""
    parts = []
    for start in range(0, len(values), _MOST_ARGUMENTS):
        some = values[start : start + _MOST_ARGUMENTS]
        is_last = start + len(some) == len(values)
        form = _BETWEEN.join([b"%s"] * len(some)) + (_END if is_last else _BETWEEN)
        parts.append(f"printf(CAST(x'{form.hex()}' AS TEXT), {', '.join(some)})")
    return "||".join(parts)
