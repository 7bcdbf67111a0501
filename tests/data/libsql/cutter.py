"""A proxy that does something once, when a given number of bytes has passed through it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

from attrs import define, field


@define(eq=False)
class Cutter:
    """Passes bytes to ``origin`` and back, and counts them.

    Args:
        origin: Where they go.
        point: After how many bytes; never, when it is zero.
        strike: What is done then, besides ending all connections of that moment.
    """

    origin: str
    point: int = 0
    strike: Callable[[], object] = lambda: None
    passed: int = 0
    _listener: socket.socket = field(init=False)
    _open: set[socket.socket] = field(factory=set)
    _lock: threading.Lock = field(factory=threading.Lock)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._end_all()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self) -> None:
        place = urlsplit(self.origin)
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection((place.hostname, place.port))
            with self._lock:
                self._open |= {near, far}
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                before = self.passed
                self.passed += len(data)
                if before < self.point <= self.passed:
                    other.sendall(data[: self.point - before])
                    self.strike()
                    self._end_all()
                    return
                other.sendall(data)
        self._end(one, other)

    def _end_all(self) -> None:
        with self._lock:
            every = tuple(self._open)
        self._end(*every)

    def _end(self, *ended: socket.socket) -> None:
        for each in ended:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        with self._lock:
            self._open -= set(ended)
