"""Cuts the rows of a table into INSERT statements that one request carries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from attrs import frozen

from oneclick_deploy.data.source import Row, SourceTable, Value
from oneclick_deploy.providers.libsql.identifiers import quote_identifier
from oneclick_deploy.providers.libsql.values import place

# Facts (turso.md section 3 and 5): 32,766 bound variables a statement, requests of 1 to 2 MB, and
# multi-row INSERTs of up to 500 rows are the fast and safe sizes.
MOST_VARIABLES = 30_000
MOST_ROWS = 500
MOST_BYTES = 1_000_000


@frozen(kw_only=True)
class InsertBatch:
    """One INSERT with several rows.

    Args:
        sql: The statement, with a ``?`` for every value that can be bound.
        values: The values, row after row.
        rows: How many rows.
    """

    sql: str
    values: tuple[Value, ...]
    rows: int


def insert_batches(table: SourceTable, rows: Iterable[Row]) -> Iterator[InsertBatch]:
    """Yield statements that together insert ``rows`` into ``table``, in order."""
    width = len(table.columns)
    most_rows = max(1, min(MOST_ROWS, MOST_VARIABLES // width))
    pending: list[Row] = []
    size = 0
    for row in rows:
        row_size = sum(_size(value) for value in row)
        if pending and (len(pending) == most_rows or size + row_size > MOST_BYTES):
            yield _insert(table, pending)
            pending, size = [], 0
        pending.append(row)
        size += row_size
    if pending:
        yield _insert(table, pending)


def _insert(table: SourceTable, rows: list[Row]) -> InsertBatch:
    columns = ", ".join(quote_identifier(name) for name in table.columns)
    return InsertBatch(
        sql=f"INSERT INTO {quote_identifier(table.name)} ({columns}) VALUES "  # noqa: S608
        + ", ".join(f"({', '.join(place(value)[0] for value in row)})" for row in rows),
        values=tuple(value for row in rows for value in row if place(value)[1]),
        rows=len(rows),
    )


def _size(value: Value) -> int:
    """Bytes that a value takes in a request, or a few more."""
    if isinstance(value, str):
        return 32 + len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return 32 + len(value) * 4 // 3 if isinstance(value, bytes) else 64
