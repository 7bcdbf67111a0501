"""Requests and answers as values, free of any HTTP library's types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urlsplit

from attrs import field, frozen

from oneclick_deploy.secrets import Secret


class CallKind(StrEnum):
    """How a call behaves when it is sent twice; decides what may be retried."""

    READ = "read"
    """Changes nothing: GET, HEAD, and POSTs that only ask."""

    REPLACE = "replace"
    """The same end state however often it is sent: PUT, DELETE, PATCH with full values."""

    CREATE = "create"
    """Makes something new each time. Never repeated once it may have been acted on."""


class Headers(Mapping[str, str]):
    """Header fields, looked up without regard to case. Repeated fields are joined with commas."""

    def __init__(self, fields: Mapping[str, str] | Sequence[tuple[str, str]] = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        self._fields: dict[str, str] = {}
        for name, value in pairs:
            key = name.lower()
            self._fields[key] = f"{self._fields[key]}, {value}" if key in self._fields else value

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Headers({sorted(self._fields)})"


@frozen(kw_only=True)
class Request:
    """One HTTP request.

    Args:
        method: ``GET``, ``POST`` …
        url: The whole address, query included.
        headers: Values that are secret are `Secret` and are revealed only on the wire.
        content: The body. Not shown in ``repr``.
        kind: What the call does when it is sent twice.
        timeout: Seconds for the whole call with its retries; the client's default when ``None``.
    """

    method: str
    url: str
    headers: Mapping[str, str | Secret] = field(factory=dict)
    content: bytes = field(default=b"", repr=False)
    kind: CallKind = CallKind.READ
    timeout: float | None = None

    @property
    def place(self) -> str:
        """Method and address without the query and without credentials, for messages."""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return f"{self.method} {self.url[:80]!r}"
        return f"{self.method} {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@frozen(kw_only=True)
class Response:
    """One HTTP answer, with its whole body."""

    status: int
    headers: Headers = field(factory=Headers)
    content: bytes = field(default=b"", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8; what cannot be decoded is replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON, or ``None`` when it is empty or not JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None


def json_request(
    method: str,
    url: str,
    body: object = None,
    *,
    headers: Mapping[str, str | Secret],
    kind: CallKind,
    query: Mapping[str, str | None] | None = None,
    timeout: float | None = None,
) -> Request:
    """Build a request with a JSON body (none when ``body`` is ``None``) and query parameters.

    Query parameters that are ``None`` are left out. The JSON is compact UTF-8.
    """
    given = {name: value for name, value in (query or {}).items() if value is not None}
    content = b""
    sent = dict(headers)
    if body is not None:
        content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        sent["Content-Type"] = "application/json"
    return Request(
        method=method,
        url=f"{url}?{urlencode(given)}" if given else url,
        headers=sent,
        content=content,
        kind=kind,
        timeout=timeout,
    )


def bearer(token: Secret) -> Secret:
    """The value of an ``Authorization`` header for a bearer token."""
    return Secret(f"Bearer {token.reveal()}")
