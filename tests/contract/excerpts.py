"""Short pieces of bodies for reports, without the secrets in them."""

from __future__ import annotations

import json
import re
from typing import Any

from .messages import parse_json

LONGEST = 300
_LONGEST_STRING = 48

# Fields whose text is a secret or may be one, in lower case.
_SECRET_FIELDS = re.compile(
    r"jwt|value|text|secret|token|password|authorization|encryption_key|base64|sql|baton|manifest"
)
_TOKEN = re.compile(r"[A-Za-z0-9_+/=.-]{24,}")


def excerpt(body: bytes) -> str:
    """Show the beginning of a JSON body or a short text, secrets replaced by their lengths."""
    if not body:
        return "(no body)"
    try:
        text = json.dumps(_shortened(parse_json(body), field=""), ensure_ascii=False)
    except ValueError:
        if len(body) > LONGEST or not body.isascii() or b"\n" in body:
            return f"({len(body)} bytes that are not JSON)"  # a form or a file, secrets included
        text = _TOKEN.sub(_length_of, body.decode())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _shortened(value: Any, *, field: str) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(child, field=name) for name, child in value.items()}
    if isinstance(value, list):
        return [_shortened(child, field=field) for child in value]
    if not isinstance(value, str):
        return value
    if _SECRET_FIELDS.search(field.lower()) or len(value) > _LONGEST_STRING:
        return f"({len(value)} characters)"
    return _TOKEN.sub(_length_of, value)


def _length_of(found: re.Match[str]) -> str:
    return f"({len(found[0])} characters)"
