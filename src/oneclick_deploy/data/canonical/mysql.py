"""The digest of a table, computed by MySQL or MariaDB."""

from __future__ import annotations

from collections.abc import Sequence

from oneclick_deploy.data.canonical.digest import is_late, ordered
from oneclick_deploy.data.canonical.texts import effective_kind, is_padded
from oneclick_deploy.data.columns import Kind, TargetColumn, TargetTable


def mysql_digest(
    table: TargetTable, columns: Sequence[TargetColumn], *, where: str = ""
) -> str | None:
    """SQL for the digest of a table: three values for `Digest.of_sums`.

    None where MySQL has no SQL for a canonical text: of floats, whose texts it writes in a form of
    its own, and of parsed JSON. Such a table is read with `rows_digest`.

    Args:
        table: The table.
        columns: Its columns that were written, in the order of the plan.
        where: SQL that takes some of its rows.
    """
    if any(is_late(column) for column in columns):
        return None
    texts = [f"IFNULL({_text(columns[at])}, '')" for at in ordered(columns)]
    clause = f" WHERE {where}" if where else ""
    # A sum of DECIMAL is exact; CONV gives the 64 bits without a sign. Names are quoted.
    return (
        "SELECT COUNT(*), SUM(CAST(CONV(LEFT(h, 16), 16, 10) AS DECIMAL(20, 0))),"  # noqa: S608
        " SUM(CAST(CONV(RIGHT(h, 16), 16, 10) AS DECIMAL(20, 0)))"
        f" FROM (SELECT MD5(CONCAT_WS(',', {', '.join(texts)})) AS h"
        f" FROM {_quoted(table.name)}{clause}) AS hashed"
    )


def _text(column: TargetColumn) -> str:
    x = _quoted(column.name)
    kind = effective_kind(column)
    if kind in {Kind.TEXT, Kind.ENUM, Kind.JSON, Kind.UUID}:
        text = f"CONVERT({x} USING utf8mb4)"
        if kind is Kind.UUID:
            return f"LOWER({text})"
        text = f"TRIM(TRAILING ' ' FROM {text})" if is_padded(column) else text
        return f"CONCAT(LENGTH({text}), ':', {text})"
    if kind is Kind.OTHER:
        return f"IF({x} IS NULL, NULL, '?')"
    if kind is Kind.BYTES:
        return f"CONCAT('x', LOWER(HEX({x})))"
    # A BIT(1) is a number only in arithmetic.
    number = f"CAST({x} + 0 AS CHAR)" if kind is Kind.BOOLEAN else f"CAST({x} AS CHAR)"
    return _without_zeros(number) if _has_fraction(column, kind) else number


def _has_fraction(column: TargetColumn, kind: Kind) -> bool:
    if kind is Kind.DECIMAL:
        return bool(column.scale)
    return kind in {Kind.DATETIME, Kind.TIME} and bool(column.precision)


def _without_zeros(text: str) -> str:
    return f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text}))"


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
