"""The HTTP client in front of sqld, against servers that answer in every way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from oneclick_deploy.local.libsql.relay import Relay, RelayError

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers each request on a connection with the next of some raw answers."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers
        self.connections = 0
        self.requests: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                answer = self.answers.pop(0)
                # In small pieces, so that no boundary falls where it is convenient.
                for at in range(0, len(answer), 7):
                    writer.write(answer[at : at + 7])
                    await writer.drain()
                if b"HTTP/1.1 200" not in answer or answer.endswith(b"cut"):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def relay_to(*answers: bytes) -> AsyncIterator[tuple[Relay, Server]]:
    handler = Server(list(answers))
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    relay = Relay(server.sockets[0].getsockname()[1])
    try:
        yield relay, handler
    finally:
        relay.close()
        server.close()
        await server.wait_closed()


async def ask(relay: Relay, body: bytes = b"") -> tuple[int, bytes]:
    answer = await relay.send("POST", "/path", headers={"host": "a.localhost"}, body=body)
    return answer.status, await answer.read()


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b""),
        (CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
        (CHUNKED + b"5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n", b"hello0123456789"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
    ],
    ids=["length", "empty", "chunked", "trailers", "interim"],
)  # fmt: skip
async def test_bodies_are_read_in_both_framings_and_connections_are_kept(raw: bytes, body: bytes):
    async with relay_to(raw, raw) as (relay, server):
        assert await ask(relay, b"question") == (200, body)
        assert await ask(relay) == (200, body)
        assert server.connections == 1
        assert server.requests[0].endswith(b"\r\n\r\nquestion")
        assert b"host: a.localhost" in server.requests[0]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"cut",
        b"HTTP/1.1 200 OK\r\ncut",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\ncut",
        CHUNKED + b"5\r\ncut",
        CHUNKED + b"zz\r\ncut",
        CHUNKED + b"5\r\nhello\r\ncut",
    ],
)
async def test_an_answer_that_breaks_off_is_an_error(raw: bytes):
    async with relay_to(raw) as (relay, _):
        with pytest.raises(RelayError):
            await ask(relay)


async def test_a_connection_that_the_server_closed_is_not_used_again():
    raw = b"HTTP/1.1 204 No Content\r\n\r\n"
    async with relay_to(raw, raw) as (relay, server):
        assert await ask(relay) == (204, b"")
        await asyncio.sleep(0.05)
        assert await ask(relay) == (204, b"")
        assert server.connections == 2


async def test_nobody_there_is_an_error():
    async with relay_to() as (relay, _):
        pass
    with pytest.raises(RelayError):
        await ask(relay)
