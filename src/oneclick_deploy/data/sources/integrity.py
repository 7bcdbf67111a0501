"""Finds damage before anything is read: in pages, and in indexes, which reading alone never shows."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from typing import Final

from oneclick_deploy.errors import CorruptDatabaseError
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

_MOST_FINDINGS: Final = 100
# What integrity_check says of rows that break a rule of their table ("PRAGMA integrity_check" in
# SQLite's documentation): nothing is lost, and the destination has rules of its own.
_BROKEN_RULE: Final = re.compile(r"(?:NULL|NUMERIC|TEXT|non-\w+) value in |CHECK constraint failed")
_IN_INDEX: Final = re.compile(
    r"row \d+ missing from index|non-unique entry in index|wrong # of entries in index"
    r"|rowid not at end-of-record for row \d+ of index|row \d+ values differ from index"
)
# A collation, function or module that the app itself brings along.
_APPS_OWN: Final = ("no such collation", "unknown function", "no such function", "no such module")


def check_integrity(connection: sqlite3.Connection, *, shown: str) -> None:
    """Refuse a damaged database.

    Args:
        connection: The database.
        shown: How to name it in the error.

    Raises:
        CorruptDatabaseError: It is damaged.
        sqlite3.Error: SQLite gave up on it.
    """
    # CHECKs are rules of the app, and may call functions that only the app has.
    connection.execute("PRAGMA ignore_check_constraints = ON")
    found = [each for each in _findings(connection) if not _BROKEN_RULE.match(each)]
    connection.execute("PRAGMA ignore_check_constraints = OFF")
    if not found:
        return
    more = f" (and {len(found) - 1} more findings)" if len(found) > 1 else ""
    hint = "Export the preview again, or run `sqlite3 FILE .recover` on a copy."
    if all(_IN_INDEX.match(each) for each in found):
        hint = (
            "An index does not match its table: run `sqlite3 FILE REINDEX` on a copy, look at the "
            "rows, and pass that copy."
        )
    first = found[0].removeprefix("*** in database main ***\n").splitlines()[0]
    raise CorruptDatabaseError(f"{shown} is damaged: {first}{more}", hint=hint)


def _findings(connection: sqlite3.Connection) -> list[str]:
    try:
        return _checked(connection, f"({_MOST_FINDINGS})")
    except sqlite3.OperationalError as error:
        if not any(each in str(error) for each in _APPS_OWN):
            raise
    return list(_findings_by_table(connection))


def _findings_by_table(connection: sqlite3.Connection) -> Iterator[str]:
    """Check the tables that can be checked without what only the app has."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        try:
            yield from _checked(connection, f"({quote_identifier(name)})")
        except sqlite3.OperationalError as error:
            if not any(each in str(error) for each in _APPS_OWN):
                raise


def _checked(connection: sqlite3.Connection, argument: str) -> list[str]:
    found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check{argument}")]
    return [] if found == ["ok"] else found
