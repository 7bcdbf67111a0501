"""One text for each value, whatever database holds it.

The texts are those that PostgreSQL writes most cheaply, for there they are made in SQL. NULL has
none; an empty text, which begins with its length, differs from it.

============ ==========================================================================
INTEGER      digits
BOOLEAN      0 or 1
FLOAT        PostgreSQL's: the shortest digits, an exponent below 1e-4 and from 1e15 on
DECIMAL      digits without an exponent and without zeros at the end
DATETIME     ``2024-01-02 03:04:05.6``, UTC, without zeros at the end
DATE, TIME   the two halves of that
TEXT, ENUM   the number of bytes, a colon, the text
JSON         the same; where it is stored parsed, of `json_text`
BYTES        x and hexadecimal digits
UUID         RFC 9562's
OTHER        a question mark: only the server knows which texts mean the same
ANY          as the value's storage class has it
============ ==========================================================================
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from oneclick_deploy.data.canonical.documents import json_text
from oneclick_deploy.data.columns import Kind, TargetColumn
from oneclick_deploy.data.conversion.exact_numbers import float32_text, plain_text

# Types whose values come back with the blanks they were cut or filled up with.
_PADDED: Final = frozenset({"char", "character", "bpchar"})


def canonical_text(value: Any, column: TargetColumn) -> str | None:
    """The text of a value, as a driver gives it or as a plan's SQL does.

    Args:
        value: Of the kind's own Python type, or a text that spells it.
        column: What holds it.
    """
    return None if value is None else _TEXTS[effective_kind(column)](value, column)


def effective_kind(column: TargetColumn) -> Kind:
    """The kind by whose rules a column is compared."""
    return Kind.OTHER if column.is_list else column.kind


def is_padded(column: TargetColumn) -> bool:
    """Whether blanks at the end mean nothing."""
    return column.type_name.lower().split("(")[0].strip() in _PADDED


def double_text(value: float) -> str:
    """A double as PostgreSQL writes it."""
    text = repr(value)
    if "e" in text or not -1e15 < value < 1e15:
        return _shortest(text, 15)
    return text[:-2] if text[-2:] == ".0" else text


def counted(text: str) -> str:
    """A text with its number of bytes, so that no two rows read alike."""
    return f"{len(text) if text.isascii() else len(text.encode())}:{text}"


def _shortest(text: str, most: int) -> str:
    """Digits in PostgreSQL's form: an exponent below -4 and from ``most`` on."""
    if text.endswith("inf"):
        return "-Infinity" if text[0] == "-" else "Infinity"
    sign, digits, _ = Decimal(text).as_tuple()
    shown = "".join(map(str, digits)).rstrip("0") or "0"
    exponent = Decimal(text).adjusted() if shown != "0" else 0
    minus = "-" if sign else ""
    if -4 <= exponent < most:
        plain = plain_text(abs(Decimal(text)))
        return f"{minus}{plain}"
    fraction = f".{shown[1:]}" if len(shown) > 1 else ""
    return f"{minus}{shown[0]}{fraction}e{exponent:+03}"


def _integer(value: Any, column: TargetColumn) -> str:
    del column
    return str(int(value))


def _float(value: Any, column: TargetColumn) -> str:
    number = float(value)
    if column.bits != 32:
        return double_text(number)
    return _shortest(repr(number) if math.isinf(number) else float32_text(number), 6)


def _decimal(value: Any, column: TargetColumn) -> str:
    del column
    if isinstance(value, float):
        return plain_text(Decimal(repr(value)))
    return plain_text(Decimal(value))


def _boolean(value: Any, column: TargetColumn) -> str:
    del column
    # A BIT(1) of MySQL comes as bytes.
    return str(value[-1]) if isinstance(value, bytes) else str(int(value))


def _text(value: Any, column: TargetColumn) -> str:
    text = value.decode() if isinstance(value, bytes | bytearray) else str(value)
    return counted(text.rstrip(" ") if is_padded(column) else text)


def _bytes(value: Any, column: TargetColumn) -> str:
    del column
    return "x" + (value.encode() if isinstance(value, str) else bytes(value)).hex()


def _datetime(value: Any, column: TargetColumn) -> str:
    del column
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        text = value.isoformat(" ")
    else:
        text = str(value).replace("T", " ").removesuffix("+00:00").removesuffix("+00")
    return without_zeros(text)


def _date(value: Any, column: TargetColumn) -> str:
    del column
    return value.isoformat()[:10] if isinstance(value, dt.date) else str(value)[:10]


def _time(value: Any, column: TargetColumn) -> str:
    del column
    if isinstance(value, dt.timedelta):
        value = (dt.datetime(1970, 1, 1) + value).time()  # noqa: DTZ001 - a time of day
    text = value.isoformat() if isinstance(value, dt.time) else str(value)
    return without_zeros(text.removesuffix("+00:00").removesuffix("+00"))


def without_zeros(text: str) -> str:
    """A time without the zeros that end its fraction."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _json(value: Any, column: TargetColumn) -> str:
    text = value.decode() if isinstance(value, bytes | bytearray) else str(value)
    return counted(json_text(text) if column.binary_json else text)


def _uuid(value: Any, column: TargetColumn) -> str:
    del column
    return str(value if isinstance(value, uuid.UUID) else uuid.UUID(str(value)))


def _other(value: Any, column: TargetColumn) -> str:
    del value, column
    return "?"


def _any(value: Any, column: TargetColumn) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes(value, column)
    if isinstance(value, float):
        return "r" + double_text(value)
    return counted(value) if isinstance(value, str) else str(value)


_TEXTS: Final[dict[Kind, Callable[[Any, TargetColumn], str]]] = {
    Kind.INTEGER: _integer,
    Kind.FLOAT: _float,
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: _boolean,
    Kind.TEXT: _text,
    Kind.ENUM: _text,
    Kind.BYTES: _bytes,
    Kind.DATETIME: _datetime,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.JSON: _json,
    Kind.UUID: _uuid,
    Kind.OTHER: _other,
    Kind.ANY: _any,
}
