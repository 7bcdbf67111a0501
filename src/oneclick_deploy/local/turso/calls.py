"""One call of the Platform API, as its endpoints see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from attrs import frozen
from starlette.requests import Request

from oneclick_deploy.local.turso.access import Caller, PlatformTokens
from oneclick_deploy.local.turso.account import Account
from oneclick_deploy.local.turso.models import Database, Group
from oneclick_deploy.local.turso.tokens import TokenSigner


@frozen(kw_only=True)
class Call:
    """A request, who sent it, and what it acts on."""

    request: Request
    caller: Caller
    account: Account
    tokens: PlatformTokens
    signer: TokenSigner

    def path(self, name: str) -> str:
        """A part of the path."""
        value: str = self.request.path_params[name]
        return value

    def query(self, name: str) -> str | None:
        """A query parameter."""
        value: str | None = self.request.query_params.get(name)
        return value

    def group(self, scope: str) -> Group:
        """The group of the path, if the caller may do ``scope`` in it."""
        group = self.account.group(self.path("group"))
        self.caller.need(scope, group.name)
        return group

    def database(self, scope: str) -> Database:
        """The database of the path, if the caller may do ``scope`` in its group."""
        database = self.account.database(self.path("database"))
        self.caller.need(scope, database.group)
        return database


Endpoint = Callable[[Call], Awaitable[Any]]
Route = tuple[str, str, Endpoint]
