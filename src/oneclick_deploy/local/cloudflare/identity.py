"""Who the token belongs to: ``/user``, ``/accounts``, ``/memberships`` and token checks."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oneclick_deploy.local.cloudflare.account import Account
from oneclick_deploy.local.cloudflare.envelope import page_of, success
from oneclick_deploy.local.cloudflare.errors import invalid_token

_CREATED = "2026-01-01T00:00:00.000000Z"
_EMAIL = "local@oneclick.invalid"


class IdentityRoutes:
    """The operations.

    Args:
        account: The emulated account.
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    def routes(self) -> list[Route]:
        """Paths and methods."""
        return [
            Route("/user", self.user, methods=["GET"]),
            Route("/user/tokens/verify", self.verify, methods=["GET"]),
            Route("/accounts", self.accounts, methods=["GET"]),
            Route("/accounts/{account}", self.one_account, methods=["GET"]),
            Route("/accounts/{account}/tokens/verify", self.verify, methods=["GET"]),
            Route("/memberships", self.memberships, methods=["GET"]),
        ]

    async def user(self, request: Request) -> Response:
        """The user behind the token."""
        self._account.admit(request)
        return success({"id": self._digest("user"), "email": _EMAIL, "suspended": False})

    async def verify(self, request: Request) -> Response:
        """Whether the token is good."""
        if not self._account.has_token(request):
            raise invalid_token()
        self._account.admit(request)
        return success({"id": self._digest("token"), "status": "active"})

    async def accounts(self, request: Request) -> Response:
        """The accounts that the token reaches: one."""
        self._account.admit(request)
        return page_of(request, [self._account_shape()], per_page=20)

    async def one_account(self, request: Request) -> Response:
        """The account."""
        self._account.admit(request)
        return success(self._account_shape())

    async def memberships(self, request: Request) -> Response:
        """The accounts that the user is a member of."""
        self._account.admit(request)
        membership = {
            "id": self._digest("membership"),
            "status": "accepted",
            "account": self._account_shape(),
            "roles": ["Administrator"],
        }
        return page_of(request, [membership], per_page=20)

    def _account_shape(self) -> dict[str, Any]:
        return {
            "id": self._account.id,
            "name": "Local cloud",
            "type": "standard",
            "created_on": _CREATED,
            "settings": {"enforce_twofactor": False},
        }

    def _digest(self, what: str) -> str:
        return hashlib.sha256(f"{what}/{self._account.id}".encode()).hexdigest()[:32]
