"""A real sqld with a namespace for each test, and scripted servers."""

from __future__ import annotations

import contextlib
import http.server
import itertools
import json
import socket
import subprocess
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import field, frozen, mutable

from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.local.tools import find_tool
from oneclick_deploy.local.turso.emulator import TursoEmulator
from oneclick_deploy.providers.turso import TursoClient

_START_SECONDS = 20.0


@frozen
class Place:
    """Where a test's own database is: arguments for a client."""

    url: str
    settings: HttpSettings


@frozen
class Sqld:
    origin: str
    admin: str
    names: Iterator[int] = field(factory=itertools.count)

    def create(self) -> Place:
        name = f"t{next(self.names)}"
        request = urllib.request.Request(
            f"{self.admin}/v1/namespaces/{name}/create",
            data=b"{}",
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with _direct().open(request):
            pass
        quick = RetryPolicy(attempts=1)
        return Place(
            f"http://{name}.localhost",
            HttpSettings(retry=quick, route=lambda _: self.origin),
        )


@mutable
class Script:
    """A server whose answers are given in advance; it keeps what it was asked."""

    answers: list[httpx.Response | Exception | Callable[[dict], httpx.Response]]
    asked: list[dict] = field(factory=list)
    requests: list[httpx.Request] = field(factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.asked.append(json.loads(request.content) if request.content else {})
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(self.asked[-1]) if callable(answer) else answer

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)


@pytest.fixture(scope="session")
def sqld(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqld]:
    """A server with many databases, told apart by the first label of the host name."""
    with _running_sqld(tmp_path_factory.mktemp("sqld"), namespaces=True) as (http, admin):
        yield Sqld(f"http://{http}", f"http://{admin}")


@pytest.fixture
def single_sqld(tmp_path: Path) -> Iterator[str]:
    """The host and port of a server with one database."""
    with _running_sqld(tmp_path, namespaces=False) as (http, _):
        yield http


@contextlib.contextmanager
def _running_sqld(directory: Path, *, namespaces: bool) -> Iterator[tuple[str, str]]:
    program = find_tool("sqld")
    if program is None:
        pytest.skip("sqld is not installed (python -m oneclick_deploy.local install)")
    process, http, admin = _start_sqld(program, directory, namespaces=namespaces)
    try:
        yield http, admin
    finally:
        _end(process)


def _start_sqld(
    program: Path, directory: Path, *, namespaces: bool
) -> tuple[subprocess.Popen, str, str]:
    """Start on free ports; on others when somebody took one of them in between."""
    for attempt in range(5):
        http, admin = f"127.0.0.1:{_free_port()}", f"127.0.0.1:{_free_port()}"
        place = directory / str(attempt)
        place.mkdir()
        command = [str(program), "--no-welcome", "-d", "data", "--http-listen-addr", http]
        if namespaces:
            command += ["--enable-namespaces", "--admin-listen-addr", admin]
        with (place / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=place, env={})
        if _is_up(f"http://{http}/health", process):
            return process, http, admin
        _end(process)
    pytest.fail(f"sqld did not start: {(place / 'log').read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def local_turso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TursoEmulator]:
    """The emulated Turso with its own engine, without sqld."""
    server = LocalServer()
    server.start()
    emulator = TursoEmulator(
        state_dir=tmp_path_factory.mktemp("local-turso"),
        server=server,
        api_token="platform-token",
        data_plane="python",
    )
    try:
        emulator.start()
        yield emulator
    finally:
        emulator.stop()
        server.stop()


@pytest.fixture(params=["sqld", "python"])
def place(request: pytest.FixtureRequest) -> Place:
    """A fresh database: in a real sqld, and in the engine of the local cloud."""
    if request.param == "sqld":
        return request.getfixturevalue("sqld").create()
    return _local_database(request.getfixturevalue("local_turso"))


def _local_database(emulator: TursoEmulator) -> Place:
    quick = RetryPolicy(attempts=1)
    with TursoClient(
        "platform-token", organization=emulator.organization, base_url=emulator.api_url
    ) as turso:
        group = turso.ensure_group(location="aws-us-east-1")
        database = turso.create_database(f"t{uuid.uuid4().hex[:12]}", group=group.name)
        token = turso.create_database_token(database.name)
    return Place(
        f"{database.url}?authToken={token.reveal()}",
        HttpSettings(retry=quick, route=emulator.origin_for),
    )


@pytest.fixture
def script() -> type[Script]:
    return Script


@pytest.fixture
def once() -> HttpSettings:
    """Settings without repetitions, so that a scripted failure is the end."""
    return HttpSettings(retry=RetryPolicy(attempts=1))


@frozen
class CloudLike:
    """The two addresses of a server that answers old protocols as Turso Cloud does."""

    http: str
    ws: str


class _CloudLikeHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._refuse(404)

    def do_GET(self) -> None:
        self._refuse(505 if "upgrade" in self.headers else 404)

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def cloud_like() -> Iterator[CloudLike]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _CloudLikeHandler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        address = f"127.0.0.1:{server.server_port}"
        yield CloudLike(f"http://{address}", f"ws://{address}")
        server.shutdown()
        thread.join()


@pytest.fixture
def host_client() -> Callable[[type, str], Any]:
    """Makes what a host would: a client of libsql_client, as blocking as the adapter class is."""
    libsql_client = pytest.importorskip("libsql_client")

    def make(adapter: type, url: str) -> Any:
        if adapter.__name__.startswith("Async"):
            return libsql_client.create_client(url)
        return libsql_client.create_client_sync(url)

    return make


@pytest.fixture
def other_client(tmp_path: Path) -> Iterator[Callable[[type], Any]]:
    """Makes a client for the other twin of an adapter class."""
    libsql_client = pytest.importorskip("libsql_client")
    url = f"file:{tmp_path}/other.db"
    with libsql_client.create_client_sync(url) as blocking:

        def make(adapter: type) -> Any:
            is_async = adapter.__name__.startswith("Async")
            return blocking if is_async else libsql_client.create_client(url)

        yield make


@pytest.fixture
def closed_port() -> int:
    return _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _direct() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _is_up(url: str, process: subprocess.Popen) -> bool:
    end = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), _direct().open(url, timeout=1):
            return process.poll() is None
        time.sleep(0.02)
    return False
