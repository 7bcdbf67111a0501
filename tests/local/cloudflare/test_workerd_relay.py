"""Passing requests on to a server on loopback: what is sent, what comes back, and what breaks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from oneclick_deploy.local.workerd.relay import (
    AbortedError,
    Upstream,
    UpstreamError,
    end_to_end,
    relay,
)


class Scripted:
    """A server that records one request and answers with given bytes."""

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self.received = b""
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.settimeout(10)
            while b"\r\n\r\n" not in self.received and (piece := connection.recv(65536)):
                self.received += piece
            try:
                self._answer(connection)
            except OSError:
                return

    def close(self) -> None:
        self._thread.join(10)
        self._listener.close()


@pytest.fixture
def upstream():
    """Start a scripted server."""
    servers = []

    def start(answer):
        if isinstance(answer, bytes):
            content = answer
            answer = lambda connection: connection.sendall(content)  # noqa: E731
        servers.append(Scripted(answer))
        return servers[-1]

    yield start
    for scripted in servers:
        scripted.close()


@pytest.fixture
def front(server):
    """Serve an app that relays to a port, and note how it ended."""
    ports = []

    def start(port, ended=None):
        async def app(scope, receive, send):
            target = Upstream(
                host="127.0.0.1",
                port=port,
                target=scope["raw_path"],
                headers=tuple(scope["headers"]),
            )
            try:
                await relay(scope, receive, send, upstream=target)
            except (UpstreamError, AbortedError) as error:
                if ended is not None:
                    ended.append(type(error).__name__)
                if isinstance(error, UpstreamError):
                    await send({"type": "http.response.start", "status": 502, "headers": []})
                    await send({"type": "http.response.body", "body": b"unreachable"})

        ports.append(server.listen(app))
        return f"http://127.0.0.1:{ports[-1]}"

    yield start
    for port in ports:
        server.close(port)


def test_a_request_is_passed_on_with_its_own_headers_only(upstream, front, http):
    scripted = upstream(
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Kept: 1\r\nKeep-Alive: x\r\n\r\nok"
    )
    headers = {
        "connection": "keep-alive, x-private",
        "x-private": "1",
        "te": "trailers",
        "x-own": "2",
    }
    answer = http.get(f"{front(scripted.port)}/p%20q", headers=headers)
    assert (answer.text, answer.headers["x-kept"]) == ("ok", "1")
    assert "keep-alive" not in answer.headers
    head = scripted.received.lower()
    assert head.startswith(b"get /p%20q http/1.1\r\n")
    assert b"x-own: 2" in head
    assert b"x-private" not in head
    assert b"connection: close" in head
    assert b"transfer-encoding" not in head


def test_headers_of_a_connection_are_dropped():
    headers = [
        (b"Connection", b"x-a, X-B"),
        (b"x-a", b""),
        (b"X-b", b""),
        (b"Upgrade", b"h2"),
        (b"c", b""),
    ]
    assert end_to_end(headers) == ((b"c", b""),)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
    ],
)
def test_a_server_that_does_not_speak_http_is_unreachable(upstream, front, http, broken):
    ended = []
    answer = http.get(front(upstream(broken).port, ended))
    assert (answer.status_code, answer.text) == (502, "unreachable")
    assert ended == ["UpstreamError"]


def test_a_closed_port_is_unreachable(front, http):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert http.get(front(port)).status_code == 502


def test_an_informational_answer_is_skipped(upstream, front, http):
    scripted = upstream(
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    )
    assert http.get(front(scripted.port)).text == "ok"


def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(upstream, front, http):
    ended = []
    scripted = upstream(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
    with pytest.raises(Exception, match=r"peer closed|incomplete|disconnected"):
        http.get(front(scripted.port, ended))
    assert ended == ["AbortedError"]


def test_a_server_hears_when_the_client_leaves(upstream, front):
    left = threading.Event()

    def answer(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst")
        while connection.recv(1000):
            pass
        left.set()

    ended = []
    port = int(front(upstream(answer).port, ended).rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while b"first" not in client.recv(1000):
            pass
    assert left.wait(10)


def test_a_client_that_leaves_in_its_own_upload_ends_the_request(upstream, front):
    left = threading.Event()

    def answer(connection):
        while connection.recv(1000):
            pass
        left.set()

    port = int(front(upstream(answer).port).rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
    assert left.wait(10)
