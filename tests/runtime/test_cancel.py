"""Cancellation from any thread reaches blocking and asynchronous waits."""

from __future__ import annotations

import asyncio
import threading

import pytest

from oneclick_deploy.errors import DeployCancelledError
from oneclick_deploy.runtime import aio
from oneclick_deploy.runtime.cancel import CancelToken

LONG = 600.0


def test_a_new_token_is_not_cancelled():
    token = CancelToken()
    token.check()
    assert not token.cancelled


def test_a_cancelled_token_raises_with_the_way_on():
    token = CancelToken()
    token.cancel()
    token.cancel()
    assert token.cancelled
    with pytest.raises(DeployCancelledError) as caught:
        token.check()
    assert "resume()" in caught.value.hint


@pytest.mark.parametrize("delay", [0.0, 0.05])
def test_a_sleep_ends_when_another_thread_cancels(half, delay):
    token = CancelToken()
    timer = threading.Timer(delay, token.cancel)
    timer.start()
    with pytest.raises(DeployCancelledError):
        half.run(lambda: half.runtime.sleep(LONG, cancel=token))
    timer.join()


def test_a_sleep_with_a_cancelled_token_does_not_wait(half):
    token = CancelToken()
    token.cancel()
    with pytest.raises(DeployCancelledError):
        half.run(lambda: half.runtime.sleep(LONG, cancel=token))


def test_an_undisturbed_sleep_just_ends(half):
    token = CancelToken()
    half.run(lambda: half.runtime.sleep(0.01))
    half.run(lambda: half.runtime.sleep(0.01, cancel=token))
    half.run(lambda: half.runtime.sleep(0.0, cancel=token))
    assert token._callbacks == []


def test_callbacks_are_called_once():
    token, called = CancelToken(), []
    token.on_cancel(lambda: called.append("a"))
    token.on_cancel(lambda: called.append("b"))
    token.cancel()
    token.cancel()
    assert called == ["a", "b"]


def test_a_callback_after_the_cancel_is_called_at_once():
    token, called = CancelToken(), []
    token.cancel()
    forget = token.on_cancel(lambda: called.append(True))
    forget()
    assert called == [True]


def test_a_removed_callback_is_not_called():
    token, called = CancelToken(), []
    forget = token.on_cancel(lambda: called.append(True))
    forget()
    forget()
    token.cancel()
    assert not called


def test_a_failing_callback_does_not_keep_the_others_from_being_called():
    token, called = CancelToken(), []

    def fail() -> None:
        raise KeyError("handler")

    token.on_cancel(lambda: called.append("before"))
    token.on_cancel(fail)
    token.on_cancel(lambda: called.append("after"))
    with pytest.raises(KeyError):
        token.cancel()
    assert called == ["before", "after"]
    assert token.cancelled


def test_a_callback_may_use_the_token():
    token, seen = CancelToken(), []
    token.on_cancel(lambda: seen.append(token.cancelled))
    token.on_cancel(lambda: token.on_cancel(lambda: seen.append("inner")))
    token.cancel()
    assert seen == [True, "inner"]


def test_threads_that_cancel_at_once_call_back_once():
    for _ in range(50):
        token, called, start = CancelToken(), [], threading.Barrier(4)
        token.on_cancel(lambda called=called: called.append(True))

        def cancel(token=token, start=start) -> None:
            start.wait()
            token.cancel()

        workers = [threading.Thread(target=cancel) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert called == [True]


def test_a_token_outlives_the_loop_that_waited_on_it():
    token = CancelToken()
    late = []
    original = token.on_cancel

    def keep(callback):
        late.append(callback)
        return original(callback)

    token.on_cancel = keep
    asyncio.run(aio.sleep(0.0, cancel=token))
    # The race: cancel() took the callback just before the sleep removed it.
    late[0]()
    token.cancel()


def test_many_sleeps_end_together(half):
    token = CancelToken()
    timer = threading.Timer(0.05, token.cancel)
    timer.start()
    calls = [lambda: half.runtime.sleep(LONG, cancel=token)] * 5
    with pytest.raises(DeployCancelledError):
        half.run(lambda: half.runtime.gather(calls, limit=5))
    timer.join()
