"""Uploading assets with an upload token."""

from __future__ import annotations

import base64
import json

import pytest

from oneclick_deploy.local.cloudflare.tokens import (
    ExpiredTokenError,
    InvalidTokenError,
    UploadTokens,
)

HASH = "0123456789abcdef0123456789abcdef"
PATHS = ("check-missing", "upload", "upsert-hashes")


def entry(**changes):
    value = {
        "key": HASH,
        "value": base64.b64encode(b"content").decode(),
        "metadata": {"contentType": "text/plain"},
        "base64": True,
    }
    return {**value, **changes}


@pytest.fixture
def jwt(api):
    api.create_project()
    return api.result("GET", api.pages("/site/upload-token"))["jwt"]


def claims(jwt):
    payload = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_the_token_tells_its_end_and_the_number_of_files(jwt):
    assert claims(jwt)["max_file_count_allowed"] == 20_000
    assert claims(jwt)["exp"] > claims(jwt)["iat"]


@pytest.mark.parametrize("path", PATHS)
def test_only_an_upload_token_opens_the_asset_operations(api, jwt, path):
    body = {"hashes": []}
    header, payload, signature = jwt.split(".")
    forged = base64.urlsafe_b64encode(json.dumps({"exp": 9e12}).encode()).rstrip(b"=").decode()
    for token in (
        "",
        "local-test-token",
        jwt[:-2],
        f"{header}.{forged}.{signature}",
        f"{header}.{payload}.",
        "..",
        "a.b.c",
        "\x80",
    ):
        refused = api.error("POST", f"/pages/assets/{path}", token=token, json=body)
        assert refused == (401, 8000013)


@pytest.mark.parametrize("path", PATHS)
def test_an_expired_token_is_refused_in_both_ways_that_were_seen(api, path):
    api.emulator.options.upload_token_seconds = -1
    api.create_project()
    expired = api.result("GET", api.pages("/site/upload-token"))["jwt"]
    asked = {"token": expired, "json": {"hashes": []}}
    assert api.error("POST", f"/pages/assets/{path}", **asked) == (401, 8000013)
    api.emulator.options.plain_expired_token = True
    plain = api.call("POST", f"/pages/assets/{path}", **asked)
    assert (plain.status_code, plain.text) == (403, "Expired JWT")


def test_what_was_uploaded_is_not_missing_any_more(api, jwt):
    asked = {"token": jwt, "json": {"hashes": [HASH, HASH, "f" * 32]}}
    missing = api.result("POST", "/pages/assets/check-missing", **asked)
    assert missing == [HASH, "f" * 32]
    api.result("POST", "/pages/assets/upload", token=jwt, json=[entry()])
    assert api.result("POST", "/pages/assets/check-missing", **asked) == ["f" * 32]
    # Uploading again changes nothing.
    api.result("POST", "/pages/assets/upload", token=jwt, json=[entry()])


@pytest.mark.parametrize(
    "bad",
    [
        {},
        None,
        "text",
        entry(key="../../../../etc/passwd"),
        entry(key="short"),
        entry(key=HASH.upper()),
        entry(key=f"{HASH}\n"),
        entry(key=None),
        entry(value="%%%"),
        entry(value="YQ"),
        entry(value=None),
        entry(base64=False),
        entry(metadata=None),
        entry(metadata={}),
        entry(metadata={"contentType": ""}),
        entry(metadata={"contentType": "a\r\nSet-Cookie: b=c"}),
    ],
)
def test_a_bad_entry_is_refused_and_nothing_of_its_bucket_is_kept(api, jwt, bad, tmp_path):
    good = entry(key="a" * 32)
    refused = api.error("POST", "/pages/assets/upload", token=jwt, json=[good, bad])
    assert refused == (400, 8000010)
    assert not list((tmp_path / "cloudflare" / "assets").rglob("*"))


@pytest.mark.parametrize("body", [b"", b"{}", b"[", b'{"hashes": 1}', b'{"hashes": [1]}', b"\xff"])
@pytest.mark.parametrize("path", PATHS)
def test_a_malformed_body_is_refused(api, jwt, path, body):
    assert api.error("POST", f"/pages/assets/{path}", token=jwt, content=body) == (400, 8000010)


def test_an_asset_over_the_limit_is_refused(api, jwt):
    large = base64.b64encode(bytes(25 * 1024 * 1024 + 1)).decode()
    refused = api.error("POST", "/pages/assets/upload", token=jwt, json=[entry(value=large)])
    assert refused[0] == 413


def test_tokens_are_signed_with_a_key():
    tokens = UploadTokens(b"key")
    token = tokens.issue(project="site", lifetime=60, max_files=5)
    assert tokens.read(token)["project"] == "site"
    with pytest.raises(InvalidTokenError):
        UploadTokens(b"other key").read(token)
    with pytest.raises(ExpiredTokenError):
        tokens.read(tokens.issue(project="site", lifetime=-1, max_files=5))
