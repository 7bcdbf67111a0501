"""Pages projects: create, read, change, list, delete."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from attrs import evolve
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oneclick_deploy.local.cloudflare.account import Account
from oneclick_deploy.local.cloudflare.envelope import page_of, read_object, success, text_field
from oneclick_deploy.local.cloudflare.errors import (
    invalid_project_name,
    malformed,
    project_exists,
    too_many_deployments,
    too_many_projects,
)
from oneclick_deploy.local.cloudflare.models import Environment, Json, Project
from oneclick_deploy.local.cloudflare.settings import default_settings, merge_configs
from oneclick_deploy.local.cloudflare.shapes import project_shape

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,56}[a-z0-9])?")
_NO_BUILD = {
    "build_caching": None,
    "build_command": None,
    "destination_dir": None,
    "root_dir": None,
    "web_analytics_tag": None,
    "web_analytics_token": None,
}
_PROJECTS = "/accounts/{account}/pages/projects"


class ProjectRoutes:
    """The operations.

    Args:
        account: The emulated account.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._state = account.state

    def routes(self) -> list[Route]:
        """Paths and methods."""
        one = f"{_PROJECTS}/{{project}}"
        return [
            Route(_PROJECTS, self.list_all, methods=["GET"]),
            Route(_PROJECTS, self.create, methods=["POST"]),
            Route(one, self.get, methods=["GET"]),
            Route(one, self.change, methods=["PATCH"]),
            Route(one, self.delete, methods=["DELETE"]),
            Route(f"{one}/upload-token", self.upload_token, methods=["GET"]),
            Route(f"{one}/purge_build_cache", self.purge_build_cache, methods=["POST"]),
        ]

    async def list_all(self, request: Request) -> Response:
        """A page of the projects."""
        self._account.admit(request)
        return page_of(request, [self._shape(p) for p in self._state.projects()], per_page=10)

    async def create(self, request: Request) -> Response:
        """Create a project."""
        self._account.admit(request)
        document = await read_object(request)
        name = text_field(document, "name")
        if not _NAME.fullmatch(name):
            raise invalid_project_name()
        if self._state.project(name) is not None:
            raise project_exists()
        limit = self._account.options.max_projects
        if len(self._state.projects()) >= limit:
            raise too_many_projects(limit)
        defaults = {environment.value: default_settings() for environment in Environment}
        project = Project(
            id=str(uuid.uuid4()),
            name=name,
            production_branch=text_field(document, "production_branch"),
            created_on=datetime.now(UTC),
            build_config={**_NO_BUILD, **_build_config(document)},
            deployment_configs=merge_configs(defaults, document.get("deployment_configs")),
        )
        self._state.save_project(project)
        await self._account.hosting.open_project(project)
        return success(self._shape(project))

    async def get(self, request: Request) -> Response:
        """Read a project."""
        self._account.admit(request)
        return success(self._shape(self._account.project(request)))

    async def change(self, request: Request) -> Response:
        """Change a project; configuration is merged key by key."""
        self._account.admit(request)
        project = self._account.project(request)
        document = await read_object(request)
        if document.get("name", project.name) != project.name:
            raise malformed("The local cloud does not rename projects.")
        branch = document.get("production_branch", project.production_branch)
        if not isinstance(branch, str) or not branch:
            raise malformed('The field "production_branch" must be a text that is not empty.')
        changed = evolve(
            project,
            production_branch=branch,
            build_config={**project.build_config, **_build_config(document)},
            deployment_configs=merge_configs(
                project.deployment_configs, document.get("deployment_configs")
            ),
        )
        self._state.save_project(changed)
        return success(self._shape(changed))

    async def delete(self, request: Request) -> Response:
        """Delete a project with its deployments, unless they are too many."""
        self._account.admit(request)
        project = self._account.project(request)
        deployments = self._state.deployments(project.name)
        if len(deployments) > self._account.options.max_deployments_to_delete:
            raise too_many_deployments()
        self._state.delete_project(project.name)
        for deployment in deployments:
            await self._account.hosting.close_deployment(deployment)
        await self._account.hosting.close_project(project.name)
        return success(None)

    async def upload_token(self, request: Request) -> Response:
        """Issue a token for uploading assets."""
        self._account.admit(request)
        options = self._account.options
        token = self._account.tokens.issue(
            project=self._account.project(request).name,
            lifetime=options.upload_token_seconds,
            max_files=options.max_files,
        )
        return success({"jwt": token})

    async def purge_build_cache(self, request: Request) -> Response:
        """Nothing is built here, so there is nothing to purge."""
        self._account.admit(request)
        self._account.project(request)
        return success(None)

    def _shape(self, project: Project) -> Json:
        return project_shape(
            project,
            deployments=self._state.deployments(project.name),
            domains=self._state.domains(project.name),
            hosting=self._account.hosting,
            stage_seconds=self._account.options.stage_seconds,
        )


def _build_config(document: dict[str, Any]) -> Json:
    config = document.get("build_config") or {}
    if not isinstance(config, dict):
        raise malformed('The field "build_config" must be an object.')
    return {key: value for key, value in config.items() if key in _NO_BUILD}
