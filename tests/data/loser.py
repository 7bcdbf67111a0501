"""A proxy before a database server that loses requests and answers as a test tells it to."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

from attrs import define, field

Fate = str
"""``pass``; ``unseen``: lost before the server; ``answer``: lost after it; ``502``: a gateway's."""


@define(eq=False)
class Loser:
    """Forwards to ``origin``; ``fate(number, body)`` decides about each request, from 1."""

    origin: str
    fate: Callable[[int, bytes], Fate] = lambda _number, _body: "pass"
    bodies: list[bytes] = field(factory=list)
    server: ThreadingHTTPServer = field(init=False)

    def __enter__(self) -> Self:
        loser = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                loser.handle(self)

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
        fate = self.fate(len(self.bodies), body)
        if fate == "unseen":
            request.close_connection = True
            return
        status, content = self._forward(request, body)
        if fate == "answer":
            request.close_connection = True
            return
        if fate == "502":
            status, content = 502, b"bad gateway"
        request.send_response(status)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _forward(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc)
        try:
            headers = {"Host": request.headers["Host"], "Content-Type": "application/json"}
            connection.request("POST", request.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
