"""Rows of SQLite as blocks that MySQL reads: the lines of a file, or the values of an INSERT.

SQLite gives a row as one run of bytes. Between its values stand bytes that UTF-8 never has, so
that values need no escaping in SQL, which is slow there; blocks of many rows are escaped at once,
and then those bytes become what stands between the values.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from attrs import frozen

from oneclick_deploy.data.columns import Kind
from oneclick_deploy.data.conversion import ColumnPlan, TablePlan, is_clean
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

# RFC 3629, section 1: these octets never appear in UTF-8.
_BETWEEN: Final = b"\xff"
_END: Final = b"\xfe"
# Four of them, so that a broken text with such a byte in it is still broken afterwards.
_NULL: Final = b"\xfd" * 4
# Before the digits of bytes, and of a bit.
_HEX: Final = b"\xfc" * 4
_BIT: Final = b"\xfb" * 4
# SQLite's default limit of arguments to a function is 127 before release 3.48, and operators may
# be 1,000 deep.
_AT_ONCE: Final = 100
# Few rows at a time keep memory flat when rows become large all of a sudden.
_FEW: Final = 16


class UncleanTextError(Exception):
    """A text is not UTF-8, which a plan that nobody checked could not know."""


@frozen
class Block:
    """Some rows, ready to be sent."""

    rows: int
    data: bytes


Escape = Callable[[bytes], bytes]


def ordered(plan: TablePlan) -> tuple[ColumnPlan, ...]:
    """The columns in the order in which lines have them: numbers and dates come first."""
    plain = [column for column in plan.columns if column.is_plain]
    return (*plain, *(column for column in plan.columns if not column.is_plain))


def select_lines(plan: TablePlan) -> str:
    """The query for a table's lines."""
    columns = ordered(plan)
    values = [_value(column) for column in columns]
    plain = sum(column.is_plain for column in columns)
    parts = [_printed(some) for some in _groups(values[:plain])]
    # SQLite's printf stops at NUL; || does not.
    parts += [f"({_BETWEEN_SQL.join(some)})" for some in _groups(values[plain:])]
    line = _BETWEEN_SQL.join(parts)
    table = quote_identifier(plan.source.name)
    # Names went through quote_identifier, the rest is SQL of ours or of the caller's own.
    return f"SELECT CAST({line}||{_blob(_END)} AS BLOB) AS line FROM {table}{plan.condition}"  # noqa: S608


def read_blocks(
    connection: sqlite3.Connection, query: str, escape: Escape, *, columns: int, size: int
) -> Iterator[Block]:
    """Run a query for lines, and yield some of them at a time, of about ``size`` bytes.

    Raises:
        UncleanTextError: A text is not UTF-8.
    """
    cursor = connection.execute(query)
    pending: list[bytes] = []
    rows = held = 0
    few = 1
    while some := cursor.fetchmany(few):
        joined = b"".join([line for (line,) in some])
        if pending and held + len(joined) > size:
            yield _taken(pending, rows, columns, escape)
            rows = held = 0
        pending.append(joined)
        rows += len(some)
        held += len(joined)
        # Large rows come one by one, so that no statement is longer than it has to be.
        few = _FEW if len(joined) * _FEW < size * len(some) else 1
        # Nothing large is held twice.
        del joined, some
    if pending:
        yield _taken(pending, rows, columns, escape)


def as_file(lines: bytes) -> bytes:
    """Lines for LOAD DATA, with tabs between values and backslashes as escapes."""
    for character, spelled in ((b"\\", b"\\\\"), (b"\t", b"\\t"), (b"\n", b"\\n")):
        if character in lines:
            lines = lines.replace(character, spelled)
    lines = lines.replace(_HEX, b"").replace(_BIT, b"")
    return lines.replace(_BETWEEN, b"\t").replace(_END, b"\n").replace(_NULL, b"\\N")


def as_values(lines: bytes) -> bytes:
    """Lines for INSERT: rows in parentheses, each value as a string that the column reads."""
    for character, spelled in ((b"\\", b"\\\\"), (b"'", b"\\'")):
        if character in lines:
            lines = lines.replace(character, spelled)
    rows = lines[:-1].replace(_BETWEEN, b"','").replace(_END, b"'),('")
    rows = b"('" + rows + b"')"
    rows = rows.replace(b"'" + _HEX, b"X'").replace(b"'" + _BIT, b"b'")
    return rows.replace(b"'" + _NULL + b"'", b"NULL")


def _taken(pending: list[bytes], rows: int, columns: int, escape: Escape) -> Block:
    whole = pending[0] if len(pending) == 1 else b"".join(pending)
    pending.clear()
    if whole.count(_BETWEEN) != rows * (columns - 1) or whole.count(_END) != rows:
        raise UncleanTextError
    escaped = escape(whole)
    del whole
    if not is_clean(escaped, nul_is_clean=True):
        raise UncleanTextError
    return Block(rows, escaped)


def _value(column: ColumnPlan) -> str:
    text = column.text
    if column.target.kind is Kind.BYTES:
        text = f"{_blob(_HEX)}||{text}"
    elif is_bit(column):
        text = f"{_blob(_BIT)}||{text}"
    return f"ifnull({text}, {_blob(_NULL)})" if column.has_nulls else text


def is_bit(column: ColumnPlan) -> bool:
    """Whether a column is a bit, which takes a text for its bytes."""
    return column.target.kind is Kind.BOOLEAN and column.target.type_name.lower() == "bit(1)"


def _printed(values: Sequence[str]) -> str:
    """One text of several values; printf is faster than a chain of ``||``."""
    form = _BETWEEN.join([b"%s"] * len(values))
    return f"printf(CAST(x'{form.hex()}' AS TEXT), {', '.join(values)})"


def _groups(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE)]


def _blob(mark: bytes) -> str:
    return f"x'{mark.hex()}'"


_BETWEEN_SQL: Final = f"||{_blob(_BETWEEN)}||"
