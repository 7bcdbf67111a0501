"""The preview database: every wrong input told apart, every right one read and never changed."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Self

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.data.previews import HOSTILE, VALUES, everything, execute, files_of, ordinary

from oneclick_deploy import errors
from oneclick_deploy.data import SourceReport, SqliteSource, inspect

NOISE = random.Random(7).randbytes(16 * 1024)
PNG = b"\x89PNG\r\n\x1a\n" + NOISE[:8184]


def refusal(given_: Path | bytes | str, kind: type[errors.OneClickError]) -> errors.OneClickError:
    with pytest.raises(errors.OneClickError) as caught:
        inspect(given_)
    assert type(caught.value) is kind
    assert caught.value.hint
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


@pytest.fixture
def preview(tmp_path: Path) -> Path:
    return ordinary(tmp_path / "preview.db", users=200)


# What is no database


WRONG = {
    "zero bytes": (b"", errors.EmptyDatabaseError),
    "one byte": (b"S", errors.NotADatabaseError),
    "text": (b"-- a dump\nCREATE TABLE x;\n" * 50, errors.NotADatabaseError),
    "text of whole pages": (b"a line of text\n\n" * 512, errors.NotADatabaseError),
    "zeros": (bytes(8192), errors.NotADatabaseError),
    "image": (PNG, errors.NotADatabaseError),
    "zip": (b"PK\x03\x04" + NOISE[:4092], errors.NotADatabaseError),
    "gzip": (b"\x1f\x8b\x08" + NOISE[:4093], errors.NotADatabaseError),
    "JSON": (b'{"tables": []}', errors.NotADatabaseError),
    "noise of whole pages": (NOISE, errors.EncryptedDatabaseError),
    "one page of noise": (NOISE[:1024], errors.EncryptedDatabaseError),
    "noise of no pages": (NOISE[:5001], errors.NotADatabaseError),
    "the magic alone": (b"SQLite format 3\x00", errors.CorruptDatabaseError),
    "half a header": (b"SQLite format 3\x00" + bytes(50), errors.CorruptDatabaseError),
    "an empty header": (b"SQLite format 3\x00" + bytes(84), errors.CorruptDatabaseError),
    "a header and noise": (b"SQLite format 3\x00" + NOISE[:4080], errors.CorruptDatabaseError),
}


@pytest.mark.parametrize(("content", "kind"), WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("as_bytes", [True, False], ids=["bytes", "file"])
def test_what_is_no_database_is_told_apart(tmp_path, content, kind, as_bytes):
    path = tmp_path / "preview.db"
    path.write_bytes(content)
    before = files_of(path)
    error = refusal(content if as_bytes else path, kind)
    assert ("the preview data" if as_bytes else "preview.db") in error.message
    assert files_of(path) == before


def test_an_image_is_called_one():
    assert "PNG image" in refusal(PNG, errors.NotADatabaseError).message


def test_an_encrypted_database_is_told_how_to_be_exported():
    assert "sqlcipher_export" in refusal(NOISE, errors.EncryptedDatabaseError).hint


def test_a_missing_file_and_a_directory_are_told_so(tmp_path):
    assert "does not exist" in refusal(tmp_path / "none.db", errors.DataSourceError).message
    refusal(tmp_path, errors.DataSourceError)
    refusal(str(tmp_path / "none.db"), errors.DataSourceError)
    refusal("", errors.DataSourceError)
    refusal("a\x00b", errors.DataSourceError)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    refusal(tmp_path / "pipe", errors.DataSourceError)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told_so(preview):
    preview.chmod(0)
    refusal(preview, errors.DataSourceError)


@pytest.mark.parametrize("wrong", [None, 7, ["preview.db"], object()])
def test_other_types_are_refused(wrong):
    refusal(wrong, errors.ConfigurationError)


@pytest.mark.parametrize(
    "script",
    [
        "PRAGMA user_version = 1",
        "CREATE TABLE a (b); DROP TABLE a",
        "CREATE VIEW v AS SELECT 1",
        'CREATE TABLE "_prisma_migrations" (id); CREATE TABLE "_litestream_seq" (id)',
    ],
)
def test_a_database_without_tables_of_the_app_is_empty(tmp_path, script):
    execute(tmp_path / "preview.db", script)
    assert "no table" in refusal(tmp_path / "preview.db", errors.EmptyDatabaseError).message


# Damage


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_database_is_damaged(preview, part):
    os.truncate(preview, int(preview.stat().st_size * part) // 512 * 512)
    error = refusal(preview, errors.CorruptDatabaseError)
    assert ".recover" in error.hint


def test_a_database_cut_inside_its_header_is_damaged(preview):
    os.truncate(preview, 60)
    assert "60 bytes" in refusal(preview, errors.CorruptDatabaseError).message


def test_a_database_whose_pages_were_overwritten_is_damaged(preview):
    content = bytearray(preview.read_bytes())
    page_size = int.from_bytes(content[16:18], "big")
    for start in range(page_size, len(content), page_size):
        content[start : start + 100] = NOISE[:100]
    refusal(bytes(content), errors.CorruptDatabaseError)


def test_each_single_broken_page_is_noticed(preview):
    content = preview.read_bytes()
    page_size = int.from_bytes(content[16:18], "big")
    for start in range(page_size, len(content), page_size):
        broken = bytearray(content)
        broken[start] ^= 0xFF  # the kind of the page
        refusal(bytes(broken), errors.CorruptDatabaseError)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_breaks_out_of_our_errors(preview, data):
    content = bytearray(preview.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(errors.DataSourceError), SqliteSource(bytes(content)) as source:
        for table in source.report.tables:
            for _ in source.rows(table):
                pass


def test_a_text_that_is_no_utf_8_is_named_with_its_table(tmp_path):
    path = tmp_path / "preview.db"
    execute(path, "CREATE TABLE t (v TEXT); INSERT INTO t VALUES (CAST(x'ff61' AS TEXT))")
    with (
        SqliteSource(path) as source,
        pytest.raises(errors.DataSourceError, match="table t holds") as caught,
    ):
        list(source.rows(source.report.tables[0]))
    assert "BLOB" in caught.value.hint


# Locks and logs


WRITER = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2].split(";"):
    connection.execute(statement)
print("ready", flush=True)
sys.stdin.readline()
os._exit(0)  # as a crash would leave the files
"""


class Writer:
    """Another process that runs statements and then waits, or dies."""

    def __init__(self, path: Path, script: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate("end\n")


@pytest.mark.parametrize(
    "mode", ["BEGIN EXCLUSIVE", "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"]
)
def test_a_database_that_another_process_locks_is_told_so(preview, mode, monkeypatch):
    monkeypatch.setattr("oneclick_deploy.data.snapshot.LOCK_WAIT", 0.05)
    with Writer(preview, mode):
        error = refusal(preview, errors.LockedDatabaseError)
    assert error.retryable
    assert inspect(preview).rows == 600


def test_a_lock_that_ends_in_time_does_not_matter(preview):
    with contextlib.closing(
        sqlite3.connect(preview, isolation_level=None, check_same_thread=False)
    ) as other:
        import threading

        other.execute("BEGIN EXCLUSIVE")
        timer = threading.Timer(0.1, other.execute, ("COMMIT",))
        timer.start()
        assert inspect(preview).rows == 600
        timer.join()


def test_what_another_process_has_not_committed_is_not_read(preview):
    with Writer(preview, "BEGIN IMMEDIATE; INSERT INTO User (email) VALUES ('x')"):
        assert inspect(preview).rows == 600


def beside(path: Path) -> set[str]:
    return {each.name for each in path.parent.iterdir()}


def write_ahead(path: Path) -> Path:
    execute(path, "PRAGMA journal_mode = WAL")
    return path


ADD_IN_LOG = "PRAGMA wal_autocheckpoint = 0; INSERT INTO User (email) VALUES ('in the log')"


def test_a_database_with_a_log_that_was_closed_is_read_without_a_trace(preview):
    before = files_of(write_ahead(preview))
    assert set(before) == {"preview.db"}
    assert inspect(preview).rows == 600
    assert files_of(preview) == before


def test_rows_in_the_log_of_a_live_process_are_read(preview):
    with Writer(write_ahead(preview), ADD_IN_LOG):
        before = files_of(preview)
        assert set(before) == {"preview.db", "preview.db-wal", "preview.db-shm"}
        assert inspect(preview).rows == 601
        after = files_of(preview)
        assert {n: after[n] for n in after if n != "preview.db-shm"} == {
            n: before[n] for n in before if n != "preview.db-shm"
        }
        assert set(after) == set(before)


@pytest.mark.parametrize("index", ["kept", "removed"])
def test_rows_in_the_log_of_a_crashed_process_are_read_and_stay_there(preview, index):
    with Writer(write_ahead(preview), ADD_IN_LOG):
        pass
    if index == "removed":
        preview.with_name("preview.db-shm").unlink()
    before = files_of(preview)
    assert "preview.db-wal" in before
    assert inspect(preview).rows == 601
    after = files_of(preview)
    assert set(after) == set(before)
    assert all(after[name] == before[name] for name in ("preview.db", "preview.db-wal"))


def test_the_journal_of_a_crashed_transaction_is_rolled_back_in_the_copy_only(preview):
    big = ";".join(
        ["INSERT INTO Comment (id, author) SELECT hex(randomblob(20)), 1 FROM Comment"] * 3
    )
    with Writer(preview, f"PRAGMA cache_size = 2; BEGIN IMMEDIATE; {big}"):
        pass
    before = files_of(preview)
    assert set(before) == {"preview.db", "preview.db-journal"}
    assert inspect(preview).rows == 600
    assert files_of(preview) == before


def test_an_ordinary_database_is_not_touched(preview):
    before = files_of(preview)
    with SqliteSource(preview) as source:
        for table in source.report.tables:
            list(source.rows(table))
    assert files_of(preview) == before


def test_later_changes_of_the_original_do_not_reach_the_snapshot(preview):
    with SqliteSource(preview) as source:
        execute(preview, 'DELETE FROM "Comment"')
        (comments,) = [table for table in source.report.tables if table.name == "Comment"]
        assert len(list(source.rows(comments))) == 400


def test_the_snapshot_is_private_and_goes_away(preview, tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    source = SqliteSource(preview)
    (folder,) = [each for each in tmp_path.iterdir() if each.is_dir()]
    assert folder.stat().st_mode & 0o077 == 0
    source.close()
    source.close()
    assert beside(preview) == {"preview.db"}
    with pytest.raises(errors.DataSourceError, match="closed"):
        list(source.rows(source.report.tables[0]))


@pytest.mark.parametrize("content", [b"", b"text", NOISE])
def test_a_refused_input_leaves_no_snapshot_behind(tmp_path, monkeypatch, content):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(errors.DataSourceError):
        SqliteSource(content)
    assert not list(tmp_path.iterdir())


def test_a_name_with_the_signs_of_an_address_is_a_name(tmp_path):
    path = ordinary(tmp_path / "50%25 off?mode=rw#x &é.db")
    assert inspect(path).rows == 9


# What is read


@pytest.fixture
def report(tmp_path: Path) -> SourceReport:
    return inspect(everything(tmp_path / "preview.db"))


def test_tables_are_found_under_their_exact_names(report):
    names = [table.name for table in report.tables]
    assert names == sorted(names)
    assert HOSTILE in names
    assert "Empty" in names
    assert not any(name.startswith("sqlite_") for name in names)
    assert report.rows == sum(table.rows for table in report.tables)


def test_bytes_are_read_as_the_file_is(tmp_path, report):
    assert inspect((tmp_path / "preview.db").read_bytes()).tables == report.tables


def test_generated_columns_are_left_out(report):
    (computed,) = [table for table in report.tables if table.name == "Computed"]
    assert computed.columns == ("id", "a", "b")


def test_counters_are_read(report):
    assert report.sequences == (("User", 5),)


def read(path: Path, name: str) -> list[tuple]:
    with SqliteSource(path) as source:
        (table,) = [each for each in source.report.tables if each.name == name]
        return list(source.rows(table))


def test_every_value_is_read_exactly(tmp_path):
    rows = read(everything(tmp_path / "preview.db"), "Everything")
    found = [row[1] for row in rows]
    assert [repr(value) for value in found] == [repr(value) for value in VALUES]
    # Affinity was applied when the values were stored; they come as they are stored.
    assert rows[VALUES.index("1")][2] == 1
    assert rows[VALUES.index(b"")][4] == b""


def test_rows_come_in_the_order_of_the_rowid(tmp_path):
    path = everything(tmp_path / "preview.db")
    assert read(path, "Rowid") == [("z", "first"), ("a", "second"), ("m", "third")]
    assert [row[0] for row in read(path, "Comment")] != sorted(
        row[0] for row in read(path, "Comment")
    )


def test_rows_without_a_rowid_come_in_the_byte_order_of_their_key(tmp_path):
    found = read(everything(tmp_path / "preview.db"), "Pair")
    assert found == sorted(found, key=lambda row: (row[0].encode(), row[1]))
    assert len(found) == 16


@pytest.mark.parametrize("skip", [0, 1, 399, 400, 1000])
def test_rows_can_be_skipped(preview, skip):
    with SqliteSource(preview) as source:
        table = next(each for each in source.report.tables if each.name == "Comment")
        assert list(source.rows(table, skip=skip)) == list(source.rows(table))[skip:]


def test_a_table_whose_columns_take_every_name_of_the_rowid(tmp_path):
    path = tmp_path / "preview.db"
    execute(
        path,
        "CREATE TABLE t (rowid, _rowid_, oid, id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1, 2, 3, 9), (4, 5, 6, 7)",
    )
    assert read(path, "t") == [(4, 5, 6, 7), (1, 2, 3, 9)]
    # Without a primary key either, the rows come in the order of all their values and types.
    execute(
        path,
        "CREATE TABLE u (RowId, _rowid_, OID COLLATE NOCASE); INSERT INTO u VALUES (2, 'b', 'x'), (1, x'00', 'Y'), (1.0, 'a', NULL), (1, NULL, 'a'), (1, NULL, 'B')",
    )
    assert read(path, "u") == [
        (1, None, "B"),
        (1, None, "a"),
        (1.0, "a", None),
        (1, b"\x00", "Y"),
        (2, "b", "x"),
    ]


def test_a_database_in_utf_16_is_read(tmp_path):
    path = tmp_path / "preview.db"
    execute(
        path, "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('é😀')"
    )
    assert read(path, "t") == [("é😀",)]


def test_a_fingerprint_is_the_same_for_the_same_content_only(preview):
    def of(given_: Path | bytes) -> str:
        with SqliteSource(given_) as source:
            return source.fingerprint

    first = of(preview)
    assert of(preview) == first
    execute(preview, "UPDATE User SET email = 'changed' WHERE id = 1")
    assert of(preview) != first


def test_a_fingerprint_covers_the_rows_in_the_log(preview):
    with Writer(write_ahead(preview), ADD_IN_LOG):
        pass
    preview.with_name("preview.db-shm").unlink()
    with SqliteSource(preview) as source:
        in_log = source.fingerprint
    preview.with_name("preview.db-wal").unlink()
    with SqliteSource(preview) as source:
        assert source.fingerprint != in_log


def test_every_column_name_is_quoted(tmp_path):
    (row,) = read(everything(tmp_path / "preview.db"), HOSTILE)
    assert row == ("1", "2", "3", "4")
