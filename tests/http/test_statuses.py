"""Which error an answer becomes, and what it says."""

from __future__ import annotations

import pytest

from oneclick_deploy import errors
from oneclick_deploy.http import Headers, Response
from oneclick_deploy.http.statuses import LONGEST_MESSAGE, api_error, request_id_of, unexpected


def made(status: int, content: bytes = b"", headers: dict[str, str] | None = None, **more):
    response = Response(status=status, headers=Headers(headers or {}), content=content)
    return api_error(response, **{"provider": "acme", "message": ""} | more)


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, errors.InvalidRequestError, False),
        (401, errors.AuthenticationError, False),
        (402, errors.PaymentRequiredError, False),
        (403, errors.PermissionDeniedError, False),
        (404, errors.NotFoundError, False),
        (408, errors.InvalidRequestError, True),
        (409, errors.AlreadyExistsError, False),
        (418, errors.InvalidRequestError, False),
        (422, errors.InvalidRequestError, False),
        (429, errors.RateLimitedError, True),
        (500, errors.ServerError, True),
        (503, errors.ServerError, True),
        (599, errors.ServerError, True),
        (302, errors.UnexpectedAnswerError, False),
        (204, errors.UnexpectedAnswerError, False),
    ],
)
def test_each_status_has_its_error(status, kind, retryable):
    error = made(status)
    assert type(error) is kind
    assert error.status == status
    assert error.retryable is retryable
    assert f"HTTP {status}" in str(error)


def test_an_error_names_provider_code_and_request():
    error = made(403, headers={"CF-Ray": "8f-FRA"}, code="10000", message="no", hint="Do this.")
    assert str(error) == "acme: no (HTTP 403, code 10000, request 8f-FRA)\n  hint: Do this."
    assert (error.provider, error.code, error.request_id) == ("acme", "10000", "8f-FRA")


def test_the_body_speaks_when_the_provider_gave_no_message():
    assert made(500, b"  <h1>Oops</h1> ").message == "<h1>Oops</h1>"
    assert made(500, b" \n ").message == "no explanation was sent"


def test_a_long_explanation_is_cut():
    assert len(made(500, b"x" * 100_000).message) == LONGEST_MESSAGE
    assert len(made(500, message="y" * 100_000).message) == LONGEST_MESSAGE


@pytest.mark.parametrize(
    ("headers", "wait", "hint"),
    [
        ({"Retry-After": "30"}, 30.0, "30 s"),
        ({}, None, "a few minutes"),
        ({"Retry-After": "nonsense"}, None, "a few minutes"),
        ({"Retry-After": "inf"}, None, "a few minutes"),
    ],
)
def test_too_many_requests_tells_when_to_come_back(headers, wait, hint):
    error = made(429, headers=headers)
    assert error.retry_after == wait
    assert hint in error.hint


def test_a_providers_own_code_can_choose_the_error():
    error = made(400, error_class=errors.AlreadyExistsError)
    assert type(error) is errors.AlreadyExistsError
    assert error.status == 400


def test_request_ids_are_found_in_any_of_their_headers():
    for name in ("cf-ray", "X-Request-Id", "x-amzn-RequestId", "fly-request-id"):
        assert request_id_of(Response(status=200, headers=Headers({name: "7"}))) == "7"
    assert request_id_of(Response(status=200)) == ""


def test_an_answer_outside_the_documentation_says_what_is_missing():
    error = unexpected(Response(status=200), provider="acme", missing="database id")
    assert isinstance(error, errors.UnexpectedAnswerError)
    assert "database id" in str(error)
    assert "proxy" in error.hint
