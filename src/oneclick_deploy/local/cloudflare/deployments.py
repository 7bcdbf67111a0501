"""Deployments of a Pages project: create, read, retry, put back, delete."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

from attrs import evolve
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oneclick_deploy.local.cloudflare.account import Account
from oneclick_deploy.local.cloudflare.deployment_form import DeploymentForm, read_deployment_form
from oneclick_deploy.local.cloudflare.envelope import page_of, success
from oneclick_deploy.local.cloudflare.errors import (
    assets_missing,
    cannot_roll_back,
    deployment_is_active,
    deployment_is_aliased,
    deployment_not_found,
    malformed,
    tail_refused,
    unknown_error,
)
from oneclick_deploy.local.cloudflare.models import (
    Deployment,
    Environment,
    Json,
    Project,
    Rollback,
)
from oneclick_deploy.local.cloudflare.publishing import publish
from oneclick_deploy.local.cloudflare.shapes import deployment_shape, time_text
from oneclick_deploy.local.cloudflare.stages import is_live

_ALL = "/accounts/{account}/pages/projects/{project}/deployments"


class DeploymentRoutes:
    """The operations.

    Args:
        account: The emulated account.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._state = account.state
        self._hosting = account.hosting

    def routes(self) -> list[Route]:
        """Paths and methods."""
        one = f"{_ALL}/{{deployment}}"
        return [
            Route(_ALL, self.list_all, methods=["GET"]),
            Route(_ALL, self.create, methods=["POST"]),
            Route(one, self.get, methods=["GET"]),
            Route(one, self.delete, methods=["DELETE"]),
            Route(f"{one}/retry", self.retry, methods=["POST"]),
            Route(f"{one}/rollback", self.rollback, methods=["POST"]),
            Route(f"{one}/history/logs", self.logs, methods=["GET"]),
            Route(f"{one}/tails", self.tail, methods=["POST"]),
            Route(f"{one}/tails/{{tail}}", self.tail, methods=["DELETE"]),
        ]

    async def list_all(self, request: Request) -> Response:
        """A page of the deployments, of one environment when it is named."""
        self._account.admit(request)
        project = self._account.project(request)
        environment = request.query_params.get("env")
        if environment not in (None, *Environment):
            raise malformed('The query parameter "env" must be production or preview.')
        found = [
            deployment
            for deployment in self._state.deployments(project.name)
            if environment in (None, deployment.environment)
        ]
        return page_of(request, [self._shape(d, project) for d in found], per_page=25)

    async def create(self, request: Request) -> Response:
        """Create a deployment from uploaded assets."""
        self._account.admit(request)
        project = self._account.project(request)
        form = await read_deployment_form(request)
        if self._account.options.unknown_errors > 0:
            self._account.options.unknown_errors -= 1
            raise unknown_error()
        deployment = self._planned(form, project)
        if form.worker is not None:
            self._state.write_worker(deployment.id, form.worker)
        return success(self._shape(await self._publish(deployment), project))

    async def get(self, request: Request) -> Response:
        """Read a deployment."""
        self._account.admit(request)
        deployment, project = self._deployment(request)
        return success(self._shape(deployment, project))

    async def delete(self, request: Request) -> Response:
        """Delete a deployment that does not serve production."""
        self._account.admit(request)
        deployment, project = self._deployment(request)
        canonical = self._hosting.canonical(project.name)
        if canonical is not None and canonical.id == deployment.id:
            raise deployment_is_active()
        forced = request.query_params.get("force", "").lower() == "true"
        if self._hosting.aliases(deployment) and not forced:
            raise deployment_is_aliased()
        self._state.delete_deployment(deployment)
        await self._hosting.close_deployment(deployment)
        return success(None)

    async def retry(self, request: Request) -> Response:
        """Deploy the same again, with the project's configuration of now."""
        self._account.admit(request)
        old, project = self._deployment(request)
        new = evolve(
            old,
            id=str(uuid.uuid4()),
            number=self._state.next_number(project.name),
            created_on=datetime.now(UTC),
            settings=project.deployment_configs[old.environment],
            published=False,
            failure=None,
            log=(),
        )
        if old.worker is not None:
            self._state.write_worker(new.id, self._state.worker_file(old.id).read_bytes())
        return success(self._shape(await self._publish(new), project))

    async def rollback(self, request: Request) -> Response:
        """Put an older production deployment back."""
        self._account.admit(request)
        deployment, project = self._deployment(request)
        if deployment.environment is not Environment.PRODUCTION:
            raise cannot_roll_back("it is a preview")
        if not is_live(deployment, seconds=self._account.options.stage_seconds):
            raise cannot_roll_back("it did not succeed")
        canonical = self._hosting.canonical(project.name)
        if canonical is not None and canonical.id == deployment.id:
            raise cannot_roll_back("it serves production now")
        rollback = Rollback(deployment=deployment.id, on=datetime.now(UTC))
        self._state.save_project(evolve(project, rollback=rollback))
        return success(self._shape(deployment, project))

    async def logs(self, request: Request) -> Response:
        """The log of a deployment."""
        self._account.admit(request)
        deployment, _ = self._deployment(request)
        lines = [{"ts": time_text(line.ts), "line": line.line} for line in deployment.log]
        return success({"total": len(lines), "includes_container_logs": True, "data": lines})

    async def tail(self, request: Request) -> Response:
        """Live logs are refused."""
        self._account.admit(request)
        self._deployment(request)
        raise tail_refused()

    def _planned(self, form: DeploymentForm, project: Project) -> Deployment:
        """A deployment as the form describes it, with the configuration as it is now."""
        content_types = self._state.content_types(form.manifest.values())
        missing = [name for name in form.manifest.values() if name not in content_types]
        if missing:
            raise assets_missing(len(missing), missing[0])
        branch = form.branch or project.production_branch
        environment = (
            Environment.PRODUCTION if branch == project.production_branch else Environment.PREVIEW
        )
        settings = project.deployment_configs[environment]
        return Deployment(
            id=str(uuid.uuid4()),
            project=project.name,
            number=self._state.next_number(project.name),
            environment=environment,
            branch=branch,
            commit_hash=form.commit_hash,
            commit_message=form.commit_message,
            commit_dirty=form.commit_dirty,
            created_on=datetime.now(UTC),
            manifest=form.manifest,
            content_types=content_types,
            headers=form.headers,
            redirects=form.redirects,
            routes=form.routes,
            worker=form.worker_form,
            # A copy: later changes of the project are for later deployments.
            settings=json.loads(json.dumps(settings)),
        )

    async def _publish(self, deployment: Deployment) -> Deployment:
        self._state.save_deployment(deployment)
        await self._hosting.open_deployment(deployment)
        published = await publish(deployment, runner=self._hosting.runner)
        self._state.save_deployment(published)
        return published

    def _deployment(self, request: Request) -> tuple[Deployment, Project]:
        project = self._account.project(request)
        deployment = self._state.deployment(request.path_params["deployment"])
        if deployment is None or deployment.project != project.name:
            raise deployment_not_found()
        return deployment, project

    def _shape(self, deployment: Deployment, project: Project) -> Json:
        return deployment_shape(
            deployment,
            project=project,
            hosting=self._hosting,
            stage_seconds=self._account.options.stage_seconds,
        )
