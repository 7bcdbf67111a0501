"""The scripts run: on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import psycopg
import pymysql
import pytest
from pymysql.constants import CLIENT
from tests.prisma.servers import MariadbServer, PostgresServer, connect_mariadb
from tests.prisma.sql.scripts import sql

EVERYTHING = """
enum Role {
  USER
  ADMIN @map("super-admin")
}
model User {
  id      Int      @id @default(autoincrement())
  email   String   @unique @default("it's")
  role    Role     @default(ADMIN)
  created DateTime @default(now())
  score   Float    @default(1.50)
  price   Decimal  @default("1.5e-3")
  active  Boolean  @default(true)
  posts   Post[]
  best    Post?    @relation("best", fields: [bestId, bestNo], references: [userId, no])
  bestId  Int?
  bestNo  Int?
  friends User[]   @relation("Friends")
  of      User[]   @relation("Friends")

  @@unique([bestId, bestNo])
}
model Post {
  userId Int
  no     Int
  user   User   @relation(fields: [userId], references: [id], onDelete: Cascade)
  bestOf User?  @relation("best")
  title  String @map("the title")

  @@id([userId, no])
  @@index([title(sort: Desc)])
  @@map("posts")
}
"""
# These print what no server takes, see the README of the cases.
BROKEN = {
    "sqlite": {"quirks"},
    "postgresql": {"quirks"},
    "mysql": {"quirks", "default-dates"},
}
NEEDED_EXTENSIONS = {"native-postgres": "citext", "indexes-postgres": "pg_trgm"}


def _scripts(shared: Path, provider: str) -> dict[str, str]:
    """Each case that has a script for the provider, and that script."""
    found = (shared / "prisma-cases").glob(f"*/expected.{provider}.sql")
    return {
        path.parent.name: path.read_bytes().decode()
        for path in sorted(found)
        if path.parent.name not in BROKEN[provider]
    }


def _run_on_sqlite(script: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript("PRAGMA foreign_keys = ON;" + script)
    return connection


def _run_on_mariadb(url: str, script: str) -> None:
    flag = CLIENT.MULTI_STATEMENTS
    with contextlib.closing(connect_mariadb(url, client_flag=flag)) as connection:
        cursor = connection.cursor()
        cursor.execute(script)
        while cursor.nextset():
            pass


def test_sqlite_runs_the_script_and_keeps_its_rules() -> None:
    with contextlib.closing(_run_on_sqlite(sql(EVERYTHING, "sqlite"))) as connection:
        connection.execute("INSERT INTO User DEFAULT VALUES")
        row = connection.execute("SELECT id, email, role, score, price, active FROM User")
        assert row.fetchone() == (1, "it's", "super-admin", 1.5, 0.0015, 1)
        connection.execute("INSERT INTO posts VALUES (1, 1, 'first')")
        connection.execute("UPDATE User SET bestId = 1, bestNo = 1")
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            connection.execute("INSERT INTO posts VALUES (9, 1, 'nobody')")
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            connection.execute("INSERT INTO User DEFAULT VALUES")


def test_postgresql_runs_the_script_and_keeps_its_rules(postgres_database: str) -> None:
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(sql(EVERYTHING, "postgresql").encode())
        connection.execute('INSERT INTO "User" DEFAULT VALUES')
        row = connection.execute('SELECT id, email, role::text, active FROM "User"').fetchone()
        assert row == (1, "it's", "super-admin", True)
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute("INSERT INTO posts VALUES (9, 1, 'nobody')")


def test_mariadb_runs_the_script_and_keeps_its_rules(mariadb_database: str) -> None:
    _run_on_mariadb(mariadb_database, sql(EVERYTHING, "mysql"))
    with contextlib.closing(connect_mariadb(mariadb_database)) as connection:
        cursor = connection.cursor()
        cursor.execute("INSERT INTO User () VALUES ()")
        cursor.execute("SELECT id, email, role, active FROM User")
        assert cursor.fetchone() == (1, "it's", "super-admin", 1)
        with pytest.raises(pymysql.err.IntegrityError, match="foreign key"):
            cursor.execute("INSERT INTO posts VALUES (9, 1, 'nobody')")


def test_sqlite_runs_every_case(shared: Path) -> None:
    for script in _scripts(shared, "sqlite").values():
        _run_on_sqlite(script).close()


def test_postgresql_runs_every_case(shared: Path, postgres_server: PostgresServer) -> None:
    for name, script in _scripts(shared, "postgresql").items():
        with postgres_server.fresh() as url, psycopg.connect(url, autocommit=True) as connection:
            extension = NEEDED_EXTENSIONS.get(name)
            if extension is not None:
                if not _has_extension(connection, extension):
                    continue
                connection.execute(f"CREATE EXTENSION {extension}".encode())
            connection.execute(script.encode())


def _has_extension(connection: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
    query = "SELECT 1 FROM pg_available_extensions WHERE name = %s"
    return connection.execute(query, [name]).fetchone() is not None


def test_mariadb_runs_every_case(shared: Path, mariadb_server: MariadbServer) -> None:
    for script in _scripts(shared, "mysql").values():
        with mariadb_server.fresh() as url:
            if "CREATE" in script:
                _run_on_mariadb(url, script)


@pytest.mark.parametrize("text", ["it's", 'say "hi"', "back\\slash", "日本 ✓", "a\tb", "%s"])
def test_texts_come_back_from_sqlite_and_postgresql(text: str, postgres_database: str) -> None:
    default = json.dumps(text, ensure_ascii=False)
    model = (
        f"model T {{\n  id Int @id @default(autoincrement())\n  f String @default({default})\n}}"
    )
    with contextlib.closing(_run_on_sqlite(sql(model, "sqlite"))) as connection:
        connection.execute("INSERT INTO T DEFAULT VALUES")
        assert connection.execute("SELECT f FROM T").fetchone() == (text,)
    with psycopg.connect(postgres_database, autocommit=True) as postgres:
        postgres.execute(sql(model, "postgresql").encode())
        postgres.execute('INSERT INTO "T" DEFAULT VALUES')
        assert postgres.execute('SELECT f FROM "T"').fetchone() == (text,)


def test_dates_with_an_offset_are_the_same_moment_on_postgresql(postgres_database: str) -> None:
    field = 'f DateTime @default("2020-01-01T10:20:30.5+05:30") @db.Timestamptz'
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        model = f"model T {{\n  id Int @id @default(autoincrement())\n  {field}\n}}"
        connection.execute(sql(model, "postgresql").encode())
        connection.execute('INSERT INTO "T" DEFAULT VALUES')
        connection.execute("SET TIME ZONE 'UTC'")
        found = connection.execute('SELECT f::text FROM "T"').fetchone()
    assert found == ("2020-01-01 04:50:30.5+00",)
