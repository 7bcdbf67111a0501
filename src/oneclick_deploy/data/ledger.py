"""The SQL of an import's ledger, which makes every batch arrive exactly once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from oneclick_deploy.data.libsql.texts import hrana_rows
from oneclick_deploy.data.source import Value
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

Statement = tuple[str, tuple[Value, ...]]
Written = tuple[str, str]
"""A statement, and its arguments as `hrana_rows` writes them."""

CREATE_LEDGER: Final = (
    'CREATE TABLE IF NOT EXISTS "_oneclick_import" ("table_name" TEXT NOT NULL, '
    '"first_row" INTEGER NOT NULL, "rows" INTEGER NOT NULL, "source" TEXT NOT NULL, '
    'PRIMARY KEY ("table_name", "first_row"))'
)
READ_LEDGER: Final = (
    'SELECT "table_name", max("first_row" + "rows"), "source" FROM "_oneclick_import" '
    'GROUP BY "table_name", "source"'
)
DROP_LEDGER: Final = 'DROP TABLE IF EXISTS "_oneclick_import"'
SET_SEQUENCE: Final = (
    "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2 WHERE EXISTS "
    "(SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1) "
    "AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)"
)


def claim(table: str, first: int, rows: int, *, source: str) -> Written:
    """Mark a batch in its own transaction; the primary key refuses the same batch twice."""
    (args,) = hrana_rows([(table, first, rows, source)])
    return 'INSERT INTO "_oneclick_import" VALUES (?, ?, ?, ?)', args


def clearing_statements(tables: Iterable[str]) -> list[Statement]:
    """Take back what an import wrote into tables that were empty before it."""
    return [
        *((f"DELETE FROM {quote_identifier(table)}", ()) for table in tables),  # noqa: S608 - quoted
        ('DELETE FROM "_oneclick_import"', ()),
    ]


def sequence_statements(sequences: Iterable[tuple[str, int]]) -> list[Statement]:
    """Carry over AUTOINCREMENT counters: ids of deleted rows must not be given out again."""
    statements: list[Statement] = []
    for table, value in sequences:
        statements += [
            ("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (value, table)),
            (SET_SEQUENCE, (table, value)),
        ]
    return statements
