"""A checksum over the values of a table that two databases can agree on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from oneclick_deploy.data.source import Value


class TableChecksum:
    """SHA-256 over rows in order, each written as the Python literal of its tuple.

    A literal tells values apart exactly: ``1`` from ``1.0`` and ``'1'``, ``0.0`` from ``-0.0``, a
    text from the same bytes, and a float from its neighbours, for it has as many digits as it
    takes to read the same float back.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.rows = 0

    def add(self, row: Iterable[Value]) -> None:
        """Count one row in."""
        self._hash.update(b"%a\n" % (tuple(row),))
        self.rows += 1

    def hexdigest(self) -> str:
        """The checksum of the rows so far."""
        return self._hash.hexdigest()
