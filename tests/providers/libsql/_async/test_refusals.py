"""Every way in which a server can refuse, break off or answer nonsense."""

from __future__ import annotations

import json

import httpx
import pytest

from oneclick_deploy.errors import (
    AnswerTooLargeError,
    ApiError,
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    DatabaseBlockedError,
    DatabaseError,
    DeployCancelledError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    StreamExpiredError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.providers.libsql import AsyncLibsqlClient
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret

URL = "libsql://db-org.turso.io"
EMPTY = {"cols": [], "rows": [], "affected_row_count": 0, "last_insert_rowid": None}
CLOSED = {"type": "ok", "response": {"type": "close"}}


def executed(result=EMPTY):
    return {"type": "ok", "response": {"type": "execute", "result": result}}


def refused(code, message="no"):
    return {"type": "error", "error": {"message": message, "code": code}}


def answer(*results, baton=None, base_url=None):
    return httpx.Response(
        200, json={"baton": baton, "base_url": base_url, "results": list(results)}
    )


async def test_a_request_is_one_pipeline_that_closes_its_stream(script):
    server = script([answer(executed(), CLOSED)])
    client = AsyncLibsqlClient(URL, Secret("t0ken"), transport=server.transport)
    await client.execute("SELECT ?", (1,))

    (request,) = server.requests
    assert str(request.url) == "https://db-org.turso.io/v2/pipeline"
    assert request.headers["authorization"] == "Bearer t0ken"
    assert server.asked == [
        {
            "baton": None,
            "requests": [
                {
                    "type": "execute",
                    "stmt": {
                        "sql": "SELECT ?",
                        "args": [{"type": "integer", "value": "1"}],
                        "want_rows": True,
                    },
                },
                {"type": "close"},
            ],
        }
    ]


async def test_without_a_token_none_is_sent(script):
    server = script([answer(executed(), CLOSED)])
    client = AsyncLibsqlClient("http://localhost:1", transport=server.transport)
    await client.execute("SELECT 1")

    assert "authorization" not in server.requests[0].headers


@pytest.mark.off_contract
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("STREAM_EXPIRED", StreamExpiredError),
        ("TRANSACTION_TIMEOUT", StreamExpiredError),
        ("RESPONSE_TOO_LARGE", AnswerTooLargeError),
        ("BLOCKED", DatabaseBlockedError),
        ("SQLITE_UNKNOWN", DatabaseError),
        ("SOMETHING_NEW", DatabaseError),
        (None, DatabaseError),
        (7, DatabaseError),
    ],
)
async def test_an_error_inside_a_success_has_the_class_of_its_code(script, code, kind):
    server = script([answer(refused(code, "the server's words"), CLOSED)])
    client = AsyncLibsqlClient(URL, transport=server.transport)
    with pytest.raises(kind, match="the server's words") as caught:
        await client.execute("SELECT 1")

    assert type(caught.value) is kind
    assert caught.value.code == (code if isinstance(code, str) else "")


@pytest.mark.parametrize(
    ("response", "kind", "words", "hint"),
    [
        (
            httpx.Response(401, json={"error": "Unauthorized: `The JWT has expired`"}),
            AuthenticationError,
            "JWT has expired",
            "create_database_token",
        ),
        (
            httpx.Response(403, json={"message": "Current session is read-only", "code": "X"}),
            PermissionDeniedError,
            "read-only",
            "full access",
        ),
        (httpx.Response(404, text="not found"), NotFoundError, "not found", "Hrana over HTTP v2"),
        (httpx.Response(405), ApiError, "no explanation", "Hrana over HTTP v2"),
        (httpx.Response(505, text="<html>"), ServerError, "<html>", "Hrana over HTTP v2"),
        (httpx.Response(413, text="too big"), InvalidRequestError, "too big", "fewer rows"),
        (httpx.Response(500, text=""), ServerError, "no explanation", ""),
        (
            httpx.Response(403, json={"error": "reads are blocked", "code": "BLOCKED"}),
            DatabaseBlockedError,
            "reads are blocked",
            "quota",
        ),
        (
            httpx.Response(400, json={"message": "gone", "code": "STREAM_EXPIRED"}),
            StreamExpiredError,
            "gone",
            "batch()",
        ),
    ],
)
async def test_a_refused_request_says_what_to_do(script, once, response, kind, words, hint):
    server = script([response])
    client = AsyncLibsqlClient(URL, transport=server.transport, settings=once)
    with pytest.raises(kind, match=words) as caught:
        await client.execute("INSERT INTO t VALUES (1)")

    assert hint in caught.value.hint


@pytest.mark.off_contract
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>a captive portal</html>",
        b'{"baton":null,"results":[{"type":"ok","resp',
        b"null",
        b"[]",
        b"{}",
        b'{"results":{}}',
        b'{"results":[]}',
        b'{"results":[null,null]}',
        b'{"results":[{"type":"ok"},{"type":"ok"}]}',
        b'{"results":[{"type":"maybe"},{"type":"ok","response":{}}]}',
        b'{"results":[{"type":"ok","response":{}},{"type":"ok","response":{}}]}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
    ids=range(14),
)
async def test_an_answer_outside_the_protocol_is_named_as_such(script, body):
    server = script([httpx.Response(200, content=body)])
    client = AsyncLibsqlClient(URL, transport=server.transport)
    with pytest.raises(UnexpectedAnswerError, match="the answer has no") as caught:
        await client.execute("INSERT INTO t VALUES (1)")

    assert caught.value.hint


@pytest.mark.off_contract
@pytest.mark.parametrize(
    "result",
    [
        None,
        [],
        {"cols": []},
        {"cols": [{"name": "a"}], "rows": [[]]},
        {"cols": [], "rows": [[{"type": "null"}]]},
        {"cols": [], "rows": [7]},
        {"cols": [], "rows": [], "last_insert_rowid": "x"},
        {"cols": [{"name": "a"}], "rows": [[{"type": "integer", "value": "9x"}]]},
        {"cols": None, "rows": []},
    ],
    ids=range(9),
)
async def test_a_malformed_result_is_never_taken_for_data(script, result):
    server = script([answer(executed(result), CLOSED)])
    client = AsyncLibsqlClient(URL, transport=server.transport)
    with pytest.raises(UnexpectedAnswerError):
        await client.execute("SELECT 1")


@pytest.mark.off_contract
@pytest.mark.parametrize(
    "result",
    [
        {"step_results": [EMPTY], "step_errors": [None]},
        {"step_results": [EMPTY] * 4, "step_errors": [None]},
        {"step_results": None, "step_errors": None},
        {},
    ],
)
async def test_a_batch_with_too_few_outcomes_is_not_a_success(script, result):
    batch = {"type": "ok", "response": {"type": "batch", "result": result}}
    server = script([answer(batch, CLOSED)])
    client = AsyncLibsqlClient(URL, transport=server.transport)
    with pytest.raises(UnexpectedAnswerError):
        await client.batch(["DELETE FROM t"])


async def test_a_batch_whose_commit_was_skipped_is_not_a_success(script):
    result = {"step_results": [EMPTY, EMPTY, None, EMPTY], "step_errors": [None] * 4}
    batch = {"type": "ok", "response": {"type": "batch", "result": result}}
    server = script([answer(batch, CLOSED)])
    client = AsyncLibsqlClient(URL, transport=server.transport)
    with pytest.raises(DatabaseError, match="skipped"):
        await client.batch(["DELETE FROM t"])


async def test_a_token_never_shows_in_an_error(script, once):
    server = script(
        [
            httpx.Response(401, text="bad token s3cret-t0ken"),
            answer(refused("X", "who is s3cret-t0ken"), CLOSED),
            httpx.ConnectError("refused"),
        ]
    )
    token = "s3cret-t0ken"
    client = AsyncLibsqlClient(URL, token, transport=server.transport, settings=once)
    assert token not in repr(client)
    for _ in range(3):
        with pytest.raises((ApiError, DatabaseError, ConnectionFailedError)) as caught:
            await client.execute("SELECT 1")
        assert token not in str(caught.value) + repr(caught.value)


async def one_statement(client):
    async with client.transaction() as transaction:
        await transaction.execute("INSERT INTO t VALUES (1)")


def quick():
    return HttpSettings(retry=RetryPolicy(attempts=3, first_wait=0.0))


@pytest.mark.parametrize(
    "failure", [httpx.ReadError("reset"), httpx.Response(503)], ids=["reset", "503"]
)
async def test_reads_are_repeated_and_writes_are_not(script, failure):
    reading = script([failure, answer(executed(), CLOSED)])
    client = AsyncLibsqlClient(URL, transport=reading.transport, settings=quick())
    await client.execute("SELECT 1")
    writing = script([failure])
    client = AsyncLibsqlClient(URL, transport=writing.transport, settings=quick())
    with pytest.raises((ConnectionLostError, ServerError)):
        await client.execute("WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x")

    assert len(reading.asked) == 2
    assert len(writing.asked) == 1


async def test_a_lost_write_says_that_it_may_have_happened(script):
    server = script([httpx.ReadError("reset")])
    client = AsyncLibsqlClient(URL, transport=server.transport, settings=quick())
    with pytest.raises(ConnectionLostError) as caught:
        await client.batch(["INSERT INTO t VALUES (1)"])

    assert caught.value.outcome_unknown


async def test_writes_that_the_caller_calls_repeatable_are_repeated(script):
    server = script([httpx.ReadError("reset"), answer(executed(), CLOSED)])
    client = AsyncLibsqlClient(URL, transport=server.transport, settings=quick())
    await client.execute("INSERT OR REPLACE INTO t VALUES (1)", repeatable=True)

    assert len(server.asked) == 2


async def test_a_quiet_stream_that_expired_ends_its_transaction(script, once):
    server = script(
        [
            answer(executed(), baton="b1"),
            httpx.Response(
                400, json={"message": "The stream has expired", "code": "STREAM_EXPIRED"}
            ),
        ]
    )
    client = AsyncLibsqlClient(URL, transport=server.transport, settings=once)
    with pytest.raises(StreamExpiredError, match="expired") as caught:
        await one_statement(client)

    assert "10 s" in caught.value.hint
    assert [each["baton"] for each in server.asked] == [None, "b1"]


async def test_a_transaction_that_lost_its_lock_runs_nothing_more(script):
    """After TRANSACTION_TIMEOUT the stream lives on without a transaction."""

    async def go_on_regardless(client):
        async with client.transaction() as transaction:
            with pytest.raises(StreamExpiredError, match="timed out"):
                await transaction.execute("INSERT INTO t VALUES (1)")
            with pytest.raises(StreamExpiredError, match="over"):
                await transaction.execute("INSERT INTO t VALUES (2)")

    server = script(
        [
            answer(executed(), baton="b1"),
            answer(refused("TRANSACTION_TIMEOUT", "timed out"), baton="b2"),
        ]
    )
    with pytest.raises(StreamExpiredError, match="over") as caught:
        await go_on_regardless(AsyncLibsqlClient(URL, transport=server.transport))

    assert "nothing" in caught.value.hint
    assert len(server.asked) == 2


@pytest.mark.parametrize("failure", [httpx.ReadError("reset"), httpx.Response(502)], ids=str)
async def test_a_block_that_hides_a_lost_stream_does_not_look_committed(script, once, failure):
    async def hide(client):
        async with client.transaction() as transaction:
            with pytest.raises((ConnectionLostError, ServerError)):
                await transaction.execute("INSERT INTO t VALUES (1)")
            assert not transaction.open

    server = script([answer(executed(), baton="b1"), failure])
    with pytest.raises(StreamExpiredError):
        await hide(AsyncLibsqlClient(URL, transport=server.transport, settings=once))


async def test_a_commit_whose_answer_is_lost_is_unknown_and_not_repeated(script):
    server = script([answer(executed(), baton="b1")] + [httpx.ReadError("reset")] * 2)
    server.answers.insert(1, answer(executed(), baton="b2"))
    with pytest.raises(ConnectionLostError) as caught:
        await one_statement(AsyncLibsqlClient(URL, transport=server.transport, settings=quick()))

    assert caught.value.outcome_unknown
    assert len(server.asked) == 3


async def test_a_stream_goes_on_where_the_server_sends_it(script):
    server = script(
        [
            answer(executed(), baton="b1", base_url="https://lhr.db-org.turso.io"),
            answer(executed(), baton="b2"),
            answer(executed(), CLOSED),
        ]
    )
    client = AsyncLibsqlClient(URL, transport=server.transport)
    async with client.transaction() as transaction:
        await transaction.execute("SELECT 1")

    assert [request.url.host for request in server.requests] == [
        "db-org.turso.io",
        "lhr.db-org.turso.io",
        "lhr.db-org.turso.io",
    ]
    assert [each["baton"] for each in server.asked] == [None, "b1", "b2"]


async def test_a_stream_does_not_follow_to_a_stranger(script):
    server = script([answer(executed(), baton="b1", base_url="https://evil.example")])
    client = AsyncLibsqlClient(URL, "t0ken", transport=server.transport)
    with pytest.raises(UnexpectedAnswerError, match=r"evil\.example"):
        await one_statement(client)

    assert len(server.requests) == 1


async def test_a_lost_answer_in_a_transaction_ends_it_without_a_second_try(script):
    server = script([answer(executed(), baton="b1"), httpx.ReadError("reset")])
    client = AsyncLibsqlClient(URL, transport=server.transport, settings=quick())
    with pytest.raises(ConnectionLostError):
        await one_statement(client)

    assert len(server.asked) == 2


async def test_a_transaction_that_cannot_begin_closes_its_stream(script):
    server = script([answer(refused("SQLITE_BUSY"), baton="b1"), answer(executed(), CLOSED)])
    client = AsyncLibsqlClient(URL, transport=server.transport)
    with pytest.raises(DatabaseError) as caught:
        await one_statement(client)

    assert caught.value.retryable
    assert server.asked[1]["baton"] == "b1"
    assert server.asked[1]["requests"][-1] == {"type": "close"}


async def test_unknown_modes_and_statement_shapes_are_refused(script):
    client = AsyncLibsqlClient(URL, transport=script([]).transport)
    with pytest.raises(ConfigurationError, match="mode"):
        client.transaction(mode="exclusive")
    with pytest.raises(ConfigurationError, match="mode"):
        await client.batch(["SELECT 1"], mode="read")
    for bad in (7, ("SELECT 1",), ["SELECT 1", ()], (1, 2), None):
        with pytest.raises(ConfigurationError, match="a statement is"):
            await client.batch([bad])
    with pytest.raises(ConfigurationError, match="NUL"):
        await client.execute("SELECT '\x00'")
    with pytest.raises(ConfigurationError, match="surrogate"):
        await client.execute("SELECT '\ud800'")


async def test_one_row_that_is_too_large_for_an_answer_is_named(script):
    shape = {
        **EMPTY,
        "cols": [{"name": name} for name in ("type", "wr", "name", "type", "pk", "hidden")],
        "rows": [
            [
                {"type": "text", "value": "table"},
                {"type": "integer", "value": "0"},
                {"type": "text", "value": "x"},
                {"type": "text", "value": "BLOB"},
                {"type": "integer", "value": "0"},
                {"type": "integer", "value": "0"},
            ]
        ],
    }
    too_large = answer(refused("RESPONSE_TOO_LARGE"), CLOSED)
    server = script([answer(executed(shape), CLOSED), too_large, too_large, too_large])
    client = AsyncLibsqlClient(URL, transport=server.transport)
    with pytest.raises(AnswerTooLargeError, match="one row of 't'") as caught:
        [page.rows async for page in client.read_table("t", page_rows=4)]

    asked = [each["requests"][0]["stmt"]["sql"] for each in server.asked[1:]]
    assert [sql.rpartition(" ")[2] for sql in asked] == ["4", "2", "1"]
    assert "columns=" in caught.value.hint


async def test_a_cancelled_client_sends_nothing(script):
    cancel = CancelToken()
    cancel.cancel()
    server = script([])
    client = AsyncLibsqlClient(URL, transport=server.transport, cancel=cancel)
    with pytest.raises(DeployCancelledError):
        await client.execute("SELECT 1")

    assert server.requests == []


async def test_a_version_that_is_refused_is_an_api_error(script, once):
    server = script([httpx.Response(404, json={"error": "no such namespace"})])
    client = AsyncLibsqlClient(URL, transport=server.transport, settings=once)
    with pytest.raises(NotFoundError, match="no such namespace"):
        await client.version()


async def test_requests_are_plain_json_whatever_the_text_holds(script):
    server = script([answer(executed(), CLOSED)])
    client = AsyncLibsqlClient(URL, transport=server.transport)
    await client.execute("SELECT ?", ("é\u2028\x00",))

    assert json.loads(server.requests[0].content)["requests"][0]["stmt"]["args"] == [
        {"type": "text", "value": "é\u2028\x00"}
    ]
