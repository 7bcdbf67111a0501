"""Reading Cloudflare's envelope and its refusals."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from oneclick_deploy.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http.redaction import Redactor
from oneclick_deploy.http.values import CallKind, Headers, Response
from oneclick_deploy.providers.cloudflare.models import Account
from oneclick_deploy.providers.cloudflare.wire import (
    API_URL,
    Address,
    address_from,
    address_from_environment,
    as_object,
    as_objects,
    path,
    read_envelope,
    structure,
)
from oneclick_deploy.secrets import Secret

ADDRESS = Address(base_url=API_URL, token=Secret("token-1234"), account_id="acc")


def answer(status: int, body: Any, **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status=status, headers=Headers(headers), content=content)


def refusal(status: int, *errors: dict[str, Any], **headers: str) -> ApiError:
    body = {"success": False, "errors": list(errors), "messages": [], "result": None}
    with pytest.raises(ApiError) as caught:
        read_envelope(answer(status, body, **headers))
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "message", "expected", "retryable"),
    [
        (404, 8000007, "Project not found", NotFoundError, False),
        (400, 8000007, "Project not found", NotFoundError, False),
        (401, 8000013, "Authorization failed", AuthenticationError, False),
        (500, 8000000, "An unknown error occurred.", ServerError, True),
        (400, 8000000, "An unknown error occurred.", ServerError, True),
        (400, 8000111, "Invalid commit message", InvalidRequestError, False),
        (400, 8000076, "Too many deployments", InvalidRequestError, False),
        (403, 10000, "Authentication error", AuthenticationError, False),
        (400, 10000, "Rate limited. Please wait", RateLimitedError, True),
        (400, 971, "Please wait and consider throttling", RateLimitedError, True),
        (403, 9109, "Unauthorized to access requested resource", PermissionDeniedError, False),
        (413, 10027, "workers.api.error.script_too_large", InvalidRequestError, False),
        (400, 10021, "binding DB of type d1 must have a valid `id`", InvalidRequestError, False),
        (404, 7003, "Could not route to /accounts/x", NotFoundError, False),
        (400, 7003, "Could not route to /accounts/x", NotFoundError, False),
        (200, 8000007, "Project not found", NotFoundError, False),
        (200, 4242, "something", InvalidRequestError, False),
        (409, 4242, "something", ApiError, False),
        (503, 4242, "something", ServerError, True),
    ],
)
def test_a_code_decides_the_error_and_what_to_do(
    status: int, code: int, message: str, expected: type[ApiError], retryable: bool
) -> None:
    error = refusal(status, {"code": code, "message": message})
    assert isinstance(error, expected)
    assert (error.code, error.status, error.retryable) == (str(code), status, retryable)
    assert message in str(error)
    assert error.hint or code == 4242


def test_all_errors_and_their_causes_are_told() -> None:
    error = refusal(
        400,
        {
            "code": 6003,
            "message": "Invalid request headers",
            "error_chain": [{"code": 6111, "message": "Invalid format for Authorization header"}],
        },
        {"code": 8000111, "message": "Bad message"},
    )
    assert error.message == (
        "Invalid request headers [6003]; Invalid format for Authorization header [6111]; "
        "Bad message [8000111]"
    )
    assert error.code == "8000111"
    assert "commit message" in error.hint


def test_too_many_requests_keep_the_wait_that_was_asked_for() -> None:
    error = refusal(429, {"code": 10000, "message": "Rate limited"}, **{"retry-after": "17"})
    assert isinstance(error, RateLimitedError)
    assert error.retry_after == 17
    assert error.retryable


def test_the_request_id_is_the_ray() -> None:
    assert refusal(400, {"code": 1, "message": "x"}, **{"CF-Ray": "8f-FRA"}).request_id == "8f-FRA"


@pytest.mark.parametrize("status", [401, 403])
def test_an_expired_upload_token_is_known_in_plain_text(status: int) -> None:
    with pytest.raises(AuthenticationError, match="Expired JWT") as caught:
        read_envelope(answer(status, b"Expired JWT"))
    assert "upload token" in caught.value.hint


def test_a_gateways_page_is_told_without_its_markup() -> None:
    page = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>"
    with pytest.raises(ServerError) as caught:
        read_envelope(answer(502, page))
    assert caught.value.message == "502 Bad Gateway 502"
    assert caught.value.retryable


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b"<" * 100_000, b"42"],
)
@pytest.mark.parametrize("status", [200, 404, 500])
def test_anything_else_than_an_envelope_is_an_error(status: int, body: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        read_envelope(answer(status, body))
    assert caught.value.status == status
    if status == 200:
        assert isinstance(caught.value, UnexpectedAnswerError)


@pytest.mark.parametrize(
    "errors",
    [None, "text", {}, [None], ["x"], [{}], [{"code": None}], [{"code": "²", "message": 7}]],
)
def test_malformed_errors_do_not_break_the_reading(errors: Any) -> None:
    with pytest.raises(InvalidRequestError):
        read_envelope(answer(400, {"success": False, "errors": errors}))


def test_errors_that_contain_themselves_end() -> None:
    chain: dict[str, Any] = {"code": 1, "message": "deep"}
    for _ in range(200):
        chain = {"code": 1, "message": "deep", "error_chain": [chain]}
    assert refusal(400, chain).message.count("deep") < 10


def test_secrets_are_removed_from_the_providers_words() -> None:
    body = {"success": False, "errors": [{"code": 1, "message": "bad value hunter22!"}]}
    with pytest.raises(ApiError) as caught:
        read_envelope(answer(400, body), clean=Redactor([Secret("hunter22!")]).clean)
    assert "hunter22!" not in str(caught.value)
    with pytest.raises(ApiError) as caught:
        read_envelope(answer(400, b"bad hunter22!"), clean=Redactor([Secret("hunter22!")]).clean)
    assert "hunter22!" not in str(caught.value)


@pytest.mark.parametrize(
    ("info", "count", "page", "more"),
    [
        ({"total_pages": 2}, 3, 1, True),
        ({"total_pages": 2}, 3, 2, False),
        ({"total_pages": 99}, 0, 1, False),
        ({"per_page": 3}, 3, 1, True),
        ({"per_page": 4}, 3, 1, False),
        ({"per_page": 0}, 3, 1, False),
        ({"total_pages": "9"}, 3, 1, False),
        ({}, 3, 1, False),
    ],
)
def test_the_place_of_a_page_is_read(info: Any, count: int, page: int, more: bool) -> None:
    body = {"success": True, "result": [{}] * count, "result_info": info}
    assert read_envelope(answer(200, body)).more_after(page) is more


def test_times_become_utc_and_unknown_fields_are_ignored() -> None:
    raw = {"id": "a", "name": "n", "created_on": "2026-01-02T05:04:05.5+02:00", "new": {"x": 1}}
    account = structure(raw, Account, response=answer(200, {}))
    assert account.created_on == datetime(2026, 1, 2, 3, 4, 5, 500_000, tzinfo=UTC)
    naive = structure(
        {**raw, "created_on": "2026-01-02T03:04:05"}, Account, response=answer(200, {})
    )
    assert naive.created_on == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw", [{}, {"id": 7, "name": "n"}, {"id": "a", "name": "n", "created_on": "soon"}]
)
def test_a_missing_or_wrong_field_is_an_unexpected_answer(raw: Any) -> None:
    with pytest.raises(UnexpectedAnswerError, match="Account"):
        structure(raw, Account, response=answer(200, {}))


@pytest.mark.parametrize("result", ["text", 7, None, [1]])
def test_a_result_of_another_shape_is_an_unexpected_answer(result: Any) -> None:
    envelope = read_envelope(answer(200, {"success": True, "result": result}))
    with pytest.raises(UnexpectedAnswerError):
        as_object(envelope, "project")
    if result is not None:
        with pytest.raises(UnexpectedAnswerError):
            as_objects(envelope, "projects")


def test_requests_carry_the_token_and_nothing_shows_it() -> None:
    request = ADDRESS.request("GET", ADDRESS.account("pages"), query={"page": "1", "env": None})
    assert request.url == f"{API_URL}/accounts/acc/pages?page=1"
    assert request.headers["Authorization"] == Secret("Bearer token-1234")
    assert request.kind is CallKind.READ
    assert "token-1234" not in repr((request, ADDRESS))


def test_a_name_cannot_change_the_address() -> None:
    assert path("a/../b?c#d", "é") == "/a%2F..%2Fb%3Fc%23d/%C3%A9"
    for segment in ("", ".", ".."):
        with pytest.raises(ConfigurationError):
            path("projects", segment)


def test_the_environment_gives_token_account_and_address() -> None:
    found = address_from_environment(
        {
            "CLOUDFLARE_API_TOKEN": " tok\n",
            "CLOUDFLARE_ACCOUNT_ID": "acc ",
            "CLOUDFLARE_API_BASE_URL": "http://127.0.0.1:1/client/v4/",
        },
        needs_account=True,
    )
    assert found == Address(
        base_url="http://127.0.0.1:1/client/v4", token=Secret("tok"), account_id="acc"
    )


def test_the_environments_gaps_are_named() -> None:
    with pytest.raises(ConfigurationError, match="CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID"):
        address_from_environment({"CLOUDFLARE_API_TOKEN": " "}, needs_account=True)
    found = address_from_environment({"CLOUDFLARE_API_TOKEN": "t"}, needs_account=False)
    assert (found.base_url, found.account_id) == (API_URL, "")


@pytest.mark.parametrize(
    ("token", "url"), [("", API_URL), ("  ", API_URL), ("t", "ftp://x"), ("t", ""), ("t", "https:")]
)
def test_an_empty_token_or_a_strange_address_is_refused(token: str, url: str) -> None:
    with pytest.raises(ConfigurationError):
        address_from(token, account_id="a", base_url=url)
