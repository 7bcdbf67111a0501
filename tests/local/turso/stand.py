"""Short words for talking to an emulated Turso."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from tests.contract.checker import ContractChecker, Kind

from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.local.turso.emulator import TursoEmulator

API_TOKEN = "platform-token-of-the-tests"
ORGANIZATION = "/v1/organizations/local"
CLOSE = {"type": "close"}


class _Message:
    """A request or an answer in the shape that the contract checker reads."""

    def __init__(self, message: httpx.Request | httpx.Response) -> None:
        self.method = getattr(message, "method", "")
        self.url = str(message.url)
        self.status = getattr(message, "status_code", 0)
        self.headers = dict(message.headers)
        self.content = message.read()


class Documents:
    """Checks the answers against the providers' documents.

    Args:
        shared: The directory with the documents; nothing is checked without.
    """

    def __init__(self, shared: Path | None) -> None:
        self._checker = None if shared is None else ContractChecker(shared)

    def register(self, origin: str, kind: Kind) -> None:
        if self._checker is not None:
            self._checker.register(origin, kind)

    def check(self, answer: httpx.Response) -> None:
        """Fail when an answer is not as documented. Requests may be wrong on purpose."""
        if self._checker is None:
            return
        before = len(self._checker.violations)
        self._checker.on_exchange(_Message(answer.request), _Message(answer))
        found = self._checker.violations[before:]
        wrong = [str(item) for item in found if item.direction == "response"]
        assert not wrong, "\n".join(wrong)


class Platform:
    """The Platform API of one emulator."""

    def __init__(self, emulator: TursoEmulator, documents: Documents) -> None:
        self.emulator = emulator
        self.documents = documents
        documents.register(emulator.api_url, "turso")
        self.http = httpx.Client(
            base_url=emulator.api_url,
            headers={"Authorization": f"Bearer {API_TOKEN}"},
            timeout=30,
            verify=False,  # loads no certificates, which takes long
        )

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.ask(method, ORGANIZATION + path, **options)

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = self.http.request(method, path, **options)
        self.documents.check(answer)
        return answer

    def create(self, name: str, **options: Any) -> dict[str, str]:
        answer = self.call("POST", "/databases", json={"name": name, "group": "default", **options})
        assert answer.status_code == 200, answer.text
        return answer.json()["database"]

    def token(self, name: str, **query: str) -> str:
        answer = self.call("POST", f"/databases/{name}/auth/tokens", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["jwt"]

    def client(self, name: str, token: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token or self.token(name)}"}
        return httpx.Client(
            base_url=self.emulator.database_url(name), headers=headers, timeout=30, verify=False
        )

    def close(self) -> None:
        self.http.close()


@contextlib.contextmanager
def running(
    state: Path, *, plane: str, shared: Path | None = None, **options: Any
) -> Iterator[Platform]:
    """Run an emulator with the group ``default`` for a while."""
    server = LocalServer()
    server.start()
    emulator = TursoEmulator(
        state_dir=state, server=server, api_token=API_TOKEN, data_plane=plane, **options
    )
    try:
        emulator.start()
        platform = Platform(emulator, Documents(shared))
        platform.call("POST", "/groups", json={"name": "default", "location": "aws-local-1"})
        yield platform
        platform.close()
    finally:
        emulator.stop()
        server.stop()


class Hrana:
    """One database, spoken to in plain HTTP."""

    def __init__(self, platform: Platform, name: str) -> None:
        self.platform = platform
        self.name = name
        self.http = platform.client(name)
        platform.documents.register(str(self.http.base_url), "hrana")

    @property
    def kind(self) -> str:
        return self.platform.emulator.data_plane_kind

    def post(
        self, *requests: dict[str, Any], baton: str | None = None, version: int = 3, **options: Any
    ) -> httpx.Response:
        body = {"baton": baton, "requests": list(requests)}
        answer = self.http.post(f"/v{version}/pipeline", json=body, **options)
        self.platform.documents.check(answer)
        return answer

    def run(self, *requests: dict[str, Any], version: int = 3) -> list[dict[str, Any]]:
        """Run on a stream of its own and return the results without that of close."""
        answer = self.post(*requests, {"type": "close"}, version=version)
        assert answer.status_code == 200, answer.text
        content = answer.json()
        assert content["baton"] is None
        assert content["results"][-1] == {"type": "ok", "response": {"type": "close"}}
        return content["results"][:-1]

    def results(self, *statements: dict[str, Any] | str) -> list[dict[str, Any]]:
        """Execute statements that must succeed."""
        requests = [execute(item) if isinstance(item, str) else item for item in statements]
        found = self.run(*requests)
        assert all(item["type"] == "ok" for item in found), found
        return [item["response"].get("result") for item in found]

    def rows(self, sql: str, *args: Any) -> list[list[Any]]:
        """The rows of a query as Python values."""
        (result,) = self.results(execute(sql, *args))
        return [[python(cell) for cell in row] for row in result["rows"]]

    def error(self, sql: str, *args: Any) -> dict[str, str]:
        """The error of a statement that must fail."""
        (result,) = self.run(execute(sql, *args))
        assert result["type"] == "error", result
        return result["error"]

    def close(self) -> None:
        self.http.close()


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """The status and the text of an answer that says no."""
    return answer.status_code, answer.json()["error"]


def value(item: Any) -> dict[str, Any]:
    """A value of a client message."""
    if item is None:
        return {"type": "null"}
    if isinstance(item, int):
        return {"type": "integer", "value": str(item)}
    if isinstance(item, float):
        return {"type": "float", "value": item}
    if isinstance(item, str):
        return {"type": "text", "value": item}
    return item


def python(cell: dict[str, Any]) -> Any:
    """A value of a row."""
    kind = cell["type"]
    if kind == "null":
        return None
    if kind == "integer":
        assert isinstance(cell["value"], str)
        return int(cell["value"])
    return cell["base64"] if kind == "blob" else cell["value"]


def execute(sql: str, *args: Any, **more: Any) -> dict[str, Any]:
    """An execute request."""
    return {"type": "execute", "stmt": statement(sql, *args, **more)}


def statement(sql: str, *args: Any, **more: Any) -> dict[str, Any]:
    """A statement."""
    return {"sql": sql, "args": [value(item) for item in args], **more}


def batch(*steps: Any) -> dict[str, Any]:
    """A batch request of statements, each with its condition or None."""
    found = []
    for step in steps:
        sql, condition = step if isinstance(step, tuple) else (step, None)
        stmt = sql if isinstance(sql, dict) else statement(sql)
        found.append({"stmt": stmt, "condition": condition})
    return {"type": "batch", "batch": {"steps": found}}
