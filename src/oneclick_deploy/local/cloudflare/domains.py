"""Custom domains of a Pages project. They stay pending: the local cloud has no DNS."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oneclick_deploy.local.cloudflare.account import Account
from oneclick_deploy.local.cloudflare.envelope import read_object, success, text_field
from oneclick_deploy.local.cloudflare.errors import domain_exists, domain_not_found, malformed
from oneclick_deploy.local.cloudflare.models import Domain
from oneclick_deploy.local.cloudflare.shapes import domain_shape

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+{_LABEL}")
_ALL = "/accounts/{account}/pages/projects/{project}/domains"


class DomainRoutes:
    """The operations.

    Args:
        account: The emulated account.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._state = account.state

    def routes(self) -> list[Route]:
        """Paths and methods."""
        one = f"{_ALL}/{{domain}}"
        return [
            Route(_ALL, self.list_all, methods=["GET"]),
            Route(_ALL, self.create, methods=["POST"]),
            Route(one, self.get, methods=["GET"]),
            Route(one, self.get, methods=["PATCH"]),
            Route(one, self.delete, methods=["DELETE"]),
        ]

    async def list_all(self, request: Request) -> Response:
        """All custom domains of a project."""
        self._account.admit(request)
        project = self._account.project(request)
        return success([domain_shape(domain) for domain in self._state.domains(project.name)])

    async def create(self, request: Request) -> Response:
        """Add a custom domain."""
        self._account.admit(request)
        project = self._account.project(request)
        name = text_field(await read_object(request), "name").lower()
        if not _NAME.fullmatch(name):
            raise malformed(f'"{name[:100]}" is not a domain name.')
        if self._state.domain_owner(name) is not None:
            raise domain_exists()
        domain = Domain(
            id=str(uuid.uuid4()),
            domain_id=str(uuid.uuid4()),
            name=name,
            created_on=datetime.now(UTC),
        )
        self._state.add_domain(project.name, domain)
        return success(domain_shape(domain))

    async def get(self, request: Request) -> Response:
        """Read a custom domain, or ask for its validation again."""
        self._account.admit(request)
        return success(domain_shape(self._domain(request)))

    async def delete(self, request: Request) -> Response:
        """Remove a custom domain."""
        self._account.admit(request)
        self._state.delete_domain(self._domain(request).name)
        return success(None)

    def _domain(self, request: Request) -> Domain:
        project = self._account.project(request)
        for domain in self._state.domains(project.name):
            if domain.name == request.path_params["domain"].lower():
                return domain
        raise domain_not_found()
