"""Preview databases: an ordinary one, and one with everything that SQLite allows."""

from __future__ import annotations

import hashlib
import math
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

HOSTILE = 'we"ird; DROP TABLE "x"--\n[red]\'s'
SCHEMA = f"""
CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE TABLE "Comment" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "author" INTEGER NOT NULL REFERENCES "User" ("id"),
    "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE "Everything" ("id" INTEGER PRIMARY KEY, "any", "i" INTEGER, "r" REAL, "t" TEXT, "b" BLOB);
CREATE TABLE "Pair" ("k" TEXT COLLATE NOCASE, "n" INTEGER, "v" TEXT, PRIMARY KEY ("k", "n")) WITHOUT ROWID;
CREATE TABLE "Binary" ("k" BLOB PRIMARY KEY, "v") WITHOUT ROWID;
CREATE TABLE "Computed" (
    "id" INTEGER PRIMARY KEY,
    "a" INTEGER,
    "double" INTEGER AS ("a" * 2) VIRTUAL,
    "b" TEXT,
    "kept" TEXT AS (upper("b")) STORED
);
CREATE TABLE "Rowid" ("rowid" TEXT, "v" TEXT);
CREATE TABLE "NoKey" ("v" TEXT);
CREATE TABLE "{HOSTILE.replace('"', '""')}" ("a b" TEXT, "se""lect" TEXT, "ключ" TEXT, "" TEXT);
CREATE TABLE "Strict" ("id" INTEGER PRIMARY KEY, "v" ANY) STRICT;
CREATE TABLE "Empty" ("id" INTEGER PRIMARY KEY);
"""
VALUES = [
    None, 0, 1, -1, 2**63 - 1, -(2**63), 2**53 + 1,
    0.0, -0.0, 0.1, 1.0, -1.5, 5e-324, 1.7976931348623157e308, math.pi, math.inf, -math.inf,
    "", "a", "é😀", "nul\x00inside", "\x00", "line\nbreak\r\n\t", "'\"`;--", "1", "1e5", "0x10", " 1 ",
    "\u2028\u202e", "\ufeffbom", "x" * 10_000,
    b"", b"\x00", bytes(range(256)), b"\xff" * 5000,
]  # fmt: skip


def execute(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def ordinary(path: Path, *, users: int = 3) -> Path:
    """Users and comments."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        fill_users(connection, users)
        connection.commit()
    return path


def fill_users(connection: sqlite3.Connection, count: int) -> None:
    connection.executemany(
        'INSERT INTO "User" ("email") VALUES (?)',
        [(f"user{n}@example.test",) for n in range(count)],
    )
    connection.executemany(
        'INSERT INTO "Comment" ("id", "author") VALUES (?, ?)',
        [(hashlib.sha256(b"%d" % n).hexdigest(), n % max(1, count) + 1) for n in range(2 * count)],
    )


def everything(path: Path) -> Path:
    """Every kind of table and value."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        fill_users(connection, 5)
        # A counter that is ahead of the rows, and rowids with gaps.
        connection.execute('DELETE FROM "User" WHERE "id" > 3')
        connection.execute('DELETE FROM "Comment" WHERE "author" > 3')
        for value in VALUES:
            connection.execute(
                'INSERT INTO "Everything" ("any", "i", "r", "t", "b") VALUES (?1, ?1, ?1, ?1, ?1)',
                (value,),
            )
            connection.execute('INSERT INTO "NoKey" VALUES (?)', (value,))
            connection.execute('INSERT INTO "Strict" ("v") VALUES (?)', (value,))
        connection.execute('DELETE FROM "NoKey" WHERE rowid % 3 = 0')
        connection.executemany(
            'INSERT INTO "Pair" VALUES (?, ?, ?)',
            [(key, n, key) for key in ("b", "A", "a ", "B ", "é", "É", "_", "Z") for n in (2, 1)],
        )
        connection.executemany(
            'INSERT INTO "Binary" VALUES (?, ?)', [(b"\xff", 1), (b"", 2), (b"a", 3)]
        )
        connection.executemany(
            'INSERT INTO "Computed" ("a", "b") VALUES (?, ?)', [(1, "x"), (None, "é")]
        )
        connection.executemany(
            'INSERT INTO "Rowid" VALUES (?, ?)', [("z", "first"), ("a", "second"), ("m", "third")]
        )
        connection.execute(
            f'INSERT INTO "{HOSTILE.replace(chr(34), chr(34) * 2)}" VALUES (1, 2, 3, 4)'
        )
        connection.commit()
    return path


def files_of(path: Path) -> dict[str, tuple[str, int]]:
    """Contents and times of all files beside a database."""
    return {
        each.name: (hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_mtime_ns)
        for each in path.parent.iterdir()
    }


def in_file(path: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def is_copy(path: Path, database: Any, tables: Sequence[str] = ()) -> bool:
    """Whether both sides hold the same, asked in SQL and not through our checksums."""
    every = in_file(path, "SELECT name FROM sqlite_master WHERE type = 'table'")
    for name in tables or [name for (name,) in every if not name.startswith("sqlite_")]:
        quoted = '"' + name.replace('"', '""') + '"'
        literal = "'" + name.replace("'", "''") + "'"
        names = [row[0] for row in in_file(path, f"SELECT name FROM pragma_table_xinfo({literal})")]
        columns = ['"' + each.replace('"', '""') + '"' for each in names]
        shown = ", ".join(f"typeof({c}), hex(CAST({c} AS BLOB))" for c in columns)
        query = f"SELECT {shown} FROM {quoted} ORDER BY {', '.join(columns)}, {shown}"
        if in_file(path, query) != database.rows(query):
            return False
    return True
