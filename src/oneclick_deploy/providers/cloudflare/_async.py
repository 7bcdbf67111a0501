"""The account's client, and the session that the clients of all Cloudflare products share."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Final, Self, TypeVar

from oneclick_deploy.errors import ApiError, AuthenticationError, PermissionDeniedError
from oneclick_deploy.http._async import AsyncHttp
from oneclick_deploy.http.redaction import Redactor
from oneclick_deploy.http.settings import HttpSettings
from oneclick_deploy.http.values import Request, Response
from oneclick_deploy.providers.cloudflare.models import Account, TokenOwner, TokenStatus
from oneclick_deploy.providers.cloudflare.wire import (
    API_URL,
    Address,
    Envelope,
    address_from,
    address_from_environment,
    as_object,
    as_objects,
    path,
    read_account,
    read_envelope,
    read_token_status,
)
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret

T = TypeVar("T")

_MOST_PAGES: Final = 1000  # where reading ends when a server always promises another page


class AsyncCloudflareSession:
    """Calls to Cloudflare for one token and account. The clients of the products extend it.

    Args:
        token: An API token of a user or of the account.
        account_id: The account's id.
        base_url: The API's address.
        settings: Timeouts, retries, routes.
        cancel: Ends waits and keeps further requests from leaving.
        transport: A replacement for the network; for tests.

    Raises:
        ConfigurationError: The token is empty or the base URL is not an address.
    """

    _needs_account = True

    def __init__(
        self,
        token: Secret | str,
        *,
        account_id: str = "",
        base_url: str = API_URL,
        settings: HttpSettings | None = None,
        cancel: CancelToken | None = None,
        transport: Any = None,
    ) -> None:
        self._address: Address = address_from(token, account_id=account_id, base_url=base_url)
        self._settings = settings or HttpSettings()
        self._cancel = cancel
        self._transport = transport
        self._redactor = Redactor([self._address.token])
        self._http = self._open_http(self._settings)

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        settings: HttpSettings | None = None,
        cancel: CancelToken | None = None,
        transport: Any = None,
    ) -> Self:
        """Make a client from CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_API_BASE_URL.

        Args:
            environ: The variables; those of the process when ``None``.
            settings: Timeouts, retries, routes.
            cancel: Ends waits and keeps further requests from leaving.
            transport: A replacement for the network; for tests.

        Raises:
            ConfigurationError: A variable that is needed is not set.
        """
        found = address_from_environment(
            os.environ if environ is None else environ, needs_account=cls._needs_account
        )
        return cls(
            found.token,
            account_id=found.account_id,
            base_url=found.base_url,
            settings=settings,
            cancel=cancel,
            transport=transport,
        )

    @property
    def account_id(self) -> str:
        """The account that the calls are about; empty when none was given."""
        return self._address.account_id

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. The next call opens new ones."""
        await self._http.aclose()

    def _open_http(self, settings: HttpSettings) -> AsyncHttp:
        return AsyncHttp(
            settings, budget=self._address.budget(), cancel=self._cancel, transport=self._transport
        )

    async def _call(self, request: Request) -> Envelope:
        return read_envelope(await self._http.send(request), clean=self._redactor.clean)

    async def _list(
        self,
        path: str,
        model: Callable[[Mapping[str, Any], Response], T],
        *,
        first: Mapping[str, str | None],
        until: Callable[[T], bool] | None = None,
    ) -> list[T]:
        """Read a list page by page.

        Args:
            path: The list's path.
            model: Makes a value from one item.
            first: The query of the first page.
            until: Ends the reading with the first item that it accepts, which is the last one.
        """
        found: list[T] = []
        for page in range(1, _MOST_PAGES + 1):
            query = dict(first) if page == 1 else {**first, "page": str(page)}
            envelope = await self._call(self._address.request("GET", path, query=query))
            for raw in as_objects(envelope, "list"):
                found.append(model(raw, envelope.response))
                if until is not None and until(found[-1]):
                    return found
            if not envelope.more_after(page):
                break
        return found


class AsyncCloudflareClient(AsyncCloudflareSession):
    """What a token may do, and which accounts it sees.

    ::

        async with AsyncCloudflareClient(token) as cloudflare:
            status = await cloudflare.verify_token()

    Args:
        token: An API token of a user or of the account.
        account_id: The account's id; `verify_token` tries it for tokens of an account.
        base_url: The API's address.
        settings: Timeouts, retries, routes.
        cancel: Ends waits and keeps further requests from leaving.
        transport: A replacement for the network; for tests.

    Raises:
        ConfigurationError: The token is empty or the base URL is not an address.
    """

    _needs_account = False

    async def verify_token(self) -> TokenStatus:
        """Ask whether the token works. Needs no permission.

        Tokens of users and tokens of accounts are verified at different addresses. The second one
        is asked when an account id is known and the first one does not know the token.

        Raises:
            AuthenticationError: Neither knows the token.
        """
        try:
            return await self._verify("/user/tokens/verify", TokenOwner.USER)
        except (AuthenticationError, PermissionDeniedError) as refusal:
            if not self.account_id:
                raise
            first = refusal
        try:
            place = self._address.account("tokens", "verify")
            return await self._verify(place, TokenOwner.ACCOUNT)
        except ApiError:
            raise first from None

    async def _verify(self, place: str, owner: TokenOwner) -> TokenStatus:
        envelope = await self._call(self._address.request("GET", place))
        return read_token_status(as_object(envelope, "token"), envelope.response, owner=owner)

    async def accounts(self) -> list[Account]:
        """List the accounts that the token may see."""
        return await self._list("/accounts", read_account, first={"page": "1"})

    async def account(self, account_id: str | None = None) -> Account:
        """Read one account.

        Args:
            account_id: Which; the client's own account when ``None``.

        Raises:
            NotFoundError: There is no such account, or the token may not see it.
        """
        place = path("accounts", account_id) if account_id else self._address.account()
        envelope = await self._call(self._address.request("GET", place))
        return read_account(as_object(envelope, "account"), envelope.response)
