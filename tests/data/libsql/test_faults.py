"""The connection cut, and the process killed, at random bytes of both ways into libSQL.

A few points by default; ``ONECLICK_FAULT_POINTS=20`` runs as many of each.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from tests.data.libsql.cutter import Cutter
from tests.data.previews import everything, is_copy

from oneclick_deploy.data import LibsqlImport, SqliteSource
from oneclick_deploy.data.libsql.uploading import TursoUpload
from oneclick_deploy.errors import OneClickError
from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.providers.libsql import LibsqlClient

POINTS = int(os.environ.get("ONECLICK_FAULT_POINTS", "2"))
ROWS = 60
SCHEMA = 'CREATE TABLE "Many" ("id" INTEGER PRIMARY KEY, "t" TEXT, "r" REAL, "b")'

IMPORT = """
import sys
from pathlib import Path
from oneclick_deploy.data import LibsqlImport, SqliteSource, batches
from oneclick_deploy.http import HttpSettings
from oneclick_deploy.providers.libsql import LibsqlClient
path, url, origin, rows = sys.argv[1:]
batches.MOST_ROWS = int(rows)
with SqliteSource(Path(path)) as source:
    with LibsqlClient(url, settings=HttpSettings(route=lambda _: origin)) as client:
        LibsqlImport(source, client).run()
"""
UPLOAD = """
import sys
from pathlib import Path
from oneclick_deploy.data import SqliteSource
from oneclick_deploy.data.libsql.uploading import TursoUpload
from oneclick_deploy.http import HttpSettings
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.providers.turso import TursoClient
path, api, organization, name, host, origin, token, folder = sys.argv[1:]
settings = HttpSettings(route=lambda asked: origin if asked == host else None)
with (
    SqliteSource(Path(path)) as source,
    TursoClient(
        "platform-token", organization=organization, base_url=api, settings=settings
    ) as turso,
    LibsqlClient(f"libsql://{host}", token, settings=settings) as client,
):
    upload = TursoUpload(source, turso, turso.database(name), client=client, folder=Path(folder))
    upload.run()
"""


def points(name: str, total: int) -> list[int]:
    chooser = random.Random(name)
    return [chooser.randrange(1, total) for _ in range(POINTS)]


@pytest.fixture(autouse=True)
def _fast(monkeypatch):
    monkeypatch.setattr("oneclick_deploy.runtime.threads.sleep", lambda *_, **__: None)
    monkeypatch.setattr("oneclick_deploy.data.batches.MOST_ROWS", ROWS)


@pytest.fixture
def many(tmp_path):
    """Some twenty batches, or chunks, of documents and of values that are bound one by one."""
    path = everything(tmp_path / "many.db")
    chooser = random.Random(1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(SCHEMA)
        connection.executemany(
            'INSERT INTO "Many" ("t", "r", "b") VALUES (?, ?, ?)',
            [
                (f"{n} é" * 9, chooser.random() * 1000, b"\xff" if n % 400 > 200 else n)
                for n in range(900)
            ],
        )
        connection.commit()
    return path


# Over Hrana


def import_through(path, database, origin: str) -> None:
    settings = HttpSettings(retry=RetryPolicy(attempts=1), timeout=20.0, route=lambda _: origin)
    with SqliteSource(path) as source, LibsqlClient(database.url, settings=settings) as client:
        LibsqlImport(source, client).run()


def fresh(database) -> None:
    from tests.data.previews import SCHEMA as OTHERS

    database.reset(f"{OTHERS}; {SCHEMA}")


def bytes_of_import(path, database) -> int:
    fresh(database)
    with Cutter(database.origin) as cutter:
        import_through(path, database, cutter.url)
    assert is_copy(path, database)
    return cutter.passed


def test_an_import_whose_connection_is_cut_anywhere_ends_well(many, database):
    total = bytes_of_import(many, database)
    for point in points("cut", total):
        fresh(database)
        with Cutter(database.origin, point) as cutter:
            try:
                import_through(many, database, cutter.url)
            except OneClickError:
                import_through(many, database, cutter.url)
        assert is_copy(many, database), point
        assert "_oneclick_import" not in database.tables(), point


def test_an_import_that_is_killed_anywhere_is_finished_by_the_next(many, database):
    total = bytes_of_import(many, database)
    for point in points("kill", total):
        fresh(database)
        with Cutter(database.origin, point) as cutter:
            given = [str(many), database.url, cutter.url, str(ROWS)]
            child = subprocess.Popen([sys.executable, "-c", IMPORT, *given])
            cutter.strike = child.kill
            assert child.wait(60) == -signal.SIGKILL, point
        import_through(many, database, database.origin)
        assert is_copy(many, database), point
        assert "_oneclick_import" not in database.tables(), point


# By upload


def upload_through(path, draft, origin: str, folder) -> None:
    with (
        SqliteSource(path) as source,
        draft.platform(origin) as turso,
        draft.client(origin) as client,
    ):
        TursoUpload(source, turso, draft.made, client=client, folder=folder).run()


def bytes_of_upload(path, draft, folder) -> int:
    with Cutter(draft.origin) as cutter:
        upload_through(path, draft, cutter.url, folder)
    assert is_copy(path, draft)
    return cutter.passed


def test_an_upload_whose_connection_is_cut_anywhere_ends_well(many, drafts, tmp_path):
    total = bytes_of_upload(many, drafts.make(), tmp_path / "first")
    for point in points("cut upload", total):
        draft = drafts.make()
        with Cutter(draft.origin, point) as cutter:
            try:
                upload_through(many, draft, cutter.url, tmp_path / f"{point}")
            except OneClickError:
                upload_through(many, draft, cutter.url, tmp_path / f"{point}")
        assert is_copy(many, draft), point
        assert list((tmp_path / f"{point}").iterdir()) == []


def test_an_upload_that_is_killed_anywhere_is_finished_by_the_next(many, drafts, tmp_path):
    total = bytes_of_upload(many, drafts.make(), tmp_path / "first")
    for point in points("kill upload", total):
        draft = drafts.make()
        folder = tmp_path / f"{point}"
        with Cutter(draft.origin, point) as cutter:
            place = (draft.turso.api_url, draft.turso.organization, draft.made.name)
            given = [str(many), *place, draft.made.hostname, cutter.url, draft.token.reveal()]
            child = subprocess.Popen([sys.executable, "-c", UPLOAD, *given, str(folder)])
            cutter.strike = child.kill
            assert child.wait(60) == -signal.SIGKILL, point
        upload_through(many, draft, draft.origin, folder)
        assert is_copy(many, draft), point
        assert list(folder.iterdir()) == []
