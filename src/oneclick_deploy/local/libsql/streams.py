"""Hrana streams over HTTP: batons that work once, and an end after ten seconds of silence."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from oneclick_deploy.local.libsql.refusals import ProtocolError, RequestRefusedError
from oneclick_deploy.local.libsql.session import Session

# A stream ends this long after its last request (facts/turso.md, section 3).
STREAM_SECONDS: Final = 10.0
_ID_BYTES: Final = 8
_REMEMBERED_STREAMS: Final = 5_000


class Stream:
    """A session with its stored SQL texts, between the first request and close."""

    def __init__(self, session: Session) -> None:
        self.id = secrets.token_bytes(_ID_BYTES)
        self.session = session
        self.texts: dict[int, str] = {}
        self.closed = False
        self.turn = 0
        self.deadline = 0.0

    def close(self) -> None:
        """Roll back and let the session go. Safe to call twice."""
        self.closed = True
        self.texts.clear()
        self.session.close()


class Streams:
    """The open streams of one database."""

    def __init__(
        self, open_session: Callable[[], Session], *, seconds: float = STREAM_SECONDS
    ) -> None:
        self._open_session = open_session
        self._seconds = seconds
        self._key = secrets.token_bytes(32)
        self._waiting: dict[bytes, Stream] = {}
        self._running: set[Stream] = set()
        self._expired: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many streams wait for their next request."""
        return len(self._waiting)

    def take(self, baton: str | None) -> Stream:
        """Return a new stream, or the waiting one that a baton stands for.

        Raises:
            ProtocolError: The baton is not one of ours, or was used before.
            RequestRefusedError: The stream has expired.
        """
        if baton is None:
            stream = Stream(self._open_session())
            with self._lock:
                self._running.add(stream)
            return stream
        stream_id, turn = self._read(baton)
        self.expire()
        with self._lock:
            if stream_id in self._expired:
                raise RequestRefusedError(
                    400,
                    {
                        "message": "The stream has expired due to inactivity",
                        "code": "STREAM_EXPIRED",
                    },
                )
            stream = self._waiting.get(stream_id) or self._running_stream(stream_id)
            if turn != stream.turn or stream in self._running:
                raise ProtocolError("Received a baton that has already been used")
            del self._waiting[stream_id]
            self._running.add(stream)
            return stream

    def give_back(self, stream: Stream) -> str | None:
        """End a request; return the baton for the next one, None when the stream is closed."""
        with self._lock:
            self._running.discard(stream)
            if stream.closed:
                return None
            stream.turn += 1
            stream.deadline = time.monotonic() + self._seconds
            self._waiting[stream.id] = stream
            return self._write(stream, stream.turn)

    def promise(self, stream: Stream) -> str:
        """The baton that will be good when the running request has ended: cursors send it first."""
        return self._write(stream, stream.turn + 1)

    def drop(self, stream: Stream) -> None:
        """Lose a stream after a request that failed as a whole."""
        with self._lock:
            self._running.discard(stream)
        stream.close()

    def expire(self) -> float | None:
        """Close the streams whose time is over; return the seconds until the next one's end."""
        now = time.monotonic()
        with self._lock:
            over = [stream for stream in self._waiting.values() if stream.deadline <= now]
            for stream in over:
                del self._waiting[stream.id]
                self._expired[stream.id] = None
            while len(self._expired) > _REMEMBERED_STREAMS:
                self._expired.popitem(last=False)
            soonest = min((stream.deadline for stream in self._waiting.values()), default=None)
        for stream in over:
            stream.close()
        return None if soonest is None else max(soonest - now, 0.0)

    def close(self) -> None:
        """Close all streams, running statements included."""
        with self._lock:
            streams = [*self._waiting.values(), *self._running]
            self._waiting.clear()
            self._running.clear()
        for stream in streams:
            stream.close()

    def _running_stream(self, stream_id: bytes) -> Stream:
        for stream in self._running:
            if stream.id == stream_id:
                return stream
        raise ProtocolError("Received an invalid baton")

    def _write(self, stream: Stream, turn: int) -> str:
        content = stream.id + turn.to_bytes(8, "big")
        return base64.b64encode(content + self._seal(content)).decode()

    def _read(self, baton: str) -> tuple[bytes, int]:
        try:
            raw = base64.b64decode(baton.encode("ascii", "replace"), validate=True)
        except binascii.Error:
            raw = b""
        content, seal = raw[: _ID_BYTES + 8], raw[_ID_BYTES + 8 :]
        if not hmac.compare_digest(seal, self._seal(content)):
            raise ProtocolError("Received an invalid baton")
        return content[:_ID_BYTES], int.from_bytes(content[_ID_BYTES:], "big")

    def _seal(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, hashlib.sha256)
