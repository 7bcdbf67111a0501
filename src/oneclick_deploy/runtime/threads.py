"""The blocking half of the pair: the same names as `aio`, on threads."""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, Future, ThreadPoolExecutor, wait
from typing import Generic, ParamSpec, TypeVar

from oneclick_deploy.errors import OneClickError
from oneclick_deploy.runtime.cancel import CancelToken

P = ParamSpec("P")
T = TypeVar("T")

Lock = threading.Lock
Cancelled = KeyboardInterrupt
"""Raised into blocking code when its caller stops waiting for it."""


def sleep(seconds: float, *, cancel: CancelToken | None = None) -> None:
    """Wait; a cancelled token ends the wait with `DeployCancelledError`."""
    if cancel is None:
        time.sleep(seconds)
    else:
        cancel.wait(seconds)


def gather(calls: Sequence[Callable[[], T]], *, limit: int) -> list[T]:
    """Run the calls, at most ``limit`` at a time; results in order.

    The first error keeps the waiting calls from starting and is raised after the running ones end.
    """
    if len(calls) == 1:
        return [calls[0]()]
    stop = threading.Event()

    def guarded(call: Callable[[], T]) -> T:
        # A worker that is free takes the next call faster than the waiter can cancel it.
        if stop.is_set():
            raise CancelledError
        try:
            return call()
        except BaseException:
            stop.set()
            raise

    with ThreadPoolExecutor(max_workers=max(1, min(limit, len(calls) or 1))) as pool:
        futures: list[Future[T]] = [
            pool.submit(contextvars.copy_context().run, guarded, call) for call in calls
        ]
        finished: set[Future[T]] = set()
        try:
            finished, _ = wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            # After an error, or an interrupt of the wait itself, nothing more may start.
            stop.set()
            for future in futures:
                future.cancel()
        errors = [future.exception() for future in futures if future in finished]
    raise_first([error for error in errors if error is not None])
    return [future.result() for future in futures]


def raise_first(errors: Sequence[BaseException]) -> None:
    """Raise one of several errors: our own first, in the order they came."""
    chosen = next((error for error in errors if isinstance(error, OneClickError)), None)
    if chosen is not None or errors:
        raise chosen or errors[0]


def to_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run the function here: a blocking caller has no loop to keep free."""
    return function(*args, **kwargs)


def protect(work: Callable[[], T]) -> T:
    """Do the work: blocking code is not cancelled from outside."""
    return work()


class Channel(Generic[T]):
    """Items from producers on any thread to one consumer; ends when it is closed."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[tuple[bool, T | None]] = queue.SimpleQueue()

    def put(self, item: T) -> None:
        """Add an item; never waits."""
        self._queue.put((True, item))

    def close(self) -> None:
        """End the channel after the items that were put."""
        self._queue.put((False, None))

    def get(self) -> T:
        """Wait for the next item of a channel that is not closed."""
        _, item = self._queue.get()
        return item  # type: ignore[return-value]

    def items(self) -> Iterator[T]:
        """Yield items until the channel is closed."""
        while True:
            more, item = self._queue.get()
            if not more:
                self.close()  # for whoever iterates again
                return
            yield item  # type: ignore[misc]


class Background(Generic[T]):
    """Work that runs beside its starter."""

    def __init__(self, work: Callable[[], T], *, name: str) -> None:
        self._future: Future[T] = Future()
        context = contextvars.copy_context()

        def run() -> None:
            try:
                self._future.set_result(context.run(work))
            except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
                self._future.set_exception(error)

        self._thread = threading.Thread(target=run, name=name, daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether the work has ended."""
        return self._future.done()

    def result(self) -> T:
        """Wait for the end; returns the result or raises the error of the work."""
        return self._future.result()
