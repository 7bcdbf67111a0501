"""`_prisma_migrations`: its shape, its rows, and the forms that times have in it."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.prisma.migrations import AppliedMigration, Migration
from oneclick_deploy.prisma.migrations.rows import in_order, read_moment
from oneclick_deploy.prisma.migrations.table import MigrationsTable, Record, foreign_tables

SQLITE = MigrationsTable(provider="sqlite")
POSTGRES = MigrationsTable(provider="postgresql", schema="public")
MYSQL = MigrationsTable(provider="mysql", schema="shop")
INIT = Migration.of("20260101_init", "CREATE TABLE a (b);")


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(SQLITE.create)
        yield connection


def rows(database: sqlite3.Connection) -> list[AppliedMigration]:
    return [AppliedMigration.from_row(row) for row in database.execute(SQLITE.select)]


# The table


@pytest.mark.parametrize("table", [SQLITE, POSTGRES, MYSQL], ids=lambda table: table.provider)
def test_the_table_is_the_one_that_prisma_makes(shared: Path, table: MigrationsTable) -> None:
    facts = (shared / "facts" / "prisma.md").read_text("utf-8")
    section = facts.partition("## 3. `_prisma_migrations`")[2]
    lines = re.findall(r"^\| (\w+) +\| (.+?) \| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    place = [SQLITE, POSTGRES, MYSQL].index(table) + 1
    wanted = [(line[0], line[place]) for line in lines if line[0] != "column"]
    assert len(wanted) == 8
    assert re.findall(r'^    "?(\w+)"?\s+(.*?),?$', table.create, re.MULTILINE) == wanted


def test_making_the_table_again_changes_nothing(database: sqlite3.Connection) -> None:
    database.execute(*SQLITE.marked_applied(Record.of(INIT)))
    database.execute(SQLITE.create)
    assert len(rows(database)) == 1


def test_the_table_is_found_wherever_the_session_looks() -> None:
    odd = MigrationsTable(provider="postgresql", schema='my "own"')
    assert odd.name == '"my ""own"""."_prisma_migrations"'
    assert MYSQL.name == "`shop`.`_prisma_migrations`"
    assert SQLITE.name == '"_prisma_migrations"'


def test_other_databases_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="mongodb"):
        MigrationsTable(provider="mongodb")


def test_an_app_s_tables_are_told_from_those_of_the_servers() -> None:
    internal = {
        *("_prisma_migrations", "sqlite_sequence", "libsql_wasm_func_table", "_litestream_seq"),
        *("_cf_KV", "_oneclick_import", "spatial_ref_sys"),
    }
    assert foreign_tables(internal) == set()
    assert foreign_tables({*internal, "Post", "_CatToDog"}) == {"Post", "_CatToDog"}


# Rows


def test_a_row_begins_without_an_end_and_gets_it(database: sqlite3.Connection) -> None:
    record = Record.of(INIT)
    database.execute(*SQLITE.started(record))
    (begun,) = rows(database)
    assert begun.failed
    assert (begun.id, begun.name, begun.checksum) == (record.id, INIT.name, INIT.checksum)
    assert begun.steps == 0
    database.execute(*SQLITE.finished(record))
    (ended,) = rows(database)
    assert ended.finished
    assert ended.steps == 1
    assert ended.logs == ""


def test_times_are_texts_with_an_offset_as_prisma_writes_them(database: sqlite3.Connection) -> None:
    database.execute(*SQLITE.marked_applied(Record.of(INIT)))
    found = database.execute("SELECT started_at, finished_at FROM _prisma_migrations").fetchone()
    for moment in found:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", moment)
        assert abs(datetime.fromisoformat(moment) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_row_marked_by_hand_has_empty_logs_and_no_steps(database: sqlite3.Connection) -> None:
    record = Record.of(INIT)
    database.execute(*SQLITE.marked_applied(record))
    database.execute(*SQLITE.marked_applied(record))  # its answer was lost
    columns = "logs, applied_steps_count, rolled_back_at, started_at = finished_at"
    assert database.execute(f"SELECT {columns} FROM _prisma_migrations").fetchall() == [
        ("", 0, None, 1)
    ]


def test_a_failure_is_kept_whether_the_row_is_there_or_not(database: sqlite3.Connection) -> None:
    there, new = Record.of(INIT), Record.of(Migration.of("b", ""))
    database.execute(*SQLITE.started(there))
    for record in (there, new):
        database.execute(*SQLITE.failed(record, "no such table"))
        database.execute(*SQLITE.failed(record, "no such table"))
    assert {row.name for row in rows(database) if row.failed} == {INIT.name, "b"}
    assert {row.logs for row in rows(database)} == {"no such table"}
    database.execute(*SQLITE.rolled_back(new.id))
    assert {row.name for row in rows(database) if row.failed} == {INIT.name}
    assert {row.name for row in rows(database) if row.rolled_back} == {"b"}


def test_long_logs_are_cut_to_what_every_database_takes(database: sqlite3.Connection) -> None:
    database.execute(*SQLITE.failed(Record.of(INIT), "é" * 100_000))
    assert len(rows(database)[0].logs.encode()) < 65_536


def test_a_claim_fails_once_the_migration_is_there(database: sqlite3.Connection) -> None:
    database.execute(*SQLITE.claimed(Record.of(INIT)))
    with pytest.raises(sqlite3.IntegrityError, match=r"_prisma_migrations\.checksum"):
        database.execute(*SQLITE.claimed(Record.of(INIT)))
    database.execute(*SQLITE.rolled_back(rows(database)[0].id))
    database.execute(*SQLITE.claimed(Record.of(INIT)))
    assert [row.checksum for row in rows(database)] == [INIT.checksum] * 2


def test_every_row_has_an_id_of_its_own() -> None:
    ids = {Record.of(INIT).id for _ in range(50)}
    assert len(ids) == 50
    assert all(uuid.UUID(each).version == 4 for each in ids)


# Times


NOON = datetime(2026, 1, 2, 12, 0, 0, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("2026-01-02T12:00:00.500+00:00", NOON),
        ("2026-01-02T12:00:00.5Z", NOON),
        ("2026-01-02T14:00:00.500+02:00", NOON),
        ("2026-01-02 12:00:00.500", NOON),
        ("2026-01-02 12:00:00.500 +00:00", NOON),
        ("2026-01-02 12:00:00", NOON.replace(microsecond=0)),
        (1767355200500, NOON),
        ("1767355200500", NOON),
        (1767355200500.0, NOON),
        (-1, datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
        (NOON, NOON),
        (NOON.replace(tzinfo=None), NOON),
        (NOON.astimezone(timezone(timedelta(hours=5))), NOON),
        ("yesterday", None),
        ("", None),
        (None, None),
        (b"x", None),
        (10**30, None),
        (float("nan"), None),
    ],
)
def test_a_time_is_read_in_every_form_that_databases_hold(stored: object, read: object) -> None:
    assert read_moment(stored) == read


def test_rows_are_sorted_by_time_whatever_form_it_has(database: sqlite3.Connection) -> None:
    times = {
        "first": "2026-01-01 10:00:00",
        "second": 1767355200500,
        "third": "2026-01-03T00:00:00Z",
    }
    for name, moment in reversed(times.items()):
        database.execute(
            "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) "
            "VALUES (?, '', ?, ?)",
            (name, name, moment),
        )
    assert [row.name for row in in_order(rows(database))] == list(times)
