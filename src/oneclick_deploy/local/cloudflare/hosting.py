"""The URLs of the account's sites: every project, deployment and branch has a port of its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from oneclick_deploy.local.cloudflare.bindings import Bindings
from oneclick_deploy.local.cloudflare.models import Deployment, Environment, Project
from oneclick_deploy.local.cloudflare.options import CloudflareOptions
from oneclick_deploy.local.cloudflare.publishing import interrupted
from oneclick_deploy.local.cloudflare.site_app import SiteApp
from oneclick_deploy.local.cloudflare.stages import is_live
from oneclick_deploy.local.cloudflare.state import State
from oneclick_deploy.local.cloudflare.storage import Storage
from oneclick_deploy.local.cloudflare.worker_runner import WorkerRunner
from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.local.sites.app import StaticSite
from oneclick_deploy.local.sites.headers_file import parse_headers
from oneclick_deploy.local.sites.pages import Site
from oneclick_deploy.local.sites.redirects_file import NO_REDIRECTS, parse_redirects
from oneclick_deploy.local.sites.routes_file import Routes, parse_routes
from oneclick_deploy.local.workerd.outbound import Resolve

# Alias host names are cut to this length on the real host.
MAX_ALIAS = 28


class Hosting:
    """Serves the sites and knows which deployment is at which URL.

    Args:
        state: The account.
        server: Listens.
        storage: D1 and KV, for the workers.
        resolve_outbound: Gives the loopback origin of a host that workers may reach.
        options: Speed and limits.
    """

    def __init__(
        self,
        *,
        state: State,
        server: LocalServer,
        storage: Storage,
        resolve_outbound: Resolve,
        options: CloudflareOptions,
    ) -> None:
        self._state = state
        self._server = server
        self._options = options
        self._outside = resolve_outbound
        self._ports: dict[str, int] = {}
        self._static: dict[tuple[str, bool], StaticSite] = {}
        self._routes: dict[str, Routes | None] = {}
        bindings = Bindings(storage=storage, static_app=self._assets_of)
        self.runner = WorkerRunner(
            state=state,
            server=server,
            bindings=bindings,
            resolve_outbound=self._resolve,
            url_of=self.deployment_url,
            options=options,
        )

    async def start(self) -> None:
        """Open the ports of everything that was there when the emulator last ran."""
        waiting = []
        for project in self._state.projects():
            waiting.append(self.open_project(project))
            for deployment in self._state.deployments(project.name):
                if not deployment.published:
                    self._state.save_deployment(interrupted(deployment))
                waiting.append(self.open_deployment(deployment))
        await asyncio.gather(*waiting)

    async def stop(self) -> None:
        """End the workers and close the ports."""
        ports, self._ports = self._ports, {}
        closing = [self._server.close_async(port) for port in ports.values()]
        await asyncio.gather(self.runner.stop(), *closing)

    async def open_project(self, project: Project) -> None:
        """Serve production of a project."""
        await self._open(_project_place(project.name), lambda: self.canonical(project.name))

    async def open_deployment(self, deployment: Deployment) -> None:
        """Serve a deployment, and its branch when it is a preview."""
        identifier = deployment.id
        await self._open(
            _deployment_place(identifier), lambda: self._live(identifier), preview=True
        )
        if deployment.environment is Environment.PREVIEW:
            project, alias = deployment.project, alias_of(deployment.branch)
            await self._open(
                _alias_place(project, alias),
                lambda: self._branch_head(project, alias),
                preview=True,
            )

    async def close_project(self, name: str) -> None:
        """Stop serving production of a project. Its deployments are closed one by one."""
        await self._close(_project_place(name))

    async def close_deployment(self, deployment: Deployment) -> None:
        """Stop serving a deployment that was removed from the state."""
        await self._close(_deployment_place(deployment.id))
        await self.runner.forget(deployment.id)
        self._routes.pop(deployment.id, None)
        for preview in (False, True):
            self._static.pop((deployment.id, preview), None)
        alias = alias_of(deployment.branch)
        if not any(
            sibling.environment is Environment.PREVIEW and alias_of(sibling.branch) == alias
            for sibling in self._state.deployments(deployment.project)
        ):
            await self._close(_alias_place(deployment.project, alias))

    def project_url(self, name: str) -> str:
        """The URL of a project's production site."""
        return self._url(_project_place(name))

    def deployment_url(self, deployment: Deployment) -> str:
        """The URL of one deployment."""
        return self._url(_deployment_place(deployment.id))

    def aliases(self, deployment: Deployment) -> list[str]:
        """The other URLs that lead to a deployment now."""
        if deployment.environment is Environment.PREVIEW:
            alias = alias_of(deployment.branch)
            head = self._branch_head(deployment.project, alias)
            place = _alias_place(deployment.project, alias)
            return [self._url(place)] if head is not None and head.id == deployment.id else []
        canonical = self.canonical(deployment.project)
        is_canonical = canonical is not None and canonical.id == deployment.id
        return [self.project_url(deployment.project)] if is_canonical else []

    def canonical(self, project: str) -> Deployment | None:
        """The deployment that serves production: the newest good one, or the one put back."""
        found = self._state.project(project)
        if found is None:
            return None
        good = [
            deployment
            for deployment in self._state.deployments(project)
            if deployment.environment is Environment.PRODUCTION and self._is_live(deployment)
        ]
        rollback = found.rollback
        if rollback is not None:
            newer = [deployment for deployment in good if deployment.created_on > rollback.on]
            put_back = [deployment for deployment in good if deployment.id == rollback.deployment]
            good = newer + put_back or good
        return good[0] if good else None

    def _is_live(self, deployment: Deployment) -> bool:
        return is_live(deployment, seconds=self._options.stage_seconds)

    def _live(self, identifier: str) -> Deployment | None:
        deployment = self._state.deployment(identifier)
        return deployment if deployment is not None and self._is_live(deployment) else None

    def _branch_head(self, project: str, alias: str) -> Deployment | None:
        return next(
            (
                deployment
                for deployment in self._state.deployments(project)
                if deployment.environment is Environment.PREVIEW
                and alias_of(deployment.branch) == alias
                and self._is_live(deployment)
            ),
            None,
        )

    async def _open(
        self, place: str, find: Callable[[], Deployment | None], *, preview: bool = False
    ) -> None:
        if place in self._ports:
            return
        app = SiteApp(
            find=find,
            static=lambda deployment: self._static_site(deployment, preview=preview),
            routes=self._routes_of,
            runner=self.runner,
        )
        # Reserved at once: two deployments of a branch may be opened at the same time.
        self._ports[place] = 0
        app.port = await self._server.listen_async(app, port=self._state.port(place))
        self._ports[place] = app.port
        self._state.save_port(place, app.port)

    async def _close(self, place: str) -> None:
        port = self._ports.pop(place, None)
        self._state.forget_port(place)
        if port:
            await self._server.close_async(port)

    def _url(self, place: str) -> str:
        port = self._ports.get(place) or self._state.port(place) or 0
        return f"http://127.0.0.1:{port}"

    def _static_site(self, deployment: Deployment, *, preview: bool) -> StaticSite:
        key = (deployment.id, preview)
        if key not in self._static:
            site = Site(
                assets=deployment.manifest,
                content_types=deployment.content_types,
                headers=parse_headers(deployment.headers or ""),
                redirects=parse_redirects(deployment.redirects)
                if deployment.redirects
                else NO_REDIRECTS,
                preview=preview,
            )
            self._static[key] = StaticSite(site, asset_file=self._state.asset_file)
        return self._static[key]

    def _assets_of(self, identifier: str) -> StaticSite | None:
        deployment = self._state.deployment(identifier)
        return self._static_site(deployment, preview=False) if deployment is not None else None

    def _routes_of(self, deployment: Deployment) -> Routes | None:
        if deployment.id not in self._routes:
            text = deployment.routes
            self._routes[deployment.id] = parse_routes(text) if text is not None else None
        return self._routes[deployment.id]

    async def _resolve(self, name: str) -> str | None:
        """Workers reach the sites of this account, themselves too, and what the caller allows."""
        own = {
            f"{host}:{port}" for port in self._ports.values() for host in ("127.0.0.1", "localhost")
        }
        return f"http://{name}" if name in own else await self._outside(name)


def alias_of(branch: str) -> str:
    """The host label of a branch, as the real host makes it."""
    label = re.sub(r"[^a-z0-9]+", "-", branch.lower())
    return label[:MAX_ALIAS].strip("-") or "branch"


def _project_place(name: str) -> str:
    return f"project/{name}"


def _deployment_place(identifier: str) -> str:
    return f"deployment/{identifier}"


def _alias_place(project: str, alias: str) -> str:
    return f"alias/{project}/{alias}"
