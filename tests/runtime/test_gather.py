"""Gather: results in order, never more at once than allowed, the first error ends it."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from functools import partial

import pytest

from oneclick_deploy.errors import DeployError
from oneclick_deploy.runtime import aio, threads


def test_results_come_in_the_order_of_the_calls(half):
    turns = [threading.Event() for _ in range(6)]
    turns[-1].set()

    def work(number: int) -> int:
        # Each call ends only after the one behind it.
        assert turns[number].wait(10)
        if number:
            turns[number - 1].set()
        return number

    calls = [partial(half.wrap(work), number) for number in range(6)]
    assert half.run(lambda: half.runtime.gather(calls, limit=6)) == list(range(6))


@pytest.mark.parametrize("count", [0, 1, 2, 5])
@pytest.mark.parametrize("limit", [-1, 0, 1, 3, 100])
def test_never_more_calls_run_than_the_limit(half, count, limit):
    lock, running, most = threading.Lock(), [0], [0]
    full = threading.Barrier(max(1, min(limit, count)))

    def work(number: int) -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        if number < full.parties:
            full.wait(10)
        with lock:
            running[0] -= 1
        return number * 2

    calls = [partial(half.wrap(work), number) for number in range(count)]
    found = half.run(lambda: half.runtime.gather(calls, limit=limit))
    assert found == [number * 2 for number in range(count)]
    assert most[0] == (full.parties if count else 0)


def test_the_first_error_is_raised_and_nothing_more_starts(half):
    started = []

    def work(number: int) -> None:
        started.append(number)
        if number == 2:
            raise DeployError(f"call {number}")

    for _ in range(20):
        started.clear()
        calls = [partial(half.wrap(work), number) for number in range(50)]
        with pytest.raises(DeployError, match="call 2"):
            half.run(lambda calls=calls: half.runtime.gather(calls, limit=1))
        assert started == [0, 1, 2]


def test_an_error_of_ours_is_told_before_a_foreign_one(half):
    both = threading.Barrier(2)

    def work(error: Exception) -> None:
        both.wait(10)
        raise error

    calls = [partial(half.wrap(work), error) for error in (KeyError("x"), DeployError("ours"))]
    with pytest.raises((DeployError, KeyError)) as caught:
        half.run(lambda: half.runtime.gather(calls, limit=2))
    assert not isinstance(caught.value, BaseExceptionGroup)


def test_errors_that_came_together_are_sorted_ours_first():
    foreign, ours = KeyError("x"), DeployError("ours")
    group = ExceptionGroup("all", [foreign, ExceptionGroup("inner", [ours])])
    assert aio.first_error(group) is ours
    assert aio.first_error(ExceptionGroup("all", [foreign])) is foreign
    with pytest.raises(DeployError):
        threads.raise_first([foreign, ours])
    with pytest.raises(KeyError):
        threads.raise_first([foreign])
    threads.raise_first([])


def test_calls_see_the_context_of_their_caller(half):
    variable = contextvars.ContextVar("variable", default="unset")
    variable.set("of the caller")
    calls = [half.wrap(variable.get)] * 3
    assert half.run(lambda: half.runtime.gather(calls, limit=2)) == ["of the caller"] * 3


async def test_a_cancelled_gather_cancels_its_calls():
    ended = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    task = asyncio.ensure_future(aio.gather([work] * 5, limit=3))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(ended) == 3


def test_an_interrupt_keeps_the_waiting_calls_from_starting(monkeypatch):
    started, release = [], threading.Event()

    def work() -> None:
        started.append(True)
        release.wait(10)

    def interrupted(*_: object, **__: object) -> None:
        release.set()
        raise KeyboardInterrupt

    monkeypatch.setattr(threads, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        threads.gather([work] * 1000, limit=2)
    assert len(started) < 1000
