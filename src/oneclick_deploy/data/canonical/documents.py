"""One text for each JSON document: the one that PostgreSQL writes for a ``jsonb``.

Keys are in the order of their bytes' number, then of their bytes; of equal keys the last one
counts; numbers are decimals without an exponent, with the zeros that they were written with.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final


class _Odd(Exception):  # noqa: N818 - never leaves this module
    """A number that Python would spell in another way."""


def json_text(text: str) -> str:
    """The canonical text of a document.

    Raises:
        ValueError: The text is no JSON.
    """
    try:
        return _ENCODE(_DECODE(text))
    except (_Odd, ValueError):
        # Also integers of more digits than int() takes.
        return "".join(_written(json.loads(text, parse_int=_Number, parse_float=_Number)))


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def _float(text: str) -> float:
    value = float(text)
    if repr(value) != text or "e" in text or value == 0:
        raise _Odd
    return value


def _in_order(loaded: dict[str, Any]) -> dict[str, Any]:
    """An object with its keys in order."""
    if len(loaded) < 2:
        return loaded
    keys = _ordered(loaded)
    return loaded if keys == list(loaded) else {key: loaded[key] for key in keys}


def _ordered(loaded: dict[str, Any]) -> list[str]:
    # Most keys are ASCII, whose characters are bytes.
    return sorted(loaded, key=_ascii_order if "".join(loaded).isascii() else _bytes_order)


def _ascii_order(key: str) -> tuple[int, str]:
    return len(key), key


def _bytes_order(key: str) -> tuple[int, bytes]:
    written = key.encode()
    return len(written), written


_DECODE: Final = json.JSONDecoder(object_hook=_in_order, parse_float=_float).decode
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _written(loaded: Any) -> list[str]:
    if isinstance(loaded, _Number):
        return [_number(loaded)]
    if isinstance(loaded, dict):
        pairs = [[_ENCODE(key), ": ", *_written(loaded[key])] for key in _ordered(loaded)]
        return ["{", *_joined(pairs), "}"]
    if isinstance(loaded, list):
        return ["[", *_joined([_written(each) for each in loaded]), "]"]
    return [_ENCODE(loaded)]


def _joined(parts: list[list[str]]) -> list[str]:
    joined: list[str] = []
    for part in parts:
        joined += [", ", *part] if joined else part
    return joined


def _number(text: str) -> str:
    number = format(Decimal(text), "f")
    # PostgreSQL's numeric knows no negative zero.
    return number.lstrip("-") if not number.strip("-0.") else number
