"""Uploads of whole previews: exact, resumed, settled, and cleared away when they fail."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from tests.data.libsql.conftest import CHUNK
from tests.data.loser import Loser
from tests.data.previews import everything, execute, is_copy

from oneclick_deploy.data import SqliteSource
from oneclick_deploy.data.libsql.uploading import AsyncTursoUpload, TursoUpload
from oneclick_deploy.errors import (
    ApiError,
    ConnectionLostError,
    DeployCancelledError,
    OneClickError,
)
from oneclick_deploy.providers.libsql import AsyncLibsqlClient
from oneclick_deploy.providers.turso import AsyncTursoClient, TursoClient
from oneclick_deploy.runtime.cancel import CancelToken


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("oneclick_deploy.runtime.threads.sleep", lambda *_, **__: None)


@pytest.fixture
def large(tmp_path):
    """Everything that SQLite holds, in some hundred kilobytes."""
    path = everything(tmp_path / "large.db")
    with closing(sqlite3.connect(path)) as connection:
        rows = [(f"{n}" * 20, 1 / (n + 3)) for n in range(1500)]
        connection.execute('CREATE TABLE "Many" ("t" TEXT, "r" REAL)')
        connection.executemany('INSERT INTO "Many" VALUES (?, ?)', rows)
        connection.commit()
    return path


def upload(path, draft, *, origin="", **options):
    with (
        SqliteSource(path) as source,
        draft.platform(origin) as turso,
        draft.client(origin) as client,
    ):
        return TursoUpload(source, turso, draft.made, client=client, **options).run()


def numbers(loser: Loser) -> list[int]:
    return [int(each.rpartition("/")[2]) for each in loser.paths if "/chunk/" in each]


def test_a_preview_arrives_bit_for_bit(large, draft):
    told = []
    report = upload(large, draft, on_progress=told.append)
    assert is_copy(large, draft)
    with SqliteSource(large) as source:
        assert report.rows == source.report.rows
    assert [state.bytes_done for state in told][:-1] == [CHUNK * n for n in range(1, len(told))]
    assert told[-1].bytes_done == told[-1].bytes_total > 5 * CHUNK


async def test_it_is_the_same_without_blocking(large, draft):
    platform = AsyncTursoClient(
        "platform-token",
        organization=draft.turso.organization,
        base_url=draft.turso.api_url,
        settings=draft.settings(),
    )
    client = AsyncLibsqlClient(draft.made.url, draft.token, settings=draft.settings())
    async with platform, client:
        with SqliteSource(large) as source:
            report = await AsyncTursoUpload(source, platform, draft.made, client=client).run()
    assert report.requests > 5
    assert is_copy(large, draft)


@pytest.mark.parametrize("fate", ["unseen", "answer", "502"])
def test_every_request_may_be_lost_once(large, draft, fate):
    lost = set()

    def fate_of(number: int, body: bytes, path: str) -> str:
        if path.startswith("/v2/upload") and path not in lost:
            lost.add(path)
            return fate
        return "pass"

    with Loser(draft.origin, fate_of) as loser:
        upload(large, draft, origin=loser.url)
    assert len(lost) > 7
    assert is_copy(large, draft)


@pytest.mark.parametrize(
    ("failing", "fate"),
    [(1, "unseen"), (1, "answer"), (2, "unseen"), (5, "answer"), (-1, "unseen")],
)
def test_an_upload_goes_on_at_the_chunk_that_is_missing(large, draft, tmp_path, failing, fate):
    discarded = []
    folder = tmp_path / "state"

    def away(number: int, body: bytes, path: str) -> str:
        return fate if number >= failing > 0 or "finalize" in path else "pass"

    with Loser(draft.origin, away) as loser, pytest.raises(ConnectionLostError):
        upload(
            large,
            draft,
            origin=loser.url,
            folder=folder,
            discard=lambda: discarded.append(1),
        )
    sent = json.loads((folder / "upload.json").read_text())["chunks_sent"]
    assert discarded == []
    with Loser(draft.origin) as loser:
        upload(large, draft, origin=loser.url, folder=folder)
    assert numbers(loser) == list(range(sent, sent + len(numbers(loser))))
    assert ("/v2/upload/start" in loser.paths) == (failing == 1)
    assert list(folder.iterdir()) == []
    assert is_copy(large, draft)


def test_a_lost_answer_to_the_last_request_is_settled_by_asking_the_database(large, draft):
    with Loser(
        draft.origin, lambda _n, _b, path: "answer" if "finalize" in path else "pass"
    ) as loser:
        upload(large, draft, origin=loser.url)
    assert is_copy(large, draft)


def test_an_upload_that_the_server_forgot_begins_again(large, draft, tmp_path):
    token = CancelToken()
    with pytest.raises(DeployCancelledError):
        upload(
            large, draft, folder=tmp_path / "s", on_progress=lambda _: token.cancel(), cancel=token
        )
    state = tmp_path / "s" / "upload.json"
    found = json.loads(state.read_text())
    assert found["chunks_sent"] == 1
    state.write_text(json.dumps(found | {"upload_id": "forgotten"}))
    upload(large, draft, folder=tmp_path / "s")
    assert is_copy(large, draft)


def test_what_another_preview_left_is_not_gone_on_with(large, draft, tmp_path):
    token = CancelToken()
    with pytest.raises(DeployCancelledError):
        upload(
            large, draft, folder=tmp_path / "s", on_progress=lambda _: token.cancel(), cancel=token
        )
    execute(large, "UPDATE Many SET r = 1")
    upload(large, draft, folder=tmp_path / "s")
    assert is_copy(large, draft)


@pytest.mark.parametrize("lasting", [True, False])
def test_a_failure_for_good_discards_the_draft(large, draft, tmp_path, lasting):
    folder = tmp_path / "s" if lasting else None

    def discard() -> None:
        with draft.platform() as platform:
            platform.delete_database(draft.made.name)

    def refused(number: int, body: bytes, path: str) -> str:
        return "400" if "finalize" in path else "pass"

    with Loser(draft.origin, refused) as loser, pytest.raises(ApiError):
        upload(large, draft, origin=loser.url, folder=folder, discard=discard)
    assert not draft.exists()
    assert folder is None or list(folder.iterdir()) == []


def test_without_a_folder_every_failure_discards_the_draft(large, draft):
    discarded = []
    token = CancelToken()
    with pytest.raises(DeployCancelledError):
        upload(
            large,
            draft,
            on_progress=lambda _: token.cancel(),
            cancel=token,
            discard=lambda: discarded.append(1),
        )
    assert discarded == [1]


def test_a_host_without_chunks_takes_the_file_at_once(large, draft):
    def old(number: int, body: bytes, path: str) -> str:
        return "404" if path.startswith("/v2/upload") else "pass"

    with Loser(draft.origin, old) as loser:
        upload(large, draft, origin=loser.url)
    assert "/v1/upload" in loser.paths
    assert is_copy(large, draft)


def test_tokens_are_minted_again_before_they_end(large, draft, monkeypatch):
    monkeypatch.setattr("oneclick_deploy.data.libsql.uploading._sync.TOKEN_SECONDS", -1.0)
    minted = []
    mint = TursoClient.create_database_token

    def counted(self, name, **options):
        minted.append(options)
        return mint(self, name, **options)

    monkeypatch.setattr(TursoClient, "create_database_token", counted)
    report = upload(large, draft)
    assert minted == [{"expiration": "10m"}] * report.requests


def test_an_other_error_of_the_network_is_raised(large, draft):
    with Loser(draft.origin, lambda _, __: "unseen") as loser, pytest.raises(OneClickError):
        upload(large, draft, origin=loser.url)
