"""Connections that break and processes that die: a second run gives the same rows, never twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oneclick_deploy.errors import ConnectionLostError, TransportError

from .previews import SCHEMA, blog, move
from .wire import Wire

POSTS = 1000
RUN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from tests.data.postgresql.previews import SCHEMA, move
print("begins", flush=True)
move(Path(sys.argv[1]), sys.argv[2], schema=SCHEMA if sys.argv[3] else None)
"""
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    return blog(tmp_path_factory.mktemp("previews") / "large.db", posts=POSTS)


@pytest.fixture(scope="module")
def checksums(postgres_server, large) -> dict[str, str]:
    """What an import that nothing disturbs comes to."""
    with postgres_server.fresh() as url:
        return sums(move(large, url, schema=SCHEMA))


def sums(report) -> dict[str, str]:
    return {table.name: f"{table.rows} {table.checksum}" for table in report.tables}


@pytest.mark.parametrize("number", range(20))
def test_a_connection_cut_anywhere_leaves_nothing_behind(database, large, checksums, number):
    spot = random.Random(number).randrange(500, 260_000)
    towards_server = number % 4 != 0
    if not towards_server:
        spot %= 6_000
    with Wire(
        database.url,
        lambda is_client, data, before: is_client == towards_server and before + len(data) > spot,
    ) as wire:
        try:
            report = move(large, wire.address, schema=SCHEMA)
        except TransportError:
            assert wire.was_cut
            assert is_alone(database)
            assert database.tables() == set()
            report = move(large, wire.address, schema=SCHEMA)
    assert sums(report) == checksums
    assert database.rows('SELECT count(*) FROM "Post"') == [(POSTS,)]


def test_the_lost_answer_of_a_commit_is_asked_for(database, large, checksums):
    with Wire(
        database.url, lambda is_client, data, _: not is_client and b"COMMIT\0" in data
    ) as wire:
        report = move(large, wire.address, schema=SCHEMA)
        assert wire.was_cut
    assert sums(report) == checksums
    assert database.rows('SELECT count(*) FROM "Post"') == [(POSTS,)]


def test_a_commit_that_did_not_arrive_has_kept_nothing(database, large, checksums):
    with Wire(database.url, lambda is_client, data, _: is_client and b"COMMIT\0" in data) as wire:
        with pytest.raises(ConnectionLostError) as caught:
            move(large, wire.address, schema=SCHEMA)
        assert not caught.value.outcome_unknown
        assert is_alone(database)
        assert database.tables() == set()
        assert sums(move(large, wire.address, schema=SCHEMA)) == checksums


@pytest.mark.parametrize("number", range(6))
def test_a_process_killed_anywhere_leaves_nothing_behind(database, large, checksums, number):
    command = [sys.executable, "-c", RUN, str(large), database.url, "yes", str(ROOT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begins\n"
        time.sleep(number * 0.05)
        process.send_signal(signal.SIGKILL)
    assert is_alone(database)
    present = database.rows("SELECT to_regclass('\"Post\"') IS NOT NULL") == [(True,)]
    options = {"on_conflict": "update"} if present else {}
    assert sums(move(large, database.url, schema=SCHEMA, **options)) == checksums
    assert database.rows('SELECT count(*) FROM "Post"') == [(POSTS,)]


def is_alone(database) -> bool:
    """Whether the server has found out that the other side is gone."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    for _ in range(200):
        if database.rows(others) == [(1,)]:
            return True
        time.sleep(0.05)
    return False
