"""SQLite values on the Hrana wire, exact in both directions.

Integers travel as decimal texts, so that no 64-bit value is rounded; blobs as base64, padded when
sent and unpadded in answers; everything else as JSON has it (facts: Hrana wire facts, values).
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from oneclick_deploy.errors import ConfigurationError

Value: TypeAlias = bool | int | float | str | bytes | bytearray | memoryview | None
"""What may be bound to a parameter. ``True`` and ``False`` become 1 and 0."""

Args: TypeAlias = Sequence[Value] | Mapping[str, Value]
"""The arguments of a statement: by position, or by name (with or without its ``:@$`` sign)."""

SMALLEST_INTEGER: Final = -(2**63)
LARGEST_INTEGER: Final = 2**63 - 1
LOST_INFINITY: Final = math.nan
"""Stands for an infinity whose sign the server did not send. SQLite itself never yields a NaN."""

_HINTS = {
    "datetime": "Pass .isoformat(), or epoch milliseconds, as the column's other rows have it.",
    "date": "Pass .isoformat().",
    "time": "Pass .isoformat().",
    "Decimal": "Pass str(value) to keep every digit, or float(value).",
    "UUID": "Pass str(value), or value.bytes.",
    "list": "Pass json.dumps(value).",
    "dict": "Pass json.dumps(value).",
}


def encode(value: Value) -> dict[str, Any]:
    """Write one argument.

    Raises:
        ConfigurationError: The type is not one of SQLite's, or the value does not fit it.
    """
    if value is None:
        return {"type": "null"}
    if isinstance(value, int):
        return _encode_integer(value)
    if isinstance(value, float):
        return _encode_float(value)
    if isinstance(value, str):
        return {"type": "text", "value": checked_text(str(value))}
    if isinstance(value, bytes | bytearray | memoryview):
        return {"type": "blob", "base64": base64.b64encode(bytes(value)).decode("ascii")}
    kind = type(value).__name__
    raise ConfigurationError(
        f"a value of type {kind} cannot be bound to a statement",
        hint=_HINTS.get(kind, "SQLite has None, int, float, str and bytes; convert it first."),
    )


def encode_args(args: Args) -> dict[str, Any]:
    """Write the arguments of a statement as the fields of a Hrana statement.

    Raises:
        ConfigurationError: They are neither a sequence nor a mapping, or a value does not fit.
    """
    if isinstance(args, Mapping):
        named = [
            {"name": checked_text(str(name)), "value": encode(value)}
            for name, value in args.items()
        ]
        return {"named_args": named} if named else {}
    if isinstance(args, str | bytes | bytearray | memoryview) or not isinstance(args, Sequence):
        raise ConfigurationError(
            f"the arguments of a statement are a sequence or a mapping, not {type(args).__name__}",
            hint="For one argument write (value,).",
        )
    return {"args": [encode(value) for value in args]} if args else {}


def place(value: Value) -> tuple[str, tuple[Value, ...]]:
    """Where a value stands in a statement: ``?`` and the argument, or a literal without one.

    Infinities need the literal: JSON cannot carry them. Loaders that build their own ``VALUES``
    use this for every value.
    """
    if isinstance(value, float) and math.isinf(value):
        return ("9e999" if value > 0 else "-9e999"), ()
    return "?", (value,)


def checked_text(text: str) -> str:
    """Return ``text`` when UTF-8 can carry it.

    Raises:
        ConfigurationError: It holds half of a surrogate pair.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ConfigurationError(
            f"a text holds half of a surrogate pair (at position {error.start}) and is not valid "
            "Unicode",
            hint="Read the source with the right encoding, or pass bytes.",
        ) from None
    return text


def decode(value: Any) -> int | float | str | bytes | None:
    """Read one value of a row. An infinity without its sign becomes `LOST_INFINITY`.

    Raises:
        ValueError: It is not a Hrana value.
    """
    try:
        return _READERS[value["type"]](value)
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error):
        raise ValueError("readable value in its rows") from None


def _encode_integer(value: int) -> dict[str, Any]:
    if not SMALLEST_INTEGER <= value <= LARGEST_INTEGER:
        raise ConfigurationError(
            "an integer does not fit into 64 bits, the largest that SQLite has",
            hint="Pass it as text.",
        )
    return {"type": "integer", "value": str(int(value))}


def _encode_float(value: float) -> dict[str, Any]:
    if math.isnan(value):
        raise ConfigurationError(
            "NaN cannot be stored: SQLite would turn it into NULL", hint="Pass None."
        )
    if math.isinf(value):
        raise ConfigurationError(
            "an infinity cannot be bound: JSON, which carries arguments, has none",
            hint="Write 9e999 or -9e999 into the statement in its place; "
            "oneclick_deploy.providers.libsql.place() does.",
        )
    return {"type": "float", "value": float(value)}


def _read_integer(value: Mapping[str, Any]) -> int:
    number = value["value"]
    if isinstance(number, bool | float):
        raise TypeError
    return int(number)


def _read_float(value: Mapping[str, Any]) -> float:
    number = value["value"]
    if number is None:  # sqld writes both infinities as null (facts)
        return LOST_INFINITY
    if isinstance(number, bool | str):
        raise TypeError
    return float(number)


def _read_text(value: Mapping[str, Any]) -> str:
    text = value["value"]
    if not isinstance(text, str):
        raise TypeError
    return text


def _read_blob(value: Mapping[str, Any]) -> bytes:
    text = value["base64"]
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


_READERS: dict[str, Callable[[Mapping[str, Any]], int | float | str | bytes | None]] = {
    "null": lambda _: None,
    "integer": _read_integer,
    "float": _read_float,
    "text": _read_text,
    "blob": _read_blob,
}
