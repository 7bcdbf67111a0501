"""Open connections: their committed content is copied, and they stay as they are."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator

import pytest
from tests.data.previews import SCHEMA, files_of, fill_users, ordinary

from oneclick_deploy import errors
from oneclick_deploy.data import SqliteSource, inspect


@pytest.fixture
def opened() -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        fill_users(connection, 3)
        connection.commit()
        yield connection


def refusal(given: object) -> errors.OneClickError:
    with pytest.raises(errors.DataSourceError) as caught:
        SqliteSource(given)
    assert caught.value.hint
    return caught.value


def test_a_database_in_memory_is_read(opened):
    assert inspect(opened).rows == 9


def test_the_connection_can_be_used_afterwards(opened):
    opened.row_factory = sqlite3.Row
    opened.text_factory = bytes
    with SqliteSource(opened) as source:
        opened.execute('DELETE FROM "Comment"')
        opened.rollback()
        assert source.report.rows == 9
        assert {type(row[0]) for row in source.rows(source.report.tables[1])} == {str}


def test_a_connection_to_a_file_leaves_it_as_it_is(tmp_path):
    path = ordinary(tmp_path / "preview.db")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        before = files_of(path)
        assert inspect(connection).rows == 9
        assert files_of(path) == before


def test_a_transaction_that_is_not_committed_is_refused(opened):
    opened.execute('DELETE FROM "Comment"')
    error = refusal(opened)
    assert "not committed" in error.message
    assert "commit()" in error.hint
    opened.rollback()
    assert inspect(opened).rows == 9


def test_a_transaction_that_only_reads_is_refused_as_well(opened):
    opened.execute("BEGIN")
    refusal(opened)


def test_a_closed_connection_is_told_so(opened):
    opened.close()
    assert "closed" in refusal(opened).message


def test_a_connection_of_another_thread_is_told_so(opened):
    found = []
    thread = threading.Thread(target=lambda: found.append(refusal(opened)))
    thread.start()
    thread.join()
    assert "thread" in found[0].message


def test_an_empty_database_is_empty():
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        assert isinstance(refusal(connection), errors.EmptyDatabaseError)


def test_attached_and_temporary_tables_are_not_read(opened):
    opened.execute("ATTACH ':memory:' AS other")
    opened.executescript("CREATE TABLE other.x (a); CREATE TEMP TABLE y (a)")
    names = {table.name for table in inspect(opened).tables}
    assert names & {"x", "y"} == set()


def test_a_connection_with_its_own_collations_and_functions_is_read():
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.create_collation("mine", lambda a, b: (a > b) - (a < b))
        connection.create_function("ours", 1, lambda value: value, deterministic=True)
        connection.executescript(
            "CREATE TABLE t (a TEXT COLLATE mine, b CHECK (ours(b) > 0));"
            "CREATE INDEX i ON t (a); INSERT INTO t VALUES ('x', 1), ('y', 2);"
        )
        report = inspect(connection)
    assert report.rows == 2
    assert report.tables[0].census[0].texts == 2


def test_a_database_that_another_process_locks_is_told_so(tmp_path):
    path = ordinary(tmp_path / "preview.db")
    with (
        contextlib.closing(sqlite3.connect(path, timeout=0)) as reader,
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writer,
    ):
        writer.execute("BEGIN EXCLUSIVE")
        assert isinstance(refusal(reader), errors.LockedDatabaseError)
