"""The digest of a table, computed by PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from oneclick_deploy.data.canonical.digest import ordered
from oneclick_deploy.data.canonical.texts import effective_kind, is_padded
from oneclick_deploy.data.columns import Kind, TargetColumn, TargetTable

# A function of PostgreSQL takes 100 arguments; two for each column.
_AT_ONCE: Final = 40

SETTINGS: Final = (
    "SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1; "
    "SET LOCAL bytea_output = 'hex'"
)
"""What the texts rely on, to be run in the same transaction."""


def postgresql_digest(
    table: TargetTable, columns: Sequence[TargetColumn], *, where: str = ""
) -> str:
    """SQL for the digest of a table: three values for `Digest.of_sums`.

    It needs PostgreSQL 13, and a database in UTF-8.

    Args:
        table: The table.
        columns: Its columns that were written, in the order of the plan.
        where: SQL that takes some of its rows.
    """
    clause = f" WHERE {where}" if where else ""
    row = _row([columns[at] for at in ordered(columns)])
    # OFFSET 0 keeps PostgreSQL from computing the hash twice. Names are quoted.
    return (
        "SELECT count(*), sum(('x' || left(h, 16))::bit(64)::bigint),"  # noqa: S608
        " sum(('x' || right(h, 16))::bit(64)::bigint)"
        f" FROM (SELECT md5({row}) AS h FROM {_name(table)}{clause} OFFSET 0) AS hashed"
    )


def _row(columns: Sequence[TargetColumn]) -> str:
    """SQL of a written row; concat() takes NULL for an empty text."""
    groups = [columns[start : start + _AT_ONCE] for start in range(0, len(columns), _AT_ONCE)]
    return " || ',' || ".join(f"concat({', '.join(_with_commas(group))})" for group in groups)


def _with_commas(columns: Sequence[TargetColumn]) -> list[str]:
    parts: list[str] = []
    for column in columns:
        if parts:
            parts.append("','")
        parts.append(_text(column))
    return parts


def _text(column: TargetColumn) -> str:
    x = _quoted(column.name)
    kind = effective_kind(column)
    if kind in {Kind.TEXT, Kind.ENUM, Kind.JSON}:
        return _counted(f"rtrim({x}::text)" if is_padded(column) else _as_text(x, column))
    if kind is Kind.DATETIME and column.with_timezone:
        return f"({x} AT TIME ZONE 'UTC')"
    return {
        Kind.BOOLEAN: f"{x}::int",
        Kind.DECIMAL: f"trim_scale({x})",
        Kind.BYTES: f"'x' || encode({x}, 'hex')",
        Kind.TIME: f"({x} AT TIME ZONE 'UTC')::time" if column.with_timezone else x,
        Kind.OTHER: f"CASE WHEN {x} IS NOT NULL THEN '?' END",
        Kind.ANY: f"CASE WHEN {x} IS NOT NULL THEN '?' END",
    }.get(kind, x)


def _as_text(x: str, column: TargetColumn) -> str:
    is_text = column.kind is Kind.TEXT and column.type_name.lower() in {"text", "varchar"}
    return x if is_text else f"{x}::text"


def _counted(text: str) -> str:
    return f"octet_length({text}) || ':' || {text}"


def _name(table: TargetTable) -> str:
    name = _quoted(table.name)
    return f"{_quoted(table.namespace)}.{name}" if table.namespace else name


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
