"""Whose turn it is to write: one transaction at a time, and none for ever.

A libSQL server gives the write lock to one transaction and takes it away after five seconds if
somebody else waits for it (facts/turso.md, section 3). The transaction that lost it is rolled back
and its next statement fails with ``TRANSACTION_TIMEOUT``.
"""

from __future__ import annotations

import threading
import time
from typing import Final, Protocol

TRANSACTION_SECONDS: Final = 5.0
# How long a statement waits for the lock at most, when every holder gives way in time.
_PATIENCE: Final = 30.0


class Writer(Protocol):
    """A session that can hold the write lock."""

    def give_way(self) -> None:
        """Roll the open transaction back, from another thread."""


class WriteTurn:
    """Keeps who writes to one database, and since when."""

    def __init__(self, *, seconds: float = TRANSACTION_SECONDS) -> None:
        self._seconds = seconds
        self._changed = threading.Condition()
        self._holder: Writer | None = None
        self._since = 0.0

    def take(self, writer: Writer) -> None:
        """Note that a session's open transaction has the write lock."""
        with self._changed:
            if self._holder is not writer:
                self._holder = writer
                self._since = time.monotonic()

    def release(self, writer: Writer) -> None:
        """Note that a session has no write transaction any more."""
        with self._changed:
            if self._holder is writer:
                self._holder = None
                self._changed.notify_all()

    def wait(self, writer: Writer, *, since: float) -> bool:
        """Wait until trying again makes sense. False when it has been too long altogether.

        Args:
            writer: The session that found the lock taken.
            since: When it first did, on the monotonic clock.
        """
        if time.monotonic() - since > _PATIENCE:
            return False
        with self._changed:
            holder = self._holder
            if holder is None or holder is writer:
                # A single statement of another session, which ends by itself.
                self._changed.wait(0.005)
                return True
            left = self._since + self._seconds - time.monotonic()
            if left > 0:
                self._changed.wait(left)
                return True
        holder.give_way()
        self.release(holder)
        return True
