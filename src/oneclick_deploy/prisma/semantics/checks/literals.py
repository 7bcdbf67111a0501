"""Why a text is not a number, a time or base64, in the words that Prisma passes on.

The words are those of the libraries that Prisma parses with (Rust's integers, num-bigint,
bigdecimal, chrono); each function gives an empty text for a good literal.
"""

from __future__ import annotations

import binascii

_TOO_LARGE = "number too large to fit in target type"
_TOO_SMALL = "number too small to fit in target type"
_NO_DIGIT = "invalid digit found in string"
_EMPTY = "cannot parse integer from empty string"

_DIGITS = frozenset("0123456789")
_LARGEST = 2**63 - 1

_SHORT = "premature end of input"
_RANGE = "input is out of range"
_INVALID = "input contains invalid characters"
_TRAILING = "trailing input"


def integer_mistake(text: str) -> str:
    """Whether a text is an integer of 64 bits."""
    if not text:
        return _EMPTY
    is_negative = text[0] == "-"
    digits = text[1:] if text[0] in "+-" else text
    count = next((i for i, each in enumerate(digits) if each not in _DIGITS), len(digits))
    # A number that is already too large is said to be so, whatever follows it. Nineteen digits are
    # enough to know, and Python refuses to read thousands.
    significant = digits[:count].lstrip("0")
    if len(significant) > 19 or int(significant or "0") > _LARGEST + is_negative:
        return _TOO_SMALL if is_negative else _TOO_LARGE
    return "" if digits and count == len(digits) else _NO_DIGIT


def decimal_mistake(text: str) -> str:
    """Whether a text is a decimal: ``-1_000.50e3``."""
    place = min((at for at in (text.find("e"), text.find("E")) if at >= 0), default=-1)
    mantissa, exponent = (text, "0") if place < 0 else (text[:place], text[place + 1 :])
    mistake = integer_mistake(exponent.removeprefix("+"))
    if mistake:
        return mistake
    if not mantissa:
        return "Failed to parse empty string"
    return _big_integer_mistake(mantissa.replace(".", "", 1))


def _big_integer_mistake(text: str) -> str:
    if text.startswith("-") and not text.startswith("-+"):
        text = text[1:]
    if text.startswith("+") and not text.startswith("++"):
        text = text[1:]
    if not text:
        return _EMPTY
    digits = text.replace("_", "")
    if text.startswith("_") or not (digits.isascii() and digits.isdigit()):
        return _NO_DIGIT
    return ""


def base64_mistake(text: str) -> str:
    """Whether a text is base64 as an encoder writes it, with its padding."""
    try:
        decoded = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        decoded = None
    if decoded is not None and binascii.b2a_base64(decoded, newline=False) == text.encode():
        return ""
    return "Could not convert from `base64 encoded bytes` to `PrismaValue::Bytes`"


class _Stop(Exception):  # noqa: N818 - the end of reading, with the reason
    """Reading a date ends here."""


def date_time_mistake(text: str) -> str:
    """Whether a text is a time of RFC 3339, with an offset."""
    reader = _Reader(text.encode())
    try:
        _read_date_time(reader)
    except _Stop as reason:
        return str(reason)
    return ""


class _Reader:
    """Takes characters from the front of a text; the order of reads decides the reason."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self, least: int, most: int) -> int:
        """Digits, as many as there are within the limits."""
        found = self.data[self.at : self.at + most]
        if len(found) < least:
            raise _Stop(_SHORT)
        count = next((i for i, byte in enumerate(found) if not 48 <= byte <= 57), len(found))
        if count < least:
            raise _Stop(_INVALID)
        self.at += count
        return int(found[:count])

    def one_of(self, characters: bytes) -> int:
        """One of the given characters."""
        if self.at >= len(self.data):
            raise _Stop(_SHORT)
        byte = self.data[self.at]
        if byte not in characters:
            raise _Stop(_INVALID)
        self.at += 1
        return byte

    def within(self, least: int, most: int) -> int:
        """Two digits that mean a number between two others."""
        number = self.number(2, 2)
        if not least <= number <= most:
            raise _Stop(_RANGE)
        return number


def _read_date_time(reader: _Reader) -> None:
    year = reader.number(4, 4)
    reader.one_of(b"-")
    month = reader.within(1, 12)
    reader.one_of(b"-")
    day = reader.within(1, 31)
    reader.one_of(b"tT ")
    reader.within(0, 23)
    reader.one_of(b":")
    reader.within(0, 59)
    reader.one_of(b":")
    reader.within(0, 60)
    _read_fraction(reader)
    _read_offset(reader)
    if reader.at < len(reader.data):
        raise _Stop(_TRAILING)
    if day > _days(year, month):
        raise _Stop(_RANGE)


def _days(year: int, month: int) -> int:
    if month == 2:
        is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if is_leap else 28
    return 30 if month in {4, 6, 9, 11} else 31


def _read_fraction(reader: _Reader) -> None:
    if reader.data[reader.at : reader.at + 1] != b".":
        return
    reader.at += 1
    reader.number(1, 9)
    while 48 <= int.from_bytes(reader.data[reader.at : reader.at + 1], "big") <= 57:
        reader.at += 1


def _read_offset(reader: _Reader) -> None:
    minus = "\N{MINUS SIGN}".encode()
    if reader.data[reader.at : reader.at + 1] in {b"Z", b"z"}:
        reader.at += 1
        return
    if reader.data.startswith(minus, reader.at):
        reader.at += len(minus)
    else:
        reader.one_of(b"+-")
    hours = reader.number(2, 2)
    reader.one_of(b":")
    minutes = reader.number(2, 2)
    if minutes > 59 or hours > 23:
        raise _Stop(_RANGE)
