"""A proxy before a database server that loses requests and answers as a test tells it to."""

from __future__ import annotations

import http.client
import inspect
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

from attrs import define, field

Fate = str
"""``pass``; ``unseen``: lost before the server; ``answer``: lost after it; a status: instead."""


@define(eq=False)
class Loser:
    """Forwards to ``origin``; ``fate`` decides about each request.

    Args:
        origin: The server.
        fate: Told the number of the request, from 1, and its body, and its path if it asks.
    """

    origin: str
    fate: Callable[..., Fate] = lambda _number, _body: "pass"
    bodies: list[bytes] = field(factory=list)
    paths: list[str] = field(factory=list)
    tokens: list[str] = field(factory=list)
    server: ThreadingHTTPServer = field(init=False)

    def __enter__(self) -> Self:
        loser = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                loser.handle(self)

            do_PUT = do_POST  # noqa: N815 - http.server's name

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self.bodies.append(body)
        self.paths.append(request.path)
        self.tokens.append(request.headers["Authorization"] or "")
        asked = len(inspect.signature(self.fate).parameters) == 3
        given = (len(self.bodies), body, request.path)
        fate = self.fate(*given if asked else given[:2])
        if fate == "unseen":
            request.close_connection = True
            return
        if fate.isdigit() and fate != "502":
            status, content, kind = int(fate), b'{"message":"no"}', "application/json"
        else:
            status, content, kind = self._forward(request, body)
        if fate == "answer":
            request.close_connection = True
            return
        if fate == "502":
            status, content, kind = 502, b"bad gateway", "text/plain"
        request.send_response(status)
        request.send_header("Content-Length", str(len(content)))
        if kind:
            request.send_header("Content-Type", kind)
        request.end_headers()
        request.wfile.write(content)

    def _forward(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes, str]:
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc)
        try:
            kept = ("Host", "Content-Type", "Authorization")
            headers = {name: request.headers[name] for name in kept if request.headers[name]}
            connection.request(request.command, request.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers["Content-Type"] or ""
        finally:
            connection.close()
