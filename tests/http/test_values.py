"""Requests and answers as values."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.http import CallKind, Headers, HttpSettings, Request, Response
from oneclick_deploy.http.settings import user_agent
from oneclick_deploy.http.values import bearer, json_request
from oneclick_deploy.secrets import Secret


def test_header_names_are_looked_up_without_regard_to_case():
    headers = Headers({"X-Request-ID": "7"})
    assert headers["x-request-id"] == headers["X-REQUEST-ID"] == "7"
    assert "X-request-Id" in headers
    assert headers.get("other") is None
    assert dict(headers) == {"x-request-id": "7"}
    assert len(headers) == 1


def test_repeated_fields_are_joined():
    assert Headers([("Link", "a"), ("link", "b")])["LINK"] == "a, b"


def test_the_repr_of_headers_shows_names_only():
    assert "canary" not in repr(Headers({"Set-Cookie": "canary"}))
    assert "set-cookie" in repr(Headers({"Set-Cookie": "canary"}))


def test_the_repr_of_a_request_shows_neither_secrets_nor_the_body():
    request = Request(
        method="POST",
        url="https://host.test/",
        headers={"Authorization": bearer(Secret("canary"))},
        content=b"canary",
    )
    assert "canary" not in repr(request)


def test_a_bearer_token_is_secret_as_a_whole():
    assert bearer(Secret("abc")).reveal() == "Bearer abc"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://host.test/a/b?c=d#e", "GET https://host.test/a/b"),
        ("https://host.test", "GET https://host.test"),
        ("https://user:pass@host.test:8/a", "GET https://host.test:8/a"),
        ("http://[::1", "GET 'http://[::1'"),
    ],
)
def test_the_place_of_a_request_leaves_out_what_may_be_secret(url, place):
    assert Request(method="GET", url=url).place == place


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b"null", None),
        (b"", None),
        (b"<html>", None),
        (b"\xff\xfe", None),
        (b"[" * 100_000, None),
        (b'{"a": 1', None),
    ],
)
def test_a_body_is_json_or_nothing(content, value):
    assert Response(status=200, content=content).json() == value


def test_a_body_that_is_no_utf_8_is_still_a_text():
    assert Response(status=200, content=b"a\xffb").text == "a\ufffdb"


@pytest.mark.parametrize(("status", "ok"), [(199, False), (200, True), (299, True), (300, False)])
def test_only_2xx_is_ok(status, ok):
    assert Response(status=status).ok is ok


@given(st.dictionaries(st.text(min_size=1), st.none() | st.text(min_size=1)))
def test_query_parameters_arrive_as_they_were_given(query):
    request = json_request(
        "GET", "https://host.test/a", headers={}, kind=CallKind.READ, query=query
    )
    given_ = [(name, value) for name, value in query.items() if value is not None]
    assert parse_qsl(urlsplit(request.url).query) == given_
    assert ("?" in request.url) == bool(given_)


@pytest.mark.parametrize("body", [{}, [], 0, "", False, {"a": "é"}])
def test_every_body_but_none_is_sent_as_json(body):
    request = json_request("POST", "https://h.test", body, headers={}, kind=CallKind.CREATE)
    assert json.loads(request.content) == body
    assert request.headers["Content-Type"] == "application/json"


def test_no_body_has_no_content_type():
    request = json_request("GET", "https://h.test", headers={"A": "b"}, kind=CallKind.READ)
    assert request.content == b""
    assert request.headers == {"A": "b"}


def test_the_users_agent_names_library_and_python():
    assert user_agent().startswith("oneclick-deploy/")
    assert "python/3." in user_agent()


def test_settings_do_not_show_functions():
    assert "lambda" not in repr(HttpSettings(route=lambda _: None))
