"""A small HTTP/1.1 client over asyncio streams, for the way from a database's port to sqld.

It speaks to one server on loopback, keeps connections open, and hands bodies on as they arrive.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from typing import Final

from attrs import define

from oneclick_deploy.local.server import LOOPBACK

_MAX_IDLE: Final = 32
_PIECE_BYTES: Final = 64 * 1024


class RelayError(Exception):
    """The server cannot be reached, or does not speak HTTP."""


@define(kw_only=True)
class RelayAnswer:
    """An answer whose body is still to be read."""

    status: int
    headers: Mapping[str, str]
    pieces: AsyncGenerator[bytes]

    async def read(self) -> bytes:
        """Read the whole body."""
        async with contextlib.aclosing(self.pieces) as pieces:
            return b"".join([piece async for piece in pieces])


@define(kw_only=True, eq=False)
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def is_open(self) -> bool:
        return not (self.reader.at_eof() or self.writer.is_closing())

    def close(self) -> None:
        self.writer.close()


class Relay:
    """Sends requests to one loopback port."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Connection] = []
        self._used: set[_Connection] = set()

    async def send(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> RelayAnswer:
        """Send a request and return the answer as soon as its headers are here.

        Raises:
            RelayError: No answer came.
        """
        connection = await self._connect()
        try:
            lines = [f"{method} {path} HTTP/1.1", f"content-length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            # One write: two small ones would wait for each other's acknowledgement.
            connection.writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
            await connection.writer.drain()
            status, found = await _read_head(connection.reader)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as why:
            self._drop(connection)
            raise RelayError(f"no answer from 127.0.0.1:{self._port}: {why}") from why
        except BaseException:
            self._drop(connection)
            raise
        pieces = self._body(connection, found, empty=method == "HEAD" or status in {204, 304})
        return RelayAnswer(status=status, headers=found, pieces=pieces)

    def close(self) -> None:
        """Close all connections, those in use too."""
        for connection in [*self._idle, *self._used]:
            connection.close()
        self._idle.clear()
        self._used.clear()

    async def _connect(self) -> _Connection:
        connection = None
        while self._idle and connection is None:
            candidate = self._idle.pop()
            if candidate.is_open:
                connection = candidate
            else:
                candidate.close()
        if connection is None:
            try:
                reader, writer = await asyncio.open_connection(LOOPBACK, self._port)
            except OSError as why:
                raise RelayError(f"no connection to 127.0.0.1:{self._port}: {why}") from why
            connection = _Connection(reader=reader, writer=writer)
        self._used.add(connection)
        return connection

    async def _body(
        self, connection: _Connection, headers: Mapping[str, str], *, empty: bool
    ) -> AsyncGenerator[bytes]:
        complete = False
        try:
            if not empty:
                async for piece in _read_body(connection.reader, headers):
                    yield piece
            complete = True
        except (OSError, ValueError, asyncio.IncompleteReadError) as why:
            raise RelayError(f"the answer broke off: {why}") from why
        finally:
            keep = complete and headers.get("connection", "").lower() != "close"
            if keep and len(self._idle) < _MAX_IDLE and connection in self._used:
                self._used.discard(connection)
                self._idle.append(connection)
            else:
                self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        self._used.discard(connection)
        connection.close()


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Read the status line and the headers; interim answers (1xx) are skipped."""
    while True:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        version, _, rest = lines[0].partition(" ")
        if not version.startswith("HTTP/1."):
            raise ValueError("this is not HTTP")
        status = int(rest[:3])
        headers = {}
        for line in lines[1:]:
            name, found, value = line.partition(":")
            if found:
                headers[name.strip().lower()] = value.strip()
        if status >= 200:
            return status, headers


async def _read_body(
    reader: asyncio.StreamReader, headers: Mapping[str, str]
) -> AsyncGenerator[bytes]:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        async for piece in _read_chunks(reader):
            yield piece
        return
    left = int(headers.get("content-length", "0"))
    while left > 0:
        piece = await reader.read(min(left, _PIECE_BYTES))
        if not piece:
            raise asyncio.IncompleteReadError(b"", left)
        left -= len(piece)
        yield piece


async def _read_chunks(reader: asyncio.StreamReader) -> AsyncGenerator[bytes]:
    while True:
        head = await reader.readuntil(b"\r\n")
        size = int(head.split(b";")[0], 16)
        if size == 0:
            while await reader.readuntil(b"\r\n") != b"\r\n":
                pass  # trailers say nothing here
            return
        chunk = await reader.readexactly(size + 2)
        yield chunk[:-2]
