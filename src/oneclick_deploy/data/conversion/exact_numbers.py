"""Exactly what a number, a boolean or a text that spells one becomes."""

from __future__ import annotations

import math
import re
import struct
from decimal import Context, Decimal
from typing import Final

from oneclick_deploy.data.columns import TargetColumn
from oneclick_deploy.data.conversion.dialects import (
    Dialect,
    decimal_limits,
    integer_range,
    takes_infinity,
)
from oneclick_deploy.data.conversion.outcome import Converted, Outcome, changed, refused
from oneclick_deploy.data.problems import Problem

_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_TRUE: Final = frozenset({"1", "t", "true", "y", "yes", "on"})
_FALSE: Final = frozenset({"0", "f", "false", "n", "no", "off"})
_INFINITIES: Final = {
    "inf": math.inf,
    "+inf": math.inf,
    "infinity": math.inf,
    "+infinity": math.inf,
    "-inf": -math.inf,
    "-infinity": -math.inf,
}
# Enough for every double and every text of 1,000 digits.
EXACT: Final = Context(prec=6000, Emax=999_999, Emin=-999_999)
_GREATEST_DOUBLE: Final = 1.7976931348623157e308
_GREATEST_FLOAT32: Final = 3.4028234663852886e38
_LONGEST_TEXT: Final = 1000
_WIDE: Final = 1 << 70


def number_of(value: Converted) -> float | Decimal | None:
    """The number that a value is or spells exactly; None when it is none."""
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        return None
    text = value.strip(" \t\r\n")
    if _NUMBER.fullmatch(text):
        return EXACT.create_decimal(text)
    return _INFINITIES.get(text.lower())


def is_infinite(number: float | Decimal) -> bool:
    """Whether a number has no digits."""
    return isinstance(number, float) and math.isinf(number)


def integer(value: Converted, column: TargetColumn, dialect: Dialect) -> Outcome:
    """An integer, a float that is one, or the text of one."""
    del dialect
    number = number_of(value)
    if number is None:
        return refused(Problem.NOT_A_NUMBER)
    least, greatest = integer_range(column)
    if is_infinite(number):
        return changed(greatest if number > 0 else least, Problem.NOT_FINITE)
    if not -_WIDE <= number <= _WIDE:
        return changed(greatest if number > 0 else least, Problem.OUT_OF_RANGE)
    whole = int(number.to_integral_value() if isinstance(number, Decimal) else round(number))
    problems = [Problem.NOT_A_NUMBER] if whole != number else []
    if not least <= whole <= greatest:
        problems.append(Problem.OUT_OF_RANGE)
    return Outcome(min(max(whole, least), greatest), tuple(problems))


def floating(value: Converted, column: TargetColumn, dialect: Dialect) -> Outcome:
    """A double or, of 32 bits, a double that a 32-bit float spells with the same digits."""
    number = number_of(value)
    if number is None:
        return refused(Problem.NOT_A_NUMBER)
    nearest = float(number)
    greatest = _GREATEST_FLOAT32 if column.bits == 32 else _GREATEST_DOUBLE
    if is_infinite(number) and takes_infinity(column, dialect):
        return Outcome(nearest)
    if not -greatest <= number <= greatest:
        problem = Problem.NOT_FINITE if is_infinite(number) else Problem.OUT_OF_RANGE
        return changed(math.copysign(greatest, nearest), problem)
    if column.bits == 32:
        # The column is a choice for few digits: 0.1 stays 0.1, although the two doubles differ.
        nearest = float(float32_text(nearest))
    is_exact = nearest == number or _spells(number, nearest)
    return Outcome(nearest) if is_exact else changed(nearest, Problem.LOSES_DIGITS)


def decimal(value: Converted, column: TargetColumn, dialect: Dialect) -> Outcome:
    """The digits of a number: those of the shortest text that reads as the same double."""
    number = number_of(value)
    if number is None:
        return refused(Problem.NOT_A_NUMBER)
    limits = decimal_limits(column, dialect)
    if is_infinite(number):
        if limits is None:
            return refused(Problem.NOT_FINITE)
        return changed(_greatest_decimal(*limits, negative=number < 0), Problem.NOT_FINITE)
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    return Outcome(plain_text(exact)) if limits is None else _limited(exact, *limits)


def boolean(value: Converted, column: TargetColumn, dialect: Dialect) -> Outcome:
    """0 or 1, or one of the words that PostgreSQL reads."""
    del column, dialect
    number = number_of(value)
    if number is not None and number in {0, 1}:
        return Outcome(int(number))
    if isinstance(value, str):
        word = value.strip(" \t\r\n").lower()
        if word in _TRUE or word in _FALSE:
            return Outcome(int(word in _TRUE))
    if isinstance(value, int | float):
        return changed(1, Problem.NOT_A_BOOLEAN)
    return refused(Problem.NOT_A_BOOLEAN)


def plain_text(number: Decimal) -> str:
    """A decimal without an exponent, without needless zeros, and without a negative zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", "+0"} else text


def float32_text(value: float) -> str:
    """The shortest text that reads as the 32-bit float nearest to a double."""
    (single,) = struct.unpack("<f", struct.pack("<f", value))
    for digits in (6, 7, 8):
        text = f"{single:.{digits}g}"
        if struct.pack("<f", float(text)) == struct.pack("<f", single):
            return text
    return f"{single:.9g}"


def _limited(exact: Decimal, precision: int, scale: int) -> Outcome:
    kept = exact.quantize(Decimal(1).scaleb(-scale), context=EXACT)
    # The operators would round to the thread's own precision.
    if kept.copy_abs() >= Decimal(1).scaleb(precision - scale):
        greatest = _greatest_decimal(precision, scale, negative=exact < 0)
        return changed(greatest, Problem.OUT_OF_RANGE)
    text = plain_text(kept)
    return Outcome(text) if kept == exact else changed(text, Problem.LOSES_DIGITS)


def _spells(number: float | Decimal, nearest: float) -> bool:
    """Whether a text's digits come back from the double: 0.1 does, 20 random digits do not."""
    return isinstance(number, Decimal) and Decimal(repr(nearest)) == number


def _greatest_decimal(precision: int, scale: int, *, negative: bool) -> str:
    greatest = Decimal("9" * precision).scaleb(-scale, context=EXACT)
    return plain_text(greatest.copy_negate() if negative else greatest)
