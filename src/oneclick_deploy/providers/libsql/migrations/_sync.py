# Generated from src/oneclick_deploy/providers/libsql/migrations/_async.py by tools/unasync.py. Do not edit.
"""A libSQL database that migrations can be applied to."""

from __future__ import annotations

from typing import Any, Self

from oneclick_deploy.errors import DatabaseError, TransportError
from oneclick_deploy.http import HttpSettings
from oneclick_deploy.prisma.migrations.failures import ScriptFailure, taken_by_others
from oneclick_deploy.prisma.migrations.rows import AppliedMigration, is_applied
from oneclick_deploy.prisma.migrations.table import Args, MigrationsTable, Record
from oneclick_deploy.prisma.migrations.ways import Way
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.providers.libsql.migrations.plan import TABLE, Plan, first_error
from oneclick_deploy.runtime import threads
from oneclick_deploy.secrets import Secret

TRIES = 3


class LibsqlDatabase:
    """A database of Turso Cloud or another libSQL server that migrations can be applied to.

    Script and row are one request and one transaction, where the script allows it. There are no
    locks on libSQL: of two processes, one writes the row and the other finds it. When an answer is
    lost, the row tells whether the migration was applied.

    Args:
        client: The client; it stays open. `open` makes one from a URL.
    """

    def __init__(self, client: LibsqlClient) -> None:
        self._client = client
        self._owned = False

    @classmethod
    def open(
        cls, url: str, token: Secret | str | None = None, *, settings: HttpSettings | None = None
    ) -> Self:
        """Make a client for ``libsql://`` or ``https://``; connects with the first statement.

        Raises:
            ConfigurationError: The address cannot be used.
        """
        made = cls(LibsqlClient(url, token, settings=settings))
        made._owned = True
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the client that `open` made."""
        if self._owned:
            self._client.close()

    @property
    def table(self) -> MigrationsTable:
        """The statements about the table of migrations."""
        return TABLE

    def try_lock(self) -> bool:
        """Say yes: there is no lock, and none is needed."""
        return True

    def unlock(self) -> None:
        """Do nothing."""

    def execute(self, sql: str, args: Args = ()) -> list[tuple[Any, ...]]:
        """Run one statement; it is sent again when its answer was lost.

        Raises:
            DatabaseError: The database refused it.
            TransportError: No answer came.
        """
        return list((self._client.execute(sql, args, repeatable=True)).rows)

    def run(self, script: str, record: Record) -> ScriptFailure | None:
        """Run a script and record it; returns what the database refused."""
        plan = Plan.of(script, record)
        if plan.problem:
            return plan.problem
        for attempt in range(1, TRIES + 1):
            try:
                self._send(plan)
            except TransportError as error:
                if self._is_finished(plan):
                    return None
                if attempt == TRIES or not error.retryable or plan.way is Way.AS_WRITTEN:
                    raise
                threads.sleep(0.5 * attempt)
            except DatabaseError as error:
                if not plan.is_taken(error):
                    return plan.failure(error)
                if not self._is_finished(plan):
                    raise taken_by_others(record.name) from None
                return None
            else:
                return None
        return None

    def _send(self, plan: Plan) -> None:
        match plan.way:
            case Way.TRANSACTION:
                self._client.batch(plan.statements)
            case Way.FOREIGN_KEYS_OFF:
                self._client.migrate(plan.statements)
            case Way.AS_WRITTEN:
                error = first_error(self._client.batch_steps(plan.steps))
                if error is not None:
                    raise error

    def _is_finished(self, plan: Plan) -> bool:
        """Whether the migration is recorded as applied, by this process or another."""
        rows = [AppliedMigration.from_row(row) for row in self.execute(TABLE.select)]
        return is_applied(plan.record.name, rows)
