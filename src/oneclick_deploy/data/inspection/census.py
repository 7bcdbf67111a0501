"""Counts what the values of a table are, in one pass over its rows.

Some rows are looked at first. The pass then counts only the types that they have in each column;
where these do not make up all rows, that column is counted again with every type. Nothing is
compared or loaded that need not be: ``typeof`` and the length of a blob come from a row's header.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from oneclick_deploy.data.inspection.findings import ColumnCensus, DateForms
from oneclick_deploy.data.source import SourceTable
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

TYPES: Final[tuple[str, ...]] = ("null", "integer", "real", "text", "blob")
# Below SQLite's 2,000 result columns, also in builds that set fewer.
_MOST_COLUMNS: Final = 60
_SAMPLE: Final = 50
_SLICE_ROWS: Final = 50_000
_DIGITS: Final = "[0-9]"
_DATE: Final = "-".join(_DIGITS * count for count in (4, 2, 2))
_TIME: Final = ":".join(_DIGITS * 2 for _ in range(3))
_FORMS: Final = {"iso": f"{_DATE}T{_DIGITS * 2}:{_DIGITS * 2}*", "current": f"{_DATE} {_TIME}"}
_DATE_WORDS: Final = ("DATE", "TIME")

RowsHandler = Callable[[int], object]
"""Called with the rows that were looked at since the last call."""


@frozen
class _Measure:
    """One figure of a column, and how it is put together from slices of the table."""

    name: str
    sql: str
    join: Callable[[Any, Any], Any]


def take_census(
    connection: sqlite3.Connection, table: SourceTable, on_rows: RowsHandler
) -> tuple[ColumnCensus, ...]:
    """Count the values of each column.

    Raises:
        sqlite3.Error: The table cannot be read.
    """
    numbers = range(len(table.columns))
    seen = _sample(connection, table)
    found: dict[int, dict[str, Any]] = {}
    for start in numbers[::_MOST_COLUMNS]:
        tell = on_rows if start == 0 else _nothing
        some = {at: seen[at] for at in numbers[start : start + _MOST_COLUMNS]}
        found |= _pass(connection, table, some, tell)
    wrong = [at for at in numbers if sum(found[at].get(each, 0) for each in TYPES) != table.rows]
    for start in range(0, len(wrong), _MOST_COLUMNS):
        again = dict.fromkeys(wrong[start : start + _MOST_COLUMNS], frozenset(TYPES))
        found |= _pass(connection, table, again, _nothing)
    return tuple(_column(table, at, found[at]) for at in numbers)


def _nothing(_rows: int) -> None:
    """Tells nobody: these rows were told before."""


def _sample(connection: sqlite3.Connection, table: SourceTable) -> list[frozenset[str]]:
    """The types that each column has in the first rows, and in the last where that is cheap."""
    wanted = ", ".join(f"typeof({quote_identifier(name)})" for name in table.columns)
    query = f"SELECT {wanted} FROM {quote_identifier(table.name)}"  # noqa: S608 - quoted
    rows = connection.execute(f"{query} LIMIT {_SAMPLE}").fetchall()
    if table.has_rowid_key and not table.module:
        last = f" ORDER BY {table.key[0]} DESC LIMIT {_SAMPLE}"
        rows += connection.execute(query + last).fetchall()
    return [frozenset(row[at] for row in rows) for at in range(len(table.columns))]


def _pass(
    connection: sqlite3.Connection,
    table: SourceTable,
    types: Mapping[int, frozenset[str]],
    on_rows: RowsHandler,
) -> dict[int, dict[str, Any]]:
    """Go through the rows once, and count the given types of the given columns."""
    measures = [
        (at, measure)
        for at, expected in types.items()
        for measure in _measures(table, at, expected)
    ]
    wanted = ", ".join(["count(*)", *(measure.sql for _, measure in measures)])
    query = f"SELECT {wanted} FROM {quote_identifier(table.name)}"  # noqa: S608 - quoted
    if not table.module:
        query += " NOT INDEXED"
    found: dict[int, dict[str, Any]] = {at: {} for at in types}
    for where, given in _slices(connection, table):
        rows, *values = connection.execute(query + where, given).fetchone()
        for (at, measure), value in zip(measures, values, strict=True):
            before = found[at].get(measure.name)
            if value is not None:
                found[at][measure.name] = value if before is None else measure.join(before, value)
        on_rows(rows)
    return found


def _measures(table: SourceTable, at: int, types: frozenset[str]) -> Iterator[_Measure]:
    x = quote_identifier(table.columns[at])
    for each in types:
        counted = f"count(*) FILTER (WHERE typeof({x}) = '{each}')"
        if each == "null" and "blob" not in types:
            # Cheaper, but it loads the value, which may be long where there are blobs.
            counted = f"sum({x} IS NULL)"
        yield _Measure(each, counted, int.__add__)
    only = len(types - {"null"}) == 1

    def of(kind: str, aggregate: str, test: str = "") -> str:
        """The aggregate over the values of that type."""
        tests = [each for each in ("" if only else f"typeof({x}) = '{kind}'", test) if each]
        return f"{aggregate} FILTER (WHERE {' AND '.join(tests)})" if tests else aggregate

    if "integer" in types:
        yield _Measure("least", of("integer", f"min({x})"), _least)
        yield _Measure("greatest", of("integer", f"max({x})"), _greatest)
    if "text" in types:
        yield _Measure("longest_text", of("text", f"max(length({x}))"), max)
        if _is_date(table, at):
            for name, form in _FORMS.items():
                counted = of("text", "count(*)", f"{x} GLOB '{form}'")
                yield _Measure(name, counted, int.__add__)
    if "blob" in types:
        yield _Measure("longest_blob", of("blob", f"max(length({x}))"), max)


def _least(one: Any, other: Any) -> Any:
    """The lesser of two; of a column that turns out to hold other values too, any of them."""
    return min(one, other) if isinstance(one, int) and isinstance(other, int) else one


def _greatest(one: Any, other: Any) -> Any:
    return max(one, other) if isinstance(one, int) and isinstance(other, int) else one


def _slices(
    connection: sqlite3.Connection, table: SourceTable
) -> Iterator[tuple[str, Sequence[int]]]:
    """Conditions that part a big table by its rowid, so that progress can be told."""
    parts = table.rows // _SLICE_ROWS
    if parts < 2 or not table.has_rowid_key or table.module:
        yield "", ()
        return
    rowid = table.key[0]
    query = f"SELECT min({rowid}), max({rowid}) FROM {quote_identifier(table.name)}"  # noqa: S608
    first, last = connection.execute(query).fetchone()
    step = max(1, (last - first) // parts)
    start = first
    while start <= last:
        end = min(start + step, last)
        yield f" WHERE {rowid} BETWEEN ? AND ?", (start, end)
        start = end + 1


def _is_date(table: SourceTable, at: int) -> bool:
    declared = table.declared[at].upper() if table.declared else ""
    return any(word in declared for word in _DATE_WORDS)


def _column(table: SourceTable, at: int, found: dict[str, Any]) -> ColumnCensus:
    integers, texts = found.get("integer", 0), found.get("text", 0)
    # A minimum of no integers may be that of other values, which were counted apart.
    least, greatest = (found.get("least"), found.get("greatest")) if integers else (None, None)
    dates = None
    if _is_date(table, at):
        iso, current = found.get("iso", 0), found.get("current", 0)
        others = found.get("real", 0) + found.get("blob", 0) + texts - iso - current
        dates = DateForms(integers=integers, iso=iso, current=current, others=others)
    return ColumnCensus(
        name=table.columns[at],
        declared=table.declared[at] if table.declared else "",
        nulls=found.get("null", 0),
        integers=integers,
        reals=found.get("real", 0),
        texts=texts,
        blobs=found.get("blob", 0),
        least=least,
        greatest=greatest,
        longest_text=found.get("longest_text", 0),
        longest_blob=found.get("longest_blob", 0),
        dates=dates,
    )
