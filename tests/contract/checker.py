"""Checks every exchange the tests make against the document of the server it goes to.

The global hook feeds :meth:`ContractChecker.on_exchange`. Checkers of several test processes are
brought together with :meth:`ContractChecker.dump` and :meth:`ContractChecker.merge`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Protocol
from urllib.parse import parse_qsl, urlsplit

from attrs import asdict, frozen

from .excerpts import excerpt
from .hrana import DatabaseHostContract
from .messages import Headers, header
from .multipart import check_assets, check_deployment, check_hashes
from .openapi import Contract
from .schemas import Json

Kind = Literal["turso", "turso-region", "cloudflare", "hrana"]
Direction = Literal["request", "response"]

_DEPLOYMENTS = "/accounts/{account_id}/pages/projects/{project_name}/deployments"

# What the Cloudflare document leaves open, by operation: called with content type and body.
_HAND_WRITTEN: dict[tuple[str, str], Callable[[str, bytes], list[str]]] = {
    ("POST", _DEPLOYMENTS): check_deployment,
    ("POST", "/pages/assets/upload"): lambda _, body: check_assets(body),
    ("POST", "/pages/assets/check-missing"): lambda _, body: check_hashes(body),
    ("POST", "/pages/assets/upsert-hashes"): lambda _, body: check_hashes(body),
}

# Facts (turso.md): GET https://region.turso.io answers the closest location.
_REGION: Json = {
    "type": "object",
    "properties": {"server": {"type": "string"}, "client": {"type": "string"}},
    "required": ["server", "client"],
}
_REGION_DOCUMENT: Json = {
    "paths": {
        "/": {"get": {"responses": {"200": {"content": {"application/json": {"schema": _REGION}}}}}}
    }
}

_SPECIFICATIONS: dict[Kind, str] = {"turso": "turso.json", "cloudflare": "cloudflare-sdk.json"}


class Request(Protocol):
    """A request as it left."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def content(self) -> bytes: ...


class Response(Protocol):
    """A response as it came."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def content(self) -> bytes: ...


@frozen(kw_only=True)
class Violation:
    """Something that a document does not allow.

    Args:
        direction: Which side of the exchange is at fault.
        operation: The document and the operation; the bare path when there is no such operation.
        message: What is wrong and where. Never quotes a value.
        excerpt: The beginning of the message at fault, with secrets shortened.
    """

    direction: Direction
    operation: str
    message: str
    excerpt: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.direction}: {self.message}\n    {self.excerpt}"


@frozen(kw_only=True)
class _Place:
    """A server: everything below ``path`` on ``host`` is of one kind."""

    host: str
    path: str
    kind: Kind


class ContractChecker:
    """Routes exchanges to the contracts of their servers and collects what is wrong.

    Args:
        shared: The directory that holds ``specs``.
        strict: Whether an exchange with a host that nobody registered is a violation.
    """

    def __init__(self, shared: Path, *, strict: bool = False) -> None:
        self.violations: list[Violation] = []
        self._shared = shared
        self._strict = strict
        self._lock = Lock()
        self._contracts: dict[Kind, Contract | DatabaseHostContract] = {
            kind: Contract.load(shared / "specs" / name, provider=kind)
            for kind, name in _SPECIFICATIONS.items()
        }
        self._contracts["turso-region"] = Contract(
            _REGION_DOCUMENT, provider="turso-region", public=True
        )
        self._contracts["hrana"] = DatabaseHostContract()
        self._places: list[_Place] = []
        self.register("https://api.turso.tech", "turso")
        self.register("https://region.turso.io", "turso-region")
        self.register("https://api.cloudflare.com/client/v4", "cloudflare")

    def register(self, origin_or_base_url: str, kind: Kind) -> None:
        """Say what answers below a URL. The longest path wins; of two calls, the later one.

        Raises:
            ValueError: There is no contract of this kind.
        """
        if kind not in self._contracts:
            raise ValueError(f"{kind} is not one of {', '.join(self._contracts)}")
        parts = urlsplit(origin_or_base_url)
        place = _Place(host=parts.netloc.lower(), path=parts.path.rstrip("/"), kind=kind)
        others = [row for row in self._places if (row.host, row.path) != (place.host, place.path)]
        self._places = sorted([*others, place], key=lambda row: -len(row.path))

    @contextlib.contextmanager
    def registrations(self) -> Iterator[None]:
        """Forget at the end what was registered inside: a port may next belong to another server."""
        before = self._places
        try:
            yield
        finally:
            self._places = before

    def on_exchange(self, request: Request, response: Response | None) -> None:
        """Check one exchange; the response is None when the transport failed."""
        url = urlsplit(request.url)
        place = self._place(url.netloc.lower(), url.path)
        if place is None:
            if self._strict:
                self._report("request", url.netloc, ["the host is not registered"], request)
            return
        with self._lock:
            self._check(place, url.path[len(place.path) :] or "/", url.query, request, response)

    def coverage_table(self) -> str:
        """Say for each document which of its operations were exercised, and how often."""
        lines: list[str] = []
        for kind, contract in self._contracts.items():
            documented = contract.operations()
            used = sorted(
                (template, method, times)
                for (method, template), times in contract.exercised.items()
                if times
            )
            lines.append(f"{kind}: documented operations exercised {len(used)}/{len(documented)}")
            lines += [f"  {times:6}  {method:6}  {path}" for path, method, times in used]
        return "\n".join(lines)

    def dump(self) -> dict[str, Any]:
        """Give everything that was found as JSON values."""
        return {
            "shared": str(self._shared),
            "violations": [asdict(violation) for violation in self.violations],
            "exercised": {
                kind: [[*operation, times] for operation, times in contract.exercised.items()]
                for kind, contract in self._contracts.items()
            },
        }

    @classmethod
    def merge(cls, dumps: Iterable[Mapping[str, Any]]) -> ContractChecker:
        """Make one checker of the dumps of several.

        Raises:
            ValueError: There is no dump at all.
        """
        rows = list(dumps)
        if not rows:
            raise ValueError("there is nothing to merge")
        merged = cls(Path(rows[0]["shared"]))
        for row in rows:
            merged.violations += [Violation(**violation) for violation in row["violations"]]
            for kind, contract in merged._contracts.items():
                for method, template, times in row["exercised"][kind]:
                    contract.exercised[(method, template)] += times
        return merged

    def _place(self, host: str, path: str) -> _Place | None:
        for place in self._places:
            if place.host == host and (path == place.path or path.startswith(f"{place.path}/")):
                return place
        # Every name that is not registered is a database, of the cloud or of the embedded one.
        if host.endswith((".turso.io", ".turso.localhost")):
            return _Place(host=host, path="", kind="hrana")
        return None

    def _check(
        self, place: _Place, path: str, query: str, request: Request, response: Response | None
    ) -> None:
        contract = self._contracts[place.kind]
        method, headers, sent = request.method.upper(), request.headers, request.content
        key = contract.operation(method, path)
        operation = f"{place.kind} {' '.join(key or (method, path))}"
        pairs = parse_qsl(query, keep_blank_values=True)
        found = contract.check_request(method, path, pairs, headers, sent)
        if key in _HAND_WRITTEN and place.kind == "cloudflare":
            found += _HAND_WRITTEN[key](header(headers, "content-type"), sent)
        self._report("request", operation, found, request)
        if response is None:
            return
        answer = (method, path, response.status, response.headers, response.content)
        if isinstance(contract, DatabaseHostContract):
            found = contract.check_response(*answer, asked=sent)
        else:
            found = contract.check_response(*answer)
        self._report("response", operation, found, response)

    def _report(
        self,
        direction: Direction,
        operation: str,
        messages: Sequence[str],
        faulty: Request | Response,
    ) -> None:
        for message in dict.fromkeys(messages):
            self.violations.append(
                Violation(
                    direction=direction,
                    operation=operation,
                    message=message,
                    excerpt=excerpt(faulty.content),
                )
            )
