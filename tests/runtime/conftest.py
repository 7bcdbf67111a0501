"""Both halves of the runtime pair."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest
from attrs import frozen

from oneclick_deploy.runtime import aio, threads


@frozen
class Half:
    """One half, and how to write a function for it and run it.

    Args:
        runtime: The module.
        wrap: Turns a plain function into one that this half can call.
        run: Runs what ``wrap`` gave, to its end.
    """

    runtime: ModuleType
    wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
    run: Callable[[Callable[[], Any]], Any]


def as_coroutine(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def coroutine(*args: Any) -> Any:
        return await asyncio.to_thread(function, *args)

    return coroutine


def run_in_loop(call: Callable[[], Any]) -> Any:
    async def main() -> Any:
        return await call()

    return asyncio.run(main())


@pytest.fixture(params=["aio", "threads"])
def half(request: pytest.FixtureRequest) -> Half:
    if request.param == "aio":
        return Half(aio, as_coroutine, run_in_loop)
    return Half(threads, lambda function: function, lambda call: call())
