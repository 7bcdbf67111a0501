"""Previews, and a database of PostgreSQL that is easy to ask."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from attrs import frozen

from oneclick_deploy.data import ImportReport, SqliteSource
from oneclick_deploy.data.postgresql import PostgresImport

SCHEMA = """
datasource db {
  provider = "postgresql"
}

model User {
  id       Int     @id @default(autoincrement())
  email    String  @unique
  boss     User?   @relation("Boss", fields: [bossId], references: [id])
  bossId   Int?
  staff    User[]  @relation("Boss")
  posts    Post[]
}

model Post {
  id        String   @id
  title     String
  at        DateTime
  score     Float
  price     Decimal
  big       BigInt
  done      Boolean
  meta      Json?
  raw       Bytes?
  author    User     @relation(fields: [authorId], references: [id])
  authorId  Int
  tags      Tag[]
}

model Tag {
  id    Int    @id @default(autoincrement())
  kind  Kind   @map("ki nd")
  posts Post[]

  @@map("tag's \\"x\\"")
}

enum Kind {
  RED
  GREEN
}
"""
PREVIEW = """
CREATE TABLE "User" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL, "bossId" INTEGER);
CREATE TABLE "Post" ("id" TEXT PRIMARY KEY, "title" TEXT NOT NULL, "at" DATETIME NOT NULL,
    "score" REAL NOT NULL, "price" DECIMAL NOT NULL, "big" BIGINT NOT NULL, "done" BOOLEAN NOT NULL,
    "meta" JSONB, "raw" BLOB, "authorId" INTEGER NOT NULL);
CREATE TABLE [tag's "x"] ("id" INTEGER PRIMARY KEY, "ki nd" TEXT NOT NULL);
CREATE TABLE "_PostToTag" ("A" TEXT NOT NULL, "B" INTEGER NOT NULL);
CREATE TABLE "_prisma_migrations" ("id" TEXT PRIMARY KEY);
"""


@frozen
class Database:
    """A database of a running server."""

    url: str

    def run(self, script: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(script.encode())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(sql.encode()).fetchall()

    def tables(self) -> set[str]:
        found = self.rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND oid > 16384")
        return {name for (name,) in found}


def blog(path: Path, *, users: int = 50, posts: int = 200) -> Path:
    """People who refer to each other, and what they wrote, with awkward values."""
    with closing(sqlite3.connect(path)) as preview:
        preview.executescript(PREVIEW)
        preview.executemany(
            'INSERT INTO "User" VALUES (?, ?, ?)',
            [
                (n, f"u{n}@x.test", None if n == users else n % users + 1)
                for n in range(1, users + 1)
            ],
        )
        preview.executemany(
            'INSERT INTO "Post" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
            map(post, range(posts), [users] * posts),
        )
        preview.execute('INSERT INTO "tag\'s ""x""" VALUES (7, \'GREEN\'), (9, \'RED\')')
        preview.execute('INSERT INTO "_PostToTag" SELECT "id", 7 FROM "Post" LIMIT 10')
        # Ids of rows that are gone must not be given out again.
        preview.execute("UPDATE sqlite_sequence SET seq = 1000 WHERE name = 'User'")
        preview.commit()
    return path


def post(number: int, users: int) -> tuple[Any, ...]:
    title = ["plain", "tab\tnew\nline\r\\N back\\slash", "", "é😀 'q' \"d\"", "\\.", "\\N"][
        number % 6
    ]
    at = [1700000000000 + number, -1, 0, 253402300799999][number % 4]
    score = [0.1 + 0.2, 1e300, -5e-324, 3.0, float("inf"), number / 7][number % 6]
    meta = [None, '{"b": [1, 2.50, "\\u00e9\\t"], "a": null}', '"x\\\\y"'][number % 3]
    raw = [None, b"", b"\x00\xff\\\t\n", bytes(range(256))][number % 4]
    return (
        f"p{number}", title, at, score, [1.1, 12, 99999.25, 0.1 + 0.2][number % 4],
        [2**63 - 1, -(2**63), number][number % 3], number % 2, meta, raw, number % users + 1,
    )  # fmt: skip


def at(*parts: int) -> dt.datetime:
    """A moment as PostgreSQL's ``timestamp`` has it."""
    return dt.datetime(*parts)  # noqa: DTZ001 - it has no zone


def made(path: Path, script: str, *, rows: dict[str, list[tuple[Any, ...]]] | None = None) -> Path:
    """A preview of a script, and of rows by table."""
    with closing(sqlite3.connect(path)) as preview:
        preview.executescript(script)
        for table, values in (rows or {}).items():
            marks = ", ".join("?" * len(values[0]))
            preview.executemany(f'INSERT INTO "{table}" VALUES ({marks})', values)
        preview.commit()
    return path


def move(path: Path, to: Any, **options: Any) -> ImportReport:
    """Run an import."""
    with SqliteSource(path) as source:
        return PostgresImport(source, to, **options).run()
