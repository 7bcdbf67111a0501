"""`_prisma_migrations`: its shape, its rows, and what is still to be applied."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.errors import MigrationFilesError
from oneclick_deploy.prisma import AppliedMigration, Migration, MigrationHistory, pending
from oneclick_deploy.prisma.migrations.table import CREATE_TABLE, SELECT_APPLIED, TABLES, record


def history(*names: str) -> MigrationHistory:
    return MigrationHistory(
        provider="sqlite",
        migrations=tuple(
            Migration(name=name, script="", checksum=f"sum of {name}") for name in names
        ),
    )


def row(name: str, *, finished: bool = True, rolled_back: bool = False, checksum: str = "x"):
    return AppliedMigration(
        name=name, checksum=checksum, finished=finished, rolled_back=rolled_back
    )


def names(migrations: list[Migration]) -> list[str]:
    return [migration.name for migration in migrations]


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(CREATE_TABLE)
        yield connection


# The table


def test_the_table_is_the_one_that_prisma_makes(shared: Path, database):
    facts = (shared / "facts" / "prisma.md").read_text("utf-8")
    section = facts.partition("## 3. `_prisma_migrations`")[2]
    columns = re.findall(r"^\| (\w+) \| ([A-Z][^|]*?) \|", section, re.MULTILINE)[1:9]
    assert [name for name, _ in columns][:2] == ["id", "checksum"]
    made = re.findall(r'^\s+"(\w+)"\s+(.*?),?$', CREATE_TABLE, re.MULTILINE)
    assert made == columns
    described = database.execute('PRAGMA table_info("_prisma_migrations")').fetchall()
    assert [item[1] for item in described] == [name for name, _ in columns]


def test_making_the_table_again_changes_nothing(database):
    database.execute(*record(history("a").migrations[0]))
    database.execute(CREATE_TABLE)
    assert len(database.execute(SELECT_APPLIED).fetchall()) == 1


def test_a_recorded_migration_is_a_finished_row(database):
    moment = datetime(2026, 11, 20, 12, 30, 1, 234567, tzinfo=UTC)
    migration = Migration(name="20260101_init", script="", checksum="ab" * 32)
    database.execute(*record(migration, now=lambda: moment))
    database.row_factory = sqlite3.Row
    found = dict(database.execute('SELECT * FROM "_prisma_migrations"').fetchone())
    assert str(uuid.UUID(found.pop("id"), version=4))
    # Prisma's own rows have times as text with an offset.
    assert found == {
        "checksum": "ab" * 32,
        "finished_at": "2026-11-20T12:30:01.234+00:00",
        "migration_name": "20260101_init",
        "logs": None,
        "rolled_back_at": None,
        "started_at": "2026-11-20T12:30:01.234+00:00",
        "applied_steps_count": 1,
    }


def test_every_recorded_row_has_an_id_of_its_own():
    ids = {record(history("a").migrations[0])[1][0] for _ in range(50)}
    assert len(ids) == 50
    assert all(uuid.UUID(each).version == 4 for each in ids)


def test_rows_are_read_back_as_they_were_recorded(database):
    for migration in history("b", "a").migrations:
        database.execute(*record(migration))
    found = [AppliedMigration.from_row(each) for each in database.execute(SELECT_APPLIED)]
    assert sorted(each.name for each in found) == ["a", "b"]
    assert all(each.finished and not each.rolled_back and each.logs == "" for each in found)
    assert {each.checksum for each in found} == {"sum of a", "sum of b"}
    assert pending(history("a", "b", "c"), found) == list(history("c").migrations)


def test_a_row_of_a_failed_migration_is_read_with_its_log(database):
    database.execute(
        'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, logs) '
        "VALUES ('1', 'x', 'a', 'no such column')"
    )
    (found,) = [AppliedMigration.from_row(each) for each in database.execute(SELECT_APPLIED)]
    assert not found.finished
    assert found.logs == "no such column"


def test_the_tables_of_a_database_are_listed_without_sqlites_own(database):
    database.execute('CREATE TABLE "sqliteX" (id INTEGER PRIMARY KEY AUTOINCREMENT)')
    found = {name for (name,) in database.execute(TABLES)}
    assert found == {"_prisma_migrations", "sqliteX"}


# What is to be applied


def test_everything_is_pending_in_a_new_database():
    assert names(pending(history("a", "b"), [])) == ["a", "b"]


def test_nothing_is_pending_when_everything_was_applied():
    assert pending(history("a", "b"), [row("b"), row("a")]) == []


def test_a_migration_before_an_applied_one_is_applied_too():
    assert names(pending(history("a", "b", "c"), [row("b")])) == ["a", "c"]


def test_a_failed_migration_stops_everything():
    with pytest.raises(MigrationFilesError, match="P3009") as caught:
        pending(history("a", "b"), [row("a", finished=False)])
    assert "a failed" in caught.value.message
    assert "prisma migrate resolve" in caught.value.hint


def test_a_failed_migration_that_the_app_does_not_have_stops_everything_too():
    with pytest.raises(MigrationFilesError, match="P3009"):
        pending(history("b"), [row("gone", finished=False)])


@pytest.mark.parametrize("finished", [True, False])
def test_a_rolled_back_migration_is_applied_again(finished):
    assert names(pending(history("a", "b"), [row("a", finished=finished, rolled_back=True)])) == [
        "a",
        "b",
    ]


def test_a_migration_that_was_rolled_back_and_applied_again_is_done():
    rows = [row("a", finished=False, rolled_back=True), row("a")]
    assert pending(history("a"), rows) == []
    assert pending(history("a"), rows[::-1]) == []


def test_rows_that_the_app_does_not_have_are_ignored():
    assert names(pending(history("b"), [row("a"), row("z")])) == ["b"]


def test_a_changed_checksum_is_ignored_as_prisma_does():
    assert pending(history("a"), [row("a", checksum="another")]) == []


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.sampled_from("abcdefgh")))
def test_what_is_pending_and_what_was_applied_make_the_history(all_names, applied):
    own = history(*sorted(all_names))
    found = names(pending(own, [row(name) for name in applied]))
    assert found == [name for name in sorted(all_names) if name not in applied]
