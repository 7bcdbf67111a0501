"""How a database has to run a script: in one transaction with its row, or as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Final

from oneclick_deploy.prisma.migrations.scripts import first_words

_BEGINNING: Final = {"BEGIN", "START"}
_ENDING: Final = {"COMMIT", "END", "ABORT"}
_ROLLBACK_TO = re.compile(r"ROLLBACK\s+(?:(?:TRANSACTION|WORK)\s+)?TO\b", re.IGNORECASE)
# SQLite refuses these inside a transaction, or they have no effect there.
_SQLITE_OUTSIDE = re.compile(
    r"(?:VACUUM|ATTACH|DETACH)\b|PRAGMA\s+(?:\w+\s*\.\s*)?(?:journal_mode|page_size)\b",
    re.IGNORECASE,
)
_FOREIGN_KEYS = re.compile(
    r"PRAGMA\s+(?:\w+\s*\.\s*)?foreign_keys\s*[=(]\s*['\"]?(?P<value>\w+)", re.IGNORECASE
)
_OFF: Final = {"off", "0", "false", "no"}
# What foreign keys act on: they check, restrict or cascade.
_CHANGES_ROWS: Final = {"INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"}
# Alone in a batch these run outside of any transaction on PostgreSQL, and most insist on it.
_POSTGRES_ALONE = re.compile(
    r"\b(?:CONCURRENTLY|VACUUM|CLUSTER|REINDEX|CALL|DO)\b"
    r"|\b(?:CREATE|ALTER|DROP)\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION|SYSTEM)\b",
    re.IGNORECASE,
)


class Way(Enum):
    """How a script is run."""

    TRANSACTION = auto()
    """In one transaction, together with its row."""
    FOREIGN_KEYS_OFF = auto()
    """The same, with SQLite's foreign keys switched off around it."""
    AS_WRITTEN = auto()
    """One statement after the other, as Prisma does, with its row around them."""


def sqlite_way(statements: Sequence[str]) -> Way:
    """How SQLite and libSQL have to run the statements.

    Prisma runs them one by one and leaves what came before an error. One transaction is safer, and
    is possible unless they hold transactions themselves. Foreign keys cannot be switched inside a
    transaction, where dropping a redefined table would delete the rows of its children: a script
    that switches them off has the switch around the transaction (sqlite.org/lang_altertable.html),
    unless it also changes rows while they are on.
    """
    if any(_controls(each) or _SQLITE_OUTSIDE.match(each) for each in statements):
        return Way.AS_WRITTEN
    on, switched, changes = True, False, False
    for statement in statements:
        pragma = _FOREIGN_KEYS.match(statement)
        if pragma:
            on = pragma["value"].lower() not in _OFF
            switched = switched or not on
        elif on:
            words = first_words(statement, 2)
            changes = changes or words[0] in _CHANGES_ROWS or words == ("DROP", "TABLE")
    if not switched:
        return Way.TRANSACTION
    return Way.AS_WRITTEN if changes else Way.FOREIGN_KEYS_OFF


def postgres_way(statements: Sequence[str]) -> Way:
    """How PostgreSQL has to run the statements.

    A batch of them is one transaction anyway, and one statement more changes nothing; except for a
    script with transactions of its own, and for a single statement that refuses to be in one.
    """
    controls = any(_controls(each) for each in statements)
    alone = len(statements) == 1 and _POSTGRES_ALONE.search(statements[0])
    return Way.AS_WRITTEN if controls or alone else Way.TRANSACTION


def leaves_open(statements: Iterable[str]) -> bool:
    """Whether a transaction that the statements begin is still open at their end."""
    is_open = False
    for statement in statements:
        if _controls(statement):
            is_open = first_words(statement)[0] in _BEGINNING
    return is_open


def _controls(statement: str) -> bool:
    """Whether it begins or ends a transaction. Savepoints are at home in ours."""
    (word,) = first_words(statement)
    if word == "ROLLBACK":
        return not _ROLLBACK_TO.match(statement)
    return word in _BEGINNING or word in _ENDING
