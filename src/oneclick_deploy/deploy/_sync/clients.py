# Generated from src/oneclick_deploy/deploy/_async/clients.py by tools/unasync.py. Do not edit.
"""The clients of one run, opened when they are first used and closed together."""

from __future__ import annotations

from typing import Self

from oneclick_deploy.deploy.access import ProviderAccess
from oneclick_deploy.http import Http
from oneclick_deploy.providers.cloudflare import CloudflareClient
from oneclick_deploy.providers.cloudflare.pages import CloudflarePagesClient
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.providers.turso import TursoClient
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret


class Clients:
    """Clients for the accounts that a deployment goes to.

    Args:
        access: Addresses and credentials.
        cancel: Ends their waits and keeps further requests from leaving.
    """

    def __init__(self, access: ProviderAccess, cancel: CancelToken) -> None:
        self._access = access
        self._cancel = cancel
        self._libsql: list[LibsqlClient] = []
        self.turso = TursoClient(
            access.turso_token,
            organization=access.turso_organization,
            base_url=access.turso_url,
            settings=access.http,
            cancel=cancel,
        )
        self.cloudflare = CloudflareClient(
            access.cloudflare_token,
            account_id=access.cloudflare_account,
            base_url=access.cloudflare_url,
            settings=access.http,
            cancel=cancel,
        )
        self.pages = CloudflarePagesClient(
            access.cloudflare_token,
            account_id=access.cloudflare_account,
            base_url=access.cloudflare_url,
            settings=access.http,
            cancel=cancel,
        )
        self.web = Http(access.http, cancel=cancel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def libsql(self, url: str, token: Secret) -> LibsqlClient:
        """Open a client for one database."""
        client = LibsqlClient(url, token, settings=self._access.http, cancel=self._cancel)
        self._libsql.append(client)
        return client

    def close(self) -> None:
        """Close all connections."""
        for client in self._libsql:
            client.close()
        self.turso.close()
        self.cloudflare.close()
        self.pages.close()
        self.web.close()
