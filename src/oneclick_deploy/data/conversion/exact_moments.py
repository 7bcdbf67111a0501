"""Exactly what a stored date or time becomes."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from oneclick_deploy.data.columns import TargetColumn
from oneclick_deploy.data.conversion.dialects import Dialect, fraction_digits, moment_range
from oneclick_deploy.data.conversion.exact_numbers import EXACT, number_of
from oneclick_deploy.data.conversion.outcome import Converted, Outcome, changed, refused
from oneclick_deploy.data.problems import Problem

# The forms that Prisma's engines and adapters, CURRENT_TIMESTAMP and SQLite's own functions write
# (facts: prisma.md section 2), and what ISO 8601 allows beside them.
_MOMENT: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[ Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?: *(?:[Zz]|([+-])(\d\d):(\d\d)))?)?",
    re.ASCII,
)
_TIME: Final = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?", re.ASCII)
# How JavaScript writes the years that have no four digits.
_FAR_YEAR: Final = re.compile(r"[+-]\d{6}-\d\d-\d\dT[\d:.]+Z", re.ASCII)
_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - everything here is UTC
_SECOND: Final = dt.timedelta(seconds=1)
# Milliseconds beyond every year that has a name.
_FAR: Final = 1 << 60
_DAY_SECONDS: Final = 86_400
_FIRST: Final = (dt.datetime(1, 1, 1) - _EPOCH) // _SECOND  # noqa: DTZ001
_LAST: Final = (dt.datetime(9999, 12, 31, 23, 59, 59) - _EPOCH) // _SECOND  # noqa: DTZ001


def moment(value: Converted, column: TargetColumn, dialect: Dialect) -> Outcome:
    """A moment in UTC: ``YYYY-MM-DD HH:MM:SS.fff``, with as many digits as it has."""
    read = _read(value)
    if isinstance(read, Problem):
        return _unreadable(value, read, column, dialect)
    return _kept(read, column, dialect)


def date(value: Converted, column: TargetColumn, dialect: Dialect) -> Outcome:
    """The day of a moment that is a midnight in UTC, where Prisma keeps its dates."""
    del column, dialect
    read = _read(value)
    if isinstance(read, Problem):
        return refused(read)
    seconds, digits = read
    midnight = seconds - seconds % _DAY_SECONDS
    if not _FIRST <= seconds <= _LAST:
        return refused(Problem.OUT_OF_RANGE)
    text = _text(midnight, "")[:10]
    if seconds == midnight and not digits.strip("0"):
        return Outcome(text)
    return changed(text, Problem.LOSES_DIGITS)


def time(value: Converted, column: TargetColumn, dialect: Dialect) -> Outcome:
    """A time of day; of a moment on 1970-01-01, where Prisma keeps its times."""
    kept = fraction_digits(column, dialect)
    read = _read_time(value) if isinstance(value, str) else None
    if read is None:
        whole = _read(value)
        if isinstance(whole, Problem):
            return refused(whole)
        read = whole
    seconds, digits = read
    within = seconds % _DAY_SECONDS
    text = _text(within, digits[:kept])[11:]
    if within == seconds and not digits[kept:].strip("0"):
        return Outcome(text)
    return changed(text, Problem.LOSES_DIGITS)


def _read(value: Converted) -> tuple[int, str] | Problem:
    """Seconds since 1970 and the digits of the fraction, or why there are none."""
    if isinstance(value, int):
        return value // 1000, f"{value % 1000:03}"
    if isinstance(value, float):
        return _read_float(value)
    return _read_text(value) if isinstance(value, str) else Problem.NOT_A_DATE


def _read_text(text: str) -> tuple[int, str] | Problem:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return Problem.OUT_OF_RANGE if _FAR_YEAR.fullmatch(text) else Problem.NOT_A_DATE
    year, month, day, hour, minute, second, digits, sign, hours, minutes = found.groups()
    if year == "0000":
        return Problem.OUT_OF_RANGE
    try:
        local = dt.datetime(  # noqa: DTZ001 - the offset is subtracted below
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
        )
        offset = dt.time(int(hours or 0), int(minutes or 0))
    except ValueError:
        return Problem.NOT_A_DATE
    ahead = offset.hour * 3600 + offset.minute * 60
    seconds = (local - _EPOCH) // _SECOND - (-ahead if sign == "-" else ahead)
    return seconds, digits or "000"


def _read_float(value: float) -> tuple[int, str] | Problem:
    """A float counts milliseconds; what it has beyond them is kept as digits."""
    if not abs(value) < _FAR:
        return Problem.OUT_OF_RANGE
    exact = Decimal(repr(value)).scaleb(-3, context=EXACT)
    seconds = exact.to_integral_value(ROUND_FLOOR)
    _, _, digits = format(EXACT.subtract(exact, seconds), "f").partition(".")
    return int(seconds), digits.ljust(3, "0")


def _read_time(text: str) -> tuple[int, str] | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, digits = found.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        return None
    return int(hour) * 3600 + int(minute) * 60 + int(second or 0), digits or "000"


def _kept(read: tuple[int, str], column: TargetColumn, dialect: Dialect) -> Outcome:
    seconds, digits = read
    if not _FIRST <= seconds <= _LAST:
        return refused(Problem.OUT_OF_RANGE)
    kept = fraction_digits(column, dialect)
    problems: tuple[Problem, ...] = ()
    if digits[kept:].strip("0"):
        seconds, digits = _rounded(seconds, digits, kept)
        problems = (Problem.LOSES_DIGITS,)
        if seconds > _LAST:
            return refused(Problem.OUT_OF_RANGE)
    text = _text(seconds, digits[:kept])
    least, greatest = moment_range(column, dialect)
    if not least <= text <= greatest:
        return refused(Problem.OUT_OF_RANGE)
    return Outcome(_dressed(text, column, dialect), problems)


def _rounded(seconds: int, digits: str, kept: int) -> tuple[int, str]:
    """Half a unit goes up, and may carry into the next second."""
    units = int(digits[:kept] or "0") + (digits[kept] >= "5")
    carry, units = divmod(units, 10**kept)
    return seconds + carry, str(units).zfill(kept) if kept else ""


def _text(seconds: int, digits: str) -> str:
    text = (_EPOCH + dt.timedelta(seconds=seconds)).isoformat(" ")
    return f"{text}.{digits.ljust(3, '0')}"


def _dressed(text: str, column: TargetColumn, dialect: Dialect) -> str:
    if dialect is Dialect.LIBSQL:
        # The form of Prisma's adapters (facts: prisma.md section 2).
        return f"{text[:10]}T{text[11:]}+00:00"
    # Without an offset the server would take a moment to be in its session's time zone.
    return f"{text}+00" if column.with_timezone and dialect is Dialect.POSTGRESQL else text


def _unreadable(
    value: Converted, problem: Problem, column: TargetColumn, dialect: Dialect
) -> Outcome:
    number = number_of(value) if isinstance(value, str) else None
    if number is None or not -_FAR < number < _FAR:
        return refused(problem)
    # Digits alone in a text: milliseconds, as they would be in a DATETIME column.
    near = _kept((int(number) // 1000, f"{int(number) % 1000:03}"), column, dialect)
    return near._replace(problems=(problem, *near.problems))
