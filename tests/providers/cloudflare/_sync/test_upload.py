# Generated from tests/providers/cloudflare/_async/test_upload.py by tools/unasync.py. Do not edit.
"""Uploading a site while things go wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve

from oneclick_deploy.errors import (
    AuthenticationError,
    ConnectionLostError,
    DeployCancelledError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    SiteError,
    UnexpectedAnswerError,
)
from oneclick_deploy.providers.cloudflare.pages import (
    CloudflarePagesClient,
    PagesPace,
    UploadProgress,
)
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.site import Site, read_site

EXPIRED = httpx.Response(403, text="Expired JWT")
GATEWAY = httpx.Response(502, text="<html>502 Bad Gateway</html>")
RESET = httpx.ReadError("reset by peer")
SLOW = httpx.ReadTimeout("slow")


def client(cloud: Any, **more: Any) -> CloudflarePagesClient:
    return CloudflarePagesClient(cloud.token, **cloud.options(**more))


def used_tokens(requests: list[httpx.Request]) -> list[str]:
    return [request.headers["authorization"].removeprefix("Bearer ") for request in requests]


@pytest.fixture
def pages(cloud: Any) -> Iterator[CloudflarePagesClient]:
    with client(cloud) as opened:
        yield opened


def test_only_what_is_missing_is_sent_and_everything_is_registered(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    known = next(file for file in site.files if file.path == "/index.html")
    cloud.assets[known.hash] = {}
    seen: list[UploadProgress] = []
    report = pages.upload_assets("demo", site, on_progress=seen.append)
    assert (report.files, report.uploaded_files, report.requests) == (3, 2, 4)
    assert report.warnings == ()
    assert cloud.registered == [[file.hash for file in site.files]]
    assert seen[0].files == 1
    assert (seen[-1].files, seen[-1].bytes) == (3, site.total_bytes)
    assert [progress.bytes for progress in seen] == sorted(progress.bytes for progress in seen)


def test_contents_arrive_as_they_are_with_their_type(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    pages.upload_assets("demo", site)
    for file in site.files:
        stored = cloud.assets[file.hash]
        assert base64.b64decode(stored["value"]) == file.absolute.read_bytes()
        assert stored["metadata"] == {"contentType": file.content_type}
        assert stored["base64"] is True


def test_a_second_upload_sends_nothing_but_the_registration(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    pages.upload_assets("demo", site)
    sent = len(cloud.calls("/pages/assets/upload"))
    report = pages.upload_assets("demo", site)
    assert len(cloud.calls("/pages/assets/upload")) == sent
    assert (report.uploaded_files, len(cloud.registered)) == (0, 2)


def test_equal_files_are_sent_once(
    cloud: Any, pages: CloudflarePagesClient, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text("same")
    report = pages.upload_assets("demo", read_site(tmp_path))
    assert (report.files, report.uploaded_files) == (3, 1)
    checked = json.loads(cloud.calls("check-missing")[0].content)["hashes"]
    assert len(checked) == 3


@pytest.mark.parametrize("call", ["POST check-missing", "POST upload", "POST upsert-hashes"])
@pytest.mark.parametrize("answer", [EXPIRED, httpx.Response(401, text="Expired JWT"), None])
def test_an_expired_token_is_replaced_and_the_upload_goes_on(
    cloud: Any,
    pages: CloudflarePagesClient,
    site: Site,
    call: str,
    answer: httpx.Response | None,
) -> None:
    cloud.script(call, answer or cloud.refused(401, 8000013, "Authorization failed"))
    report = pages.upload_assets("demo", site, concurrency=1)
    assert report.renewals == 1
    assert report.warnings == ()
    assert set(cloud.assets) == {file.hash for file in site.files}
    refused, repeated = used_tokens(cloud.calls(call.removeprefix("POST ")))[:2]
    assert (refused, repeated) == (cloud.jwts[0], cloud.jwts[1])


def test_uploads_that_are_refused_together_fetch_one_token(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    cloud.script("POST upload", EXPIRED, EXPIRED, EXPIRED)
    report = pages.upload_assets("demo", site, concurrency=3)
    assert report.renewals <= 3
    assert set(cloud.assets) == {file.hash for file in site.files}


def test_replacing_the_token_does_not_count_as_an_attempt(cloud: Any, site: Site) -> None:
    cloud.script("POST upload", EXPIRED, cloud.refused(500, 1), EXPIRED, cloud.refused(500, 1))
    with client(cloud, pace=PagesPace(unit=0.0, attempts=3)) as pages:
        pages.upload_assets("demo", site, concurrency=1)
    assert set(cloud.assets) == {file.hash for file in site.files}


def test_a_token_that_runs_out_soon_is_replaced_before_it_is_refused(
    cloud: Any, site: Site
) -> None:
    now = [1_800_000_000.0]
    cloud.jwt_claims = {"exp": now[0] + 100}

    def slow_upload(request: httpx.Request) -> httpx.Response:
        now[0] += 90
        cloud.jwt_claims = {"exp": now[0] + 3600}
        return cloud.ok({"unsuccessful_keys": []})

    cloud.script("POST upload", slow_upload)
    with client(cloud, pace=PagesPace(unit=0.0, clock=lambda: now[0])) as pages:
        report = pages.upload_assets("demo", site, concurrency=1)
    assert report.renewals == 1
    assert used_tokens(cloud.calls("/upload"))[0] == cloud.jwts[0]
    assert used_tokens(cloud.calls("/upload"))[1] == cloud.jwts[1]


def test_a_store_that_refuses_every_token_ends_the_upload(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    cloud.script("POST check-missing", *[EXPIRED] * 20)
    with pytest.raises(AuthenticationError, match="Expired JWT"):
        pages.upload_assets("demo", site)
    assert len(cloud.jwts) == 1 + PagesPace().renewals


def test_a_missing_permission_is_not_taken_for_an_expired_token_forever(
    cloud: Any, pages: CloudflarePagesClient, small_site: Site
) -> None:
    cloud.script("POST upload", *[cloud.refused(403, 9109, "no")] * 40)
    with pytest.raises(PermissionDeniedError):
        pages.upload_assets("demo", small_site, concurrency=1)
    assert len(cloud.calls("/upload")) == 1 + PagesPace().renewals


FAULTS: dict[str, list[Any]] = {
    "server errors": [httpx.Response(500)] * 4,
    "a reason that is none": [
        httpx.Response(
            500, json={"success": False, "errors": [{"code": 8000000, "message": "unknown"}]}
        )
    ]
    * 4,
    "resets": [RESET] * 4,
    "refused connections": [httpx.ConnectError("refused")] * 4,
    "timeouts": [SLOW] * 4,
    "garbage": [httpx.Response(200, text="{{{")] * 4,
    "a hotel's page": [httpx.Response(200, text="<html>")] * 4,
    "too many requests": [httpx.Response(429, headers={"retry-after": "0"})] * 4,
    "gateway errors": [GATEWAY] * 9,
    "resets and gateway errors": [RESET, GATEWAY, EXPIRED, httpx.Response(500), SLOW, GATEWAY],
}


@pytest.mark.parametrize("kind", FAULTS)
def test_an_upload_survives(
    cloud: Any, pages: CloudflarePagesClient, site: Site, kind: str
) -> None:
    cloud.script("POST upload", *FAULTS[kind])
    report = pages.upload_assets("demo", site, concurrency=1)
    assert set(cloud.assets) == {file.hash for file in site.files}
    assert report.uploaded_files == 3


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if "gateway" not in kind])
def test_asking_for_what_is_missing_survives(
    cloud: Any, pages: CloudflarePagesClient, site: Site, kind: str
) -> None:
    cloud.script("POST check-missing", *FAULTS[kind])
    pages.upload_assets("demo", site)
    assert set(cloud.assets) == {file.hash for file in site.files}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(500), ServerError),
        (RESET, ConnectionLostError),
        (httpx.Response(200, text="{{{"), UnexpectedAnswerError),
        (GATEWAY, ServerError),
    ],
)
def test_an_upload_gives_up_in_the_end(
    cloud: Any,
    pages: CloudflarePagesClient,
    small_site: Site,
    answer: Any,
    expected: type[Exception],
) -> None:
    cloud.script("POST upload", *[answer] * 50)
    with pytest.raises(expected):
        pages.upload_assets("demo", small_site, concurrency=1)
    free = PagesPace().free_gateway_errors if answer is GATEWAY else 0
    assert len(cloud.calls("/upload")) == PagesPace().attempts + free
    assert cloud.registered == []


def test_a_refusal_that_cannot_pass_is_not_repeated(
    cloud: Any, pages: CloudflarePagesClient, small_site: Site
) -> None:
    cloud.script("POST upload", cloud.refused(400, 8000042, "bad body"))
    with pytest.raises(InvalidRequestError, match="bad body"):
        pages.upload_assets("demo", small_site, concurrency=1)
    assert len(cloud.calls("/upload")) == 1


def test_contents_that_the_store_did_not_keep_are_sent_again(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    kept = site.files[0].hash
    cloud.script("POST upload", cloud.ok({"unsuccessful_keys": [kept]}))
    pages.upload_assets("demo", site, concurrency=1)
    assert set(cloud.assets) == {file.hash for file in site.files}


def test_a_registration_that_fails_is_a_warning(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    cloud.script("POST upsert-hashes", *[cloud.refused(500, 8000000, "unknown")] * 2)
    report = pages.upload_assets("demo", site)
    assert len(cloud.calls("upsert-hashes")) == 2
    assert len(report.warnings) == 1
    assert "unknown" in report.warnings[0]


def test_a_second_try_of_the_registration_is_enough(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    cloud.script("POST upsert-hashes", RESET)
    report = pages.upload_assets("demo", site)
    assert report.warnings == ()


def test_a_missing_project_is_told_before_anything_is_sent(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    cloud.script("GET upload-token", cloud.refused(404, 8000007, "Project not found"))
    with pytest.raises(NotFoundError):
        pages.upload_assets("demo", site)
    assert cloud.names() == ["GET upload-token"]


@pytest.mark.parametrize("result", [None, {}, {"jwt": ""}, {"jwt": 7}, []])
def test_a_token_that_is_none_is_an_unexpected_answer(
    cloud: Any, pages: CloudflarePagesClient, site: Site, result: Any
) -> None:
    cloud.script("GET upload-token", cloud.ok(result))
    with pytest.raises(UnexpectedAnswerError):
        pages.upload_assets("demo", site)


def test_more_files_than_the_token_allows_are_refused_before_they_are_sent(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    cloud.jwt_claims = {"max_file_count_allowed": 2}
    with pytest.raises(SiteError, match="may deploy 2"):
        pages.upload_assets("demo", site)
    assert cloud.names() == ["GET upload-token"]


def test_a_file_that_changed_is_not_sent_under_its_old_hash(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    site.files[0].absolute.write_text("changed")
    with pytest.raises(SiteError, match="changed"):
        pages.upload_assets("demo", site, concurrency=1)
    assert site.files[0].hash not in cloud.assets


def test_a_file_that_became_a_link_is_not_followed(
    cloud: Any, pages: CloudflarePagesClient, site: Site, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(site.files[0].absolute.read_bytes())
    site.files[0].absolute.unlink()
    site.files[0].absolute.symlink_to(outside)
    with pytest.raises(SiteError):
        pages.upload_assets("demo", site, concurrency=1)
    assert site.files[0].hash not in cloud.assets


def test_a_cancelled_upload_stops_before_its_next_request(cloud: Any, site: Site) -> None:
    cancel = CancelToken()

    def cancelling(request: httpx.Request) -> httpx.Response:
        cancel.cancel()
        return cloud.ok({"unsuccessful_keys": []})

    cloud.script("POST upload", cancelling)
    pages = client(cloud, cancel=cancel)
    with pytest.raises(DeployCancelledError):
        pages.upload_assets("demo", site, concurrency=1)
    pages.close()
    assert len(cloud.calls("/upload")) == 1
    assert cloud.registered == []


def test_a_wait_between_attempts_ends_with_the_cancellation(cloud: Any, site: Site) -> None:
    cancel = CancelToken()

    def cancelling(request: httpx.Request) -> httpx.Response:
        cancel.cancel()
        return httpx.Response(500)

    cloud.script("POST upload", cancelling)
    patient = PagesPace(unit=3600.0)
    pages = client(cloud, cancel=cancel, pace=patient)
    with pytest.raises(DeployCancelledError):
        pages.upload_assets("demo", site, concurrency=1)
    pages.close()


def test_no_token_shows_in_an_error(cloud: Any, pages: CloudflarePagesClient, site: Site) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, text=f"bad header {request.headers['authorization']}")

    cloud.script("POST check-missing", echo)
    cloud.script("GET demo", echo)
    with pytest.raises(InvalidRequestError) as caught:
        pages.upload_assets("demo", site)
    assert cloud.jwts[0] not in str(caught.value)
    with pytest.raises(InvalidRequestError) as caught:
        pages.project("demo")
    assert cloud.token not in str(caught.value)


def test_a_site_without_files_still_registers(
    cloud: Any, pages: CloudflarePagesClient, site: Site
) -> None:
    report = pages.upload_assets("demo", evolve(site, files=()))
    assert (report.files, report.requests) == (0, 2)
