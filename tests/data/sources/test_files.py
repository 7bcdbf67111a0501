"""Files: foreign locks, damage in indexes, encodings, page sizes, and other ways to read a snapshot."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.data.previews import everything, execute, files_of, ordinary

from oneclick_deploy import errors
from oneclick_deploy.data import SqliteSource, inspect
from oneclick_deploy.runtime.cancel import CancelToken

TRY_TO_WRITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    connection.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
"""


@pytest.fixture
def preview(tmp_path: Path) -> Path:
    return ordinary(tmp_path / "preview.db", users=200)


# Locks of this process


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_lock_that_this_process_holds_survives_the_reading(preview, mode):
    # Closing any handle of a file drops all of the process's locks on it.
    with contextlib.closing(sqlite3.connect(preview, isolation_level=None)) as host:
        host.execute(f"PRAGMA journal_mode = {mode}")
        host.execute("BEGIN IMMEDIATE")
        host.execute("INSERT INTO User (email) VALUES ('not committed')")
        assert inspect(preview).rows == 600
        done = subprocess.run(
            [sys.executable, "-c", TRY_TO_WRITE, str(preview)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "locked" in done.stdout
        host.execute("COMMIT")
    assert inspect(preview).rows == 601


def test_a_file_that_this_process_has_open_is_told_apart_all_the_same(tmp_path):
    path = tmp_path / "x.db"
    path.write_bytes(b"no database at all" * 1000)
    with path.open("rb"), pytest.raises(errors.NotADatabaseError):
        inspect(path)
    path.write_bytes(b"")
    with path.open("rb"), pytest.raises(errors.EmptyDatabaseError):
        inspect(path)


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2].split(";"):
    connection.execute(statement).fetchall()
print("ready", flush=True)
sys.stdin.readline()
"""


def test_a_log_that_another_process_has_for_itself_is_locked(preview, monkeypatch):
    monkeypatch.setattr("oneclick_deploy.data.snapshot.LOCK_WAIT", 0.05)
    execute(preview, "PRAGMA journal_mode = WAL")
    script = "PRAGMA locking_mode = EXCLUSIVE; DELETE FROM Comment"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(preview), script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "ready\n"
        assert not preview.with_name("preview.db-shm").exists()
        with pytest.raises(errors.LockedDatabaseError):
            inspect(preview)
        holder.communicate("end\n")
    assert inspect(preview).rows == 200


def test_a_log_that_is_opened_during_the_copy_is_read_again(preview, monkeypatch):
    execute(preview, "PRAGMA journal_mode = WAL")
    from oneclick_deploy.data import snapshot

    copy = snapshot._copy_files
    opened = []

    def copy_while_somebody_writes(original: Path, place: Path) -> None:
        copy(original, place)
        opened.append(sqlite3.connect(original, isolation_level=None))
        opened[0].execute('DELETE FROM "Comment"')

    monkeypatch.setattr(snapshot, "_copy_files", copy_while_somebody_writes)
    assert inspect(preview).rows == 200
    opened[0].close()


# Damage


def test_damage_in_an_index_is_found(preview):
    with contextlib.closing(sqlite3.connect(preview)) as connection:
        (page,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'User_email_key'"
        ).fetchone()
    content = bytearray(preview.read_bytes())
    at = content.index(b"user77@", (root - 1) * page)
    content[at : at + 4] = b"xxxx"
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(bytes(content))
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    with pytest.raises(errors.CorruptDatabaseError, match="User_email_key") as caught:
        inspect(bytes(content))
    assert "REINDEX" in caught.value.hint


def test_rows_that_break_a_rule_of_their_table_are_no_damage(tmp_path):
    path = tmp_path / "preview.db"
    execute(
        path,
        "CREATE TABLE t (a, b CHECK (b > 0)); INSERT INTO t VALUES (NULL, 1);"
        "PRAGMA ignore_check_constraints = ON; INSERT INTO t VALUES (1, -5);"
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_master SET sql = 'CREATE TABLE t (a NOT NULL, b CHECK (b > 0))';",
    )
    assert inspect(path).rows == 2


def test_a_text_dump_in_a_file_is_called_so(tmp_path):
    path = tmp_path / "dump.sql"
    path.write_text("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n")
    with pytest.raises(errors.NotADatabaseError, match="is SQL text") as caught:
        inspect(path)
    assert "read_text()" in caught.value.hint


# Forms of databases


@pytest.mark.parametrize("page_size", [512, 1024, 8192, 65536])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_page_sizes_and_encodings(tmp_path, page_size, encoding):
    path = tmp_path / "preview.db"
    execute(path, f"PRAGMA page_size = {page_size}; PRAGMA encoding = '{encoding}'; VACUUM")
    everything(path)
    with SqliteSource(path) as source, SqliteSource(path.read_bytes()) as same:
        assert source.report.rows == 128
        rows = [list(map(repr, source.rows(table))) for table in source.report.tables]
        assert rows == [list(map(repr, same.rows(table))) for table in same.report.tables]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_an_export_whose_header_says_wal_is_read_without_its_log(preview, kind):
    execute(preview, "PRAGMA journal_mode = WAL")
    content = preview.read_bytes()
    assert content[18:20] == b"\x02\x02"
    assert inspect(kind(content)).rows == 600


def test_a_snapshot_is_one_file_without_a_log(preview):
    execute(preview, "PRAGMA journal_mode = WAL")
    for given in (preview, preview.read_bytes()):
        with SqliteSource(given) as source:
            list(source.rows(source.report.tables[0]))
            assert [each.name for each in source.path.parent.iterdir()] == ["preview.db"]
            assert source.path.read_bytes()[18:20] == b"\x01\x01"


def test_half_of_a_file_is_damaged(preview):
    content = preview.read_bytes()
    with pytest.raises(errors.CorruptDatabaseError):
        inspect(content[: len(content) // 2])


# Reading


def test_other_threads_read_through_connections_of_their_own(preview):
    with SqliteSource(preview) as source:
        found = []

        def read() -> None:
            with contextlib.closing(source.connect()) as connection:
                found.extend(connection.execute('SELECT count(*) FROM "User"').fetchone())

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [200] * 4
    with pytest.raises(errors.DataSourceError, match="closed"):
        source.connect()


def test_a_snapshot_cannot_be_written(preview):
    with SqliteSource(preview) as source, pytest.raises(sqlite3.OperationalError, match="readonly"):
        source.connection.execute('DELETE FROM "User"')


def test_copying_is_told_and_can_be_cancelled(preview, monkeypatch):
    monkeypatch.setattr("oneclick_deploy.data.snapshot._STEP_BYTES", 4096)
    before = files_of(preview)
    told: list[tuple[int, int]] = []
    with SqliteSource(preview, on_copy=lambda done, total: told.append((done, total))):
        pass
    assert len(told) > 3
    assert told == sorted(told)
    assert told[-1] == (preview.stat().st_size, preview.stat().st_size)
    cancel = CancelToken()
    with pytest.raises(errors.DeployCancelledError):
        SqliteSource(preview, cancel=cancel, on_copy=lambda _done, _total: cancel.cancel())
    with pytest.raises(errors.DeployCancelledError):
        SqliteSource(preview.read_bytes(), cancel=cancel)
    assert files_of(preview) == before
