"""The clients of one run, opened when they are first used and closed together."""

from __future__ import annotations

from typing import Self

from oneclick_deploy.deploy.access import ProviderAccess
from oneclick_deploy.http import AsyncHttp
from oneclick_deploy.providers.cloudflare import AsyncCloudflareClient
from oneclick_deploy.providers.cloudflare.pages import AsyncCloudflarePagesClient
from oneclick_deploy.providers.libsql import AsyncLibsqlClient
from oneclick_deploy.providers.turso import AsyncTursoClient
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret


class AsyncClients:
    """Clients for the accounts that a deployment goes to.

    Args:
        access: Addresses and credentials.
        cancel: Ends their waits and keeps further requests from leaving.
    """

    def __init__(self, access: ProviderAccess, cancel: CancelToken) -> None:
        self._access = access
        self._cancel = cancel
        self._libsql: list[AsyncLibsqlClient] = []
        self.turso = AsyncTursoClient(
            access.turso_token,
            organization=access.turso_organization,
            base_url=access.turso_url,
            settings=access.http,
            cancel=cancel,
        )
        self.cloudflare = AsyncCloudflareClient(
            access.cloudflare_token,
            account_id=access.cloudflare_account,
            base_url=access.cloudflare_url,
            settings=access.http,
            cancel=cancel,
        )
        self.pages = AsyncCloudflarePagesClient(
            access.cloudflare_token,
            account_id=access.cloudflare_account,
            base_url=access.cloudflare_url,
            settings=access.http,
            cancel=cancel,
        )
        self.web = AsyncHttp(access.http, cancel=cancel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def libsql(self, url: str, token: Secret) -> AsyncLibsqlClient:
        """Open a client for one database."""
        client = AsyncLibsqlClient(url, token, settings=self._access.http, cancel=self._cancel)
        self._libsql.append(client)
        return client

    async def aclose(self) -> None:
        """Close all connections."""
        for client in self._libsql:
            await client.aclose()
        await self.turso.aclose()
        await self.cloudflare.aclose()
        await self.pages.aclose()
        await self.web.aclose()
