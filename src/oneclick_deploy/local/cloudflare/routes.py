"""The emulated API as one ASGI app: all operations under ``/client/v4``, in envelopes."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

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
from oneclick_deploy.local.server import AsgiApp, Receive, Scope, Send

BASE = "/client/v4"
_log = logging.getLogger(__name__)


def api_app(account: Account) -> AsgiApp:
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

    routed = Starlette(
        routes=[Mount(BASE, routes=routes)],
        exception_handlers={Refusal: refused, HTTPException: unrouted},
    )
    return _Guarded(routed)


class _Guarded:
    """Answers in the API's own words when the emulator itself fails, and logs why."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer
            _log.exception("%s %s failed", scope["method"], scope["path"])
            if not started:
                await failure(unknown_error())(scope, receive, send)
