"""A real sqld with a namespace for each test, and scripted servers."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from attrs import field, frozen, mutable

from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.local.tools import find_tool

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
    program = find_tool("sqld")
    if program is None:
        pytest.skip("sqld is not installed (python -m oneclick_deploy.local install)")
    directory = tmp_path_factory.mktemp("sqld")
    http, admin = _free_port(), _free_port()
    command = [
        *(str(program), "--no-welcome", "-d", str(directory / "data"), "--enable-namespaces"),
        *("--http-listen-addr", f"127.0.0.1:{http}"),
        *("--admin-listen-addr", f"127.0.0.1:{admin}"),
    ]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory, env={})
    try:
        _wait_for(f"http://127.0.0.1:{http}/health", process, directory / "log")
        yield Sqld(f"http://127.0.0.1:{http}", f"http://127.0.0.1:{admin}")
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def place(sqld: Sqld) -> Place:
    return sqld.create()


@pytest.fixture
def script() -> type[Script]:
    return Script


@pytest.fixture
def once() -> HttpSettings:
    """Settings without repetitions, so that a scripted failure is the end."""
    return HttpSettings(retry=RetryPolicy(attempts=1))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _direct() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError), _direct().open(url, timeout=1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    pytest.fail(f"sqld did not start: {log.read_text(errors='replace')[-2000:]}")
