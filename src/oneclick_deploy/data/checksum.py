"""A checksum over the rows of a table that two databases can agree on."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from oneclick_deploy.data.libsql.texts import hrana_rows
from oneclick_deploy.data.source import Value

_BYTES: Final = 16


class TableChecksum:
    """The sum of a 128-bit BLAKE2b of each row, whatever their order.

    A row is hashed as the text that Hrana writes for it, which tells values apart exactly: ``1``
    from ``1.0`` and ``'1'``, ``0.0`` from ``-0.0``, a text from the same bytes, and a float from
    its neighbours, for it has as many digits as it takes to read the same float back.
    """

    def __init__(self) -> None:
        self._sum = 0
        self.rows = 0

    def add(self, row: Iterable[Value]) -> None:
        """Count one row in."""
        self.add_written(hrana_rows([tuple(row)]))

    def add_written(self, rows: Iterable[str]) -> None:
        """Count rows in that `hrana_rows` wrote."""
        for row in rows:
            digest = blake2b(row.encode(), digest_size=_BYTES).digest()
            self._sum += int.from_bytes(digest, "big")
            self.rows += 1

    def hexdigest(self) -> str:
        """The checksum of the rows so far."""
        return f"{self._sum % (1 << 8 * _BYTES):0{2 * _BYTES}x}"
