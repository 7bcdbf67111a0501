"""A checksum of rows that does not depend on their order.

Each row is written as the texts of its values with commas between them and hashed to 128 bits; the
digest is how many rows there are, and the sums of the two halves of all hashes, modulo 2**64. So
parts of a table add up, and PostgreSQL and MySQL compute the same in SQL. MD5 is what both have:
the digest guards against mistakes, not against somebody who makes rows up.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from hashlib import md5
from typing import Any, Final, Self

from attrs import frozen

from oneclick_deploy.data.canonical.texts import canonical_text, effective_kind
from oneclick_deploy.data.columns import Kind, TargetColumn

_HALF: Final = (1 << 64) - 1


@frozen
class Digest:
    """How many rows there are, and the sums of the halves of their hashes.

    Args:
        rows: How many.
        high: The sum of the first halves, modulo 2**64.
        low: The sum of the second halves, modulo 2**64.
    """

    rows: int = 0
    high: int = 0
    low: int = 0

    def __add__(self, other: Digest) -> Digest:
        return Digest(
            self.rows + other.rows, (self.high + other.high) & _HALF, (self.low + other.low) & _HALF
        )

    def __sub__(self, other: Digest) -> Digest:
        return Digest(
            self.rows - other.rows, (self.high - other.high) & _HALF, (self.low - other.low) & _HALF
        )

    @classmethod
    def of_sums(cls, rows: int, high: object, low: object) -> Self:
        """From what a database answered: sums of signed or unsigned halves; NULL without rows."""
        return cls(int(rows), _whole(high) & _HALF, _whole(low) & _HALF)

    @classmethod
    def of_encoded(cls, encoded: Iterable[bytes]) -> Self:
        """Of rows that are already written."""
        hashes = [md5(row, usedforsecurity=False).digest() for row in encoded]
        halves = struct.unpack(f">{2 * len(hashes)}Q", b"".join(hashes))
        return cls(len(hashes), sum(halves[::2]) & _HALF, sum(halves[1::2]) & _HALF)

    @property
    def hex(self) -> str:
        """The sums as 32 hexadecimal digits."""
        return f"{self.high:016x}{self.low:016x}"


def encode_row(values: Sequence[Any], columns: Sequence[TargetColumn]) -> bytes:
    """A row as it is hashed: see `ordered` for the order of its values."""
    texts = [canonical_text(value, column) for value, column in zip(values, columns, strict=True)]
    return ",".join([texts[at] or "" for at in ordered(columns)]).encode()


def rows_digest(
    rows: Iterable[Sequence[Any]], columns: Sequence[TargetColumn], *, batch: int = 1_000
) -> Digest:
    """The digest of rows as a driver gives them.

    JSON has to come as text, for a driver that parses it loses digits.
    """
    total = Digest()
    pending: list[bytes] = []
    for row in rows:
        pending.append(encode_row(row, columns))
        if len(pending) >= batch:
            total += Digest.of_encoded(pending)
            pending.clear()
    return total + Digest.of_encoded(pending)


def ordered(columns: Sequence[TargetColumn]) -> list[int]:
    """The positions of columns in a written row: those last whose texts SQLite cannot make."""
    return sorted(range(len(columns)), key=lambda at: is_late(columns[at]))


def is_late(column: TargetColumn) -> bool:
    """Whether SQLite has no SQL for the texts of a column's values."""
    kind = effective_kind(column)
    return kind in {Kind.FLOAT, Kind.ANY} or (kind is Kind.JSON and column.binary_json)


def unverified(columns: Iterable[TargetColumn]) -> tuple[str, ...]:
    """Columns of which the digest tells only whether a value is NULL."""
    return tuple(each.name for each in columns if effective_kind(each) is Kind.OTHER)


def _whole(value: object) -> int:
    return int(str(value)) if value is not None else 0
