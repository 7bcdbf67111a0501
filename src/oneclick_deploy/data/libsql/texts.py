"""Writes many values at once: as Hrana writes them, and as the document of one argument.

Values are written column by column, for most columns hold one type: what has to be decided is
decided once for some hundred values.
"""

from __future__ import annotations

import math
import operator
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from json.encoder import encode_basestring
from typing import Any, Final, TypeAlias

Value: TypeAlias = int | float | str | bytes | None
Row: TypeAlias = tuple[Value, ...]

_TEXT: Final = '{"type":"text","value":%s}'.__mod__
_FLOAT: Final = '{"type":"float","value":%s}'.__mod__
NULL: Final = '{"type":"null"}'
# A fraction's denominator must fit the 64-bit integer that SQLite shifts.
_SHIFTS: Final = {1 << shift: str(shift) for shift in range(63)}
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
    if kinds == {float}:
        return _hrana_floats(column)
    if kinds == {str}:
        return list(map(_TEXT, map(encode_basestring, column)))
    if len(kinds) == 1:
        return list(map(_WRITERS[kinds.pop()], column))
    return [_WRITERS[type(value)](value) for value in column]


def _hrana_floats(column: Sequence[float]) -> list[str]:
    texts = list(map(repr, column))
    together = "".join(texts)
    if "e" in together or "n" in together:  # an exponent, an infinity
        return list(map(_hrana_float, column))
    return list(map(_FLOAT, texts))


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
    pairs = _fractions(column, kinds)
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


def _fractions(column: Sequence[Any], kinds: set[type]) -> list[list[str]] | None:
    """The numerators of floats, and the exponents of their denominators, which are null for others.

    Most of the work on ordinary rows is done here, so that no line runs for each value.
    """
    floats = column if len(kinds) == 1 else [each for each in column if type(each) is float]
    if 0.0 in floats and any(math.copysign(1.0, each) < 0 for each in floats if not each):
        return None  # a fraction has no negative zero
    try:
        tops, bottoms = zip(*map(float.as_integer_ratio, floats), strict=True)
        shifts = list(map(_SHIFTS.__getitem__, bottoms))
    except (OverflowError, KeyError):  # an infinity; closer to zero than an integer can say
        return None
    if max(tops) > _LARGEST_INTEGER or min(tops) < -_LARGEST_INTEGER:
        return None
    if len(kinds) == 1:
        return [list(map(str, tops)), shifts]
    return _mixed(column, iter(tops), iter(shifts))


def _mixed(
    column: Sequence[Any], tops: Iterator[int], shifts: Iterator[str]
) -> list[list[str]] | None:
    upper, lower = [], []
    for value in column:
        is_float = type(value) is float
        upper.append(str(next(tops)) if is_float else _plain_text(value))
        lower.append(next(shifts) if is_float else "null")
        if _NUL in upper[-1]:
            return None
    return [upper, lower]
