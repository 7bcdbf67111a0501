"""Reading the requests of the Platform API."""

from __future__ import annotations

import json
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from oneclick_deploy.local.turso.errors import bad_request

_MAX_BODY_BYTES: Final = 1024 * 1024


async def read_object(request: Request, *, required: bool = True) -> dict[str, Any]:
    """Read a JSON object from the body, whatever the content type says.

    The official npm client sends JSON without the content type (facts/turso.md, Additions).
    """
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _MAX_BODY_BYTES:
                raise bad_request("the request body is too large")
    except ClientDisconnect:
        raise bad_request("the request ended early") from None
    if not body.strip() and not required:
        return {}
    try:
        content = json.loads(bytes(body))
    except (ValueError, RecursionError):
        raise bad_request("could not parse the request body as JSON") from None
    if content is None and not required:
        return {}
    if not isinstance(content, dict):
        raise bad_request("the request body must be a JSON object")
    return content


def text_field(body: dict[str, Any], name: str) -> str:
    """A required text."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise bad_request(f"{name} is required")
    return value


def flag_field(body: dict[str, Any], name: str, *, otherwise: bool) -> bool:
    """An optional boolean."""
    value = body.get(name)
    if value is None:
        return otherwise
    if not isinstance(value, bool):
        raise bad_request(f"{name} must be a boolean")
    return value


def list_field(body: dict[str, Any], name: str, *, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """An optional list of texts: absent leaves it as it is, null clears it (facts, section 1)."""
    if name not in body:
        return otherwise
    value = body[name]
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise bad_request(f"{name} must be a list of strings")
    return tuple(value)
