"""Database files: what is checked, what is sent, and that every bit arrives."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid

import httpx
import pytest

from oneclick_deploy.errors import (
    DataSourceError,
    EmptyDatabaseError,
    InvalidRequestError,
    NotADatabaseError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.providers.libsql import AsyncLibsqlClient
from oneclick_deploy.providers.turso import AsyncTursoClient, Database, Seed

DRAFT = Database(name="a", db_id="i", hostname="a-iku.turso.io")


def make_file(path, *, before=(), rows=10):
    """A database file as the recipe of the hint makes it."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        for statement in before or ("PRAGMA page_size = 4096", "PRAGMA journal_mode = WAL"):
            database.execute(statement)
        database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x)")
        values = [(float(n) / 3,) for n in range(rows)]
        database.executemany("INSERT INTO t (x) VALUES (?)", values)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def make(server, **options):
    settings = HttpSettings(retry=RetryPolicy(attempts=3, first_wait=0.0))
    return AsyncTursoClient(
        "platform-token", organization="iku", transport=server.transport, settings=settings
    )


async def test_a_file_fills_a_waiting_database(local_turso, tmp_path):
    file = make_file(tmp_path / "app.db", rows=1000)
    settings = HttpSettings(retry=RetryPolicy(attempts=1), route=local_turso.origin_for)
    progress = []
    async with AsyncTursoClient(
        "platform-token",
        organization=local_turso.organization,
        base_url=local_turso.api_url,
        settings=settings,
    ) as turso:
        group = await turso.ensure_group(location="aws-us-east-1")
        name = f"up-{uuid.uuid4().hex[:12]}"
        made = await turso.create_database(name, group=group.name, seed=Seed.upload())
        token = await turso.create_database_token(name)
        await turso.upload_database(
            made, file, token=token, on_progress=lambda *step: progress.append(step)
        )
    async with AsyncLibsqlClient(made.url, token, settings=settings) as client:
        rows = (await client.execute("SELECT x FROM t ORDER BY id")).rows

    assert rows == tuple((float(n) / 3,) for n in range(1000))
    size = file.stat().st_size
    assert [total for _, total in progress] == [size] * len(progress)
    assert progress == sorted(progress)
    assert progress[-1] == (size, size)


async def test_a_file_travels_in_the_chunks_that_the_server_asks_for(app, tmp_path):
    file = make_file(tmp_path / "app.db")
    size = file.stat().st_size
    place = "/v2/upload/u1"
    server = app(
        {
            "PUT /v2/upload/start": httpx.Response(
                200, json={"chunk_size": 5000, "upload_id": "u1"}
            ),
            f"PUT {place}/chunk/0": [httpx.ReadError("reset"), httpx.Response(200)],
            f"PUT {place}/chunk/1": httpx.Response(201),
            f"PUT {place}/finalize": httpx.Response(200),
        }
    )

    await make(server).upload_database(DRAFT, str(file), token="db-t0ken")

    assert size == 8192
    assert [request.url.path for request in server.requests] == [
        "/v2/upload/start",
        f"{place}/chunk/0",
        f"{place}/chunk/0",
        f"{place}/chunk/1",
        f"{place}/finalize",
    ]
    assert {request.url.host for request in server.requests} == {"a-iku.turso.io"}
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer db-t0ken"}
    sent = [request.content for request in server.requests[2:4]]
    assert [len(part) for part in sent] == [5000, 3192]
    assert b"".join(sent) == file.read_bytes()


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (["PRAGMA page_size = 8192", "PRAGMA journal_mode = WAL"], "4096 bytes"),
        (["PRAGMA page_size = 4096"], "WAL"),
        (["PRAGMA auto_vacuum = FULL", "PRAGMA journal_mode = WAL"], "auto-vacuum"),
        (["PRAGMA encoding = 'UTF-16'", "PRAGMA journal_mode = WAL"], "UTF-8"),
    ],
)
async def test_a_file_of_another_format_is_refused_with_the_recipe(app, tmp_path, before, words):
    file = make_file(tmp_path / "app.db", before=before)
    server = app({})

    with pytest.raises(DataSourceError, match=words) as caught:
        await make(server).upload_database(DRAFT, file, token="t")

    assert "VACUUM INTO" in caught.value.hint
    assert server.requests == []


async def test_what_is_no_database_is_refused(app, tmp_path):
    empty, text, half = tmp_path / "empty.db", tmp_path / "text.db", tmp_path / "half.db"
    empty.touch()
    text.write_bytes(b"x" * 5000)
    half.write_bytes(make_file(tmp_path / "whole.db").read_bytes()[:5000])
    client = make(app({}))

    with pytest.raises(EmptyDatabaseError):
        await client.upload_database(DRAFT, empty, token="t")
    with pytest.raises(NotADatabaseError):
        await client.upload_database(DRAFT, text, token="t")
    with pytest.raises(DataSourceError, match="whole pages"):
        await client.upload_database(DRAFT, half, token="t")
    with pytest.raises(DataSourceError, match="cannot be read"):
        await client.upload_database(DRAFT, tmp_path / "absent.db", token="t")
    with pytest.raises(DataSourceError, match="cannot be read"):
        await client.upload_database(DRAFT, tmp_path, token="t")


async def test_changes_that_wait_in_the_log_are_not_left_behind(app, tmp_path):
    file = make_file(tmp_path / "app.db")
    (tmp_path / "app.db-wal").write_bytes(b"frames")

    with pytest.raises(DataSourceError, match="-wal"):
        await make(app({})).upload_database(DRAFT, file, token="t")


@pytest.mark.parametrize(
    "begun",
    [{}, {"upload_id": "u"}, {"upload_id": "", "chunk_size": 1}]
    + [{"upload_id": "u", "chunk_size": size} for size in (0, -1, "5", 10**12)],
)
@pytest.mark.off_contract
async def test_an_upload_that_did_not_begin_is_noticed(app, tmp_path, begun):
    server = app({"PUT /v2/upload/start": httpx.Response(200, json=begun)})

    with pytest.raises(UnexpectedAnswerError):
        await make(server).upload_database(DRAFT, make_file(tmp_path / "a.db"), token="t")


@pytest.mark.off_contract
async def test_a_file_that_the_server_refuses_is_an_error(app, tmp_path):
    begun = httpx.Response(200, json={"chunk_size": 10**6, "upload_id": "../x"})
    server = app(
        {
            "PUT /v2/upload/start": begun,
            "PUT /v2/upload/../x/chunk/0": httpx.Response(400, text="malformed database"),
        }
    )

    with pytest.raises(InvalidRequestError, match="malformed database"):
        await make(server).upload_database(DRAFT, make_file(tmp_path / "a.db"), token="t")

    assert server.asked[-1] == "PUT /v2/upload/..%2Fx/chunk/0"
