"""The client of the Platform API: each method makes a pure call, sends it and reads the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar

from oneclick_deploy.errors import (
    AlreadyExistsError,
    ApiError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    TransportError,
)
from oneclick_deploy.http import AsyncHttp, HttpSettings
from oneclick_deploy.http.budget import shared_budget
from oneclick_deploy.providers.turso import databases, groups, organizations, wire
from oneclick_deploy.providers.turso.groups import DEFAULT_GROUP
from oneclick_deploy.providers.turso.models import (
    Database,
    DatabaseConfiguration,
    DatabaseUsage,
    Group,
    GroupConfiguration,
    Instance,
    Organization,
    OrganizationPlan,
    OrganizationUsage,
    QueryStats,
    Subscription,
    TokenInfo,
)
from oneclick_deploy.providers.turso.seeds import Seed
from oneclick_deploy.providers.turso.tokens import Authorization, TokenRequest
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret

T = TypeVar("T")


class AsyncTursoClient:
    """Calls the Turso Platform API for one organization.

    Args:
        token: A platform token. Group-scoped tokens work for what they may do.
        organization: The organization's slug; for a personal account the user name.
        base_url: The API's address.
        region_url: Where `closest_location` asks; known for Turso's own address.
        settings: Timeouts, retries, routes.
        cancel: Keeps further requests from leaving.
        transport: A replacement for the network, for tests.

    Raises:
        ConfigurationError: The token or organization is empty, or an address is none.
    """

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

    async def validate_token(self) -> TokenInfo:
        """Check the token, and say when it ends.

        Raises:
            AuthenticationError: The token is wrong or has expired.
        """
        return await self._run(organizations.validate_token(self._account))

    async def organizations(self) -> tuple[Organization, ...]:
        """List the organizations that the token can see."""
        return await self._run(organizations.organizations(self._account))

    async def organization(self) -> Organization:
        """Get this client's organization."""
        return await self._run(organizations.organization(self._account))

    async def plans(self) -> tuple[OrganizationPlan, ...]:
        """List the plans that exist, with prices and quotas."""
        return await self._run(organizations.plans(self._account))

    async def subscription(self) -> Subscription:
        """Get the name of the organization's plan and how it is billed."""
        return await self._run(organizations.subscription(self._account))

    async def organization_plan(self) -> OrganizationPlan:
        """Get the organization's own plan with its quotas."""
        return organizations.plan_of(await self.subscription(), await self.plans())

    async def organization_usage(self) -> OrganizationUsage:
        """Get what the organization consumed in the current month."""
        return await self._run(organizations.usage(self._account))

    async def locations(self) -> dict[str, str]:
        """List the places a group can live in: code to description."""
        return await self._run(organizations.locations(self._account))

    async def closest_location(self) -> str:
        """Ask which place is closest. It may be a code that `locations` no longer offers.

        Raises:
            ConfigurationError: The API is not at Turso's own address and no ``region_url`` is set.
        """
        return await self._run(organizations.closest_location(self._account))

    async def groups(self) -> tuple[Group, ...]:
        """List the groups."""
        return await self._run(groups.groups(self._account))

    async def group(self, name: str) -> Group:
        """Get one group.

        Raises:
            NotFoundError: There is none of that name.
        """
        return await self._run(groups.group(self._account, name))

    async def create_group(self, name: str, *, location: str) -> Group:
        """Create a group in one of the `locations`.

        Raises:
            AlreadyExistsError: The name is in use.
            PermissionDeniedError: The token is scoped to a group, and cannot make others.
        """
        return await self._run(groups.create_group(self._account, name, location=location))

    async def ensure_group(
        self, name: str = DEFAULT_GROUP, *, location: str | None = None
    ) -> Group:
        """Find the group to create databases in; make ``default`` if there is no group at all.

        A group that was archived for idleness is woken up. A token that is scoped to a group may
        be unable to list groups; then the named one is taken as it is.

        Args:
            name: The group to use. ``default`` also accepts the organization's only group.
            location: Where a new group lives; the closest place when ``None``.

        Raises:
            ConfigurationError: The named group does not exist, or none is named and there are
                several; the message names them.
            PermissionDeniedError: A group has to be made and the token may not.
        """
        try:
            found = groups.choose_group(name, await self.groups())
        except PermissionDeniedError:
            found = await self._unlisted_group(name)
        if found is None:
            return await self._create_default_group(location)
        return await self.unarchive_group(found.name) if found.archived else found

    async def _unlisted_group(self, name: str) -> Group:
        try:
            return await self.group(name)
        except PermissionDeniedError:
            return Group(name=name)

    async def _create_default_group(self, location: str | None) -> Group:
        place = location or await self._location_for_group()
        try:
            return await self.create_group(DEFAULT_GROUP, location=place)
        except AlreadyExistsError:
            return await self.group(DEFAULT_GROUP)
        except PermissionDeniedError as refused:
            # A scoped token may see an empty list although its group exists.
            try:
                return await self.group(DEFAULT_GROUP)
            except (NotFoundError, PermissionDeniedError):
                raise refused from None

    async def _location_for_group(self) -> str:
        known = await self.locations()
        try:
            closest = await self.closest_location()
        except (ConfigurationError, TransportError, ApiError):
            closest = None
        return organizations.choose_location(closest, known)

    async def delete_group(self, name: str) -> None:
        """Delete a group and all its databases."""
        await self._run(groups.delete_group(self._account, name))

    async def transfer_group(self, name: str, *, organization: str) -> None:
        """Give a group with its databases to another organization, by its slug."""
        await self._run(groups.transfer_group(self._account, name, organization=organization))

    async def unarchive_group(self, name: str) -> Group:
        """Wake up a group that was archived because it was idle."""
        return await self._run(groups.unarchive_group(self._account, name))

    async def group_configuration(self, name: str) -> GroupConfiguration:
        """Get the settings of a group."""
        return await self._run(groups.configuration(self._account, name))

    async def update_group_configuration(
        self, name: str, *, delete_protection: bool
    ) -> GroupConfiguration:
        """Change the settings of a group."""
        return await self._run(
            groups.update_configuration(self._account, name, delete_protection=delete_protection)
        )

    async def create_group_token(
        self,
        name: str,
        *,
        expiration: str = "never",
        authorization: Authorization = "full-access",
        read_attach: Sequence[str] = (),
    ) -> Secret:
        """Mint a token for all databases of a group. It cannot be listed or revoked singly.

        Args:
            name: The group.
            expiration: ``never``, or a span such as ``2w1d30m``.
            authorization: ``full-access`` or ``read-only``.
            read_attach: Databases that statements with this token may attach for reading.
        """
        asked = TokenRequest.checked(expiration, authorization, read_attach)
        return await self._run(groups.create_token(self._account, name, asked))

    async def rotate_group_tokens(self, name: str) -> None:
        """End all tokens of a group. Its databases are unavailable for a moment."""
        await self._run(groups.rotate_tokens(self._account, name))

    async def databases(self, *, group: str | None = None) -> tuple[Database, ...]:
        """List the databases, of one group or of all; follows the pages.

        Raises:
            UnexpectedAnswerError: The pages do not come to an end.
        """
        listing = databases.Listing()
        while not listing.complete:
            call = databases.databases(self._account, group=group, cursor=listing.cursor)
            listing.add(await self._run(call))
        return tuple(listing.databases)

    async def database(self, name: str) -> Database:
        """Get one database.

        Raises:
            NotFoundError: There is none of that name.
        """
        return await self._run(databases.database(self._account, name))

    async def create_database(
        self,
        name: str,
        *,
        group: str,
        seed: Seed | None = None,
        size_limit: str | int | None = None,
    ) -> Database:
        """Create a database. Never repeated by itself once it may have been acted on.

        Args:
            name: Lowercase letters, digits and dashes, at most 64; unique in the organization.
            group: An existing group; see `ensure_group`.
            seed: What it starts from; empty when ``None``.
            size_limit: Bytes, or a text such as ``256mb``.

        Raises:
            AlreadyExistsError: The name is in use.
            ConfigurationError: The name breaks the rule; nothing was sent.
            TransportError: The answer was lost; read it back with `database`.
        """
        return await self._run(
            databases.create_database(
                self._account, name, group=group, seed=seed, size_limit=size_limit
            )
        )

    async def delete_database(self, name: str) -> None:
        """Delete a database for good.

        Raises:
            NotFoundError: There is none of that name (any more).
        """
        await self._run(databases.delete_database(self._account, name))

    async def database_configuration(self, name: str) -> DatabaseConfiguration:
        """Get the settings of a database."""
        return await self._run(databases.configuration(self._account, name))

    async def update_database_configuration(
        self,
        name: str,
        *,
        size_limit: str | int | None = None,
        block_reads: bool | None = None,
        block_writes: bool | None = None,
        delete_protection: bool | None = None,
        allowed_ips: Sequence[str] | None = None,
        allowed_aws_vpc_ids: Sequence[str] | None = None,
    ) -> DatabaseConfiguration:
        """Change settings of a database. ``None`` leaves one as it is; an empty list clears it."""
        return await self._run(
            databases.update_configuration(
                self._account,
                name,
                size_limit=size_limit,
                block_reads=block_reads,
                block_writes=block_writes,
                delete_protection=delete_protection,
                allowed_ips=allowed_ips,
                allowed_aws_vpc_ids=allowed_aws_vpc_ids,
            )
        )

    async def protect_database(self, name: str) -> DatabaseConfiguration:
        """Switch the delete protection of a database on."""
        return await self.update_database_configuration(name, delete_protection=True)

    async def unprotect_database(self, name: str) -> DatabaseConfiguration:
        """Switch the delete protection of a database off."""
        return await self.update_database_configuration(name, delete_protection=False)

    async def create_database_token(
        self,
        name: str,
        *,
        expiration: str = "never",
        authorization: Authorization = "full-access",
        read_attach: Sequence[str] = (),
    ) -> Secret:
        """Mint a token for one database. It cannot be listed or revoked singly.

        Args:
            name: The database.
            expiration: ``never``, or a span such as ``2w1d30m``.
            authorization: ``full-access`` or ``read-only``.
            read_attach: Databases that statements with this token may attach for reading.
        """
        asked = TokenRequest.checked(expiration, authorization, read_attach)
        return await self._run(databases.create_token(self._account, name, asked))

    async def rotate_database_tokens(self, name: str) -> None:
        """End all tokens of a database. It is unavailable for a moment."""
        await self._run(databases.rotate_tokens(self._account, name))

    async def database_usage(
        self, name: str, *, start: datetime | None = None, end: datetime | None = None
    ) -> DatabaseUsage:
        """Get what a database consumed between two aware times; the current month without."""
        return await self._run(databases.usage(self._account, name, start=start, end=end))

    async def database_stats(self, name: str) -> tuple[QueryStats, ...]:
        """List a database's most expensive statements."""
        return await self._run(databases.stats(self._account, name))

    async def instances(self, name: str) -> tuple[Instance, ...]:
        """List the running copies of a database."""
        return await self._run(databases.instances(self._account, name))
