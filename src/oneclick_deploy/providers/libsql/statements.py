"""Splitting SQL scripts into statements, as SQLite itself reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from oneclick_deploy.errors import ConfigurationError

# The lexical rules and the states of sqlite3_complete (sqlite.org/c3ref/complete.html): what may
# hide a semicolon. An unfinished comment or quotation reaches to the end of the script.
# Letters, digits, _, $ and all beyond ASCII, said by what they are not: the pattern of a range up
# to U+10FFFF takes fifty times as long to compile when case is ignored.
_LETTER = r"[^\x00-#%-/:-@\[-^`{-\x7f]"
_SPACE = r"[ \t\n\f\r]+"
_COMMENT = r"--[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"
_QUOTED = r"'[^']*'?|\"[^\"]*\"?|`[^`]*`?|\[[^\]]*\]?"
_GAP = rf"(?:{_SPACE}|{_COMMENT})*+"
_STOP = re.compile(rf"{_COMMENT}|{_QUOTED}|;")
_LEAD = re.compile(_GAP)
_WORD = re.compile(rf"{_LETTER}+")
_SPECIAL = rf"(?:EXPLAIN|CREATE|TEMP|TEMPORARY|TRIGGER|END)(?!{_LETTER})"
_EXPLAINED = (
    rf"(?:{_SPACE}|{_COMMENT}|{_QUOTED}|(?!{_SPECIAL}){_LETTER}++|[^;A-Za-z0-9_$ \t\n\f\r])*+"
)
_BOM = "\ufeff"


@cache
def _trigger() -> re.Pattern[str]:
    """The head of a trigger: only in its body do semicolons stand inside a statement.

    Compiled when the first script is split: it takes longer than importing this package.
    """
    return re.compile(
        rf"(?:EXPLAIN(?!{_LETTER}){_EXPLAINED})?CREATE(?!{_LETTER}){_GAP}"
        rf"(?:TEMP(?:ORARY)?(?!{_LETTER}){_GAP})*+TRIGGER(?!{_LETTER})",
        re.IGNORECASE,
    )


@cache
def _trigger_end() -> re.Pattern[str]:
    """The end of a trigger's body."""
    return re.compile(rf"{_GAP}END{_GAP};", re.IGNORECASE)


def split_script(sql: str) -> list[str]:
    """Split a script into its statements, without their final semicolons.

    Semicolons in texts, identifiers, comments and the bodies of triggers do not end a statement.
    Comments inside a statement stay; what holds only comments is dropped. A last statement may lack
    its semicolon. The time needed grows with the length of the script, also for long triggers.

    Raises:
        ConfigurationError: The script holds NUL, where SQLite would stop reading.
    """
    if "\x00" in sql:
        raise ConfigurationError(
            "the SQL script holds a NUL character, where SQLite would stop reading",
            hint="Save the script as UTF-8 (NUL characters are a sign of UTF-16).",
        )
    return [sql[start:end] for start, end in statement_spans(sql)]


def statement_spans(sql: str) -> Iterator[tuple[int, int]]:
    """Yield where each statement that `split_script` gives begins and ends, one after another."""
    start = 1 if sql.startswith(_BOM) else 0
    while start < len(sql):
        start = _end(_LEAD, sql, start)
        stop = _statement_end(sql, start)
        end = stop
        while end > start and sql[end - 1] in " \t\n\f\r":
            end -= 1
        if end > start:
            yield start, end
        start = stop + 1


def first_keyword(sql: str) -> str:
    """The first word of a statement in upper case; empty when it does not start with a word."""
    start = _end(_LEAD, sql, 1 if sql.startswith(_BOM) else 0)
    word = _WORD.match(sql, start)
    return word.group().upper() if word else ""


def _statement_end(sql: str, start: int) -> int:
    """Where the statement's own semicolon is, or the end of the script."""
    trigger = _trigger().match(sql, start)
    position = trigger.end() if trigger else start
    while True:
        stop = _STOP.search(sql, position)
        if stop is None:
            return len(sql)
        position = stop.end()
        if stop.group() == ";":
            if trigger is None:
                return stop.start()
            last = _trigger_end().match(sql, position)
            if last is not None:
                return last.end() - 1


def _end(pattern: re.Pattern[str], sql: str, start: int) -> int:
    found = pattern.match(sql, start)
    return found.end() if found else start
