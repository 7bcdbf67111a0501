"""Counts what goes over, and tells of it now and then."""

from __future__ import annotations

import time
from typing import Final

from oneclick_deploy.data.report import ImportProgress, ProgressHandler

_PAUSE: Final = 0.1


class Tally:
    """Rows and bytes that were sent.

    Args:
        on_progress: Called ten times a second at most, and after each table.
    """

    def __init__(self, on_progress: ProgressHandler | None) -> None:
        self._on_progress = on_progress
        self._total = self._rows = self._bytes = 0
        self._begun = self._told = time.monotonic()

    def begin(self, rows: int) -> None:
        """Start from nothing, for so many rows in all."""
        self._total, self._rows, self._bytes = rows, 0, 0
        self._begun = self._told = time.monotonic()

    def add(self, table: str, *, rows: int, size: int) -> None:
        """Count rows of a table."""
        self._rows += rows
        self._bytes += size
        if time.monotonic() - self._told >= _PAUSE:
            self.tell(table)

    def tell(self, table: str) -> None:
        """Say how far it is."""
        self._told = time.monotonic()
        if self._on_progress is not None:
            self._on_progress(
                ImportProgress(
                    table=table,
                    rows_done=self._rows,
                    rows_total=self._total,
                    bytes_done=self._bytes,
                    seconds=self._told - self._begun,
                )
            )
