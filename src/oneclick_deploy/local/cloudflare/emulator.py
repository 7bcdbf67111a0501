"""The emulator as a whole: its API, its sites, its state."""

from __future__ import annotations

import asyncio
from pathlib import Path

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.cloudflare.account import Account
from oneclick_deploy.local.cloudflare.hosting import Hosting
from oneclick_deploy.local.cloudflare.models import Deployment, Project
from oneclick_deploy.local.cloudflare.options import CloudflareOptions
from oneclick_deploy.local.cloudflare.routes import BASE, api_app
from oneclick_deploy.local.cloudflare.state import State
from oneclick_deploy.local.cloudflare.storage import Storage
from oneclick_deploy.local.cloudflare.tokens import UploadTokens
from oneclick_deploy.local.server import AsgiApp, LocalServer
from oneclick_deploy.local.workerd.outbound import Resolve
from oneclick_deploy.secrets import Secret

_API_PLACE = "api"


class CloudflareEmulator:
    """Cloudflare Pages, D1 and KV on loopback.

    Everything that is created survives in ``state_dir``; a site keeps its port when it is free.

    Args:
        state_dir: Where the account's contents are kept.
        server: Listens on the ports; it must have been started.
        account_id: The account that paths must name.
        api_token: The token that requests must carry.
        resolve_outbound: Gives the loopback origin (``http://127.0.0.1:port``) of a host that
            deployed code may reach. It is asked for ``host:port`` when the URL has a port, then
            for the host name. Everything else is refused.
        options: Limits, speed and faults.
    """

    def __init__(
        self,
        *,
        state_dir: Path,
        server: LocalServer,
        account_id: str,
        api_token: str,
        resolve_outbound: Resolve,
        options: CloudflareOptions | None = None,
    ) -> None:
        self._server = server
        self.options = options or CloudflareOptions()
        self._state = State(state_dir)
        self._storage = Storage(self._state)
        self._hosting = Hosting(
            state=self._state,
            server=server,
            storage=self._storage,
            resolve_outbound=resolve_outbound,
            options=self.options,
        )
        self.api_app: AsgiApp = api_app(
            Account(
                id=account_id,
                token=Secret(api_token),
                state=self._state,
                storage=self._storage,
                hosting=self._hosting,
                tokens=UploadTokens(self._state.signing_key()),
                options=self.options,
            )
        )
        self._port = 0

    @property
    def api_url(self) -> str:
        """The base URL of the API, for ``CLOUDFLARE_API_BASE_URL``."""
        return f"http://127.0.0.1:{self._port}{BASE}"

    def start(self) -> None:
        """Serve the API and every site that was deployed before."""
        self._port = self._server.listen(self.api_app, port=self._state.port(_API_PLACE))
        self._state.save_port(_API_PLACE, self._port)
        self._server.run(self._hosting.start())

    def stop(self) -> None:
        """End the workers and close all ports. Safe to call twice."""
        if not self._port:
            return
        port, self._port = self._port, 0
        self._server.run(self._stop_serving(port))
        self._storage.close()
        self._state.close()

    async def _stop_serving(self, port: int) -> None:
        await asyncio.gather(self._server.close_async(port), self._hosting.stop())

    def projects(self) -> tuple[Project, ...]:
        """The Pages projects, the newest first."""
        return self._state.projects()

    def deployments(self, project: str) -> tuple[Deployment, ...]:
        """The deployments of a project, the newest first."""
        return self._state.deployments(project)

    def site_url(self, project: str) -> str:
        """The URL of a project's production site.

        Raises:
            LocalCloudError: There is no such project.
        """
        if self._state.project(project) is None:
            raise LocalCloudError(f"there is no Pages project {project} in the local cloud")
        return self._hosting.project_url(project)

    def worker_log(self, deployment: str) -> tuple[str, ...]:
        """The last lines that the running worker of a deployment printed."""
        process = self._hosting.runner.running().get(deployment)
        return process.log if process is not None else ()
