"""A Pages API in one object: it keeps assets, and fails where a test says so."""

from __future__ import annotations

import base64
import itertools
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve
from tests.contract.checker import ContractChecker

from oneclick_deploy.http import HttpSettings, Request, RetryPolicy
from oneclick_deploy.local.cloudflare.emulator import CloudflareEmulator
from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.providers.cloudflare.pages import PagesPace
from oneclick_deploy.site import Site, read_site

ACCOUNT = "0123456789abcdef0123456789abcdef"
LOCAL_ACCOUNT = "fedcba9876543210fedcba9876543210"
TOKEN = "api-token-of-the-test"
_HOSTS = itertools.count()

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def ok(result: Any, **extra: Any) -> httpx.Response:
    return httpx.Response(
        200, json={"success": True, "errors": [], "messages": [], "result": result, **extra}
    )


def refused(status: int, code: int, message: str = "no", **headers: str) -> httpx.Response:
    body = {"success": False, "errors": [{"code": code, "message": message}], "result": None}
    return httpx.Response(status, json=body, headers=headers)


def jwt(number: int, *, life: float = 3600.0, **claims: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"exp": time.time() + life, "n": number, **claims}
    return f"{part({'alg': 'none'})}.{part(claims)}.signature{number}"


def deployment(number: int, *, stage: str = "deploy", status: str = "success", **more: Any) -> Any:
    return {
        "id": f"{number:08d}-0000-4000-8000-000000000000",
        "short_id": f"{number:08d}",
        "project_id": "p",
        "project_name": "demo",
        "environment": "production",
        "url": f"https://{number:08d}.demo-4xz.pages.dev",
        "created_on": "2026-01-02T03:04:05.678Z",
        "modified_on": "2026-01-02T03:04:05.678Z",
        "latest_stage": {"name": stage, "status": status, "started_on": None, "ended_on": None},
        "stages": [],
        "aliases": None,
        "is_skipped": False,
        **more,
    }


def project(name: str = "demo", **more: Any) -> Any:
    return {
        "id": "11111111-1111-4111-8111-111111111111",
        "name": name,
        "subdomain": f"{name}-4xz.pages.dev",
        "domains": [f"{name}-4xz.pages.dev"],
        "production_branch": "main",
        "created_on": "2026-01-02T03:04:05Z",
        "latest_deployment": None,
        "deployment_configs": {"production": {}, "preview": {}},
        **more,
    }


class Cloud:
    """The server of the tests. ``script`` puts answers before what it would answer by itself."""

    def __init__(self) -> None:
        self.base_url = f"https://cloudflare-{next(_HOSTS)}.test/client/v4"
        self.account = ACCOUNT
        self.token = TOKEN
        self.transport = httpx.MockTransport(self.handle)
        self.requests: list[httpx.Request] = []
        self.assets: dict[str, dict[str, Any]] = {}
        self.registered: list[list[str]] = []
        self.made: list[Any] = []
        self.jwts: list[str] = []
        self.jwt_life = 3600.0
        self.jwt_claims: dict[str, Any] = {}
        self._scripts: dict[str, deque[Answer]] = defaultdict(deque)
        self._lock = threading.Lock()

    ok = staticmethod(ok)
    refused = staticmethod(refused)
    deployment = staticmethod(deployment)
    project = staticmethod(project)

    def options(self, **more: Any) -> dict[str, Any]:
        """What a client is made with: no waits, and this server for a network."""
        quick = RetryPolicy(first_wait=0.0, longest_wait=0.0, longest_retry_after=0.0)
        return {
            "account_id": self.account,
            "base_url": self.base_url,
            "settings": HttpSettings(retry=quick),
            "transport": self.transport,
            "pace": PagesPace(unit=0.0),
            **more,
        }

    def script(self, call: str, *answers: Answer) -> None:
        """Answer the next calls like this; ``call`` is ``METHOD last-segment``."""
        self._scripts[call].extend(answers)

    def handle(self, request: httpx.Request) -> httpx.Response:
        call = f"{request.method} {request.url.path.rpartition('/')[2]}"
        with self._lock:
            self.requests.append(request)
            scripted = self._scripts[call].popleft() if self._scripts[call] else None
            if isinstance(scripted, Exception):
                raise scripted
            if isinstance(scripted, httpx.Response):
                return scripted
            return scripted(request) if scripted else self._own_answer(call, request)

    def calls(self, ending: str = "") -> list[httpx.Request]:
        """The requests whose ``METHOD /path`` ends like this."""
        return [r for r in self.requests if f"{r.method} {r.url.path}".endswith(ending)]

    def names(self) -> list[str]:
        """Method and last segment of every request, in order."""
        return [f"{r.method} {r.url.path.rpartition('/')[2]}" for r in self.requests]

    def _own_answer(self, call: str, request: httpx.Request) -> httpx.Response:  # noqa: PLR0911
        body = json.loads(request.content) if _is_json(request) else None
        if "/pages/assets/" in request.url.path and not self._may_store(request):
            return refused(401, 8000013, "Authorization failed")
        match call:
            case "GET upload-token":
                self.jwts.append(jwt(len(self.jwts), life=self.jwt_life, **self.jwt_claims))
                return ok({"jwt": self.jwts[-1]})
            case "POST check-missing":
                return ok([key for key in body["hashes"] if key not in self.assets])
            case "POST upload":
                self.assets.update({item["key"]: item for item in body})
                return ok({"successful_key_count": len(body), "unsuccessful_keys": []})
            case "POST upsert-hashes":
                self.registered.append(body["hashes"])
                return ok(None)
            case "POST deployments":
                self.made.append(deployment(len(self.made) + 1, status="active"))
                return ok(self.made[-1])
            case "GET deployments":
                return ok(self.made[::-1], result_info={"page": 1, "per_page": 25})
            case "POST projects":
                return ok(project(body["name"]))
            case _ if "/deployments/" in request.url.path:
                return ok(deployment(len(self.made) or 1))
            case _ if request.method == "DELETE":
                return ok(None)
            case _:
                return ok(project(request.url.path.rpartition("/")[2]))

    def _may_store(self, request: httpx.Request) -> bool:
        return request.headers["authorization"].removeprefix("Bearer ") in self.jwts


def _is_json(request: httpx.Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/json")


@pytest.fixture
def cloud(contract: ContractChecker | None) -> Iterator[Cloud]:
    """The server; in the end each request must be one that Cloudflare documents."""
    server = Cloud()
    yield server
    if contract is None:
        return
    contract.register(server.base_url, "cloudflare")
    # The answers are made up, often wrong on purpose: only requests are checked.
    for request in server.requests:
        contract.on_exchange(as_request(request), None)


@pytest.fixture(scope="session")
def local_server() -> Iterator[LocalServer]:
    server = LocalServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def emulator(
    tmp_path: Path, local_server: LocalServer, contract: ContractChecker | None
) -> Iterator[CloudflareEmulator]:
    """The embedded Cloudflare, on loopback; requests and answers are checked."""
    local = CloudflareEmulator(
        state_dir=tmp_path / "cloudflare",
        server=local_server,
        account_id=LOCAL_ACCOUNT,
        api_token=TOKEN,
        resolve_outbound=lambda _: None,
    )
    local.start()
    if contract is not None:
        contract.register(local.api_url, "cloudflare")
    yield local
    local.stop()


@pytest.fixture
def local_options(emulator: CloudflareEmulator) -> dict[str, Any]:
    """What a client of the emulator is made with; it waits for hundredths of seconds."""
    return {
        "account_id": LOCAL_ACCOUNT,
        "base_url": emulator.api_url,
        "pace": PagesPace(unit=0.01),
    }


def as_request(request: httpx.Request) -> Request:
    headers = dict(request.headers)
    return Request(
        method=request.method, url=str(request.url), headers=headers, content=request.content
    )


@pytest.fixture
def small_site(site: Site) -> Site:
    """One file, so that one request uploads all."""
    return evolve(site, files=site.files[:1])


@pytest.fixture
def site(tmp_path: Path) -> Site:
    root = tmp_path / "out"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<h1>hi</h1>")
    (root / "assets/app.js").write_text("console.log(1)")
    (root / "assets/style.css").write_text("body{}")
    (root / "_headers").write_text("/*\n  X-A: b\n")
    return read_site(root)
