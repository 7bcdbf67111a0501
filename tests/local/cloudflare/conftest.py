"""An emulator on loopback, and a client that deploys to it as the official one does."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.contract.checker import ContractChecker

from oneclick_deploy.local.cloudflare.emulator import CloudflareEmulator
from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.local.tools import find_tool
from oneclick_deploy.site.content_types import content_type
from oneclick_deploy.site.hashing import asset_hash
from oneclick_deploy.site.worker_bundle import WorkerBundle, WorkerModule, build_bundle

ACCOUNT = "0" * 29 + "acc"
TOKEN = "local-test-token"
MODULE = "application/javascript+module"


class Exchange:
    """A request or an answer in the shape that the contract checker reads."""

    def __init__(self, message: httpx.Request | httpx.Response) -> None:
        self.method = getattr(message, "method", "")
        self.url = str(message.url)
        self.status = getattr(message, "status_code", 0)
        self.headers = dict(message.headers)
        self.content = message.read()


class Api:
    """Calls the emulated API; every answer is checked against Cloudflare's documents."""

    def __init__(
        self, emulator: CloudflareEmulator, http: httpx.Client, checker: ContractChecker
    ) -> None:
        self.emulator = emulator
        self.http = http
        self.checker = checker
        checker.register(emulator.api_url, "cloudflare")

    def call(self, method: str, path: str, *, token: str = TOKEN, **options: Any) -> httpx.Response:
        bearer = f"Bearer {token}".strip().encode("latin-1")
        headers = {"authorization": bearer, **options.pop("headers", {})}
        response = self.http.request(
            method, f"{self.emulator.api_url}{path}", headers=headers, **options
        )
        self.checker.on_exchange(Exchange(response.request), Exchange(response))
        return response

    def result(self, method: str, path: str, **options: Any) -> Any:
        response = self.call(method, path, **options)
        document = response.json()
        assert document["success"], document
        return document["result"]

    def error(self, method: str, path: str, **options: Any) -> tuple[int, int]:
        response = self.call(method, path, **options)
        document = response.json()
        assert document["success"] is False, document
        assert document["result"] is None
        return response.status_code, document["errors"][0]["code"]

    def account(self, path: str = "") -> str:
        return f"/accounts/{ACCOUNT}{path}"

    def pages(self, path: str = "") -> str:
        return self.account(f"/pages/projects{path}")

    def create_project(self, name: str = "site", **fields: Any) -> Any:
        document = {"name": name, "production_branch": "main", **fields}
        return self.result("POST", self.pages(), json=document)

    def upload(self, project: str, files: Mapping[str, bytes]) -> dict[str, str]:
        """Upload what is missing and return the manifest."""
        manifest = {path: asset_hash(content, path) for path, content in files.items()}
        jwt = self.result("GET", self.pages(f"/{project}/upload-token"))["jwt"]
        hashes = {"hashes": list(manifest.values())}
        missing = self.result("POST", "/pages/assets/check-missing", token=jwt, json=hashes)
        entries = [
            {
                "key": manifest[path],
                "value": base64.b64encode(content).decode(),
                "metadata": {"contentType": content_type(path)},
                "base64": True,
            }
            for path, content in files.items()
            if manifest[path] in missing
        ]
        if entries:
            self.result("POST", "/pages/assets/upload", token=jwt, json=entries)
        self.result("POST", "/pages/assets/upsert-hashes", token=jwt, json=hashes)
        return manifest

    def deploy(
        self,
        project: str = "site",
        files: Mapping[str, bytes] | None = None,
        *,
        worker: str | None = None,
        modules: Mapping[str, bytes] | None = None,
        special: Mapping[str, str] | None = None,
        **fields: str,
    ) -> Any:
        """Upload files and create a deployment; ``worker`` is the main module's source."""
        manifest = self.upload(project, files or {})
        parts: dict[str, Any] = {"manifest": (None, json.dumps(manifest))}
        parts |= {name: (None, value) for name, value in fields.items()}
        parts |= {name: (name, text) for name, text in (special or {}).items()}
        if worker is not None:
            parts["_worker.bundle"] = ("_worker.bundle", bundle(worker, modules or {}))
        return self.result("POST", self.pages(f"/{project}/deployments"), files=parts)

    def log(self, deployment: Any, project: str = "site") -> list[str]:
        path = self.pages(f"/{project}/deployments/{deployment['id']}/history/logs")
        return [line["line"] for line in self.result("GET", path)["data"]]


def bundle(main: str, others: Mapping[str, bytes]) -> bytes:
    """A worker bundle of a main module and others."""
    modules = [WorkerModule(name="index.js", content_type=MODULE, content=main.encode())]
    modules += [
        WorkerModule(name=name, content_type=MODULE, content=content)
        for name, content in others.items()
    ]
    return build_bundle(WorkerBundle(main_module="index.js", modules=tuple(modules)))


@pytest.fixture(scope="session")
def server() -> Iterator[LocalServer]:
    local_server = LocalServer()
    local_server.start()
    yield local_server
    local_server.stop()


@pytest.fixture(scope="session")
def stop_later(server: LocalServer) -> Iterator[Callable[[CloudflareEmulator], None]]:
    """Stop emulators beside the next tests: closing ports takes moments that add up."""
    with ThreadPoolExecutor(4) as threads:
        stops: list[Future[None]] = []
        yield lambda emulator: stops.append(threads.submit(emulator.stop))
        for stop in stops:
            stop.result()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def outside() -> dict[str, str]:
    """Host names that workers reach, and where they lead."""
    return {}


@pytest.fixture
def start_emulator(
    server: LocalServer,
    stop_later: Callable[[CloudflareEmulator], None],
    tmp_path: Path,
    outside: dict[str, str],
) -> Iterator[Callable[..., CloudflareEmulator]]:
    """Start an emulator; another one after the first was stopped has the same state."""
    started: list[CloudflareEmulator] = []

    async def resolve(name: str) -> str | None:
        return outside.get(name)

    def start(**options: Any) -> CloudflareEmulator:
        emulator = CloudflareEmulator(
            state_dir=tmp_path / "cloudflare",
            server=server,
            account_id=ACCOUNT,
            api_token=TOKEN,
            resolve_outbound=resolve,
            **options,
        )
        started.append(emulator)
        emulator.start()
        return emulator

    yield start
    for emulator in started:
        stop_later(emulator)


@pytest.fixture
def emulator(start_emulator: Callable[..., CloudflareEmulator]) -> CloudflareEmulator:
    return start_emulator()


@pytest.fixture(scope="session")
def checker(shared: Path) -> ContractChecker:
    """Knows Cloudflare's documents."""
    return ContractChecker(shared)


@pytest.fixture
def connect(
    http: httpx.Client, checker: ContractChecker
) -> Iterator[Callable[[CloudflareEmulator], Api]]:
    """Make clients; at the end, no answer may have broken the contract."""
    checker.violations.clear()
    yield lambda emulator: Api(emulator, http, checker)
    # Requests are often wrong on purpose here; the answers never may be.
    broken = [str(row) for row in checker.violations if row.direction == "response"]
    assert not broken, "\n".join(broken)


@pytest.fixture
def api(emulator: CloudflareEmulator, connect: Callable[[CloudflareEmulator], Api]) -> Api:
    return connect(emulator)


@pytest.fixture
def workerd() -> Path:
    """The runtime; tests that run workers ask for it."""
    found = find_tool("workerd")
    if found is None:
        pytest.skip("workerd is not installed")
    return found


@pytest.fixture(scope="session")
def wrangler_command() -> list[str]:
    """The official client, with a Node.js that it accepts."""
    checkout = Path(__file__).resolve().parents[3]
    wrangler = checkout / ".tools" / "node_modules" / "wrangler" / "bin" / "wrangler.js"
    node = Path(sys.executable).with_name("node")
    if not wrangler.is_file() or not node.is_file():
        pytest.skip("wrangler and a Node.js that runs it are not installed")
    return [str(node), str(wrangler)]
