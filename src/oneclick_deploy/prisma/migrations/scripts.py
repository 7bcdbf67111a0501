"""Migration scripts: where their statements begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

# What may hide a semicolon. What is not finished reaches to the end of the script.
_QUOTED = r"'[^']*'?|\"[^\"]*\"?"
_LINE = r"--[^\n]*"
_BLOCK = r"/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
_GAP = rf"(?:\s|{_LINE}|{_BLOCK})*+"
_WORD = re.compile(r"[A-Za-z_]+")
_LONGEST_EXCERPT = 120


class Part(NamedTuple):
    """One statement of a script, without its semicolon, and where it begins."""

    text: str
    offset: int


def parts(script: str, *, provider: str) -> list[Part]:
    """Split a script of SQLite or PostgreSQL into its statements.

    Comments before a statement are left out; what holds only comments is no statement.
    """
    of_postgres = provider == "postgresql"
    ends = _postgres_ends(script) if of_postgres else _sqlite_ends(script)
    begin = _postgres_begin if of_postgres else _sqlite_begin
    found, start = [], 0
    for end in (*ends, len(script)):
        offset = begin(script, start)
        text = script[offset:end].rstrip()
        if text:
            found.append(Part(text, offset))
        start = end + 1
    return found


def ends_open(script: str) -> bool:
    """Whether something that a script of PostgreSQL begins would swallow what follows it."""
    return len(script) + 1 not in _postgres_ends(f"{script}\n;")


def first_words(statement: str, count: int = 1) -> tuple[str, ...]:
    """The first words of a statement in upper case; as many empty ones as it lacks."""
    found = [word.group().upper() for word in islice(_WORD.finditer(statement), count)]
    return (*found, *[""] * (count - len(found)))


def excerpt(statement: str) -> str:
    """A statement on one line, short enough for a message."""
    shown = " ".join(statement[: 4 * _LONGEST_EXCERPT].split())
    return shown if len(shown) <= _LONGEST_EXCERPT else f"{shown[: _LONGEST_EXCERPT - 1]}…"


def _sqlite_ends(script: str) -> Iterator[int]:
    """Where statements end, by the rules of sqlite3_complete (sqlite.org/c3ref/complete.html)."""
    stop, trigger, trigger_end = _sqlite_patterns()
    in_trigger = trigger.match(script, _sqlite_begin(script, 0)) is not None
    for found in stop.finditer(script):
        if found.group() != ";":
            continue
        if in_trigger:
            # Only the semicolon after "; END" ends the statement, which is the next one.
            in_trigger = trigger_end.match(script, found.end()) is None
            continue
        yield found.start()
        in_trigger = trigger.match(script, _sqlite_begin(script, found.end())) is not None


@cache
def _sqlite_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(rf"{_LINE}|{_BLOCK}|{_QUOTED}|`[^`]*`?|\[[^\]]*\]?|;"),
        re.compile(rf"CREATE{_GAP}(?:TEMP(?:ORARY)?{_GAP})?TRIGGER\b", re.IGNORECASE),
        re.compile(rf"{_GAP}END{_GAP};", re.IGNORECASE),
    )


def _sqlite_begin(script: str, position: int) -> int:
    found = _gap().match(script, position)
    return found.end() if found else position


@cache
def _gap() -> re.Pattern[str]:
    return re.compile(rf"\ufeff?{_GAP}")


def _postgres_ends(script: str) -> Iterator[int]:
    """Where statements end, as psql has it: not in brackets, nor in the body of a routine."""
    token, routine = _postgres_patterns()
    in_routine = routine.match(script, _postgres_begin(script, 0)) is not None
    brackets, blocks, position = 0, 0, 0
    while found := token.search(script, position):
        text, position = found.group(), found.end()
        if text == "/*":
            position = _comment_end(script, position)
        elif found.lastgroup == "dollar":
            close = script.find(text, position)
            position = len(script) if close < 0 else close + len(text)
        elif text in {"(", ")"}:
            brackets = max(0, brackets + (1 if text == "(" else -1))
        elif found.lastgroup == "word":
            blocks = _count_blocks(text.upper(), blocks) if in_routine else 0
        elif text == ";" and brackets == 0 and blocks == 0:
            yield found.start()
            in_routine = routine.match(script, _postgres_begin(script, position)) is not None


@cache
def _postgres_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return (
        re.compile(
            rf"{_LINE}|/\*|(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*+'?|{_QUOTED}"
            r"|(?<![\w$])(?P<dollar>\$(?:[^\W\d]\w*)?\$)|\b(?P<word>BEGIN|CASE|END)\b|[();]",
            re.IGNORECASE | re.DOTALL,
        ),
        re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b", re.IGNORECASE),
    )


def _count_blocks(word: str, blocks: int) -> int:
    """Count the open blocks of an SQL-standard routine body, BEGIN ATOMIC ... END."""
    if word == "BEGIN" or (word == "CASE" and blocks):
        return blocks + 1
    return max(0, blocks - 1) if word == "END" else blocks


def _postgres_begin(script: str, position: int) -> int:
    while True:
        found = _plain_gap().match(script, position)
        position = found.end() if found else position
        if not script.startswith("/*", position):
            return position
        position = _comment_end(script, position + 2)


@cache
def _plain_gap() -> re.Pattern[str]:
    return re.compile(rf"(?:\s|{_LINE})*+")


def _comment_end(script: str, position: int) -> int:
    """The end of a block comment; those of PostgreSQL nest."""
    depth = 1
    for found in _comment_marks().finditer(script, position):
        depth += 1 if found.group() == "/*" else -1
        if depth == 0:
            return found.end()
    return len(script)


@cache
def _comment_marks() -> re.Pattern[str]:
    return re.compile(r"/\*|\*/")
