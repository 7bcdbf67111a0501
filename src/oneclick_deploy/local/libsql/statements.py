"""SQL texts taken apart: statements, their kind, their parameters, and what is refused."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final

from attrs import frozen

from oneclick_deploy.local.libsql.lexer import (
    Token,
    parameter_names,
    pieces,
    tokens,
    without_blanks,
)
from oneclick_deploy.local.libsql.pragmas import (
    is_allowed_pragma,
    is_writing_pragma,
    sets_pragma,
)
from oneclick_deploy.local.libsql.refusals import StatementRefusedError

# sqld's own limit is its body limit; a text longer than this is not worth keeping in the cache.
_CACHED_TEXT: Final = 20_000
# SQLite numbers parameters up to this (SQLITE_MAX_VARIABLE_NUMBER).
MAX_PARAMETERS: Final = 32_766
_TOO_MANY: Final = ("SQL input error: too many SQL variables (at offset 0)", "SQL_INPUT_ERROR")


class StatementKind(StrEnum):
    """What a statement does, as far as permissions and transactions care."""

    READ = "read"
    CHANGE = "change"
    SCHEMA = "schema"
    TRANSACTION = "transaction"
    PRAGMA = "pragma"
    OTHER = "other"


@frozen(kw_only=True)
class Statement:
    """One SQL statement.

    Args:
        sql: Its text, without blanks and comments around it.
        kind: What it does.
        verb: Its first keyword, after EXPLAIN and WITH.
        is_explain: Whether it is an EXPLAIN.
        writes: Whether it needs permission to write.
        takes_lock: Whether it takes the write lock of the database.
        parameters: The names of its parameters by number, None for a bare ``?``.
        refusal: Why the data plane does not run it, with the code, or None.
    """

    sql: str
    kind: StatementKind
    verb: str
    is_explain: bool
    writes: bool
    takes_lock: bool
    parameters: tuple[str | None, ...]
    refusal: tuple[str, str] | None

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Its tokens. Taking a long statement apart is slow, and few questions need it."""
        return _all_tokens(self.sql)

    @property
    def is_change(self) -> bool:
        """Whether it counts the rows it changes."""
        return self.kind is StatementKind.CHANGE and not self.is_explain

    @property
    def is_insert(self) -> bool:
        """Whether it reports the row id of the last inserted row."""
        return self.is_change and self.verb in {"INSERT", "REPLACE"}

    @property
    def is_readonly(self) -> bool:
        """What ``sqlite3_stmt_readonly`` says; EXPLAIN answers for the statement behind it."""
        if self.kind is StatementKind.PRAGMA:
            name, has_argument = self.pragma
            return not sets_pragma(name, has_argument=has_argument)
        if self.kind is StatementKind.OTHER:
            return self.verb not in {"VACUUM", "ANALYZE"}
        if self.kind is StatementKind.TRANSACTION:
            return not self.takes_lock
        return self.kind is StatementKind.READ

    @property
    def pragma(self) -> tuple[str, bool]:
        """The name of a pragma, and whether it has an argument."""
        return _pragma(self.tokens)

    def check(self) -> None:
        """Raise when the data plane does not run such statements."""
        if self.refusal is not None:
            raise StatementRefusedError(*self.refusal)


def split(sql: str) -> tuple[Statement, ...]:
    """Take a text apart into its statements."""
    if len(sql) > _CACHED_TEXT:
        return _split(sql)
    return _split_cached(sql)


def single(sql: str) -> Statement:
    """Take a text apart that must hold exactly one statement."""
    found = list(split(sql))
    if not found:
        raise StatementRefusedError("SQL string does not contain any statement", "SQL_NO_STATEMENT")
    if len(found) > 1:
        raise StatementRefusedError(
            "SQL string contains more than one statement", "SQL_MANY_STATEMENTS"
        )
    return found[0]


def _split(sql: str) -> tuple[Statement, ...]:
    found: list[Statement] = []
    open_trigger = ""
    for piece in pieces(sql):
        text = without_blanks(open_trigger + piece)
        open_trigger = ""
        if _is_open_trigger(text):
            open_trigger = f"{text};"
        elif text:
            found.append(_statement(text, sql))
    if open_trigger:
        found.append(_statement(open_trigger, sql))
    return tuple(found)


_split_cached = lru_cache(maxsize=1024)(_split)


def _is_open_trigger(text: str) -> bool:
    """Whether a text is a CREATE TRIGGER whose body goes on behind the next semicolon."""
    words = [token.upper for token in itertools.islice(tokens(text), 6)]
    if words[:1] == ["EXPLAIN"]:
        words = words[3:] if words[1:3] == ["QUERY", "PLAN"] else words[1:]
    if words[:1] != ["CREATE"] or "TRIGGER" not in words[1:3]:
        return False
    # A trigger ends with "; END"; the END of a CASE never follows a semicolon.
    last = list(tokens(text))[-2:]
    return not (last[-1].upper == "END" and last[0].text == ";")


def _all_tokens(sql: str) -> tuple[Token, ...]:
    return _tokens_cached(sql) if len(sql) <= _CACHED_TEXT else tuple(tokens(sql))


@lru_cache(maxsize=256)
def _tokens_cached(sql: str) -> tuple[Token, ...]:
    return tuple(tokens(sql))


def _statement(text: str, whole: str) -> Statement:
    head = tuple(itertools.islice(tokens(text), 12))
    is_explain = bool(head) and head[0].upper == "EXPLAIN"
    body = head[_explain_length(head) :] if is_explain else head
    verb = body[0].upper if body else ""
    if verb == "WITH":
        verb = _verb_behind_with(tokens(text))
    kind = _KINDS.get(verb, StatementKind.OTHER)
    parameters = _parameters(text)
    return Statement(
        sql=text,
        kind=kind,
        verb=verb,
        is_explain=is_explain,
        writes=not is_explain and _writes(kind, verb, body),
        takes_lock=not is_explain and _takes_lock(kind, verb, body),
        parameters=parameters or (),
        refusal=_TOO_MANY if parameters is None else _refusal(text, whole, verb, body),
    )


def _explain_length(own: tuple[Token, ...]) -> int:
    return 3 if [token.upper for token in own[1:3]] == ["QUERY", "PLAN"] else 1


def _verb_behind_with(stream: Iterator[Token]) -> str:
    """The keyword that says what a statement with common table expressions does."""
    depth = 0
    for token in stream:
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
        elif depth == 0 and token.upper in _MAIN_VERBS:
            return token.upper
    return "WITH"


_MAIN_VERBS: Final = frozenset({"SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"})
_KINDS: Final = {
    **dict.fromkeys(("SELECT", "VALUES", "WITH"), StatementKind.READ),
    **dict.fromkeys(("INSERT", "REPLACE", "UPDATE", "DELETE"), StatementKind.CHANGE),
    **dict.fromkeys(("CREATE", "DROP", "ALTER", "REINDEX"), StatementKind.SCHEMA),
    **dict.fromkeys(
        ("BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"), StatementKind.TRANSACTION
    ),
    "PRAGMA": StatementKind.PRAGMA,
}


def _writes(kind: StatementKind, verb: str, body: tuple[Token, ...]) -> bool:
    if kind is StatementKind.PRAGMA:
        return is_writing_pragma(_pragma(body)[0])
    return kind in {StatementKind.CHANGE, StatementKind.SCHEMA} or verb in {"DETACH", "ANALYZE"}


def _takes_lock(kind: StatementKind, verb: str, body: tuple[Token, ...]) -> bool:
    if kind is StatementKind.TRANSACTION:
        return verb == "BEGIN" and any(t.upper in {"IMMEDIATE", "EXCLUSIVE"} for t in body[1:2])
    if kind is StatementKind.PRAGMA:
        name, has_argument = _pragma(body)
        return sets_pragma(name, has_argument=has_argument)
    return kind in {StatementKind.CHANGE, StatementKind.SCHEMA}


def _refusal(text: str, whole: str, verb: str, body: tuple[Token, ...]) -> tuple[str, str] | None:
    """Why the data plane does not run a statement, or None. sqld quotes the whole SQL text."""
    unsupported = verb in {"VACUUM", "ATTACH", "ANALYZE"}
    if verb == "PRAGMA":
        name, has_argument = _pragma(body)
        unsupported = not is_allowed_pragma(name, has_argument=has_argument)
    elif verb in {"CREATE", "DROP", "ALTER"}:
        unsupported = _is_temporary(body)
    if unsupported:
        return f"SQL string could not be parsed: unsupported statement: {whole}", "SQL_PARSE_ERROR"
    if "\0" in text:
        return "SQL string could not be parsed: unrecognized token", "SQL_PARSE_ERROR"
    return None


def _is_temporary(body: tuple[Token, ...]) -> bool:
    if len(body) > 1 and body[1].upper in {"TEMP", "TEMPORARY"}:
        return True
    return any(
        token.name.lower() == "temp" and after.text == "."
        for token, after in itertools.pairwise(body)
    )


def _pragma(body: tuple[Token, ...]) -> tuple[str, bool]:
    """The pragma's name, and whether it has an argument."""
    rest = body[1:]
    if len(rest) > 2 and rest[1].text == ".":
        rest = rest[2:]
    name = rest[0].name.lower() if rest else ""
    return name, len(rest) > 1


def _parameters(text: str) -> tuple[str | None, ...] | None:
    """Number the parameters as SQLite does: ``?`` takes the next number, names are shared.

    None when there are more than SQLite takes.
    """
    names: dict[int, str | None] = {}
    numbers: dict[str, int] = {}
    highest = 0
    for name in parameter_names(text):
        number = _parameter_number(name, numbers, highest)
        if number > MAX_PARAMETERS:
            return None
        highest = max(highest, number)
        if name != "?":
            names.setdefault(number, name)
    return tuple(names.get(number) for number in range(1, highest + 1))


def _parameter_number(text: str, numbers: dict[str, int], highest: int) -> int:
    if text == "?":
        return highest + 1
    if re.fullmatch(r"\?[0-9]{1,6}", text):
        return int(text[1:])
    return numbers.setdefault(text, highest + 1)
