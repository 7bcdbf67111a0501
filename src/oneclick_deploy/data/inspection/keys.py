"""Finds rows that refer to rows which do not exist: SQLite seldom enforces foreign keys."""

from __future__ import annotations

import sqlite3
from typing import Final

from oneclick_deploy.data.inspection.findings import KeyViolations
from oneclick_deploy.data.source import SourceTable
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

_SHOWN: Final = 5
_CANNOT: Final = ("foreign key mismatch", "no such collation", "unknown function", "no such module")


def check_keys(connection: sqlite3.Connection, table: SourceTable) -> list[KeyViolations]:
    """The foreign keys of a table that are broken, with the number of rows that break each.

    Raises:
        sqlite3.Error: The table cannot be read.
    """
    if not table.foreign_keys:
        return []
    # SQLite numbers the keys from the last to the first.
    keys = list(reversed(table.foreign_keys))
    rows = [0] * len(keys)
    first: list[list[int]] = [[] for _ in keys]
    query = f"PRAGMA foreign_key_check({quote_identifier(table.name)})"
    try:
        for _, rowid, _, number in connection.execute(query):
            rows[number] += 1
            if rowid is not None and len(first[number]) < _SHOWN:
                first[number].append(rowid)
    except sqlite3.OperationalError as error:
        if not str(error).startswith(_CANNOT):
            raise
        return [_uncheckable(table, str(error))]
    return [
        KeyViolations(
            table=table.name,
            columns=keys[number].columns,
            references=keys[number].references,
            rows=rows[number],
            first=tuple(first[number]),
        )
        for number in reversed(range(len(keys)))
        if rows[number]
    ]


def _uncheckable(table: SourceTable, said: str) -> KeyViolations:
    """SQLite checks all keys of a table or none."""
    columns = tuple(dict.fromkeys(each for key in table.foreign_keys for each in key.columns))
    references = ", ".join(dict.fromkeys(key.references for key in table.foreign_keys))
    return KeyViolations(
        table=table.name,
        columns=columns,
        references=references,
        rows=0,
        reason=f"cannot be checked: {said}",
    )
