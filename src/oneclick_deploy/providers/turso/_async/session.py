"""Opens and closes the connections of a client, and runs its calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from oneclick_deploy.http import AsyncHttp, HttpSettings
from oneclick_deploy.http.budget import shared_budget
from oneclick_deploy.providers.turso import wire
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret

T = TypeVar("T")


class AsyncTursoSession:
    """The connections and the account that all calls share."""

    def __init__(
        self,
        token: Secret | str,
        *,
        organization: str,
        base_url: str = wire.API_URL,
        region_url: str | None = None,
        settings: HttpSettings | None = None,
        cancel: CancelToken | None = None,
        transport: Any = None,
    ) -> None:
        self._account = wire.Account.checked(
            token, organization=organization, base_url=base_url, region_url=region_url
        )
        self._http = AsyncHttp(
            settings,
            budget=shared_budget("turso", self._account.organization),
            cancel=cancel,
            transport=transport,
        )

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] | None = None, *, settings: HttpSettings | None = None
    ) -> Self:
        """Make a client from ``TURSO_API_TOKEN``, ``TURSO_ORG_ID`` and ``TURSO_API_BASE_URL``.

        Raises:
            ConfigurationError: A variable is missing; the message names it.
        """
        account = wire.Account.from_env(environ)
        return cls(
            account.token,
            organization=account.organization,
            base_url=account.base_url,
            settings=settings,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._account.organization!r}, {self._account.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _run(self, call: wire.Call[T]) -> T:
        return call.finish(await self._http.send(call.request))
