"""An import that breaks leaves nothing behind, and the next one brings exactly the rows."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time

import pytest
from tests.data.mysql.cutter import Cutter
from tests.data.mysql.moves import ask, move, preview
from tests.prisma.servers import run_on_mariadb

from oneclick_deploy.data import SqliteSource
from oneclick_deploy.data.mysql import AsyncMysqlImport, MysqlImport
from oneclick_deploy.errors import (
    ConnectionLostError,
    DeployCancelledError,
    OneClickError,
    TransportError,
)
from oneclick_deploy.runtime.cancel import CancelToken

SCHEMA = """
CREATE TABLE a (id INTEGER PRIMARY KEY, s TEXT, x REAL);
CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER, d BLOB);
"""
THERE = """
CREATE TABLE a (id INT PRIMARY KEY AUTO_INCREMENT, s TEXT, x DOUBLE);
CREATE TABLE b (id INT PRIMARY KEY, a INT REFERENCES a (id), d BLOB);
"""
ROWS = {
    "a": [(n, f"text {n} é\t'\\", n / 7) for n in range(600)],
    "b": [(n, n, bytes([n % 256]) * 20) for n in range(600)],
}
WAYS = pytest.mark.parametrize("local_infile", [True, False], ids=["load-data", "insert"])

IMPORT = """
import os, signal, sys
from pathlib import Path
from oneclick_deploy.data import SqliteSource
from oneclick_deploy.data.mysql import MysqlImport, loading, tally
path, url, local_infile, kill_after = sys.argv[1:]
loading._FILE_BLOCK = loading._STATEMENT_BLOCK = 4_000
tally._PAUSE = 0.0
told = []
def progress(state):
    told.append(state)
    if len(told) == int(kill_after):
        os.kill(os.getpid(), signal.SIGKILL)
with SqliteSource(Path(path)) as source:
    MysqlImport(source, url, on_progress=progress, local_infile=local_infile == "True").run()
"""


@pytest.fixture
def path(tmp_path):
    return preview(tmp_path / "p.db", SCHEMA, ROWS)


def is_empty(url: str) -> bool:
    return ask(url, "SELECT (SELECT COUNT(*) FROM a) + (SELECT COUNT(*) FROM b)") == [(0,)]


def is_whole(url: str) -> bool:
    return [ask(url, f"SELECT * FROM {name} ORDER BY id") for name in ROWS] == list(ROWS.values())


@WAYS
def test_cut_anywhere_nothing_stays_and_the_next_import_is_exact(
    path, mariadb_database, local_infile, monkeypatch
):
    monkeypatch.setattr("oneclick_deploy.data.mysql.loading._FILE_BLOCK", 4_000)
    monkeypatch.setattr("oneclick_deploy.data.mysql.loading._STATEMENT_BLOCK", 4_000)
    with Cutter(mariadb_database) as cutter:
        move(path, cutter.url, THERE, local_infile=local_infile)
        whole = cutter.sent
    places = random.Random(20).sample(range(50, whole), 20)
    for place in places:
        run_on_mariadb(mariadb_database, "DELETE FROM b; DELETE FROM a")
        with Cutter(mariadb_database, cut_after=place) as cutter:
            try:
                move(path, cutter.url, local_infile=local_infile)
            except TransportError:
                assert is_empty(mariadb_database)
        move(path, mariadb_database, local_infile=local_infile)
        assert is_whole(mariadb_database), place


@WAYS
@pytest.mark.parametrize("kill_after", [1, 5, 12])
def test_a_killed_import_leaves_nothing(path, mariadb_database, local_infile, kill_after):
    run_on_mariadb(mariadb_database, THERE)
    given = [str(path), mariadb_database, str(local_infile), str(kill_after)]
    killed = subprocess.run([sys.executable, "-c", IMPORT, *given], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert is_empty(mariadb_database)
    move(path, mariadb_database, local_infile=local_infile)
    assert is_whole(mariadb_database)


def test_a_lost_answer_to_the_commit_is_settled(path, mariadb_database):
    run_on_mariadb(mariadb_database, THERE)
    with Cutter(mariadb_database, cut_at=lambda data: data.endswith(b"COMMIT")) as cutter:
        report = move(path, cutter.url)
        assert cutter.connections > 1
    assert report.rows == 1200
    assert is_whole(mariadb_database)


def test_a_commit_that_never_arrived_is_told(path, mariadb_database):
    run_on_mariadb(mariadb_database, THERE)
    with (
        Cutter(mariadb_database, loses=lambda data: data.endswith(b"COMMIT")) as cutter,
        pytest.raises(ConnectionLostError) as lost,
    ):
        move(path, cutter.url)
    assert "no row was kept" in str(lost.value)
    assert is_empty(mariadb_database)


@WAYS
def test_a_cancelled_import_leaves_nothing(path, mariadb_database, local_infile):
    token = CancelToken()
    with pytest.raises(DeployCancelledError):
        move(
            path,
            mariadb_database,
            THERE,
            local_infile=local_infile,
            cancel=token,
            on_progress=lambda _: token.cancel(),
        )
    assert is_empty(mariadb_database)
    move(path, mariadb_database)
    assert is_whole(mariadb_database)


def test_an_import_that_waits_for_the_server_can_be_cancelled(path, mariadb_database):
    import contextlib

    from tests.prisma.servers import connect_mariadb

    run_on_mariadb(mariadb_database, THERE)
    token = CancelToken()
    with contextlib.closing(connect_mariadb(mariadb_database)) as other:
        other.cursor().execute("LOCK TABLES a WRITE, b WRITE")
        threading.Timer(0.3, token.cancel).start()
        started = time.monotonic()
        with pytest.raises(DeployCancelledError):
            move(path, mariadb_database, cancel=token)
        assert time.monotonic() - started < 10
    assert is_empty(mariadb_database)


async def test_a_task_that_is_cancelled_stops_its_thread(path, mariadb_database):
    import asyncio

    run_on_mariadb(mariadb_database, THERE)
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    with SqliteSource(path) as source:

        def progress(_: object) -> None:
            loop.call_soon_threadsafe(begun.set)
            time.sleep(0.2)

        run = AsyncMysqlImport(source, mariadb_database, on_progress=progress).run()
        task = asyncio.create_task(run)
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert is_empty(mariadb_database)


def test_two_imports_at_once_bring_the_rows_once(path, mariadb_database):
    run_on_mariadb(mariadb_database, THERE)
    failed: list[OneClickError] = []

    def work() -> None:
        try:
            with SqliteSource(path) as source:
                MysqlImport(source, mariadb_database).run()
        except OneClickError as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert is_whole(mariadb_database)


def test_a_server_never_gets_a_file(tmp_path, mariadb_database):
    """It may name any file in its answer to any statement."""
    from oneclick_deploy.data.mysql.session import Session

    secret = tmp_path / "secret"
    secret.write_text("private")
    with Session.open(mariadb_database) as session:
        session.fetch("CREATE TEMPORARY TABLE got (s TEXT)")
        with pytest.raises(RuntimeError, match="local_infile option is false"):
            session.fetch(f"LOAD DATA LOCAL INFILE '{secret}' INTO TABLE got")
