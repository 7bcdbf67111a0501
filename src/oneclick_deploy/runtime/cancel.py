"""Cancellation that works the same for blocking and asynchronous runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

from oneclick_deploy.errors import DeployCancelledError


class CancelToken:
    """Asks a run to stop at the next safe point. May be used from any thread, any number of times.

    A run that is cancelled stops before its next request; its journal says how far it came, so
    that it can be resumed or undone.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask the run to stop. Every callback is called, even when one of them fails."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            callbacks, self._callbacks = self._callbacks, []
        with ExitStack() as stack:
            for callback in reversed(callbacks):
                stack.callback(callback)

    def check(self) -> None:
        """Raise when `cancel` was called.

        Raises:
            DeployCancelledError: The token is cancelled.
        """
        if self.cancelled:
            raise DeployCancelledError(
                "the run was cancelled", hint="Call resume() to go on, or destroy() to remove it."
            )

    def wait(self, seconds: float) -> None:
        """Block for ``seconds``, or until `cancel` is called; then raise as `check` does."""
        self._event.wait(seconds)
        self.check()

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` once on `cancel` (at once if that was before); returns its removal."""
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return lambda: self._forget(callback)
        callback()
        return lambda: None

    def _forget(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)
