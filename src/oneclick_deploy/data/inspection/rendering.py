"""Prints an inspection for reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from oneclick_deploy.sizes import readable_size

if TYPE_CHECKING:
    from oneclick_deploy.data.inspection.findings import (
        ColumnCensus,
        Inspection,
        KeyViolations,
        TableInspection,
    )

_LONGEST_NAME: Final = 40
_MOST_LINES: Final = 50
_HEADER: Final = ("column", "declared", "null", "integer", "real", "text", "blob", "")


def render(found: Inspection) -> str:
    """An inspection as text: a line and a table of columns for each table, then what is wrong."""
    lines = [
        f"{_count(len(found.tables), 'table')}, {_count(found.rows, 'row')}, "
        f"{readable_size(found.size)}"
        + (", sizes of tables estimated" if found.sizes_are_estimated else "")
    ]
    for table in found.tables:
        lines += ["", *_table(table)]
    if found.violations:
        lines += ["", "Foreign keys", *_cut(map(_violation, found.violations))]
    if found.problems:
        lines += ["", "Values that the target refuses"]
        lines += _cut(
            f"  {_name(each.table)}.{_name(each.column)}: {_count(each.rows, 'value')}, "
            f"{each.problem}, first in row {each.row}: {each.value}"
            for each in found.problems
        )
    if found.unplaced:
        lines += ["", "Without a place in the target"]
        lines += _cut(f"  {_name(name)}: {reason}" for name, reason in found.unplaced)
    if found.skipped:
        lines += ["", "Left out"]
        lines += _cut(f"  {_name(name)}: {reason}" for name, reason in found.skipped)
    return "\n".join(lines)


def _table(table: TableInspection) -> Iterator[str]:
    indexes = f" + {readable_size(table.index_bytes)} of indexes" if table.index_bytes else ""
    module = f" ({table.module})" if table.module else ""
    yield (
        f"{_name(table.name)}{module}: {_count(table.rows, 'row')}, "
        f"{readable_size(table.bytes)}{indexes}"
    )
    rows = [_HEADER, *map(_column, table.census)]
    # A storage class that does not occur in the whole table needs no column.
    shown = [
        at
        for at in range(len(_HEADER))
        if at < 2 or at == len(_HEADER) - 1 or any(row[at] for row in rows[1:])
    ]
    widths = {at: max(len(row[at]) for row in rows) for at in shown}
    for row in rows:
        cells = [
            row[at].ljust(widths[at])
            if at < 2 or at == len(_HEADER) - 1
            else row[at].rjust(widths[at])
            for at in shown
        ]
        yield ("  " + "  ".join(cells)).rstrip()


def _column(column: ColumnCensus) -> tuple[str, ...]:
    counts = (column.nulls, column.integers, column.reals, column.texts, column.blobs)
    return (
        _name(column.name),
        _name(column.declared) if column.declared else "",
        *(f"{count:,}" if count else "" for count in counts),
        ", ".join(_remarks(column)),
    )


def _remarks(column: ColumnCensus) -> Iterator[str]:
    if column.least is not None:
        yield f"{column.least} to {column.greatest}"
    if column.texts:
        yield f"up to {_count(column.longest_text, 'character')}"
    if column.blobs:
        yield f"up to {readable_size(column.longest_blob)}"
    if column.dates is not None:
        forms = (
            (column.dates.integers, "as milliseconds"),
            (column.dates.iso, "as ISO text"),
            (column.dates.current, "as CURRENT_TIMESTAMP"),
            (column.dates.others, "otherwise"),
        )
        yield from (f"{count:,} {what}" for count, what in forms if count)


def _violation(each: KeyViolations) -> str:
    key = f"  {_name(each.table)} ({', '.join(map(_name, each.columns))})"
    if each.reason:
        return f"{key} -> {_name(each.references)}: {each.reason}"
    first = f", first in rowid {', '.join(map(str, each.first))}" if each.first else ""
    return f"{key}: {_count(each.rows, 'row')} without a row of {_name(each.references)}{first}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _name(name: str) -> str:
    """A name in one line, without signs that would move the others."""
    shown = "".join(each if each.isprintable() else repr(each)[1:-1] for each in name)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[: _LONGEST_NAME - 1]}…"


def _cut(lines: Iterator[str] | Sequence[str]) -> list[str]:
    every = list(lines)
    rest = len(every) - _MOST_LINES
    return every if rest <= 0 else [*every[:_MOST_LINES], f"  and {rest:,} more"]
