"""An import whose process is killed at any write is finished by the next one, exactly once."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.data.loser import Loser
from tests.data.previews import execute, is_copy

from oneclick_deploy.data import LibsqlImport, SqliteSource
from oneclick_deploy.errors import OneClickError
from oneclick_deploy.providers.libsql import LibsqlClient

IMPORT = """
import os, signal, sys
from pathlib import Path
from oneclick_deploy.data import LibsqlImport, SqliteSource, batches
from oneclick_deploy.http import HttpSettings
from oneclick_deploy.providers.libsql import LibsqlClient
path, url, origin, kill_after = sys.argv[1:]
batches.MOST_ROWS = 7
told = []
def progress(state):
    told.append(state)
    if len(told) == int(kill_after):
        os.kill(os.getpid(), signal.SIGKILL)
with SqliteSource(Path(path)) as source, LibsqlClient(url, settings=HttpSettings(route=lambda _: origin)) as client:
    LibsqlImport(source, client, on_progress=progress).run()
"""


@pytest.mark.parametrize("kill_after", [1, 3, 6, 9])
def test_a_killed_import_is_finished_by_the_next(preview, database, kill_after, monkeypatch):
    command = [
        sys.executable,
        "-c",
        IMPORT,
        str(preview),
        database.url,
        database.origin,
        str(kill_after),
    ]
    killed = subprocess.run(command, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert "_oneclick_import" in database.tables()
    done = database.count()
    assert done["User"] + done["Comment"] < 61

    monkeypatch.setattr("oneclick_deploy.data.batches.MOST_ROWS", 7)
    with (
        SqliteSource(preview) as source,
        LibsqlClient(database.url, settings=database.settings()) as client,
    ):
        report = LibsqlImport(source, client).run()
    assert report.requests == 9 - kill_after + 1
    assert database.rows("SELECT count(*), count(DISTINCT id) FROM Comment") == [(40, 40)]
    assert database.rows("SELECT count(*), count(DISTINCT id) FROM User") == [(20, 20)]
    assert "_oneclick_import" not in database.tables()


SMALL = "CREATE TABLE a (a INTEGER PRIMARY KEY)"


@pytest.mark.parametrize("fate", ["unseen", "answer", "502"])
def test_a_failure_at_any_request_ends_well_now_or_after_another_try(
    tmp_path, bare, fate, monkeypatch
):
    monkeypatch.setattr("oneclick_deploy.data.batches.MOST_ROWS", 2)
    monkeypatch.setattr("oneclick_deploy.runtime.threads.sleep", lambda *_, **__: None)
    preview = tmp_path / "small.db"
    execute(
        preview, f"{SMALL}; INSERT INTO a VALUES (1), (2), (3); INSERT INTO a SELECT a + 3 FROM a"
    )

    def copy(loser: Loser) -> None:
        with SqliteSource(preview) as source:
            client = LibsqlClient(bare.url, settings=bare.settings(loser.url))
            with client:
                LibsqlImport(source, client).run()

    bare.reset(SMALL)
    with Loser(bare.origin) as loser:
        copy(loser)
        requests = len(loser.bodies)
    assert requests >= 10
    for failing in range(1, requests + 1):
        bare.reset(SMALL)
        with Loser(bare.origin, lambda n, _, at=failing: fate if n == at else "pass") as loser:
            try:
                copy(loser)
            except OneClickError:
                copy(loser)
        assert is_copy(preview, bare, ["a"]), failing
        assert "_oneclick_import" not in bare.tables(), failing


VALUE = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.binary(max_size=30),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.tuples(VALUE, VALUE, VALUE), min_size=1, max_size=20), most=st.integers(1, 5)
)
def test_any_values_arrive_exactly(bare, tmp_path, rows, most):
    import sqlite3
    from contextlib import closing

    path = tmp_path / "any.db"
    path.unlink(missing_ok=True)
    schema = "CREATE TABLE t (a, b NUMERIC, c TEXT)"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(schema)
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        connection.commit()
        stored = connection.execute("SELECT * FROM t ORDER BY rowid").fetchall()
    bare.rows("DROP TABLE IF EXISTS t")
    bare.rows(schema)
    with pytest.MonkeyPatch.context() as patch, SqliteSource(path) as source:
        patch.setattr("oneclick_deploy.data.batches.MOST_ROWS", most)
        with LibsqlClient(bare.url, settings=bare.settings()) as client:
            LibsqlImport(source, client).run()
            arrived = [row for page in client.read_table("t") for row in page.rows]
    assert [list(map(repr, row)) for row in arrived] == [list(map(repr, row)) for row in stored]
