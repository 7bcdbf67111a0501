"""A scripted Platform API: it answers by method and path, and keeps what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from attrs import field, mutable

from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.local.turso.emulator import TursoEmulator

Reply = httpx.Response | Exception | list[Any]


@mutable
class App:
    """Routes of a fake API; a list is answered one by one."""

    routes: dict[str, Reply]
    requests: list[httpx.Request] = field(factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.routes.get(f"{request.method} {request.url.path}")
        if isinstance(reply, list):
            reply = reply.pop(0)
        if reply is None:
            return httpx.Response(404, json={"error": f"no route {request.url.path}"})
        if isinstance(reply, Exception):
            raise reply
        return reply

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]

    @property
    def body(self) -> Any:
        content = self.requests[-1].content
        return json.loads(content) if content else None

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)


@pytest.fixture
def app() -> type[App]:
    return App


@pytest.fixture
def quick() -> HttpSettings:
    """Repeats at once, so that the number of sends can be counted."""
    return HttpSettings(retry=RetryPolicy(attempts=3, first_wait=0.0))


@pytest.fixture(scope="session", params=[False, True], ids=["as it is", "as documented"])
def local_turso(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TursoEmulator]:
    """The emulated Turso, with today's answer to a taken name and with the documented one."""
    server = LocalServer()
    server.start()
    emulator = TursoEmulator(
        state_dir=tmp_path_factory.mktemp("local-turso"),
        server=server,
        api_token="platform-token",
        data_plane="python",
        documented_conflicts=request.param,
    )
    try:
        emulator.start()
        yield emulator
    finally:
        emulator.stop()
        server.stop()
