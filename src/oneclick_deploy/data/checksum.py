"""A checksum over the values of a table that two databases can agree on."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable

from oneclick_deploy.data.source import Value


class TableChecksum:
    """SHA-256 over rows in order; every value is written with its type and length.

    Floats count by their IEEE 754 bits, so that ``0.1`` and its neighbours differ, and ``1`` and
    ``1.0`` do too.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.rows = 0

    def add(self, row: Iterable[Value]) -> None:
        """Count one row in."""
        self._hash.update(b"".join(_encoded(value) for value in row) + b"\n")
        self.rows += 1

    def hexdigest(self) -> str:
        """The checksum of the rows so far."""
        return self._hash.hexdigest()


def _encoded(value: Value) -> bytes:
    match value:
        case None:
            return b"n"
        case int():
            return b"i%d;" % value
        case float():
            return b"f" + struct.pack(">d", value)
        case str():
            encoded = value.encode("utf-8", "surrogatepass")
            return b"t%d:" % len(encoded) + encoded
        case _:
            return b"b%d:" % len(value) + value
