"""A proxy before a database server that cuts its connections where a test wants it."""

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
    """Forwards to the server of `to`.

    Args:
        to: The server's URL.
        cut_after: Bytes that the client may send before its connection is cut; None for all.
        cut_at: Tells by a packet of the client that the connection is cut when the server has
            answered to it, and that the client does not get the answer.
        loses: Tells by a packet of the client that the connection is cut before it is forwarded.
    """

    to: str
    cut_after: int | None = None
    cut_at: Callable[[bytes], bool] = lambda _: False
    loses: Callable[[bytes], bool] = lambda _: False
    sent: int = 0
    connections: int = 0
    silent: set[socket.socket] = field(factory=set)
    listener: socket.socket = field(init=False)

    def __enter__(self) -> Self:
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # A thread in accept() does not notice a close().
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    @property
    def url(self) -> str:
        port = self.listener.getsockname()[1]
        parts = urlsplit(self.to)
        return parts._replace(netloc=f"root@127.0.0.1:{port}").geturl()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.connections += 1
                server = socket.create_connection(("127.0.0.1", urlsplit(self.to).port or 3306))
                for work in (self._forward, self._answer):
                    threading.Thread(target=work, args=(client, server), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(1 << 16):
                left = None if self.cut_after is None else self.cut_after - self.sent
                if self.loses(data):
                    break
                if left is not None and len(data) >= left:
                    server.sendall(data[:left])
                    break
                self.sent += len(data)
                if self.cut_at(data):
                    self.silent.add(server)
                server.sendall(data)
        self.cut_after = None
        self._end(client, server)

    def _answer(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(1 << 16):
                if server in self.silent:
                    break
                client.sendall(data)
        self._end(client, server)

    def _end(self, *sockets: socket.socket) -> None:
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
