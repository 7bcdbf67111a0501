# Generated from src/oneclick_deploy/providers/turso/_async/databases.py by tools/unasync.py. Do not edit.
"""Methods about databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from oneclick_deploy.providers.turso import databases
from oneclick_deploy.providers.turso._sync.session import TursoSession
from oneclick_deploy.providers.turso.models import (
    Database,
    DatabaseConfiguration,
    DatabaseUsage,
    Instance,
    QueryStats,
)
from oneclick_deploy.providers.turso.seeds import Seed
from oneclick_deploy.providers.turso.tokens import Authorization, TokenRequest
from oneclick_deploy.secrets import Secret


class DatabaseCalls(TursoSession):
    """What can be done with databases."""

    def databases(self, *, group: str | None = None) -> tuple[Database, ...]:
        """List the databases, of one group or of all; follows the pages.

        Raises:
            UnexpectedAnswerError: The pages do not come to an end.
        """
        listing = databases.Listing()
        while not listing.complete:
            call = databases.databases(self._account, group=group, cursor=listing.cursor)
            listing.add(self._run(call))
        return tuple(listing.databases)

    def database(self, name: str) -> Database:
        """Get one database.

        Raises:
            NotFoundError: There is none of that name.
        """
        return self._run(databases.database(self._account, name))

    def create_database(
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
        return self._run(
            databases.create_database(
                self._account, name, group=group, seed=seed, size_limit=size_limit
            )
        )

    def delete_database(self, name: str) -> None:
        """Delete a database for good.

        Raises:
            NotFoundError: There is none of that name (any more).
        """
        self._run(databases.delete_database(self._account, name))

    def database_configuration(self, name: str) -> DatabaseConfiguration:
        """Get the settings of a database."""
        return self._run(databases.configuration(self._account, name))

    def update_database_configuration(
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
        return self._run(
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

    def protect_database(self, name: str) -> DatabaseConfiguration:
        """Switch the delete protection of a database on."""
        return self.update_database_configuration(name, delete_protection=True)

    def unprotect_database(self, name: str) -> DatabaseConfiguration:
        """Switch the delete protection of a database off."""
        return self.update_database_configuration(name, delete_protection=False)

    def create_database_token(
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
        return self._run(databases.create_token(self._account, name, asked))

    def rotate_database_tokens(self, name: str) -> None:
        """End all tokens of a database. It is unavailable for a moment."""
        self._run(databases.rotate_tokens(self._account, name))

    def database_usage(
        self, name: str, *, start: datetime | None = None, end: datetime | None = None
    ) -> DatabaseUsage:
        """Get what a database consumed between two aware times; the current month without."""
        return self._run(databases.usage(self._account, name, start=start, end=end))

    def database_stats(self, name: str) -> tuple[QueryStats, ...]:
        """List a database's most expensive statements."""
        return self._run(databases.stats(self._account, name))

    def instances(self, name: str) -> tuple[Instance, ...]:
        """List the running copies of a database."""
        return self._run(databases.instances(self._account, name))
