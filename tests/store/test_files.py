"""Files that are no store, are newer, or cannot be written: an error of ours, and no damage."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from oneclick_deploy.errors import StoreError
from oneclick_deploy.store import SqliteStore
from oneclick_deploy.store.holder import Holder
from oneclick_deploy.store.schema import VERSION


def refusal(path: Path | str) -> StoreError:
    with pytest.raises(StoreError) as caught:
        SqliteStore(path)
    assert caught.value.hint
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def other_database(path: Path, *, version: int = 0) -> bytes:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE posts (id)")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"this is a text, and not a short one\n" * 100,
        b"\x89PNG\r\n\x1a\n" + bytes(2000),
        os.urandom(8192),
        b"SQLite format 3\x00",
        b"SQLite format 3\x00" + bytes(84),
        b"SQLite format 3\x00" + os.urandom(4080),
        b"{}",
    ],
    ids=["text", "image", "noise", "magic", "empty header", "broken header", "short"],
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "store.db"
    path.write_bytes(content)
    refusal(path)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("version", [0, 1, 99])
def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path, version):
    path = tmp_path / "preview.db"
    before = other_database(path, version=version)
    assert "another program" in refusal(path).message
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_store(tmp_path):
    path = tmp_path / "store.db"
    path.touch()
    with SqliteStore(path) as store:
        assert store.apps() == []


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "store.db"
    SqliteStore(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    before = path.read_bytes()
    error = refusal(path)
    assert f"version {VERSION + 1}" in error.message
    assert "Upgrade" in error.hint
    assert path.read_bytes() == before


@pytest.mark.parametrize("place", ["", "a\x00b"])
def test_what_is_no_path_is_refused(place):
    refusal(place)


def test_a_directory_is_refused(tmp_path):
    refusal(tmp_path)


def test_a_path_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    assert "writable" in refusal(tmp_path / "file" / "store.db").hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    refusal(tmp_path / "closed" / "store.db")


def test_a_folder_of_the_system_that_takes_no_files_is_refused():
    if not Path("/proc/self").is_dir():
        pytest.skip("this system has no /proc")
    refusal("/proc/self/store.db")


def test_a_store_that_is_closed_says_so(tmp_path):
    store = SqliteStore(tmp_path / "store.db")
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.apps()
    with pytest.raises(StoreError, match="closed"):
        store.begin_run("d", kind="deploy", holder=Holder.this())


def test_a_store_that_another_program_locks_says_so_and_may_be_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr("oneclick_deploy.store.connection.BUSY_SECONDS", 0.05)
    path = tmp_path / "store.db"
    SqliteStore(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    assert refusal(path).retryable
    other.execute("COMMIT")
    other.close()
    SqliteStore(path).close()


def test_openers_of_a_new_store_do_not_disturb_each_other(tmp_path):
    for turn in range(40):
        failures, start = [], threading.Barrier(5)

        def work(turn=turn, failures=failures, start=start) -> None:
            start.wait()
            try:
                SqliteStore(tmp_path / f"{turn}" / "store.db").close()
            except StoreError as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures


def test_a_memory_store_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    SqliteStore(":memory:").close()
    assert not list(tmp_path.iterdir())
