"""Reading headers and bodies the way a strict server would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from oneclick_deploy.secrets import Secret

Headers = Mapping[str, str | Secret]


def header(headers: Headers, name: str) -> str:
    """Find a header whatever the case of its name; empty when it is absent."""
    for key, value in headers.items():
        if key.lower() == name:
            return value.reveal() if isinstance(value, Secret) else value
    return ""


def media_type(headers: Headers) -> str:
    """Read the content type without its parameters, in lower case."""
    return header(headers, "content-type").partition(";")[0].strip().lower()


def parse_json(body: bytes) -> Any:
    """Parse a JSON body.

    Raises:
        ValueError: It is not UTF-8, not JSON, nested beyond reason, or holds a number that JSON
            does not have.
    """
    try:
        return json.loads(body.decode(), parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def authorization_complaints(headers: Headers, *, required: bool) -> list[str]:
    """Check the bearer token's form. ``Bearer None`` is what a client sends that has no token."""
    value = header(headers, "authorization")
    if not value:
        return ["the Authorization header is missing"] if required else []
    scheme, _, token = value.partition(" ")
    if scheme != "Bearer" or token in ("", "None", "null", "undefined") or " " in token.strip():
        return ["the Authorization header is not 'Bearer <token>'"]
    return []


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
