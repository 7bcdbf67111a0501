"""Passes an ASGI request on to an HTTP/1.1 server on loopback, streaming in both directions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from types import TracebackType
from typing import Self

import h11
from attrs import frozen

from oneclick_deploy.local.server import Receive, Scope, Send

CHUNK = 64 * 1024
# Cloudflare allows 128 kB of headers in total.
HEADERS_LIMIT = 128 * 1024

# Headers that belong to one connection (RFC 9110, 7.6.1).
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"expect",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)

Header = tuple[bytes, bytes]


class UpstreamError(Exception):
    """The server could not be reached, or ended the connection before it answered."""


class AbortedError(Exception):
    """The client left, or the server broke off in its answer: nothing more can be sent."""


@frozen(kw_only=True)
class Upstream:
    """Where a request goes.

    Args:
        host: Address of the server.
        port: Port of the server.
        target: Path and query, as they are sent.
        headers: The request's headers; ``host`` among them.
    """

    host: str
    port: int
    target: bytes
    headers: tuple[Header, ...]


@frozen(kw_only=True)
class ResponseHead:
    """Status and headers of an answer that is about to be passed on."""

    status: int
    headers: tuple[Header, ...]


# May replace the answer by its own: it gets the head, and returns a body to send instead, or None.
Intercept = Callable[[ResponseHead], Awaitable[tuple[ResponseHead, bytes] | None]]


def end_to_end(headers: Iterable[Header]) -> tuple[Header, ...]:
    """Drop the headers that concern one connection only."""
    headers = list(headers)
    named = {
        name.strip().lower()
        for header, value in headers
        if header.lower() == b"connection"
        for name in value.split(b",")
    }
    return tuple(
        (name, value)
        for name, value in headers
        if name.lower() not in HOP_BY_HOP and name.lower() not in named
    )


async def relay(
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    upstream: Upstream,
    intercept: Intercept | None = None,
) -> None:
    """Send the request to ``upstream`` and its answer to the client.

    Raises:
        UpstreamError: Nothing was sent to the client yet; the caller can answer.
        AbortedError: There is nothing left to do.
    """
    has_body = any(
        name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]
    )
    async with _Connection(upstream, method=scope["method"], has_body=has_body) as connection:
        upload = asyncio.ensure_future(connection.send_request(receive, has_body=has_body))
        answer = asyncio.ensure_future(connection.pass_answer(send, intercept=intercept))
        try:
            # The upload ends only by an error: after the body it watches for the client to leave.
            await asyncio.wait({upload, answer}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                _raise_gone_client(upload)
            await answer
        finally:
            await _cancel(upload)
            await _cancel(answer)


def _raise_gone_client(upload: asyncio.Task[None]) -> None:
    error = upload.exception()
    if isinstance(error, AbortedError):
        raise error


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, UpstreamError, AbortedError):
        await task


class _Connection:
    """One request on one connection."""

    def __init__(self, upstream: Upstream, *, method: str, has_body: bool) -> None:
        self._upstream = upstream
        self._method = method
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEADERS_LIMIT)
        self._chunked = has_body and not any(
            name.lower() == b"content-length" for name, _ in upstream.headers
        )

    async def __aenter__(self) -> Self:
        try:
            self._reader, self._writer = await asyncio.open_connection(
                self._upstream.host, self._upstream.port
            )
        except OSError as error:
            raise UpstreamError(str(error)) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def send_request(self, receive: Receive, *, has_body: bool) -> None:
        """Send head and body, then wait until the client leaves."""
        pending = self._head()
        more = has_body
        while True:
            if more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise AbortedError("the client has left")
                if message.get("body"):
                    pending += self._http.send(h11.Data(data=message["body"])) or b""
                more = message.get("more_body", False)
            if not more:
                pending += self._http.send(h11.EndOfMessage()) or b""
            await self._write(pending)
            pending = b""
            if not more:
                break
        while (await receive())["type"] != "http.disconnect":
            pass
        raise AbortedError("the client has left")

    async def pass_answer(self, send: Send, *, intercept: Intercept | None) -> None:
        """Read the answer and send it to the client as it comes."""
        head = await self._read_head()
        replaced = await intercept(head) if intercept is not None else None
        if replaced is not None:
            head, body = replaced
            await send(_start(head))
            await send({"type": "http.response.body", "body": body})
            return
        await self._pass_body(head, send)

    async def _pass_body(self, head: ResponseHead, send: Send) -> None:
        started = False
        try:
            async for data in self._read_body():
                if not started:
                    await send(_start(head))
                    started = True
                await send({"type": "http.response.body", "body": data, "more_body": True})
        except UpstreamError as error:
            if started:
                raise AbortedError(str(error)) from error
            raise
        if not started:
            await send(_start(head))
        await send({"type": "http.response.body", "body": b""})

    def _head(self) -> bytes:
        headers = [*end_to_end(self._upstream.headers), (b"connection", b"close")]
        if self._chunked:
            headers.append((b"transfer-encoding", b"chunked"))
        return (
            self._http.send(
                h11.Request(method=self._method, target=self._upstream.target, headers=headers)
            )
            or b""
        )

    async def _write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise UpstreamError(str(error)) from error

    async def _read_head(self) -> ResponseHead:
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Response):
                return ResponseHead(
                    status=event.status_code, headers=end_to_end(event.headers.raw_items())
                )
            if not isinstance(event, h11.InformationalResponse):
                raise UpstreamError("the connection ended before an answer")

    async def _read_body(self) -> AsyncIterator[bytes]:
        while True:
            event = await self._next_event()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            else:
                return

    async def _next_event(self) -> h11.Event:
        while True:
            try:
                event = self._http.next_event()
                if isinstance(event, h11.Event):
                    return event
                if event is h11.PAUSED:
                    raise UpstreamError("the server changed the protocol")
                self._http.receive_data(await self._reader.read(CHUNK))
            except (OSError, h11.RemoteProtocolError) as error:
                raise UpstreamError(str(error)) from error


def _start(head: ResponseHead) -> dict[str, object]:
    return {
        "type": "http.response.start",
        "status": head.status,
        "headers": [(name.lower(), value) for name, value in head.headers],
    }
