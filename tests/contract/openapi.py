"""Requests and responses checked against an OpenAPI 3.0 document.

What counts as a documented answer:

- a status from 200 to 499 must stand in the document, literally or as a range such as ``4XX``, or be
  added in :mod:`.deviations` with its reason. This holds for redirects as well;
- its body must be of a documented content type and fit its schema, with no undocumented field on
  any level. An answer documented without content has no body;
- a status from 500 on is no part of any contract: proxies in front of an API answer it with
  whatever they like. It is accepted with any body.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

from .deviations import deviations_of
from .messages import Headers, authorization_complaints, header, media_type
from .query import QueryParameters
from .schemas import Json, Schemas, read_json

_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
_JSON = "application/json"
_TOKEN = "authorization"


class Contract:
    """One provider's document, ready to check what is sent to it and what comes back.

    Args:
        document: The OpenAPI document with its deviations applied.
        provider: The provider's name, which also names the document in tables.
        prefix: The path in front of the document's own paths, such as ``/client/v4``.
        public: Whether no token may be sent: it would go to somebody who does not need it.
    """

    def __init__(
        self, document: Json, *, provider: str, prefix: str = "", public: bool = False
    ) -> None:
        self.provider = provider
        self._public = public
        self.exercised: Counter[tuple[str, str]] = Counter()
        self._prefix = prefix.rstrip("/")
        self._templates = _by_length(document["paths"])
        schemas = Schemas(document)
        self._operations = {
            (method.upper(), template): _Operation(item, method, schemas)
            for template, item in document["paths"].items()
            for method in _METHODS
            if method in item
        }

    @classmethod
    def load(cls, path: Path, *, provider: str, prefix: str = "") -> Contract:
        """Read a document and apply the provider's deviations to it."""
        document = json.loads(path.read_bytes())
        for deviation in deviations_of(provider):
            deviation.apply(document)
        return cls(document, provider=provider, prefix=prefix)

    def operations(self) -> list[tuple[str, str]]:
        """Every documented operation, as (method, path template)."""
        return list(self._operations)

    def operation(self, method: str, path: str) -> tuple[str, str] | None:
        """Name the documented operation that a request is; None when it is none."""
        template = self._template(path)
        key = (method, template or "")
        return key if key in self._operations else None

    def check_request(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]],
        headers: Headers,
        body: bytes,
    ) -> list[str]:
        """Report what the document does not allow in a request, and count its operation.

        Args:
            method: In upper case.
            path: As in the URL, percent-encoded.
            query: Decoded pairs, in order.
            headers: With names in any case.
            body: Empty when there is none.
        """
        template = self._template(path)
        if template is None:
            return ["the path is not documented"]
        operation = self._operations.get((method, template))
        if operation is None:
            return [f"{template} has no documented {method}"]
        self.exercised[(method, template)] += 1
        return [
            *self._token_complaints(headers),
            *operation.query.complaints(query),
            *operation.request_body_complaints(headers, body),
        ]

    def check_response(
        self, method: str, path: str, status: int, headers: Headers, body: bytes
    ) -> list[str]:
        """Report what the document does not allow in a response."""
        key = self.operation(method, path)
        if key is None:
            # The request was reported. What nobody documented must not succeed.
            return [] if status >= 400 else [f"status {status} for an undocumented operation"]
        return self._operations[key].response_complaints(status, headers, body)

    def _token_complaints(self, headers: Headers) -> list[str]:
        if self._public:
            return ["a token is sent, and none is asked for"] * bool(header(headers, _TOKEN))
        # Turso declares the bearer scheme without requiring it; both references demand it.
        return authorization_complaints(headers, required=True)

    def _template(self, path: str) -> str | None:
        if not path.startswith(f"{self._prefix}/"):
            return None
        segments = path[len(self._prefix) :].split("/")
        for pattern, template in self._templates.get(len(segments), ()):
            if all(
                segment != "" if literal is None else segment == literal
                for literal, segment in zip(pattern, segments, strict=True)
            ):
                return template
        return None


class _Operation:
    """One documented operation; each schema is compiled when it is first needed."""

    def __init__(self, item: Json, method: str, schemas: Schemas) -> None:
        self._item = item
        self._definition = item[method]
        self._schemas = schemas
        self._validators: dict[str, Draft202012Validator] = {}

    @cached_property
    def query(self) -> QueryParameters:
        parameters = self._item.get("parameters", []) + self._definition.get("parameters", [])
        return QueryParameters(map(self._schemas.resolve, parameters), self._schemas)

    def request_body_complaints(self, headers: Headers, body: bytes) -> list[str]:
        documented = self._schemas.resolve(self._definition.get("requestBody", {}))
        if not documented:
            return ["a body is sent, and none is documented"] if body else []
        if not body:
            return ["the body is missing"] if documented.get("required") else []
        return self._content_complaints("request", documented["content"], headers, body)

    def response_complaints(self, status: int, headers: Headers, body: bytes) -> list[str]:
        if status >= 500:
            return []
        answers = self._definition["responses"]
        name = next((key for key in (str(status), f"{status // 100}XX") if key in answers), None)
        if name is None:
            return [f"status {status} is not documented ({', '.join(answers)} are)"]
        content = self._schemas.resolve(answers[name]).get("content")
        if not content:
            return ["the answer has a body, and none is documented"] if body else []
        return self._content_complaints(name, content, headers, body)

    def _content_complaints(
        self, part: str, content: Json, headers: Headers, body: bytes
    ) -> list[str]:
        kind = media_type(headers)
        if kind not in content:
            sent = header(headers, "content-type") or "absent"
            return [f"the content type is {sent}, documented is {' or '.join(content)}"]
        if kind != _JSON:
            return []  # forms and files are checked by hand-written rules
        if part not in self._validators:
            self._validators[part] = self._schemas.validator(content[kind].get("schema", {}))
        return read_json(self._validators[part], body)[0]


def _by_length(paths: Mapping[str, Any]) -> dict[int, list[tuple[tuple[str | None, ...], str]]]:
    """Group path templates by their number of segments; literal segments come before parameters."""
    grouped: dict[int, list[tuple[tuple[str | None, ...], str]]] = {}
    for template in paths:
        pattern = tuple(None if part.startswith("{") else part for part in template.split("/"))
        grouped.setdefault(len(pattern), []).append((pattern, template))
    for rows in grouped.values():
        rows.sort(key=lambda row: [literal is None for literal in row[0]])
    return grouped
