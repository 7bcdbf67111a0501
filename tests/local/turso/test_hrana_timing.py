"""What ends by itself: streams without requests, and transactions that others wait for.

The own server runs with shorter times here; its defaults are checked against the facts below.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.local.turso.stand import CLOSE, Hrana, Platform, execute, running

from oneclick_deploy.local.libsql import streams, turn
from oneclick_deploy.local.libsql.engine import PythonEngine
from oneclick_deploy.local.turso import emulator as emulator_module


@pytest.fixture
def slow(
    plane: str,
    platform: Platform,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Hrana]:
    """A database whose streams and transactions end soon enough for a test."""
    if plane == "sqld":
        platform.create("slow")
        hrana = Hrana(platform, "slow")
        yield hrana
        hrana.close()
        platform.call("DELETE", "/databases/slow")
        return
    quick = functools.partial(PythonEngine, stream_seconds=1.0, transaction_seconds=0.3)
    monkeypatch.setattr(emulator_module, "PythonEngine", quick)
    with running(tmp_path, plane="python") as own:
        own.create("slow")
        hrana = Hrana(own, "slow")
        yield hrana
        hrana.close()


def test_the_own_server_has_the_times_of_the_field():
    assert streams.STREAM_SECONDS == 10
    assert turn.TRANSACTION_SECONDS == 5


def _lose_the_lock(db: Hrana) -> None:
    """Let a waiting writer take the lock from an open transaction."""
    db.results("CREATE TABLE t (a)")
    first = db.post(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t VALUES (1)")).json()
    db.results("INSERT INTO t VALUES (2)")
    answer = db.post(
        execute("INSERT INTO t VALUES (3)"),
        execute("SELECT a FROM t"),
        {"type": "get_autocommit"},
        CLOSE,
        baton=first["baton"],
    ).json()
    failed, after, autocommit, _ = answer["results"]
    assert failed["error"] == {"message": "Transaction timed out", "code": "TRANSACTION_TIMEOUT"}
    assert [row[0]["value"] for row in after["response"]["result"]["rows"]] == ["2"]
    assert autocommit["response"]["is_autocommit"] is True


def test_a_deferred_transaction_that_waits_gets_the_lock_too(slow: Hrana):
    db = slow
    db.results("CREATE TABLE waiting (a)")
    first = db.post(execute("BEGIN IMMEDIATE"), execute("INSERT INTO waiting VALUES (1)")).json()
    statements = ["BEGIN", "INSERT INTO waiting VALUES (2)", "COMMIT"]
    second = db.run(*map(execute, statements))
    assert [item["type"] for item in second] == ["ok", "ok", "ok"]
    answer = db.post(execute("COMMIT"), CLOSE, baton=first["baton"]).json()
    assert answer["results"][0]["error"]["code"] == "TRANSACTION_TIMEOUT"
    assert db.rows("SELECT a FROM waiting") == [[2]]


def test_the_own_server_knows_who_has_the_lock_after_an_answer_that_was_too_large(slow: Hrana):
    db = slow
    if db.kind == "sqld":
        return
    db.results("CREATE TABLE large (a)")
    big = "INSERT INTO large SELECT hex(zeroblob(2000000)) FROM (VALUES (1), (2), (3)) RETURNING a"
    first = db.post(execute("BEGIN"), execute(big)).json()
    assert first["results"][1]["error"]["code"] == "RESPONSE_TOO_LARGE"
    db.results("INSERT INTO large VALUES (1)")
    db.post(CLOSE, baton=first["baton"])


def test_streams_expire_and_transactions_lose_the_lock_when_others_wait(slow: Hrana):
    db = slow
    db.results("CREATE TABLE kept (a)")
    forgotten = db.post(execute("SELECT 1")).json()
    started = time.monotonic()
    _lose_the_lock(db)
    # sqld ends the stream ten seconds after its last request, and looks after its streams only now
    # and then.
    time.sleep(max(0.0, started + (12.5 if db.kind == "sqld" else 1.5) - time.monotonic()))
    answer = db.post(execute("SELECT 1"), CLOSE, baton=forgotten["baton"])
    assert answer.status_code == 400
    assert answer.json()["code"] == "STREAM_EXPIRED"
