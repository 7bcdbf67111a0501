"""What becomes of a value, said once more, slowly and by other means than the library's."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
STRICT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([ Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( *([Zz]|[+-][0-9]{2}:[0-9]{2}))?)?"
)


def moment(value: object) -> Fraction | None:
    """Seconds since 1970 of what a DateTime column may hold, exactly."""
    if isinstance(value, int | float):
        seconds = Fraction(Decimal(repr(value))) / 1000 if value - value == 0 else None
    elif isinstance(value, str) and STRICT.fullmatch(value):
        seconds = _parsed(value)
    else:
        return None
    if seconds is None:
        return None
    first = (FIRST - EPOCH) // dt.timedelta(seconds=1)
    last = (LAST - EPOCH) // dt.timedelta(seconds=1)
    return seconds if first <= seconds < last + 1 else None


def _parsed(text: str) -> Fraction | None:
    found = re.search(r"\.([0-9]+)", text)
    fraction = Fraction(int(found[1]), 10 ** len(found[1])) if found else Fraction()
    whole = re.sub(r"\.[0-9]+", "", text).replace(" ", "")
    whole = whole[:10] + "T" + whole[10:].lstrip("Tt") if len(whole) > 10 else whole
    zone = re.search(r"([Zz]|[+-][0-9]{2}:[0-9]{2})$", whole[10:])
    bare = whole[: 10 + zone.start()] if zone else whole
    try:
        local = dt.datetime.fromisoformat(bare).replace(tzinfo=dt.UTC)
        ahead = 0
        if zone and zone[0] not in "Zz":
            clock = dt.time.fromisoformat(zone[0][1:])
            ahead = (clock.hour * 60 + clock.minute) * (-60 if zone[0][0] == "-" else 60)
    except ValueError:
        return None
    return Fraction((local - EPOCH) // dt.timedelta(seconds=1) - ahead) + fraction


def number(value: object, *, whole: bool = False) -> Fraction | None:
    """The number that a value is or spells, when it has finitely many digits.

    A double stands for its shortest decimal, but for itself where whole numbers are wanted.
    """
    if isinstance(value, int) or (whole and isinstance(value, float) and value - value == 0):
        return Fraction(value)
    text = repr(value) if isinstance(value, float) else value
    if not isinstance(text, str) or not text.isascii() or "_" in text:
        return None
    try:
        read = Decimal(text.strip(" \t\r\n"))
    except InvalidOperation:
        return None
    return Fraction(read) if read.is_finite() and abs(read.adjusted()) < 9000 else None
