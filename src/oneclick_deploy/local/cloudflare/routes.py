"""The emulated API as one ASGI app: all operations under ``/client/v4``, in envelopes."""

from __future__ import annotations

import logging

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from oneclick_deploy.local.cloudflare.account import Account
from oneclick_deploy.local.cloudflare.d1 import D1Routes
from oneclick_deploy.local.cloudflare.deployments import DeploymentRoutes
from oneclick_deploy.local.cloudflare.domains import DomainRoutes
from oneclick_deploy.local.cloudflare.envelope import failure
from oneclick_deploy.local.cloudflare.errors import (
    Refusal,
    authentication_failed,
    no_route,
    unknown_error,
    wrong_method,
)
from oneclick_deploy.local.cloudflare.identity import IdentityRoutes
from oneclick_deploy.local.cloudflare.kv import KvRoutes
from oneclick_deploy.local.cloudflare.projects import ProjectRoutes
from oneclick_deploy.local.cloudflare.uploads import UploadRoutes

BASE = "/client/v4"
_log = logging.getLogger(__name__)


def api_app(account: Account) -> Starlette:
    """Build the app."""
    groups = (
        IdentityRoutes(account),
        ProjectRoutes(account),
        UploadRoutes(account),
        DeploymentRoutes(account),
        DomainRoutes(account),
        D1Routes(account),
        KvRoutes(account),
    )
    routes = [route for group in groups for route in group.routes()]

    async def refused(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, Refusal)  # noqa: S101 - registered for this class
        return failure(error)

    async def unrouted(request: Request, error: Exception) -> Response:
        # Without a token nobody learns which paths exist.
        if not account.has_token(request):
            return failure(authentication_failed())
        status = error.status_code if isinstance(error, HTTPException) else 404
        if status == 405:
            return failure(wrong_method(request.method))
        return failure(no_route(request.url.path.removeprefix(BASE)))

    async def broken(request: Request, error: Exception) -> Response:
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return failure(unknown_error())

    return Starlette(
        routes=[Mount(BASE, routes=routes)],
        exception_handlers={
            Refusal: refused,
            HTTPException: unrouted,
            Exception: broken,
        },
    )
