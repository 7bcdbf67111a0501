"""The client on real sockets: connections, broken answers, slow answers."""

from __future__ import annotations

import pytest
from tests.http.loopback import answer, cut, drip, foreign_parts, raw, refused_port, reset

from oneclick_deploy.errors import (
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineExceededError,
    OneClickError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http import AsyncHttp, CallKind, HttpSettings, Request, RetryPolicy
from oneclick_deploy.runtime import aio
from oneclick_deploy.secrets import Secret

ONCE = RetryPolicy(attempts=1)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
BROKEN = {
    "closed before an answer": cut(b""),
    "reset before an answer": reset(),
    "reset inside the head": reset(HEAD),
    "closed inside the head": cut(HEAD),
    "closed inside the body": cut(HEAD + b"Content-Length: 100\r\n\r\nonly a part"),
    "reset inside the body": reset(HEAD + b"Content-Length: 100\r\n\r\nonly a part"),
    "closed inside a chunk": cut(HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\npart"),
    "chunks of no size": cut(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\npart\r\n"),
    "another protocol": cut(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "noise": cut(bytes(range(256)) * 4),
    "a broken compression": raw(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"),
    "an endless head": cut(b"HTTP/1.1 200 OK\r\n" + b"X-Fill: " + b"x" * 300_000),
}
every_break = pytest.mark.parametrize("behaviour", BROKEN.values(), ids=BROKEN.keys())


def post(url: str, kind: CallKind = CallKind.CREATE, **more) -> Request:
    headers = {"Authorization": Secret("Bearer canary-token")}
    return Request(method="POST", url=f"{url}/v1/x?key=canary", headers=headers, kind=kind, **more)


async def failure(request: Request, settings: HttpSettings | None = None) -> OneClickError:
    """Send a request that must fail, and check what every failure keeps to."""
    http = AsyncHttp(settings or HttpSettings(retry=ONCE, timeout=5.0))
    with pytest.raises(OneClickError) as caught:
        await http.send(request)
    await http.aclose()
    assert foreign_parts(caught.value) == []
    assert "canary" not in str(caught.value)
    assert caught.value.hint
    return caught.value


async def test_a_request_arrives_as_it_was_made(serve):
    server = serve(answer(201, b"made", X_Id="7"))
    request = Request(
        method="PUT", url=f"{server.url}/a%2Fb?c=d%20e", headers={"X-A": "1"}, content=b"\x00body"
    )
    async with AsyncHttp() as http:
        found = await http.send(request)
    assert (found.status, found.content, found.headers["X-ID"]) == (201, b"made", "7")
    assert server.seen[0].line == "PUT /a%2Fb?c=d%20e HTTP/1.1"
    assert server.seen[0].body == b"\x00body"
    assert server.seen[0].headers["x-a"] == "1"


async def test_calls_one_after_the_other_share_a_connection(serve):
    server = serve(answer())
    async with AsyncHttp() as http:
        for status in range(5):
            await http.send(post(server.url, content=b"x" * status))
    assert len(server.seen) == 5
    assert len(server.connections) == 1


async def test_refused_calls_keep_the_connection_too(serve):
    server = serve(answer(404), answer(500), answer(429), answer(200))
    async with AsyncHttp(HttpSettings(retry=ONCE)) as http:
        statuses = [(await http.send(post(server.url))).status for _ in range(4)]
    assert statuses == [404, 500, 429, 200]
    assert len(server.connections) == 1


async def test_calls_side_by_side_use_no_more_connections_than_calls(serve):
    server = serve(answer())
    async with AsyncHttp() as http:
        for _ in range(3):
            await aio.gather([lambda: http.send(post(server.url))] * 4, limit=4)
    assert len(server.seen) == 12
    assert len(server.connections) <= 4


async def test_a_new_connection_replaces_one_that_the_server_closed(serve):
    server = serve(cut(HEAD + b"Content-Length: 2\r\n\r\nok"), answer())
    async with AsyncHttp() as http:
        assert (await http.send(post(server.url))).content == b"ok"
        assert (await http.send(post(server.url, CallKind.READ))).content == b"ok"
    assert len(server.connections) == 2


async def test_a_refused_connection_never_left():
    error = await failure(post(f"http://127.0.0.1:{refused_port()}"))
    assert isinstance(error, ConnectionFailedError)
    assert not error.outcome_unknown
    assert error.retryable


async def test_a_name_that_does_not_exist_never_left():
    error = await failure(post("http://no-such-host.invalid"))
    assert isinstance(error, ConnectionFailedError)


async def test_tls_to_a_server_without_it_never_left(serve):
    server = serve(answer(), greeting=cut(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    error = await failure(post(server.url.replace("http:", "https:")))
    assert isinstance(error, ConnectionFailedError)
    assert "POST" not in str(server.seen)


@every_break
@pytest.mark.parametrize("kind", list(CallKind))
async def test_a_broken_answer_is_a_lost_one(serve, behaviour, kind):
    server = serve(behaviour)
    error = await failure(post(server.url, kind))
    assert isinstance(error, ConnectionLostError)
    assert error.outcome_unknown == (kind is not CallKind.READ)
    assert len(server.seen) == 1


@every_break
async def test_a_read_survives_broken_answers(serve, behaviour):
    server = serve(behaviour, behaviour, answer(200, b"at last"))
    async with AsyncHttp(HttpSettings(retry=RetryPolicy(attempts=3, first_wait=0.0))) as http:
        assert (await http.send(post(server.url, CallKind.READ))).content == b"at last"
    assert len(server.seen) == 3


@every_break
async def test_a_create_is_sent_once_whatever_breaks(serve, behaviour):
    server = serve(behaviour, answer(201))
    await failure(
        post(server.url), HttpSettings(retry=RetryPolicy(attempts=5, first_wait=0.0), timeout=5.0)
    )
    assert len(server.seen) == 1


SILENCE = {
    "no answer": raw(b""),
    "a head and no body": raw(HEAD + b"Content-Length: 10\r\n\r\n"),
    "a dripping body": drip(HEAD + b"Content-Length: 100000\r\n\r\n", b"x", pause=0.02),
    "dripping chunks": drip(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", pause=0.02
    ),
}


@pytest.mark.parametrize("behaviour", SILENCE.values(), ids=SILENCE.keys())
@pytest.mark.parametrize("kind", list(CallKind))
async def test_an_answer_that_does_not_end_meets_the_deadline(serve, behaviour, kind):
    server = serve(behaviour)
    error = await failure(post(server.url, kind, timeout=0.25))
    assert isinstance(error, DeadlineExceededError)
    assert error.outcome_unknown == (kind is not CallKind.READ)
    assert len(server.seen) == 1


async def test_an_endless_body_is_cut_off(serve):
    server = serve(drip(HEAD + b"\r\n", b"x" * 50_000, pause=0.0))
    error = await failure(post(server.url), HttpSettings(retry=ONCE, largest_answer=400_000))
    assert isinstance(error, UnexpectedAnswerError)


@pytest.mark.parametrize("value", ["tok\nen-canary", "tok\r\nX-Injected: canary", "tok\x00canary"])
async def test_a_header_that_is_none_is_not_sent_and_not_shown(serve, value):
    server = serve(answer())
    request = Request(method="GET", url=server.url, headers={"Authorization": Secret(value)})
    error = await failure(request)
    assert isinstance(error, ConfigurationError)
    assert "control character" in error.hint
    assert "en-canary" not in str(error)
    assert not server.seen


async def test_a_header_that_is_no_ascii_is_not_sent_and_not_shown(serve):
    server = serve(answer())
    request = Request(method="GET", url=server.url, headers={"X-Key": Secret("canary-é")})
    assert isinstance(await failure(request), ConfigurationError)
    assert not server.seen


# Routes


async def test_a_routed_host_keeps_its_name(serve):
    server = serve(answer())
    asked = []

    def route(host: str) -> str | None:
        asked.append(host)
        return server.url

    async with AsyncHttp(HttpSettings(route=route)) as http:
        await http.send(Request(method="GET", url="https://db-acme.example.test/v2/pipeline?a=b"))
        await http.send(Request(method="GET", url="http://other.test:8080"))
    assert asked == ["db-acme.example.test", "other.test"]
    assert server.seen[0].line == "GET /v2/pipeline?a=b HTTP/1.1"
    assert server.seen[0].headers["host"] == "db-acme.example.test"
    assert server.seen[1].headers["host"] == "other.test:8080"


async def test_a_host_without_a_route_is_asked_directly(serve):
    server = serve(answer())
    async with AsyncHttp(HttpSettings(route=lambda _: None)) as http:
        await http.send(Request(method="GET", url=server.url))
    assert server.seen[0].headers["host"] == f"127.0.0.1:{server.port}"


async def test_a_proxy_of_the_environment_does_not_stand_before_this_machine(serve, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{refused_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = serve(answer())
    async with AsyncHttp(HttpSettings(retry=ONCE)) as http:
        await http.send(Request(method="GET", url=server.url))
        with pytest.raises(ConnectionFailedError):
            await http.send(Request(method="GET", url="http://elsewhere.invalid/"))
    assert len(server.seen) == 1
