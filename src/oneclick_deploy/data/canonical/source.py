"""The digest of the rows that a plan takes, as they should arrive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

from oneclick_deploy.data.canonical.digest import Digest, is_late, ordered
from oneclick_deploy.data.canonical.texts import (
    canonical_text,
    effective_kind,
    is_padded,
)
from oneclick_deploy.data.columns import Kind, TargetColumn
from oneclick_deploy.data.conversion import ColumnPlan, Dialect, TablePlan
from oneclick_deploy.providers.libsql.identifiers import quote_identifier
from oneclick_deploy.runtime.cancel import CancelToken

_BATCH: Final = 500
_COMMA: Final = "||','||"
# SQLite's parser nests expressions 1,000 deep.
_AT_ONCE: Final = 200


def source_digest(
    connection: sqlite3.Connection,
    plan: TablePlan,
    *,
    where: str = "",
    cancel: CancelToken | None = None,
) -> Digest:
    """The digest of a table's rows as the plan converts them.

    Args:
        connection: The source; the plan's functions are registered on it.
        plan: How the table goes over.
        where: SQL that takes some of the plan's rows.
        cancel: Stops it.

    Raises:
        DeployCancelledError: ``cancel`` was cancelled.
    """
    total = Digest()
    for encoded in _encoded(connection, plan, where):
        if cancel is not None:
            cancel.check()
        total += Digest.of_encoded(encoded)
    return total


def _encoded(connection: sqlite3.Connection, plan: TablePlan, where: str) -> Iterator[list[bytes]]:
    plan.prepare(connection)
    columns = [plan.columns[at] for at in ordered([each.target for each in plan.columns])]
    early = [each for each in columns if not is_late(each.target)]
    late = [each for each in columns if is_late(each.target)]
    groups = [early[start : start + _AT_ONCE] for start in range(0, len(early), _AT_ONCE)]
    texts = [_COMMA.join(_text(each, plan.dialect) for each in group) for group in groups]
    wanted = [f"CAST({text} AS BLOB)" for text in texts]
    wanted += [each.sql for each in late]
    taken = " AND ".join(f"({each})" for each in (plan.where, where) if each)
    clause = f" WHERE {taken}" if taken else ""
    query = f"SELECT {', '.join(wanted)} FROM {quote_identifier(plan.source.name)}{clause}"  # noqa: S608
    cursor = connection.execute(query)
    kinds = [each.target for each in late]
    while rows := cursor.fetchmany(_BATCH):
        if len(wanted) == 1 and not late:
            yield [row[0] for row in rows]
        else:
            yield [_joined(row, len(groups), kinds) for row in rows]


def _joined(row: tuple[Any, ...], groups: int, late: Sequence[TargetColumn]) -> bytes:
    parts = list(row[:groups])
    for value, column in zip(row[groups:], late, strict=True):
        text = canonical_text(value, column)
        parts.append(b"" if text is None else text.encode())
    return b",".join(parts)


def _text(column: ColumnPlan, dialect: Dialect) -> str:
    """SQL of the canonical text of a value; an empty one of NULL."""
    text = _spelled(column, dialect)
    return f"ifnull({text}, '')" if column.has_nulls else f"({text})"


def _spelled(column: ColumnPlan, dialect: Dialect) -> str:
    kind = effective_kind(column.target)
    text = column.text
    if kind in {Kind.TEXT, Kind.ENUM, Kind.JSON}:
        text = f"rtrim({text}, ' ')" if is_padded(column.target) else text
        return f"length(CAST({text} AS BLOB))||':'||({text})"
    if kind in {Kind.DATETIME, Kind.TIME}:
        if dialect is Dialect.LIBSQL and kind is Kind.DATETIME:
            text = f"replace(replace({text}, 'T', ' '), '+00:00', '')"
        elif column.target.with_timezone and kind is Kind.DATETIME:
            text = f"replace({text}, '+00', '')"
        return f"rtrim(rtrim({text}, '0'), '.')"
    if kind is Kind.BYTES:
        return f"'x'||lower({text})"
    if kind is Kind.OTHER:
        return f"CASE WHEN ({text}) IS NULL THEN NULL ELSE '?' END"
    return text
