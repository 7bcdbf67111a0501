"""SQLite's errors in the words of sqld."""

from __future__ import annotations

import re
import sqlite3
from typing import Final

from oneclick_deploy.local.libsql.refusals import RequestRefusedError, StatementRefusedError
from oneclick_deploy.local.libsql.statements import Statement

# Primary result codes (https://sqlite.org/rescode.html). sqld calls the generic one "unknown".
_CODES: Final = {
    1: "SQLITE_UNKNOWN",
    2: "SQLITE_INTERNAL",
    3: "SQLITE_PERM",
    4: "SQLITE_ABORT",
    5: "SQLITE_BUSY",
    6: "SQLITE_LOCKED",
    7: "SQLITE_NOMEM",
    8: "SQLITE_READONLY",
    9: "SQLITE_INTERRUPT",
    10: "SQLITE_IOERR",
    11: "SQLITE_CORRUPT",
    12: "SQLITE_NOTFOUND",
    13: "SQLITE_FULL",
    14: "SQLITE_CANTOPEN",
    15: "SQLITE_PROTOCOL",
    17: "SQLITE_SCHEMA",
    18: "SQLITE_TOOBIG",
    19: "SQLITE_CONSTRAINT",
    20: "SQLITE_MISMATCH",
    21: "SQLITE_MISUSE",
    22: "SQLITE_NOLFS",
    23: "SQLITE_AUTH",
    25: "SQLITE_RANGE",
    26: "SQLITE_NOTADB",
}
_SYNTAX: Final = re.compile(r'near "(?P<token>.*)": syntax error', re.DOTALL)
_UNRECOGNIZED: Final = re.compile(r'unrecognized token: "(?P<token>.*)"', re.DOTALL)
# The errors for which SQLite knows the place in the text; sqld reports those as input errors.
_PLACED: Final = re.compile(
    r"no such column: (?P<column>.+)"
    r"|ambiguous column name: (?P<ambiguous>.+)"
    r"|no such function: (?P<function>.+)"
    r"|wrong number of arguments to function (?P<arity>.+)\(\)"
    r"|misuse of (?:aggregate|window)(?: function)?:? (?P<misuse>.+)\(\)"
    r"|(?:table|view|trigger) (?P<existing>.+) already exists",
    re.DOTALL,
)
_BAD_TEXT: Final = "Could not decode to UTF-8"


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection holds the write lock and waiting can help."""
    return getattr(error, "sqlite_errorname", "") in {"SQLITE_BUSY", "SQLITE_BUSY_RECOVERY"}


def is_syntax_error(error: sqlite3.Error) -> bool:
    """Whether SQLite could not parse the text."""
    message = str(error)
    return bool(
        _SYNTAX.fullmatch(message)
        or _UNRECOGNIZED.fullmatch(message)
        or message in {"incomplete input", "parser stack overflow"}
    )


def translate(
    error: sqlite3.Error, statement: Statement, *, describing: bool = False
) -> StatementRefusedError | RequestRefusedError:
    """Say an error of the sqlite3 module as sqld would."""
    message = str(error)
    if message.startswith(_BAD_TEXT):
        # sqld fails the request: a JSON string cannot carry the bytes.
        return RequestRefusedError(500, {"error": "invalid utf-8 sequence in a text value"})
    if is_syntax_error(error):
        return _syntax_error(message, statement, describing=describing)
    placed = _PLACED.fullmatch(message)
    if placed is not None:
        offset = _offset(next((name for name in placed.groups() if name), ""), statement)
        return StatementRefusedError(
            f"SQL input error: {message} (at offset {offset})", "SQL_INPUT_ERROR"
        )
    code = _CODES.get(getattr(error, "sqlite_errorcode", 1) & 0xFF, "SQLITE_UNKNOWN")
    return StatementRefusedError(f"SQLite error: {message}", code)


def _syntax_error(message: str, statement: Statement, *, describing: bool) -> StatementRefusedError:
    found = _SYNTAX.fullmatch(message) or _UNRECOGNIZED.fullmatch(message)
    token = found.group("token") if found else ""
    offset = _offset(token, statement)
    if describing:
        return StatementRefusedError(
            f"SQL input error: {message} (at offset {offset})", "SQL_INPUT_ERROR"
        )
    if not token:
        line, column = _line_and_column(statement.sql, len(statement.sql))
        text = f"unexpected end of input at ({line}, {column + 1})"
    else:
        line, column = _line_and_column(statement.sql, offset + len(token))
        text = f"syntax error around L{line}:{column}: `{token}`"
    return StatementRefusedError(f"SQL string could not be parsed: {text}", "SQL_PARSE_ERROR")


def _offset(name: str, statement: Statement) -> int:
    """Where a name stands in the text: the first token that is it, else its first occurrence."""
    last = name.rpartition(".")[2].strip('"').lower()
    for token in statement.tokens:
        if token.text == name or (last and token.name.lower() == last):
            return token.start
    return max(statement.sql.find(name), 0)


def _line_and_column(sql: str, offset: int) -> tuple[int, int]:
    before = sql[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)
