"""SQL values in Hrana's JSON encoding."""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Any, Final

from oneclick_deploy.local.libsql.refusals import unreadable

SqlValue = None | int | float | str | bytes

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,40}")
_INT64_MIN: Final = -(2**63)
_INT64_MAX: Final = 2**63 - 1


def decode_value(raw: Any) -> SqlValue:
    """Read one value of a client message; anything malformed refuses the whole request."""
    if not isinstance(raw, dict):
        raise unreadable("a value is an object with a type")
    kind = raw.get("type")
    if kind == "null":
        return None
    if kind == "integer":
        return _decode_integer(raw.get("value"))
    if kind == "float":
        return _decode_float(raw.get("value"))
    if kind == "text":
        return decode_text(raw.get("value"), what="a text value")
    if kind == "blob":
        return _decode_blob(raw.get("base64"))
    raise unreadable(
        f"unknown variant `{str(kind)[:40]}`, "
        "expected one of `null`, `integer`, `float`, `text`, `blob`"
    )


def decode_text(raw: Any, *, what: str) -> str:
    """Read a string that can be stored: half a surrogate pair cannot."""
    if not isinstance(raw, str):
        raise unreadable(f"{what} is a string")
    if not raw.isascii():
        try:
            raw.encode()
        except UnicodeEncodeError:
            raise unreadable(f"{what} holds a lone surrogate") from None
    return raw


def encode_value(value: SqlValue) -> dict[str, Any]:
    """Write one value of a row. Integers are strings, blobs are base64 without padding."""
    if value is None:
        return {"type": "null"}
    if isinstance(value, int):
        return {"type": "integer", "value": str(value)}
    if isinstance(value, str):
        return {"type": "text", "value": value}
    if isinstance(value, float):
        # JSON has no infinity; sqld writes null and keeps the type.
        return {"type": "float", "value": value if math.isfinite(value) else None}
    return {"type": "blob", "base64": base64.b64encode(value).rstrip(b"=").decode()}


def encoded_size(value: SqlValue) -> int:
    """How many bytes sqld counts for a value against its limit on answers, found by trying."""
    if isinstance(value, str):
        return 26 + len(value)
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, int):
        return 29 + len(str(value))
    return 15 if value is None else 29


def _decode_integer(raw: Any) -> int:
    # Hrana carries 64-bit integers as decimal strings, for JSON numbers lose digits.
    if isinstance(raw, str) and _INTEGER.fullmatch(raw):
        number = int(raw)
        if _INT64_MIN <= number <= _INT64_MAX:
            return number
    raise unreadable("an integer value is a decimal integer as a string, within 64 bits")


def _decode_float(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise unreadable("a float value is a number")
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise unreadable("number out of range")
    return number


def _decode_blob(raw: Any) -> bytes:
    if isinstance(raw, str) and raw.isascii():
        bare = raw.rstrip("=")
        if len(raw) - len(bare) <= 2 and len(bare) % 4 != 1:
            try:
                return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
            except binascii.Error:
                pass
    raise unreadable("a blob is binary data encoded as base64")
