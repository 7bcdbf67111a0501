"""Writes many values at once: as Hrana writes them, and as the document of one argument.

Values are written column by column, for most columns hold one type: what has to be decided is
decided once for some hundred values.
"""

from __future__ import annotations

import math
import operator
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from json.encoder import encode_basestring
from typing import Any, Final, TypeAlias

Value: TypeAlias = int | float | str | bytes | None
Row: TypeAlias = tuple[Value, ...]

NULL: Final = '{"type":"null"}'
# A fraction's denominator must fit the 64-bit integer that SQLite shifts.
_MOST_SHIFT: Final = 62
_LARGEST_INTEGER: Final = 2**63 - 1
_PLAIN: Final = frozenset({int, str, type(None)})
_WITH_FLOATS: Final = _PLAIN | {float}
_NUL: Final = "\\u0000"

quoted: Final[Callable[[str], str]] = encode_basestring
"""A JSON text with its quotes; what is beyond ASCII stays as it is."""


class RawText(bytes):
    """The bytes of a text that is not valid UTF-8, which SQLite stores and reads all the same."""

    __slots__ = ()


def hrana_rows(rows: Sequence[Row]) -> list[str]:
    """Write each row as the values of a Hrana answer, which are those of arguments as well.

    Infinities and texts that are not UTF-8, which Hrana cannot carry, are written in a way of
    their own, so that no two rows are written alike.
    """
    columns = [_hrana_column(column) for column in zip(*rows, strict=True)]
    return list(map(",".join, zip(*columns, strict=True))) if columns else [""] * len(rows)


def document_rows(rows: Sequence[Row]) -> tuple[list[str], tuple[str, ...]] | None:
    """Write each row as a JSON array, and say how SQL reads each column out of it.

    A float is written as its numerator and the exponent of its denominator, for SQLite's own
    reading of decimal numbers is not exact (facts: 3 of 5,008 doubles differ in the last digit);
    the division by a power of two is.

    Returns:
        The arrays and the SQL of the columns, over a ``value``; ``None`` when a value has no exact
        form of this kind.
    """
    written: list[Iterable[str]] = []
    reading: list[str] = []
    for column in zip(*rows, strict=True):
        found = _document_column(column, len(written))
        if found is None:
            return None
        texts, sql = found
        written += texts
        reading.append(sql)
    made = [f"[{row}]" for row in map(",".join, zip(*written, strict=True))]
    return made, tuple(reading)


def _hrana_column(column: Sequence[Any]) -> list[str]:
    kinds = set(map(type, column))
    if len(kinds) == 1:
        return list(map(_WRITERS[kinds.pop()], column))
    return [_WRITERS[type(value)](value) for value in column]


def _hrana_float(value: float) -> str:
    return f'{{"type":"float","value":{_float_text(value)}}}'


def _float_text(value: float) -> str:
    """The shortest digits, as the server writes them: without ``+`` and leading zeros."""
    text = repr(value)
    if "e" not in text:
        return text if math.isfinite(value) else f'"{text}"'
    digits, _, exponent = text.partition("e")
    power = int(exponent)
    if power == -5:  # the server still writes zeros here
        sign = "-" if digits.startswith("-") else ""
        return f"{sign}0.0000{digits.lstrip('-').replace('.', '')}"
    return f"{digits}e{power}"


def _hrana_blob(value: bytes) -> str:
    return f'{{"type":"blob","base64":"{b64encode(value).rstrip(b"=").decode()}"}}'


def _hrana_raw_text(value: bytes) -> str:
    return f'{{"type":"text","base64":"{b64encode(value).rstrip(b"=").decode()}"}}'


_WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    type(None): lambda _: NULL,
    int: '{"type":"integer","value":"%d"}'.__mod__,
    float: _hrana_float,
    str: lambda value: f'{{"type":"text","value":{encode_basestring(value)}}}',
    bytes: _hrana_blob,
    RawText: _hrana_raw_text,
}


def _document_column(column: Sequence[Any], position: int) -> tuple[list[list[str]], str] | None:
    kinds = set(map(type, column))
    read = f"value->>{position}"
    if kinds <= _PLAIN:
        texts = _plain_texts(column, kinds)
        return None if texts is None else ([texts], read)
    if not kinds <= _WITH_FLOATS:
        return None
    fraction = f"({read})*1.0/(1<<(value->>{position + 1}))"
    pairs = _fractions(column)
    if pairs is None:
        return None
    if kinds == {float}:
        return pairs, fraction
    return pairs, f"CASE WHEN value->>{position + 1} IS NULL THEN {read} ELSE {fraction} END"


def _plain_texts(column: Sequence[Any], kinds: set[type]) -> list[str] | None:
    if kinds == {int}:
        return list(map(str, column))
    if kinds == {str}:
        texts = list(map(encode_basestring, column))
    else:
        texts = [_plain_text(value) for value in column]
    # Not every SQLite reads a NUL out of JSON.
    return None if any(map(operator.contains, texts, [_NUL] * len(texts))) else texts


def _plain_text(value: int | str | None) -> str:
    if value is None:
        return "null"
    return encode_basestring(value) if isinstance(value, str) else str(value)


def _fractions(column: Sequence[Any]) -> list[list[str]] | None:
    upper, lower = [], []
    for value in column:
        if type(value) is float:
            if value == 0 or value - value != 0:  # zeros have a sign; infinities no fraction
                if math.copysign(1.0, value) < 0 or value:
                    return None
                upper.append("0")
                lower.append("0")
                continue
            top, bottom = value.as_integer_ratio()
            shift = bottom.bit_length() - 1
            if shift > _MOST_SHIFT or abs(top) > _LARGEST_INTEGER:
                return None
            upper.append(str(top))
            lower.append(str(shift))
        else:
            text = _plain_text(value)
            if _NUL in text:
                return None
            upper.append(text)
            lower.append("null")
    return [upper, lower]
