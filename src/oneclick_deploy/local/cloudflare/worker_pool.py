"""The running workers: started when they are needed, a limited number at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from attrs import define, field

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.cloudflare.options import CloudflareOptions
from oneclick_deploy.local.workerd.process import WorkerdProcess


@define
class _Slot:
    process: WorkerdProcess | None = None
    in_use: int = 0
    # Set when nothing may be started in this slot any more.
    ended: bool = False
    lock: asyncio.Lock = field(factory=asyncio.Lock)


class WorkerPool:
    """Keeps at most one process per deployment.

    Args:
        options: Tells how many may run.
    """

    def __init__(self, options: CloudflareOptions) -> None:
        self._options = options
        # Ordered by last use, the longest unused first.
        self._slots: dict[str, _Slot] = {}
        self._closed = False

    @asynccontextmanager
    async def use(
        self, deployment: str, start: Callable[[], Awaitable[WorkerdProcess]]
    ) -> AsyncIterator[WorkerdProcess]:
        """Give the running worker of a deployment; ``start`` is called when it does not run.

        Raises:
            LocalCloudError: The deployment or the whole cloud has just ended. Errors of ``start``
                pass through.
        """
        if self._closed:
            raise LocalCloudError("the local cloud is stopping")
        slot = self._slots.pop(deployment, None) or _Slot()
        self._slots[deployment] = slot
        slot.in_use += 1
        try:
            async with slot.lock:
                if slot.ended:
                    raise LocalCloudError("the deployment was removed")
                if slot.process is None or not slot.process.running:
                    await self._end(slot)
                    await self._make_room()
                    slot.process = await start()
            yield slot.process
        finally:
            slot.in_use -= 1

    def running(self) -> dict[str, WorkerdProcess]:
        """The processes that run, by deployment."""
        return {
            deployment: slot.process
            for deployment, slot in self._slots.items()
            if slot.process is not None and slot.process.running
        }

    async def stop(self, deployment: str) -> None:
        """End the worker of a deployment, if it runs."""
        slot = self._slots.pop(deployment, None)
        if slot is not None:
            slot.ended = True
            async with slot.lock:
                await self._end(slot)

    async def stop_all(self) -> None:
        """End all workers, for good."""
        self._closed = True
        await asyncio.gather(*(self.stop(deployment) for deployment in list(self._slots)))

    async def _make_room(self) -> None:
        excess = len(self.running()) + 1 - self._options.max_running_workers
        for deployment, slot in list(self._slots.items()):
            if excess > 0 and slot.process is not None and not slot.in_use:
                excess -= 1
                await self.stop(deployment)

    @staticmethod
    async def _end(slot: _Slot) -> None:
        process, slot.process = slot.process, None
        if process is not None:
            await process.stop()
