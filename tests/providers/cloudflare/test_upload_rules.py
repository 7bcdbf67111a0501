"""Tokens, waits and counts of an upload."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from oneclick_deploy.errors import RateLimitedError, ServerError, SiteError
from oneclick_deploy.providers.cloudflare.pages.models import UploadProgress
from oneclick_deploy.providers.cloudflare.pages.upload import (
    PagesPace,
    Tally,
    UploadToken,
    check_count,
    read_token,
)
from oneclick_deploy.secrets import Secret
from oneclick_deploy.site import Site

NOW = 1_800_000_000.0


def jwt(claims: Any) -> Secret:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return Secret(f"head.{middle}.tail")


def test_a_token_is_replaced_ahead_of_its_end() -> None:
    token = read_token(jwt({"exp": NOW + 3600, "max_file_count_allowed": 100_000}), now=NOW)
    assert token.max_files == 100_000
    assert not token.stale(NOW + 3500)
    assert token.stale(NOW + 3541)


def test_a_short_lived_token_is_still_used() -> None:
    token = read_token(jwt({"exp": NOW + 30}), now=NOW)
    assert not token.stale(NOW + 20)
    assert token.stale(NOW + 25)


def test_a_token_that_ends_at_once_says_that_our_clock_is_wrong() -> None:
    assert not read_token(jwt({"exp": NOW - 5}), now=NOW).stale(NOW + 1e6)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "x",
        "a.b.c",
        "a.!!!.c",
        "a.é.c",
        jwt([1]).reveal(),
        jwt({"exp": "soon", "max_file_count_allowed": "many"}).reveal(),
        jwt({"exp": True, "max_file_count_allowed": -1}).reveal(),
        jwt({"exp": float("inf"), "max_file_count_allowed": 1e300}).reveal(),
        "<UPLOAD_JWT #1>",
    ],
)
def test_claims_that_cannot_be_read_are_left_to_the_server(raw: str) -> None:
    token = read_token(Secret(raw), now=NOW)
    assert token == UploadToken(jwt=Secret(raw))
    assert token.max_files == 20_000


def test_the_waits_are_those_of_the_official_client() -> None:
    pace = PagesPace()
    failed = ServerError("x", provider="cloudflare", status=500)
    gateway = ServerError("x", provider="cloudflare", status=502)
    assert [pace.after(failed, n) for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert [pace.after(gateway, n) for n in (1, 2, 3)] == [6, 12, 24]
    assert [pace.poll(n) for n in (1, 2, 3, 4, 7, 8)] == [0.1, 0.5, 1, 2, 16, 16]
    assert pace.after(failed, 10_000) == 60


def test_a_wait_that_is_asked_for_is_kept_and_capped() -> None:
    def asked(seconds: float | None) -> RateLimitedError:
        return RateLimitedError("x", provider="cloudflare", retry_after=seconds)

    assert PagesPace().after(asked(7), 3) == 7
    assert PagesPace().after(asked(7000), 3) == 60
    assert PagesPace().after(asked(None), 3) == 4


def test_more_files_than_the_account_may_deploy_are_refused(site: Site) -> None:
    check_count(site, UploadToken(jwt=Secret("x"), max_files=3))
    with pytest.raises(SiteError, match="3 files; this account may deploy 2"):
        check_count(site, UploadToken(jwt=Secret("x"), max_files=2))


def test_progress_counts_what_the_host_has(site: Site) -> None:
    seen: list[UploadProgress] = []
    tally = Tally(site, seen.append)
    first, second, third = sorted(site.files, key=lambda file: file.path)
    tally.missing([first.hash, second.hash])
    tally.sent([first])
    tally.sent([second])
    assert [progress.files for progress in seen] == [1, 2, 3]
    assert [progress.bytes for progress in seen] == [
        third.size,
        third.size + first.size,
        site.total_bytes,
    ]
    report = tally.report()
    assert (report.files, report.uploaded_files) == (3, 2)
    assert report.uploaded_bytes == first.size + second.size


def test_no_secret_shows_in_a_token() -> None:
    assert "hidden" not in repr(read_token(Secret("hidden-token"), now=NOW))
