"""What applying needs from a database."""

from __future__ import annotations

from typing import Any, Protocol

from oneclick_deploy.prisma.migrations.failures import ScriptFailure
from oneclick_deploy.prisma.migrations.table import Args, MigrationsTable, Record


class AsyncMigrationDatabase(Protocol):
    """A database that migrations can be applied to.

    One object is one session: its lock is held by it alone. Errors are the library's own.
    """

    @property
    def table(self) -> MigrationsTable:
        """The statements about the table of migrations; its provider is the database's."""
        ...

    async def try_lock(self) -> bool:
        """Take the lock that keeps other migrations away, without waiting for it."""
        ...

    async def unlock(self) -> None:
        """Give the lock back."""
        ...

    async def execute(self, sql: str, args: Args = ()) -> list[tuple[Any, ...]]:
        """Run one statement about the table of migrations; returns its rows.

        Raises:
            DatabaseError: The database refused it.
            TransportError: No answer came.
        """
        ...

    async def run(self, script: str, record: Record) -> ScriptFailure | None:
        """Run a script and record it; returns what the database refused.

        Where the database allows it, script and record are one transaction: killed at any moment,
        both are there or neither. Otherwise the row is there before the script, without an end.

        Raises:
            MigrationLockError: Somebody else applied the same migration at the same time.
            TransportError: No answer came; a row without an end may be there.
        """
        ...

    async def aclose(self) -> None:
        """Close what this object opened."""
        ...
