"""The Platform API as a Starlette app."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as StarletteRoute

from oneclick_deploy.local.libsql.refusals import RequestRefusedError
from oneclick_deploy.local.turso import database_routes, group_routes, organization_routes
from oneclick_deploy.local.turso.access import PlatformTokens
from oneclick_deploy.local.turso.account import Account
from oneclick_deploy.local.turso.calls import Call, Endpoint
from oneclick_deploy.local.turso.errors import ApiRefusalError, organization_not_found
from oneclick_deploy.local.turso.tokens import TokenSigner

_LOGGER: Final = logging.getLogger("oneclick_deploy.local.turso")


def platform_api(account: Account, tokens: PlatformTokens, signer: TokenSigner) -> Starlette:
    """Make the app."""

    def served(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            try:
                caller = tokens.caller(request.headers.get("authorization"))
                _check_organization(request, account)
                content = await endpoint(
                    Call(
                        request=request,
                        caller=caller,
                        account=account,
                        tokens=tokens,
                        signer=signer,
                    )
                )
            except ApiRefusalError as refused:
                return JSONResponse(refused.as_json(), status_code=refused.status)
            except RequestRefusedError as refused:
                return JSONResponse({"error": str(refused.body)}, status_code=refused.status)
            except Exception:
                _LOGGER.exception("the emulated Platform API failed")
                return JSONResponse({"error": "internal server error"}, status_code=500)
            # Rotations answer 200 with no content (specification).
            return Response() if content is None else JSONResponse(content)

        return serve

    routes = [
        StarletteRoute(path, served(endpoint), methods=[method])
        for method, path, endpoint in (
            *database_routes.ROUTES,
            *group_routes.ROUTES,
            *organization_routes.ROUTES,
        )
    ]
    return Starlette(routes=routes, exception_handlers={404: _not_found, 405: _not_allowed})


def _check_organization(request: Request, account: Account) -> None:
    organization = request.path_params.get("organization", account.organization)
    if organization != account.organization:
        raise organization_not_found()


async def _not_found(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "Not Found"}, status_code=404)


async def _not_allowed(_request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": "Method Not Allowed"}, status_code=405)
