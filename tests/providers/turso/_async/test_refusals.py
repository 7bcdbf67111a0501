"""Every refusal has a class, the provider's words, and a next action."""

from __future__ import annotations

import httpx
import pytest

from oneclick_deploy.errors import (
    AlreadyExistsError,
    ApiError,
    AuthenticationError,
    ConnectionFailedError,
    ConnectionLostError,
    DeployCancelledError,
    InvalidRequestError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.providers.turso import AsyncTursoClient
from oneclick_deploy.runtime.cancel import CancelToken

DATABASE = "/v1/organizations/iku/databases/a"
DATABASES = "/v1/organizations/iku/databases"
TOKEN = "platform-t0ken"
ONCE = HttpSettings(retry=RetryPolicy(attempts=1))


def make(server, settings=ONCE, **options):
    return AsyncTursoClient(
        TOKEN, organization="iku", transport=server.transport, settings=settings, **options
    )


def error(status, words, **extra):
    return httpx.Response(status, json={"error": words, **extra})


@pytest.mark.parametrize(
    ("response", "kind", "words", "hint"),
    [
        (error(400, "invalid size"), InvalidRequestError, "invalid size", "message names"),
        (error(400, "group not found"), NotFoundError, "group not found", "create_group"),
        (error(401, "unauthorized"), AuthenticationError, "unauthorized", "TURSO_API_TOKEN"),
        (error(402, "pay first"), PaymentRequiredError, "pay first", "plan"),
        (error(403, "forbidden"), PermissionDeniedError, "forbidden", "group-scoped"),
        (
            error(404, "could not find database with name a: record not found"),
            NotFoundError,
            "record not found",
            "TURSO_ORG_ID",
        ),
        (error(409, "group already exists"), AlreadyExistsError, "exists", "another name"),
        (error(400, "name already exists"), AlreadyExistsError, "exists", "another name"),
        (error(422, "reserved"), InvalidRequestError, "reserved", "not available"),
        (error(429, "slow down"), RateLimitedError, "slow down", "Try again"),
        (error(500, "boom"), ServerError, "boom", "status.turso.tech"),
        (
            error(400, "no", code="feature_not_available_for_starter_plan"),
            InvalidRequestError,
            "no",
            "limit of the plan",
        ),
        (
            error(400, "database is delete protected"),
            InvalidRequestError,
            "protected",
            "Switch the delete protection off",
        ),
        (error(400, "Invalid expiration format"), InvalidRequestError, "expiration", "2w1d30m"),
    ],
)
@pytest.mark.off_contract
async def test_a_refusal_says_what_to_do(app, response, kind, words, hint):
    client = make(app({f"GET {DATABASE}": response}))

    with pytest.raises(kind, match=words) as caught:
        await client.database("a")

    assert type(caught.value) is kind
    assert hint in caught.value.hint
    assert caught.value.provider == "turso"


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (httpx.Response(502, text="<html>Bad Gateway</html>"), "<html>Bad Gateway</html>"),
        (httpx.Response(500, content=b""), "no explanation"),
        (httpx.Response(500, content=b"\xff\xfe"), "\ufffd"),
        (error(400, {"message": "nested", "code": "c1"}), "nested"),
        (error(400, ["a", "b"]), r'\["a", "b"\]'),
        (error(400, None), "null"),
        (httpx.Response(400, json={"message": "other key"}), "other key"),
        (httpx.Response(400, json="just text"), "just text"),
        (httpx.Response(418, json={}), r"\{\}"),
        (httpx.Response(302, headers={"location": "https://evil.example"}), "no explanation"),
    ],
)
@pytest.mark.off_contract
async def test_an_error_in_any_shape_keeps_the_words_of_the_provider(app, response, words):
    client = make(app({f"GET {DATABASE}": response}))

    with pytest.raises(ApiError, match=words):
        await client.database("a")


@pytest.mark.off_contract
async def test_the_code_of_the_provider_is_kept(app):
    client = make(app({f"GET {DATABASE}": error(500, "no", code="create_database_generic_error")}))

    with pytest.raises(ServerError) as caught:
        await client.database("a")

    assert caught.value.code == "create_database_generic_error"
    assert "create_database_generic_error" in str(caught.value)


@pytest.mark.off_contract
async def test_the_token_never_shows_even_when_the_answer_repeats_it(app):
    client = make(app({f"GET {DATABASE}": error(401, f"bad header: Bearer {TOKEN}")}))

    with pytest.raises(AuthenticationError) as caught:
        await client.database("a")

    assert TOKEN not in str(caught.value) + repr(caught.value) + repr(client)
    assert "bad header" in caught.value.message


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b"7",
        b"{}",
        b'{"database":null}',
        b'{"database":[]}',
        b'{"database":{"Name":"a"}}',
        b'{"database":{"Name":{},"DbId":"i","Hostname":"h"}}',
        b'{"database":{"Name":"a","DbId":"i","Hostname":"h","block_reads":"no"}}',
        b'{"database":{"Name":"a","DbId":"i","Hostname":"h","parent":{"branched_at":"soon"}}}',
        b'{"database":{"Name":"a","DbI',
    ],
    ids=range(13),
)
@pytest.mark.off_contract
async def test_a_success_without_the_documented_content_is_not_one(app, content):
    client = make(app({f"GET {DATABASE}": httpx.Response(200, content=content)}))

    with pytest.raises(UnexpectedAnswerError, match="the answer has no") as caught:
        await client.database("a")

    assert caught.value.hint


@pytest.mark.parametrize(
    "content", [b"[]", b"{}", b'{"databases":{}}', b'{"databases":[7]}', b"nope"]
)
@pytest.mark.off_contract
async def test_a_list_that_is_none_is_not_an_empty_list(app, content):
    client = make(app({f"GET {DATABASES}": httpx.Response(200, content=content)}))

    with pytest.raises(UnexpectedAnswerError):
        await client.databases()


@pytest.mark.parametrize(
    "failure",
    [httpx.ReadError("reset"), httpx.Response(500, json={"error": "boom"})],
    ids=["reset", "500"],
)
@pytest.mark.off_contract
async def test_a_create_is_never_repeated_once_it_may_have_been_acted_on(app, quick, failure):
    server = app({f"POST {DATABASES}": failure})

    with pytest.raises((ConnectionLostError, ServerError)):
        await make(server, settings=quick).create_database("a", group="g")

    assert len(server.requests) == 1


async def test_a_create_whose_answer_was_lost_says_so(app, quick):
    client = make(app({f"POST {DATABASES}": httpx.ReadError("reset")}), settings=quick)

    with pytest.raises(ConnectionLostError) as caught:
        await client.create_database("a", group="g")

    assert caught.value.outcome_unknown


async def test_a_create_that_never_left_is_repeated(app, quick):
    created = {"database": {"DbId": "i", "Hostname": "h", "Name": "a"}}
    server = app(
        {f"POST {DATABASES}": [httpx.ConnectError("no"), httpx.Response(200, json=created)]}
    )

    assert (await make(server, settings=quick).create_database("a", group="g")).db_id == "i"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.off_contract
async def test_reads_and_deletes_are_repeated(app, quick, method):
    found = {"database": {"DbId": "i", "Hostname": "h", "Name": "a"}}
    replies = [httpx.Response(503), httpx.ReadError("reset"), httpx.Response(200, json=found)]
    server = app({f"{method} {DATABASE}": replies})
    client = make(server, settings=quick)

    await (client.database("a") if method == "GET" else client.delete_database("a"))

    assert len(server.requests) == 3


async def test_an_address_that_does_not_answer_is_a_connection_error(app):
    client = make(app({f"GET {DATABASE}": httpx.ConnectError("refused")}))

    with pytest.raises(ConnectionFailedError):
        await client.database("a")


async def test_a_cancelled_client_sends_nothing(app):
    cancel = CancelToken()
    cancel.cancel()
    server = app({})

    with pytest.raises(DeployCancelledError):
        await make(server, cancel=cancel).databases()

    assert server.requests == []
