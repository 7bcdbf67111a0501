"""Runs the workers of deployments in ``workerd``."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from oneclick_deploy.local.cloudflare.bindings import Bindings
from oneclick_deploy.local.cloudflare.models import Deployment
from oneclick_deploy.local.cloudflare.options import CloudflareOptions
from oneclick_deploy.local.cloudflare.state import State
from oneclick_deploy.local.cloudflare.worker import Surroundings, worker_config
from oneclick_deploy.local.cloudflare.worker_pool import WorkerPool
from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.local.tools import require_tool
from oneclick_deploy.local.workerd.outbound import OutboundProxy, Resolve
from oneclick_deploy.local.workerd.process import WorkerdProcess, newest_compatibility_date


class WorkerRunner:
    """Starts workers with all that surrounds them: bindings, and the outbound proxy.

    Args:
        state: Where code and databases are.
        server: Serves the bindings and the proxy; their ports open with the first worker.
        bindings: What ``env`` leads to.
        resolve_outbound: Gives the loopback origin of a host that workers may reach.
        url_of: Gives the URL of a deployment.
        options: Limits.
    """

    def __init__(
        self,
        *,
        state: State,
        server: LocalServer,
        bindings: Bindings,
        resolve_outbound: Resolve,
        url_of: Callable[[Deployment], str],
        options: CloudflareOptions,
    ) -> None:
        self._state = state
        self._server = server
        self._bindings = bindings
        self._url_of = url_of
        self._pool = WorkerPool(options)
        self._capability = secrets.token_urlsafe(24)
        self._outbound = OutboundProxy(resolve=resolve_outbound, capability=self._capability)
        self._opening = asyncio.Lock()
        self._ports: tuple[int, int] | None = None

    @asynccontextmanager
    async def use(self, deployment: Deployment) -> AsyncIterator[WorkerdProcess]:
        """Give the running worker of a deployment.

        Raises:
            WorkerRefusedError: Its code or a binding cannot be used.
            WorkerdStartError: The runtime refused it.
            ToolMissingError: The runtime is not installed.
        """
        async with self._pool.use(deployment.id, lambda: self._start(deployment)) as process:
            yield process

    async def check(self, deployment: Deployment) -> None:
        """Start the worker of a new deployment, to see whether it can be published.

        Raises:
            WorkerRefusedError: Its code or a binding cannot be used.
            WorkerdStartError: The runtime refused it.
            ToolMissingError: The runtime is not installed.
        """
        async with self.use(deployment):
            pass

    def running(self) -> dict[str, WorkerdProcess]:
        """The processes that run, by deployment."""
        return self._pool.running()

    async def forget(self, deployment: str) -> None:
        """End the worker of a deployment that is gone."""
        await self._pool.stop(deployment)

    async def stop(self) -> None:
        """End everything."""
        await self._pool.stop_all()
        ports, self._ports = self._ports, None
        await asyncio.gather(*(self._server.close_async(port) for port in ports or ()))

    async def _start(self, deployment: Deployment) -> WorkerdProcess:
        binary = require_tool("workerd")
        newest_date = await asyncio.to_thread(newest_compatibility_date, binary)
        config = worker_config(
            deployment,
            url=self._url_of(deployment),
            surroundings=await self._surroundings(newest_date),
        )
        process = WorkerdProcess(binary)
        await process.start(config)
        return process

    async def _surroundings(self, newest_date: str) -> Surroundings:
        async with self._opening:
            if self._ports is None:
                self._ports = (
                    await self._server.listen_async(self._bindings),
                    await self._server.listen_async(self._outbound),
                )
        return Surroundings(
            state=self._state,
            bindings=self._bindings,
            bindings_port=self._ports[0],
            outbound_port=self._ports[1],
            outbound_capability=self._capability,
            newest_date=newest_date,
        )
