"""The HTTP face of one database: who may come in, which paths exist, what is too big."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import Any, Final, Protocol, TypeVar

from oneclick_deploy.local.libsql.answers import (
    Answer,
    DataPlane,
    json_answer,
    refusal_answer,
    text_answer,
)
from oneclick_deploy.local.libsql.pipeline import Permissions
from oneclick_deploy.local.libsql.refusals import RequestRefusedError
from oneclick_deploy.local.libsql.relay import RelayError
from oneclick_deploy.local.server import Receive, Scope, Send

T = TypeVar("T")
_LOGGER: Final = logging.getLogger("oneclick_deploy.local.libsql")
# sqld took bodies of 80 MB (facts/turso.md, section 3).
MAX_BODY_BYTES: Final = 100 * 1024 * 1024
_HELLO: Final = "Hello, this is HTTP API v2 (Hrana over HTTP)"
# The data plane is called from web pages too; sqld allows every origin.
_CORS: Final = [(b"access-control-allow-origin", b"*")]
_PREFLIGHT: Final = [
    *_CORS,
    (b"access-control-allow-methods", b"*"),
    (b"access-control-allow-headers", b"*"),
]


class Gate(Protocol):
    """Knows the database behind a port: its name in the data plane, and who may use it."""

    def database(self) -> str:
        """The id in the data plane.

        Raises:
            RequestRefusedError: The database is gone, or not ready.
        """
        ...

    def permissions(self, authorization: str | None) -> Permissions:
        """What the sender of an Authorization header may do.

        Raises:
            RequestRefusedError: 401, or 404 for a token of another database.
        """
        ...


class UploadDesk(Protocol):
    """Takes the file that an uploaded database is made from."""

    async def answer(
        self, method: str, path: str, headers: dict[str, str], receive: Receive
    ) -> Answer:
        """Answer a request under ``/v1/upload`` or ``/v2/upload``."""
        ...


class DatabaseFront:
    """An ASGI app for one database."""

    def __init__(self, plane: DataPlane, gate: Gate, uploads: UploadDesk) -> None:
        self._plane = plane
        self._gate = gate
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
        except RequestRefusedError as refused:
            answer = refusal_answer(refused)
        except _ClientGoneError:
            return
        except Exception:
            _LOGGER.exception("the local libSQL server failed")
            answer = json_answer({"error": "internal server error"}, status=500)
        if answer.pieces is None:
            await _send(answer, scope, send)
            return
        with contextlib.suppress(_ClientGoneError):
            await _unless_gone(_send_pieces(answer, answer.pieces, scope, send), receive)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        method, path = scope["method"], scope["path"]
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        if "upgrade" in headers:
            # Turso Cloud on AWS has no WebSocket (facts/turso.md, finding 1).
            return text_answer("HTTP Version Not Supported", status=505)
        if path.startswith(("/v1/upload", "/v2/upload")):
            return await self._uploads.answer(method, path, headers, receive)
        handler = _ROUTES.get(path)
        if handler is None:
            return Answer(status=404)
        wanted, call = handler
        if method == "OPTIONS":
            return Answer()
        if method != wanted and not (method == "HEAD" and wanted == "GET"):
            return Answer(status=405)
        return await call(self, headers, receive)

    async def _hello(self, _headers: dict[str, str], _receive: Receive) -> Answer:
        return text_answer(_HELLO)

    async def _health(self, _headers: dict[str, str], _receive: Receive) -> Answer:
        return Answer()

    async def _version(self, _headers: dict[str, str], _receive: Receive) -> Answer:
        return text_answer(await self._plane.version())

    async def _dump(self, headers: dict[str, str], _receive: Receive) -> Answer:
        self._gate.permissions(headers.get("authorization"))
        return await self._plane.dump(self._gate.database())

    async def _pipeline_v2(self, headers: dict[str, str], receive: Receive) -> Answer:
        return await self._pipeline(headers, receive, 2)

    async def _pipeline_v3(self, headers: dict[str, str], receive: Receive) -> Answer:
        return await self._pipeline(headers, receive, 3)

    async def _pipeline(self, headers: dict[str, str], receive: Receive, version: int) -> Answer:
        permissions = self._gate.permissions(headers.get("authorization"))
        database = self._gate.database()
        body = await read_body(receive)
        return await _unless_gone(
            self._plane.pipeline(database, body, version=version, permissions=permissions), receive
        )

    async def _cursor(self, headers: dict[str, str], receive: Receive) -> Answer:
        permissions = self._gate.permissions(headers.get("authorization"))
        database = self._gate.database()
        body = await read_body(receive)
        return await _unless_gone(
            self._plane.cursor(database, body, permissions=permissions), receive
        )


_Handler = Callable[[DatabaseFront, dict[str, str], Receive], Awaitable[Answer]]
# Everything else is 404, the paths of Hrana 1 among them: the cloud does not have what sqld still
# serves there (facts/turso.md, finding 1).
_ROUTES: Final[dict[str, tuple[str, _Handler]]] = {
    "/health": ("GET", DatabaseFront._health),  # noqa: SLF001 - the table belongs to the class
    "/version": ("GET", DatabaseFront._version),  # noqa: SLF001
    "/dump": ("GET", DatabaseFront._dump),  # noqa: SLF001
    "/v2": ("GET", DatabaseFront._hello),  # noqa: SLF001
    "/v3": ("GET", DatabaseFront._hello),  # noqa: SLF001
    "/v2/pipeline": ("POST", DatabaseFront._pipeline_v2),  # noqa: SLF001
    "/v3/pipeline": ("POST", DatabaseFront._pipeline_v3),  # noqa: SLF001
    "/v3/cursor": ("POST", DatabaseFront._cursor),  # noqa: SLF001
}


class _ClientGoneError(Exception):
    """The client closed the connection before its answer was ready."""


async def read_body(receive: Receive) -> bytes:
    """Read a request's body.

    Raises:
        RequestRefusedError: 413, it is too large.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _ClientGoneError
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise RequestRefusedError(413, {"error": "the request body is too large"})
        if not message.get("more_body"):
            return bytes(body)


async def _unless_gone(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """Wait for some work, and stop it when the client hangs up meanwhile."""
    answering = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_until_gone(receive))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            return answering.result()
        raise _ClientGoneError
    finally:
        for task in (answering, leaving):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, RequestRefusedError):
                await task


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(answer: Answer, scope: Scope, send: Send) -> None:
    length = (b"content-length", str(len(answer.body)).encode())
    await send(_start(answer, scope, length))
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})


async def _send_pieces(
    answer: Answer, pieces: AsyncGenerator[bytes], scope: Scope, send: Send
) -> None:
    """Send a body as it comes up. One that breaks off is broken off for the client too."""
    async with contextlib.aclosing(pieces):
        try:
            # Started before anything else is awaited: only a started generator cleans up.
            piece = await anext(pieces, b"")
        except RelayError as error:
            await _send(json_answer({"error": f"sqld: {error}"}, status=502), scope, send)
            return
        await send(_start(answer, scope))
        try:
            while piece:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await anext(pieces, b"")
        except RelayError:
            return  # without a last message the server closes the connection
    await send({"type": "http.response.body", "body": b""})


def _start(answer: Answer, scope: Scope, *more: tuple[bytes, bytes]) -> dict[str, Any]:
    headers = [*(_PREFLIGHT if scope["method"] == "OPTIONS" else _CORS), *more]
    if answer.content_type:
        headers.append((b"content-type", answer.content_type.encode()))
    return {"type": "http.response.start", "status": answer.status, "headers": headers}
