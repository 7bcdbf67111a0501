"""Methods about groups."""

from __future__ import annotations

from collections.abc import Sequence

from oneclick_deploy.errors import (
    AlreadyExistsError,
    ApiError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    TransportError,
)
from oneclick_deploy.providers.turso import groups, organizations
from oneclick_deploy.providers.turso._async.organizations import AsyncOrganizationCalls
from oneclick_deploy.providers.turso.groups import DEFAULT_GROUP
from oneclick_deploy.providers.turso.models import Group, GroupConfiguration
from oneclick_deploy.providers.turso.tokens import Authorization, TokenRequest
from oneclick_deploy.secrets import Secret


class AsyncGroupCalls(AsyncOrganizationCalls):
    """What can be done with groups."""

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
