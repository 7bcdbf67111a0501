# Generated from src/oneclick_deploy/providers/turso/_async/groups.py by tools/unasync.py. Do not edit.
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
from oneclick_deploy.providers.turso._sync.organizations import OrganizationCalls
from oneclick_deploy.providers.turso.groups import DEFAULT_GROUP
from oneclick_deploy.providers.turso.models import Group, GroupConfiguration
from oneclick_deploy.providers.turso.tokens import Authorization, TokenRequest
from oneclick_deploy.secrets import Secret


class GroupCalls(OrganizationCalls):
    """What can be done with groups."""

    def groups(self) -> tuple[Group, ...]:
        """List the groups."""
        return self._run(groups.groups(self._account))

    def group(self, name: str) -> Group:
        """Get one group.

        Raises:
            NotFoundError: There is none of that name.
        """
        return self._run(groups.group(self._account, name))

    def create_group(self, name: str, *, location: str) -> Group:
        """Create a group in one of the `locations`.

        Raises:
            AlreadyExistsError: The name is in use.
            PermissionDeniedError: The token is scoped to a group, and cannot make others.
        """
        return self._run(groups.create_group(self._account, name, location=location))

    def ensure_group(self, name: str = DEFAULT_GROUP, *, location: str | None = None) -> Group:
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
            found = groups.choose_group(name, self.groups())
        except PermissionDeniedError:
            found = self._unlisted_group(name)
        if found is None:
            return self._create_default_group(location)
        return self.unarchive_group(found.name) if found.archived else found

    def delete_group(self, name: str) -> None:
        """Delete a group and all its databases."""
        self._run(groups.delete_group(self._account, name))

    def transfer_group(self, name: str, *, organization: str) -> None:
        """Give a group with its databases to another organization, by its slug."""
        self._run(groups.transfer_group(self._account, name, organization=organization))

    def unarchive_group(self, name: str) -> Group:
        """Wake up a group that was archived because it was idle."""
        return self._run(groups.unarchive_group(self._account, name))

    def group_configuration(self, name: str) -> GroupConfiguration:
        """Get the settings of a group."""
        return self._run(groups.configuration(self._account, name))

    def update_group_configuration(
        self, name: str, *, delete_protection: bool
    ) -> GroupConfiguration:
        """Change the settings of a group."""
        return self._run(
            groups.update_configuration(self._account, name, delete_protection=delete_protection)
        )

    def create_group_token(
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
        return self._run(groups.create_token(self._account, name, asked))

    def rotate_group_tokens(self, name: str) -> None:
        """End all tokens of a group. Its databases are unavailable for a moment."""
        self._run(groups.rotate_tokens(self._account, name))

    def _unlisted_group(self, name: str) -> Group:
        try:
            return self.group(name)
        except PermissionDeniedError:
            return Group(name=name)

    def _create_default_group(self, location: str | None) -> Group:
        place = location or self._location_for_group()
        try:
            return self.create_group(DEFAULT_GROUP, location=place)
        except AlreadyExistsError:
            return self.group(DEFAULT_GROUP)
        except PermissionDeniedError as refused:
            # A scoped token may see an empty list although its group exists.
            try:
                return self.group(DEFAULT_GROUP)
            except (NotFoundError, PermissionDeniedError):
                raise refused from None

    def _location_for_group(self) -> str:
        known = self.locations()
        try:
            closest = self.closest_location()
        except (ConfigurationError, TransportError, ApiError):
            closest = None
        return organizations.choose_location(closest, known)
