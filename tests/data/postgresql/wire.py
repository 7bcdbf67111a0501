"""A proxy before a PostgreSQL server that cuts connections as a test tells it to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

from attrs import define, field

Cut = Callable[[bool, bytes, int], bool]
"""Asked before bytes are passed on: whether they come from the client, they, how many came before
them in that direction. True closes the connection on both sides, and loses them."""


@define(eq=False)
class Wire:
    """Passes bytes on to a server until `cut` says so; later connections are left alone."""

    url: str
    cut: Cut
    was_cut: bool = False
    _listener: socket.socket = field(init=False)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    @property
    def address(self) -> str:
        """The URL of the database, through this proxy."""
        parts = urlsplit(self.url)
        return parts._replace(
            netloc=f"{parts.username}@127.0.0.1:{self._listener.getsockname()[1]}"
        ).geturl()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                parts = urlsplit(self.url)
                server = socket.create_connection((parts.hostname, parts.port))
                for pair in ((True, client, server), (False, server, client)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, is_client: bool, source: socket.socket, to: socket.socket) -> None:
        before = 0
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                if not self.was_cut and self.cut(is_client, data, before):
                    self.was_cut = True
                    break
                before += len(data)
                to.sendall(data)
        for each in (source, to):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
