"""Answer Hrana's describe request without running the statement for its effects."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from typing import Any

from oneclick_deploy.local.libsql.arguments import bind_nulls
from oneclick_deploy.local.libsql.columns import declared_types, result_select
from oneclick_deploy.local.libsql.lexer import TokenKind
from oneclick_deploy.local.libsql.pragmas import is_harmless_pragma
from oneclick_deploy.local.libsql.statements import Statement, StatementKind


def describe(connection: sqlite3.Connection, statement: Statement) -> dict[str, Any]:
    """Return parameters, columns and kind of a statement.

    Raises:
        sqlite3.Error: The statement cannot be compiled.
    """
    names = _column_names(connection, statement)
    types = declared_types(connection, statement, len(names))
    return {
        "params": [{"name": name} for name in statement.parameters],
        "cols": [
            {"name": name, "decltype": declared}
            for name, declared in zip(names, types, strict=True)
        ],
        "is_explain": statement.is_explain,
        "is_readonly": statement.is_readonly,
    }


def _column_names(connection: sqlite3.Connection, statement: Statement) -> list[str]:
    sql, values = bind_nulls(statement)
    if statement.is_explain:
        return _first_step(connection, sql, values)
    if statement.kind is StatementKind.PRAGMA:
        name, has_argument = statement.pragma
        harmless = is_harmless_pragma(name, has_argument=has_argument)
        return _first_step(connection, sql, values) if harmless else []
    if statement.kind in {StatementKind.TRANSACTION, StatementKind.OTHER} and statement.verb:
        return [] if statement.refusal else _compiled(connection, sql, values)
    _compiled(connection, sql, values)
    if statement.kind is StatementKind.READ:
        return _first_step(connection, sql, values)
    select = result_select(statement)
    if select is None:
        return []
    text = " ".join("NULL" if t.kind is TokenKind.PARAMETER else t.text for t in select)
    return _first_step(connection, f"{text} LIMIT 0", ())


def _compiled(
    connection: sqlite3.Connection, sql: str, values: Sequence[Any] | dict[str, Any]
) -> list[str]:
    """Let SQLite check the statement: EXPLAIN compiles it and changes nothing."""
    _first_step(connection, f"EXPLAIN {sql}", values)
    return []


def _first_step(
    connection: sqlite3.Connection, sql: str, values: Sequence[Any] | dict[str, Any]
) -> list[str]:
    """Run as far as the first row and return the names of the columns."""
    with contextlib.closing(connection.execute(sql, values)) as cursor:
        return [column[0] for column in cursor.description or ()]
