"""Chance that repeats itself: the draws behind the preview, and the forms they are stored in."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

# Before this day the preview ran Prisma's Rust engine, which stores milliseconds; after it, a
# driver adapter, which stores ISO text. The rows of both are still there.
ADAPTER_SINCE = datetime(2026, 8, 23, 7, 48, 10, tzinfo=UTC)

BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


class Dice:
    """Draws from one seeded generator, only through random(), which Python promises to keep."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def number(self, low: int, high: int) -> int:
        """Any whole number from low to high."""
        return low + int(self._random.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return self._random.random() < share

    def pick(self, things: Any) -> Any:
        """One of the things."""
        return things[self.number(0, len(things) - 1)]

    def shuffled(self, things: Any) -> list[Any]:
        """The things in another order."""
        left = list(things)
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(len(left))]

    def octets(self, count: int) -> bytes:
        """That many random bytes."""
        return bytes(self.number(0, 255) for _ in range(count))

    def moment(self, low: datetime, high: datetime) -> datetime:
        """Any millisecond between the two."""
        span = int((high - low) / timedelta(milliseconds=1))
        return low + timedelta(milliseconds=self.number(0, span))

    def uuid(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(bytes=self.octets(16), version=4))

    def cuid(self, at: datetime) -> str:
        """An id as Prisma makes with its cuid default: a time, then chance."""
        stamp = base36(milliseconds(at)).rjust(8, "0")
        return "c" + stamp + "".join(self.pick(BASE36) for _ in range(16))

    def stored_time(self, at: datetime) -> int | str:
        """One of the forms that a DateTime takes in a preview's file."""
        draw = self.number(1, 100)
        if draw <= 12:  # a raw INSERT that left the column to DEFAULT CURRENT_TIMESTAMP
            return at.strftime("%Y-%m-%d %H:%M:%S")
        if draw <= 17:  # a raw INSERT from JavaScript: Date.toISOString()
            return iso(at) + "Z"
        return milliseconds(at) if at < ADAPTER_SINCE else iso(at) + "+00:00"


def base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = BASE36[digit] + digits
    return digits or "0"


def milliseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}"
