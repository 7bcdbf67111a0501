"""A server on loopback that misbehaves as a test tells it to."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Sequence

from attrs import field, frozen

Behaviour = Callable[[socket.socket], None]


@frozen
class Seen:
    """A request as it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes


def answer(status: int = 200, body: bytes = b"ok", **headers: str) -> Behaviour:
    """A whole and correct answer."""
    fields = {"Content-Length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return raw(f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + body)


def raw(data: bytes) -> Behaviour:
    """Exactly these bytes; the connection stays open."""
    return lambda connection: connection.sendall(data)


def cut(data: bytes) -> Behaviour:
    """These bytes, and the end of the connection."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_RDWR)

    return behave


def reset(data: bytes = b"") -> Behaviour:
    """These bytes, and a reset."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # close() would wait for the file object that reads the requests.
        socket.close(connection.detach())

    return behave


def drip(head: bytes, part: bytes, *, pause: float) -> Behaviour:
    """A head, and then a small part at a time for as long as the client listens."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        end = threading.Event()
        while not end.wait(pause):
            connection.sendall(part)

    return behave


@frozen
class Loopback:
    """The server. Behaviours are used one a request; the last one stays.

    Args:
        behaviours: What to do after each request.
        greeting: What to do with each connection before its first request.
    """

    behaviours: list[Behaviour]
    greeting: Behaviour | None = None
    seen: list[Seen] = field(factory=list)
    connections: list[socket.socket] = field(factory=list)
    listener: socket.socket = field(init=False)
    threads: list[threading.Thread] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "listener", socket.create_server(("127.0.0.1", 0)))
        self._start(self._accept)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self.threads.append(thread)
        thread.start()

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        # The shutdown wakes the accepting thread, which close() alone would not.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.threads[0].join(5)  # after it no connection can come that nobody would close
        self.listener.close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self.threads:
            thread.join(5)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections.append(connection)
                self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self.greeting is not None:
                self.greeting(connection)
            stream = connection.makefile("rb")
            with stream:
                while (request := _read(stream)) is not None:
                    self.seen.append(request)
                    behave = (
                        self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
                    )
                    behave(connection)


def _read(stream: object) -> Seen | None:
    line = stream.readline().decode("latin-1").strip()
    if not line:
        return None
    headers = {}
    while text := stream.readline().decode("latin-1").strip():
        name, _, value = text.partition(": ")
        headers[name.lower()] = value
    return Seen(line, headers, stream.read(int(headers.get("content-length", 0))))


def refused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def foreign_parts(error: BaseException) -> Sequence[str]:
    """Everything in an error that belongs to another library: itself, its causes, its attributes."""
    found, queue, known = [], [error], set()
    while queue:
        each = queue.pop()
        if each is None or id(each) in known:
            continue
        known.add(id(each))
        parts = [each, *each.args, *vars(each).values()]
        found += [repr(part) for part in parts if not _ours(part)]
        queue.append(each.__cause__)
        if not each.__suppress_context__:
            queue.append(each.__context__)
    return found


def _ours(part: object) -> bool:
    return type(part).__module__.partition(".")[0] in {"builtins", "oneclick_deploy"}
