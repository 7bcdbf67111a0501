"""Match the arguments of a Hrana statement to SQL parameters, as sqld does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from oneclick_deploy.local.libsql.lexer import TokenKind
from oneclick_deploy.local.libsql.refusals import StatementRefusedError
from oneclick_deploy.local.libsql.statements import Statement
from oneclick_deploy.local.libsql.values import SqlValue


@frozen(kw_only=True)
class Arguments:
    """The arguments of one statement: by position or by name, not both."""

    positional: Sequence[SqlValue] = ()
    named: Sequence[tuple[str, SqlValue]] = ()


NO_ARGUMENTS = Arguments()


def bind(
    statement: Statement, arguments: Arguments, *, longest: int
) -> tuple[str, Sequence[SqlValue] | dict[str, SqlValue]]:
    """Return the SQL and the values for the sqlite3 module.

    Args:
        statement: The statement.
        arguments: What the client sent.
        longest: The size of a value in bytes from which on it is refused.
    """
    if arguments.positional and arguments.named:
        raise StatementRefusedError(
            "Specifying both positional and named arguments is not supported",
            "ARGS_BOTH_POSITIONAL_AND_NAMED",
        )
    names = statement.parameters
    given = len(arguments.positional) or len(arguments.named)
    if given > len(names):
        raise _mismatch(f"too many parameters, expected {len(names)} found {given}")
    if not names:
        return statement.sql, ()
    if arguments.named:
        values = _by_name(names, dict(arguments.named))
    else:
        values = _by_position(names, arguments.positional)
    for value in values:
        if _is_too_long(value, longest):
            raise _mismatch("string or blob too big")
    return _for_sqlite3(statement, values)


def bind_nulls(statement: Statement) -> tuple[str, Sequence[SqlValue] | dict[str, SqlValue]]:
    """Return the SQL with NULL for every parameter, to compile a statement."""
    if not statement.parameters:
        return statement.sql, ()
    return _for_sqlite3(statement, [None] * len(statement.parameters))


def _mismatch(reason: str) -> StatementRefusedError:
    return StatementRefusedError(f"Arguments do not match SQL parameters: {reason}", "ARGS_INVALID")


def _by_position(names: tuple[str | None, ...], values: Sequence[SqlValue]) -> list[SqlValue]:
    """``?`` and ``?3`` take values by position; sqld does not give one to ``:name``."""
    for number, name in enumerate(names, 1):
        if number > len(values) or (name is not None and name[0] != "?"):
            raise _mismatch(f"value for parameter {name or number} not found")
    return list(values)


def _by_name(names: tuple[str | None, ...], given: Mapping[str, SqlValue]) -> list[SqlValue]:
    """A name may come with its prefix or without; ``?`` and ``?3`` have none."""
    values = []
    for number, name in enumerate(names, 1):
        spellings = (name, name[1:]) if name is not None and name[0] != "?" else ()
        spelling = next((item for item in spellings if item in given), None)
        if spelling is None:
            raise _mismatch(f"value for parameter {name or number} not found")
        values.append(given[spelling])
    return values


def _is_too_long(value: SqlValue, longest: int) -> bool:
    if isinstance(value, bytes):
        return len(value) >= longest
    if isinstance(value, str) and len(value) * 4 >= longest:
        return len(value.encode()) >= longest
    return False


def _for_sqlite3(
    statement: Statement, values: list[SqlValue]
) -> tuple[str, Sequence[SqlValue] | dict[str, SqlValue]]:
    """Python's sqlite3 binds either bare question marks or names; SQLite's mixes are spelt out."""
    names = statement.parameters
    if all(name is None for name in names):
        return statement.sql, values
    keys = [name[1:] for name in names if name is not None]
    if len(set(keys)) == len(names):
        return statement.sql, dict(zip(keys, values, strict=True))
    return _with_bare_marks(statement, values)


def _with_bare_marks(statement: Statement, values: list[SqlValue]) -> tuple[str, list[SqlValue]]:
    numbers: dict[str, int] = {
        name: number for number, name in enumerate(statement.parameters) if name is not None
    }
    pieces: list[str] = []
    bound: list[Any] = []
    place = highest = 0
    for token in statement.tokens:
        if token.kind is not TokenKind.PARAMETER:
            continue
        number = _index(token.text, numbers, highest)
        highest = max(highest, number + 1)
        pieces += [statement.sql[place : token.start], "?"]
        place = token.end
        bound.append(values[number])
    return "".join([*pieces, statement.sql[place:]]), bound


def _index(text: str, numbers: Mapping[str, int], highest: int) -> int:
    if text == "?":
        return highest
    return int(text[1:]) - 1 if text[0] == "?" else numbers[text]
