"""The declared types of result columns.

Hrana carries the declared type of each column, and clients use it (Prisma's libSQL adapter turns
``DATETIME`` columns into dates by it). Python's sqlite3 does not offer ``sqlite3_column_decltype``,
so the same SELECT is put into a temporary view for a moment: SQLite resolves the view's columns
with the very code that answers for a statement.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from oneclick_deploy.local.libsql.lexer import Token, TokenKind
from oneclick_deploy.local.libsql.statements import Statement, StatementKind

_VIEW: Final = '"oneclick columns"'
# From 3.41 on SQLite invents a type from the affinity of an expression; a statement has none.
_INVENTS_TYPES: Final = sqlite3.sqlite_version_info >= (3, 41)
_AFTER_ITEMS: Final = frozenset(
    {"FROM", "WHERE", "GROUP", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "HAVING", "WINDOW"}
)
_AFTER_TABLE: Final = frozenset(
    {
        "SET",
        "WHERE",
        "DEFAULT",
        "VALUES",
        "SELECT",
        "WITH",
        "RETURNING",
        "NOT",
        "INDEXED",
        "REPLACE",
    }
)


def declared_types(
    connection: sqlite3.Connection, statement: Statement, count: int
) -> list[str | None]:
    """Return the declared type of each result column, None for expressions.

    Args:
        connection: The session's own connection, which sees its uncommitted tables.
        statement: A statement that returned rows.
        count: How many columns it returned.
    """
    unknown: list[str | None] = [None] * count
    select = result_select(statement)
    if select is None:
        return unknown
    types = _types_of_view(connection, _without_parameters(select))
    if len(types) != count:
        return unknown
    if _INVENTS_TYPES:
        return _without_inventions(types, _items(_behind_select(select)))
    return types


def result_select(statement: Statement) -> tuple[Token, ...] | None:
    """The tokens of a SELECT with the statement's result columns, None when it reads no table.

    For a change with RETURNING that is a SELECT of the returned columns from the changed table.
    """
    if statement.is_explain:
        return None
    words = [token.upper for token in statement.tokens]
    if statement.kind is StatementKind.READ and "FROM" in words:
        return statement.tokens
    if statement.kind is StatementKind.CHANGE and "RETURNING" in words:
        at = len(words) - 1 - words[::-1].index("RETURNING")
        table = _changed_table(statement)
        if table:
            return (_word("SELECT"), *statement.tokens[at + 1 :], _word("FROM"), *table)
    return None


def _word(text: str) -> Token:
    return Token(kind=TokenKind.WORD, text=text, start=0, end=0)


def _without_parameters(tokens: tuple[Token, ...]) -> str:
    """The text of some tokens, each parameter replaced by NULL: views may not have parameters."""
    return " ".join("NULL" if t.kind is TokenKind.PARAMETER else t.text for t in tokens)


def _changed_table(statement: Statement) -> tuple[Token, ...]:
    """The table of an INSERT, UPDATE or DELETE as it stands there, with its alias."""
    before = {"INSERT": "INTO", "REPLACE": "INTO", "UPDATE": "UPDATE", "DELETE": "FROM"}
    marker = before[statement.verb]
    stream = iter(statement.tokens)
    for token in stream:
        if token.upper == marker:
            break
    name: list[Token] = []
    for token in stream:
        if marker == "UPDATE" and not name and token.upper == "OR":
            next(stream, None)
            continue
        is_name = token.name and token.upper not in _AFTER_TABLE
        if not is_name and token.text != ".":
            break
        name.append(token)
    return tuple(name)


def _behind_select(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens behind the first SELECT outside parentheses."""
    depth = 0
    for at, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.upper == "SELECT":
            rest = tokens[at + 1 :]
            return rest[1:] if rest and rest[0].upper in {"DISTINCT", "ALL"} else rest
    return ()


def _items(tokens: tuple[Token, ...]) -> list[list[Token]]:
    """The result items, up to FROM."""
    items: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.upper in _AFTER_ITEMS:
            break
        if depth == 0 and token.text == ",":
            items.append([])
        else:
            items[-1].append(token)
    return items


def _types_of_view(connection: sqlite3.Connection, select: str) -> list[str | None]:
    try:
        connection.execute(f"CREATE TEMP VIEW {_VIEW} AS {select}")
    except sqlite3.Error:
        return []
    try:
        rows = connection.execute(f"PRAGMA temp.table_info({_VIEW})").fetchall()
    except sqlite3.Error:
        rows = []
    finally:
        connection.execute(f"DROP VIEW temp.{_VIEW}")
    return [row[2] or None for row in rows]


def _without_inventions(types: list[str | None], items: list[list[Token]]) -> list[str | None]:
    """Drop the types of expressions. A star stands for as many columns as the others leave."""
    stars = [item for item in items if item and item[-1].text == "*"]
    if len(stars) > 1:
        return types
    width = len(types) - len(items) + 1
    kept: list[str | None] = []
    for item in items:
        take = width if item in stars else 1
        part = types[len(kept) : len(kept) + take]
        kept += part if item in stars or _is_column(item) else [None] * take
    return kept


def _is_column(item: list[Token]) -> bool:
    """Whether an item is a column with or without an alias, and not an expression."""
    body = list(item)
    if len(body) > 2 and body[-2].upper == "AS":
        body = body[:-2]
    elif len(body) > 1 and body[-1].name and body[-2].name:
        body = body[:-1]
    shape = [bool(token.name) for token in body]
    dots = [token.text == "." for token in body]
    return bool(body) and all(shape[at] if at % 2 == 0 else dots[at] for at in range(len(body)))
