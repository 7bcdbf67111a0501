"""The Platform API without I/O: an `Account` makes requests, `Call` says how to read the answer.

Operations and fields follow specs/turso.json; what the API does beyond it is marked "facts".
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlsplit

from attrs import field, frozen

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.http import CallKind, Request, Response
from oneclick_deploy.http.statuses import unexpected
from oneclick_deploy.http.values import bearer, json_request
from oneclick_deploy.providers.turso.decoding import decode, holds, pick
from oneclick_deploy.providers.turso.errors import PROVIDER, refusal
from oneclick_deploy.providers.turso.names import segment
from oneclick_deploy.secrets import Secret

T = TypeVar("T")
API_URL: Final = "https://api.turso.tech"
REGION_URL: Final = "https://region.turso.io"
TOKEN_VARIABLE: Final = "TURSO_API_TOKEN"  # noqa: S105 - the variable's name
ORGANIZATION_VARIABLE: Final = "TURSO_ORG_ID"
URL_VARIABLE: Final = "TURSO_API_BASE_URL"


@frozen(kw_only=True)
class Call(Generic[T]):
    """A request, and how its successful answer is read.

    Args:
        request: What to send.
        read: Takes the answer's JSON; raises `ValueError` naming what is missing.
        token: The token that the request carries, kept out of messages.
    """

    request: Request
    read: Callable[[Any], T]
    token: Secret = field(repr=False)

    def finish(self, response: Response) -> T:
        """Read an answer of any status.

        Raises:
            ApiError: The provider refused, or the answer is not what it documents.
        """
        if not response.ok:
            raise refusal(response, token=self.token)
        try:
            return self.read(response.json())
        except ValueError as error:
            raise unexpected(response, provider=PROVIDER, missing=str(error)) from None


@frozen(kw_only=True)
class Account:
    """Whose calls are made, and where they go.

    Args:
        organization: The slug; for a personal account the user name.
        region_url: Where the closest location is asked for; empty when nobody knows it.
    """

    token: Secret
    organization: str
    base_url: str
    region_url: str

    @classmethod
    def checked(
        cls,
        token: Secret | str,
        *,
        organization: str,
        base_url: str = API_URL,
        region_url: str | None = None,
    ) -> Account:
        """Make an account from what a user passed.

        Raises:
            ConfigurationError: Something is empty or is not an address.
        """
        text = Secret(token).reveal().strip()
        if not text or not (text.isascii() and text.isprintable()) or " " in text:
            raise ConfigurationError(
                f"the Turso token {'holds characters that no token has' if text else 'is empty'}",
                hint=f"Set {TOKEN_VARIABLE} to the token, as one line.",
            )
        if not organization or not organization.strip():
            raise ConfigurationError(
                "the Turso organization is empty",
                hint=f"Set {ORGANIZATION_VARIABLE} to the organization's slug "
                "(for a personal account the user name).",
            )
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not base_url.isascii():
            raise ConfigurationError(
                f"{base_url!a} is not the address of an API", hint=f"It looks like {API_URL}."
            )
        known = REGION_URL if parts.hostname == urlsplit(API_URL).hostname else ""
        return cls(
            token=Secret(text),
            organization=organization.strip(),
            base_url=base_url.rstrip("/"),
            region_url=known if region_url is None else region_url,
        )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Account:
        """Read token, organization and, where it is set, the API's address from the environment.

        Raises:
            ConfigurationError: A variable is missing; the message names all of them.
        """
        given = os.environ if environ is None else environ
        wanted = (TOKEN_VARIABLE, ORGANIZATION_VARIABLE)
        missing = [name for name in wanted if not given.get(name, "").strip()]
        if missing:
            raise ConfigurationError(
                f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set",
                hint=f"Make a token with `turso auth api-tokens mint <name>` for {TOKEN_VARIABLE}; "
                f"{ORGANIZATION_VARIABLE} is the slug that `turso org list` shows.",
            )
        return cls.checked(
            given[TOKEN_VARIABLE].strip(),
            organization=given[ORGANIZATION_VARIABLE],
            base_url=given.get(URL_VARIABLE, "").strip() or API_URL,
        )

    def call(
        self,
        method: str,
        path: str,
        read: Callable[[Any], T],
        *,
        body: object = None,
        query: Mapping[str, str | None] | None = None,
        kind: CallKind = CallKind.READ,
    ) -> Call[T]:
        """Make a call to a path of the API.

        Raises:
            ConfigurationError: A text in it is not valid Unicode.
        """
        try:
            request = json_request(
                method,
                self.base_url + path,
                body,
                headers={"Authorization": bearer(self.token), "Accept": "application/json"},
                kind=kind,
                query=query,
            )
        except UnicodeEncodeError:
            raise ConfigurationError(
                "an argument holds half of a surrogate pair and is not valid Unicode",
                hint="Read it from its source with the right encoding.",
            ) from None
        return Call(request=request, read=read, token=self.token)

    @property
    def place(self) -> str:
        """The path of the organization."""
        return f"/v1/organizations/{segment(self.organization, what='organization')}"

    def group(self, name: str) -> str:
        """The path of a group."""
        return f"{self.place}/groups/{segment(name, what='group')}"

    def database(self, name: str) -> str:
        """The path of a database."""
        return f"{self.place}/databases/{segment(name, what='database')}"


def one(key: str, model: type[T]) -> Callable[[Any], T]:
    """Read the object under ``key``."""

    def read(body: Any) -> T:
        value = pick(body, key)
        if value is None:
            raise ValueError(f"`{key}`")
        return decode(value, model)

    return read


def whole(model: type[T]) -> Callable[[Any], T]:
    """Read the answer itself as one object."""
    return lambda body: decode(body, model)


def many(key: str, model: type[T]) -> Callable[[Any], tuple[T, ...]]:
    """Read the list under ``key``, which must be there; null is an empty list, as Go writes one."""

    def read(body: Any) -> tuple[T, ...]:
        if not holds(body, key):
            raise ValueError(f"`{key}`")
        return listed(pick(body, key), model, key)

    return read


def listed(value: Any, model: type[T], key: str) -> tuple[T, ...]:
    """Read a list of objects; null is an empty one."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError(f"list `{key}`")  # noqa: TRY004 - reported as a missing part
    return tuple(decode(item, model) for item in value)


def nothing(body: Any) -> None:
    """Take any success: the answer has no content."""


def jwt(body: Any) -> Secret:
    """Read a minted token."""
    value = pick(body, "jwt")
    if not isinstance(value, str) or not value:
        raise ValueError("`jwt`")
    return Secret(value)
