"""Channels: order, threads, ends; background work: results, errors, nothing lost."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading

import pytest

from oneclick_deploy.errors import DeployError
from oneclick_deploy.runtime import aio, threads


def drained_by(half, produce) -> list:
    """Open a channel, hand it to a thread that produces, and take everything out."""

    def start(channel) -> threading.Thread:
        thread = threading.Thread(target=produce, args=(channel,))
        thread.start()
        return thread

    if half.runtime is threads:
        channel = threads.Channel()
        thread = start(channel)
        found = list(channel.items())
        thread.join()
        return found

    async def drain() -> list:
        channel = aio.Channel()
        thread = start(channel)
        found = [item async for item in channel.items()]
        await asyncio.to_thread(thread.join)
        return found

    return asyncio.run(drain())


def test_items_come_in_order_and_end_with_the_close(half):
    def produce(channel) -> None:
        for number in range(500):
            channel.put(number)
        channel.close()

    assert drained_by(half, produce) == list(range(500))


def test_an_item_from_another_thread_wakes_a_consumer_that_waits(half):
    # Without a wake-up of the loop, this would hang: nothing else happens on it.
    def produce(channel) -> None:
        for number in range(3):
            threading.Event().wait(0.02)
            channel.put(number)
        threading.Event().wait(0.02)
        channel.close()

    assert drained_by(half, produce) == [0, 1, 2]


def test_none_is_an_item_like_any_other(half):
    def produce(channel) -> None:
        channel.put(None)
        channel.put(False)
        channel.close()

    assert drained_by(half, produce) == [None, False]


def test_what_many_threads_put_arrives_once(half):
    def produce(channel) -> None:
        def work(start: int) -> None:
            for number in range(200):
                channel.put(start + number)

        workers = [threading.Thread(target=work, args=(n * 1000,)) for n in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        channel.close()

    found = drained_by(half, produce)
    assert sorted(found) == [n * 1000 + m for n in range(4) for m in range(200)]
    for start in range(0, 4000, 1000):
        mine = [item for item in found if start <= item < start + 1000]
        assert mine == sorted(mine)


async def test_items_of_the_loop_and_of_threads_keep_their_order():
    channel: aio.Channel[int] = aio.Channel()
    for number in range(0, 100, 2):
        await asyncio.to_thread(channel.put, number)
        channel.put(number + 1)
    channel.close()
    assert [item async for item in channel.items()] == list(range(100))


async def test_a_closed_channel_ends_every_later_loop_over_it():
    channel: aio.Channel[int] = aio.Channel()
    channel.put(1)
    channel.close()
    assert [item async for item in channel.items()] == [1]
    assert [item async for item in channel.items()] == []
    blocking: threads.Channel[int] = threads.Channel()
    blocking.put(1)
    blocking.close()
    assert list(blocking.items()) == [1]
    assert list(blocking.items()) == []


async def test_single_items_can_be_taken():
    channel: aio.Channel[str] = aio.Channel()
    channel.put("a")
    channel.put("b")
    assert [await channel.get(), await channel.get()] == ["a", "b"]
    blocking: threads.Channel[str] = threads.Channel()
    blocking.put("a")
    assert blocking.get() == "a"


def test_putting_into_a_channel_of_a_closed_loop_is_harmless():
    async def make() -> aio.Channel:
        return aio.Channel()

    channel = asyncio.run(make())
    channel.put(1)
    channel.close()


# Background work


def outcome_of(half, work):
    if half.runtime is threads:
        return threads.Background(work, name="test").result()

    async def main():
        return await aio.Background(half.wrap(work), name="test").result()

    return asyncio.run(main())


def test_background_work_gives_its_result(half):
    assert outcome_of(half, lambda: 7) == 7


def test_background_work_gives_its_error_each_time_it_is_asked(half):
    def fail() -> None:
        raise DeployError("in the background")

    with pytest.raises(DeployError, match="in the background"):
        outcome_of(half, fail)


def test_background_work_sees_the_context_of_its_starter(half):
    variable = contextvars.ContextVar("variable", default="unset")
    variable.set("of the starter")
    assert outcome_of(half, variable.get) == "of the starter"


def test_background_work_is_done_after_its_end_and_not_before():
    release, begun = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        release.wait(10)

    running = threads.Background(work, name="test")
    assert begun.wait(10)
    assert not running.done
    release.set()
    running.result()
    assert running.done


async def test_an_error_that_nobody_asks_for_is_not_warned_about(caplog):
    async def fail() -> None:
        raise DeployError("nobody asks")

    running = aio.Background(fail, name="test")
    for _ in range(5):
        await asyncio.sleep(0)
    assert running.done
    del running
    gc.collect()
    assert not caplog.records


async def test_a_waiter_that_is_cancelled_does_not_stop_the_work():
    release = asyncio.Event()

    async def work() -> str:
        await release.wait()
        return "done"

    running = aio.Background(work, name="test")
    waiter = asyncio.ensure_future(running.result())
    await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    release.set()
    assert await running.result() == "done"


# Protected work


async def test_protected_work_ends_before_the_cancellation_goes_on():
    steps, entered = [], asyncio.Event()

    async def work() -> None:
        entered.set()
        await asyncio.sleep(0.02)
        steps.append("written")

    task = asyncio.ensure_future(aio.protect(work))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["written"]


async def test_an_error_of_protected_work_that_was_cancelled_is_not_warned_about(caplog):
    entered = asyncio.Event()

    async def work() -> None:
        entered.set()
        await asyncio.sleep(0.02)
        raise DeployError("too late to be told")

    task = asyncio.ensure_future(aio.protect(work))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    del task
    gc.collect()
    assert not caplog.records


def test_protected_work_gives_its_result(half):
    assert half.run(lambda: half.runtime.protect(half.wrap(lambda: 7))) == 7


def test_work_on_a_thread_gives_its_result(half):
    assert half.run(lambda: half.runtime.to_thread(divmod, 7, 2)) == (3, 1)


def test_both_halves_have_the_same_names():
    def names(module) -> set[str]:
        return {
            name
            for name, value in vars(module).items()
            if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__
        }

    assert names(aio) - names(threads) == {"first_error"}
    assert names(threads) - names(aio) == {"raise_first"}
    assert {"Lock", "Cancelled"} <= vars(aio).keys() & vars(threads).keys()
