"""Keeps a run's lease alive while the process works, and notices when it is lost."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Self

from oneclick_deploy.errors import LeaseLostError, StoreError
from oneclick_deploy.store.sqlite import LEASE_SECONDS, Lease, SqliteStore


class Heartbeat:
    """Renews a lease from a thread of its own: three times within its length.

    When the block is left with the run unfinished, the lease is given back, so that nobody has
    to wait for its end.

    Args:
        store: The store that granted it.
        lease: The lease.
        on_lost: Called once when another process has taken the run over.
        interval: Seconds between renewals; only tests give another one.
    """

    def __init__(
        self,
        store: SqliteStore,
        lease: Lease,
        *,
        on_lost: Callable[[], None],
        interval: float = LEASE_SECONDS / 3,
    ) -> None:
        self._store = store
        self._lease = lease
        self._on_lost = on_lost
        self._interval = interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="oneclick-lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        with contextlib.suppress(StoreError):
            self._store.release(self._lease)

    def _beat(self) -> None:
        while not self._stop.wait(self._interval):
            try:
                self._store.renew(self._lease)
            except LeaseLostError:
                self._on_lost()
                return
            except StoreError:
                # The file is busy; two more renewals fit before the lease ends.
                continue
