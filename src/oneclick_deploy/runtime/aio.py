"""The asynchronous half of the pair: sleep, gather, threads, locks and channels on asyncio."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Generic, ParamSpec, TypeVar

from oneclick_deploy.errors import OneClickError
from oneclick_deploy.runtime.cancel import CancelToken

P = ParamSpec("P")
T = TypeVar("T")

Lock = asyncio.Lock
Cancelled = asyncio.CancelledError
"""Raised into a coroutine when its caller stops waiting for it."""


async def sleep(seconds: float, *, cancel: CancelToken | None = None) -> None:
    """Wait; a cancelled token ends the wait with `DeployCancelledError`."""
    if cancel is None:
        await asyncio.sleep(seconds)
        return
    loop = asyncio.get_running_loop()
    woken = asyncio.Event()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(woken.set)

    forget = cancel.on_cancel(wake)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), seconds)
    finally:
        forget()
    cancel.check()


async def gather(calls: Sequence[Callable[[], Awaitable[T]]], *, limit: int) -> list[T]:
    """Run the calls, at most ``limit`` at a time; results in order.

    The first error cancels the calls that are running or waiting and is raised.
    """
    gate = asyncio.Semaphore(max(1, limit))

    async def one(call: Callable[[], Awaitable[T]]) -> T:
        await gate.acquire()
        result = await call()
        # Not after an error: the next call would start before the group cancels it.
        gate.release()
        return result

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(call)) for call in calls]
    except BaseExceptionGroup as errors:
        raise first_error(errors) from None
    return [task.result() for task in tasks]


async def to_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run blocking or CPU-heavy code without stopping the loop."""
    return await asyncio.to_thread(function, *args, **kwargs)


async def protect(work: Callable[[], Awaitable[T]]) -> T:
    """Finish ``work`` even when the caller is cancelled meanwhile; the cancellation follows it."""
    task = asyncio.ensure_future(work())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        # The cancellation is raised; an error of the work must not be warned about as well.
        _ = task.cancelled() or task.exception()
        raise


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Choose the error to raise for a group: our own errors first, in the order they came."""
    flat = [
        first_error(error) if isinstance(error, BaseExceptionGroup) else error
        for error in group.exceptions
    ]
    return next((error for error in flat if isinstance(error, OneClickError)), flat[0])


class Channel(Generic[T]):
    """Items from producers on any thread to one consumer on the loop; ends when it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._items: deque[tuple[bool, T | None]] = deque()
        self._filled = asyncio.Event()

    def put(self, item: T) -> None:
        """Add an item; never waits."""
        self._add(True, item)

    def close(self) -> None:
        """End the channel after the items that were put."""
        self._add(False, None)

    async def get(self) -> T:
        """Wait for the next item of a channel that is not closed."""
        _, item = await self._next()
        return item  # type: ignore[return-value]

    async def items(self) -> AsyncIterator[T]:
        """Yield items until the channel is closed."""
        while True:
            more, item = await self._next()
            if not more:
                self.close()  # for whoever iterates again
                return
            yield item  # type: ignore[misc]

    def _add(self, more: bool, item: T | None) -> None:
        self._items.append((more, item))
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits
            self._loop.call_soon_threadsafe(self._filled.set)

    async def _next(self) -> tuple[bool, T | None]:
        while not self._items:
            self._filled.clear()
            await self._filled.wait()
        return self._items.popleft()


class Background(Generic[T]):
    """Work that runs beside its starter."""

    def __init__(self, work: Callable[[], Awaitable[T]], *, name: str) -> None:
        async def run() -> T:
            return await work()

        self._task = asyncio.get_running_loop().create_task(run(), name=name)
        # An error is raised by result(); a starter that never asks must not be warned as well.
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())

    @property
    def done(self) -> bool:
        """Whether the work has ended."""
        return self._task.done()

    async def result(self) -> T:
        """Wait for the end; returns the result or raises the error of the work."""
        return await asyncio.shield(self._task)
