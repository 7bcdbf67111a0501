"""Cuts the rows of a table into INSERT statements that one request carries."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from attrs import frozen

from oneclick_deploy.data.source import Row, SourceTable, Value
from oneclick_deploy.providers.libsql.identifiers import quote_identifier
from oneclick_deploy.providers.libsql.values import place

# Facts (turso.md section 3 and 5): 32,766 bound variables a statement, and requests of 1 to 2 MB.
# Within these the largest statement is the fastest (measured there with up to 8,000 rows): every
# request is a round trip and a commit.
MOST_VARIABLES = 30_000
MOST_ROWS = 5_000
MOST_BYTES = 1_000_000
_TEXT: Final = json.JSONEncoder(ensure_ascii=False)


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
        row_size = sum(map(_size, row))
        if pending and (len(pending) == most_rows or size + row_size > MOST_BYTES):
            yield _insert(table, pending)
            pending, size = [], 0
        pending.append(row)
        size += row_size
    if pending:
        yield _insert(table, pending)


def _insert(table: SourceTable, rows: list[Row]) -> InsertBatch:
    columns = ", ".join(quote_identifier(name) for name in table.columns)
    values = tuple(chain.from_iterable(rows))
    if math.inf in values or -math.inf in values:
        marks = ", ".join(f"({', '.join(place(value)[0] for value in row)})" for row in rows)
        values = tuple(value for value in values if place(value)[1])
    else:
        marks = ", ".join([f"({', '.join('?' * len(table.columns))})"] * len(rows))
    return InsertBatch(
        sql=f"INSERT INTO {quote_identifier(table.name)} ({columns}) VALUES {marks}",  # noqa: S608
        values=values,
        rows=len(rows),
    )


def _size(value: Value) -> int:
    """Bytes that a value takes in a request, or a few more."""
    if isinstance(value, str):
        return 32 + len(_TEXT.encode(value).encode("utf-8", "surrogatepass"))
    return 32 + len(value) * 4 // 3 if isinstance(value, bytes) else 64
