"""Imports into a real libSQL server: exact, exactly once, or refused before the first row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.data.loser import Loser
from tests.data.previews import HOSTILE, SCHEMA, execute, files_of, in_file, is_copy

from oneclick_deploy.data import AsyncLibsqlImport, ImportProgress, ImportReport, SqliteSource
from oneclick_deploy.errors import (
    ConnectionLostError,
    ConstraintError,
    DatabaseError,
    DataSourceError,
    DeployCancelledError,
)
from oneclick_deploy.http import HttpSettings
from oneclick_deploy.providers.libsql import AsyncLibsqlClient
from oneclick_deploy.runtime.cancel import CancelToken

EMPTY = dict.fromkeys(
    ["User", "Comment", "Everything", "Pair", "Binary", "Computed", "Rowid", "NoKey", HOSTILE,
     "Strict", "Empty", "sqlite_sequence"], 0,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    async def at_once(seconds, *, cancel=None):
        pass

    monkeypatch.setattr("oneclick_deploy.runtime.aio.sleep", at_once)


@pytest.fixture
def small_batches(monkeypatch):
    """Seven rows a request, so that small tables need several."""
    monkeypatch.setattr("oneclick_deploy.data.batches.MOST_ROWS", 7)


async def copy(
    preview: Path | bytes,
    database,
    *,
    settings: HttpSettings | None = None,
    cancel: CancelToken | None = None,
    on_progress: Callable[[ImportProgress], object] | None = None,
) -> ImportReport:
    client = AsyncLibsqlClient(
        database.url, settings=settings or database.settings(), cancel=cancel
    )
    source = SqliteSource(preview)
    try:
        return await AsyncLibsqlImport(source, client, on_progress=on_progress).run()
    finally:
        source.close()
        await client.aclose()


# Exact copies


async def test_everything_that_sqlite_holds_arrives_exactly(full, database):
    before = files_of(full)
    report = await copy(full, database)
    assert is_copy(full, database)
    assert files_of(full) == before
    assert report.rows == sum(table.rows for table in report.tables)
    assert ("Empty", "empty") in report.skipped
    assert "_oneclick_import" not in database.tables()


async def test_bytes_arrive_as_the_file_does(full, database):
    await copy(full.read_bytes(), database)
    assert is_copy(full, database)


async def test_many_small_requests_give_the_same_as_one(full, database, small_batches):
    report = await copy(full, database)
    assert is_copy(full, database)
    assert report.requests > len(report.tables) + 1


async def test_counters_go_on_where_the_preview_was(full, database):
    await copy(full, database)
    (row,) = database.rows("INSERT INTO User (email) VALUES ('next') RETURNING id")
    assert row[0] == 6  # 4 and 5 were given out and deleted


async def test_foreign_keys_do_not_depend_on_the_order_of_the_tables(preview, database):
    await copy(preview, database)
    assert database.rows("PRAGMA foreign_key_check") == []
    assert database.count()["Comment"] == 40


async def test_progress_is_told_after_each_request(preview, database, small_batches):
    told = []
    report = await copy(preview, database, on_progress=told.append)
    done = [state.rows_done for state in told]
    assert done == sorted(set(done))
    assert done[-1] == told[-1].rows_total == report.rows == 60
    assert {state.table for state in told} == {"User", "Comment"}


async def test_importing_again_changes_nothing(full, database):
    first = await copy(full, database)
    again = await copy(full, database)
    told = [[(t.name, t.rows, t.checksum) for t in report.tables] for report in (first, again)]
    assert told[0] == told[1]
    assert again.requests == 1
    assert is_copy(full, database)


async def test_a_preview_without_rows_is_imported_at_once(tmp_path, database):
    path = tmp_path / "empty.db"
    execute(path, SCHEMA)
    report = await copy(path, database)
    assert report.tables == ()
    assert database.count() == EMPTY


async def test_a_destination_without_counters_takes_rows_with_them(tmp_path, bare):
    path = tmp_path / "preview.db"
    execute(path, "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES (7)")
    bare.migrate("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    await copy(path, bare)
    assert bare.rows("SELECT id FROM t") == [(7,)]


async def test_a_row_of_several_megabytes_arrives(tmp_path, bare):
    path = tmp_path / "preview.db"
    execute(
        path,
        "CREATE TABLE t (v); INSERT INTO t VALUES (zeroblob(2000000)), (1), (zeroblob(1500000))",
    )
    bare.migrate("CREATE TABLE t (v)")
    await copy(path, bare)
    assert bare.rows("SELECT length(v) FROM t") == [(2_000_000,), (1,), (1_500_000,)]


# Interruptions


async def test_every_answer_may_be_lost_once(preview, database, small_batches):
    lost = set()

    def fate(number: int, body: bytes) -> str:
        writes = b"_oneclick_import" in body and b'"batch"' in body
        if writes and body not in lost:
            lost.add(body)
            return "answer"
        return "pass"

    with Loser(database.origin, fate) as loser:
        report = await copy(preview, database, settings=database.settings(loser.url))
    assert len(lost) == 3 + 6 + 1
    assert report.requests == 2 * len(lost)
    assert is_copy(preview, database)
    assert "_oneclick_import" not in database.tables()


@pytest.mark.parametrize("fate", ["unseen", "answer"])
async def test_a_server_that_stays_away_is_an_error_and_the_next_import_goes_on(
    preview, database, small_batches, fate
):
    def away(number: int, body: bytes) -> str:
        return fate if number > 8 else "pass"

    told = []
    with Loser(database.origin, away) as loser:
        with pytest.raises(ConnectionLostError):
            await copy(
                preview, database, settings=database.settings(loser.url), on_progress=told.append
            )
        before = len(loser.bodies)
    assert before > 8
    progress = []
    await copy(preview, database, on_progress=progress.append)
    assert progress[0].rows_done > told[-1].rows_done
    assert is_copy(preview, database)


async def test_a_cancelled_import_is_taken_up_where_it_stopped(preview, database, small_batches):
    token, told = CancelToken(), []

    def progress(state) -> None:
        told.append(state.rows_done)
        if len(told) == 4:
            token.cancel()

    with pytest.raises(DeployCancelledError):
        await copy(preview, database, on_progress=progress, cancel=token)
    assert sum(database.count()[name] for name in ("User", "Comment")) == told[-1] == 28
    later = []
    report = await copy(preview, database, on_progress=lambda state: later.append(state.rows_done))
    assert later[0] == 28 + 7
    assert report.rows == 60
    assert is_copy(preview, database)


@pytest.mark.parametrize("change", [
    "UPDATE Comment SET at = 'changed' WHERE rowid = 1",
    "DELETE FROM Comment WHERE rowid < 30",
    "DELETE FROM Comment",
    "INSERT INTO User (email) VALUES ('one more')",
])  # fmt: skip
async def test_an_interrupted_import_of_other_data_is_taken_back_first(
    preview, database, small_batches, change
):
    token = CancelToken()
    with pytest.raises(DeployCancelledError):
        await copy(preview, database, on_progress=lambda _: token.cancel(), cancel=token)
    execute(preview, change)
    await copy(preview, database)
    assert is_copy(preview, database)
    assert "_oneclick_import" not in database.tables()


# Destinations that are not empty


def dump(database) -> list[tuple]:
    found = [tuple(row) for row in database.rows("SELECT sql FROM sqlite_master ORDER BY name")]
    return [*found, *sorted(database.count().items())]


@pytest.mark.parametrize(
    "rows",
    [
        "INSERT INTO User (email) VALUES ('somebody')",
        "INSERT INTO Comment (id, author) VALUES ('x', 1)",
        # As many as the preview has, and other ones.
        "INSERT INTO User (email) SELECT value FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]')",
    ],
)
async def test_a_destination_with_other_rows_is_refused_and_unchanged(preview, database, rows):
    database.migrate(rows)
    before = dump(database)
    with pytest.raises(DataSourceError, match="of the destination holds") as caught:
        await copy(preview, database)
    assert "empty database" in caught.value.hint
    assert dump(database) == before


async def test_rows_that_a_migration_made_may_be_there_when_the_preview_has_them_too(
    preview, database, small_batches
):
    for sql in in_file(
        preview, "SELECT 'INSERT INTO User VALUES (' || id || ', ''' || email || ''')' FROM User"
    ):
        database.rows(sql[0])
    token = CancelToken()
    with pytest.raises(DeployCancelledError):
        await copy(preview, database, on_progress=lambda _: token.cancel(), cancel=token)
    report = await copy(preview, database)
    assert report.rows == 60
    assert is_copy(preview, database)


async def test_rows_in_a_table_that_the_preview_left_empty_stay(preview, database):
    database.rows("INSERT INTO Empty VALUES (1)")
    await copy(preview, database)
    assert database.count()["Empty"] == 1


# Destinations that do not fit


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ("", ["Comment (40 rows): no such table", "User (20 rows): no such table"]),
        (
            "CREATE TABLE User (id INTEGER PRIMARY KEY, email TEXT)",
            ["Comment (40 rows): no such table"],
        ),
        (
            "CREATE TABLE User (id INTEGER PRIMARY KEY); CREATE TABLE Comment (id TEXT, other)",
            [
                "User (20 rows): no such columns email",
                "Comment (40 rows): no such columns author, at",
            ],
        ),
    ],
)
async def test_missing_tables_and_columns_are_told_before_the_first_row(
    preview, bare, schema, told
):
    if schema:
        bare.migrate(schema)
    before = dump(bare)
    with pytest.raises(DataSourceError) as caught:
        await copy(preview, bare)
    for each in told:
        assert each in caught.value.message
    assert "prisma migrate dev" in caught.value.hint
    assert dump(bare) == before


async def test_columns_that_the_preview_lacks_take_their_defaults(preview, bare):
    bare.migrate(
        "CREATE TABLE User (id INTEGER PRIMARY KEY, email TEXT, plan TEXT DEFAULT 'free');"
        "CREATE TABLE Comment (id TEXT PRIMARY KEY, author INTEGER, at DATETIME)"
    )
    await copy(preview, bare)
    assert bare.rows("SELECT DISTINCT plan FROM User") == [("free",)]


async def test_rows_that_break_a_rule_of_the_destination_are_an_error(preview, bare, small_batches):
    bare.migrate(
        "CREATE TABLE User (id INTEGER PRIMARY KEY, email TEXT CHECK (email <> 'user15@example.test'));"
        "CREATE TABLE Comment (id TEXT PRIMARY KEY, author INTEGER, at DATETIME)"
    )
    for _ in range(2):
        with pytest.raises(ConstraintError):
            await copy(preview, bare)
        assert bare.count()["User"] == 14  # whole batches only


async def test_a_column_that_the_destination_computes_is_an_error(tmp_path, bare):
    path = tmp_path / "preview.db"
    execute(path, "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2)")
    bare.migrate("CREATE TABLE t (a, b AS (a * 2))")
    with pytest.raises(DatabaseError):
        await copy(path, bare)
    assert bare.count()["t"] == 0


async def test_a_destination_that_changes_the_rows_is_noticed(preview, database):
    database.migrate(
        'CREATE TRIGGER t AFTER INSERT ON "User" BEGIN UPDATE "User" SET email = \'changed\' || id; END'
    )
    with pytest.raises(DataSourceError, match="differs after the copy") as caught:
        await copy(preview, database)
    assert "trigger" in caught.value.hint


async def test_no_request_is_larger_than_a_server_takes(tmp_path, bare):
    path = tmp_path / "preview.db"
    execute(path, "CREATE TABLE t (v TEXT)")
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO t VALUES (?)", [("😀\x00" * 3000,)] * 200)
        connection.commit()
    bare.migrate("CREATE TABLE t (v TEXT)")
    with Loser(bare.origin) as loser:
        await copy(path, bare, settings=bare.settings(loser.url))
    assert max(map(len, loser.bodies)) < 1_100_000
    assert all(json.loads(body) for body in loser.bodies)
