# Generated from src/oneclick_deploy/prisma/migrations/_async/postgres.py by tools/unasync.py. Do not edit.
"""Migrations on PostgreSQL, with psycopg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.prisma.migrations.addresses import postgres_address
from oneclick_deploy.prisma.migrations.failures import ScriptFailure
from oneclick_deploy.prisma.migrations.postgres import (
    ACTIVE,
    LOCK,
    Batch,
    database_error,
    not_connected,
    successes,
)
from oneclick_deploy.prisma.migrations.table import Args, MigrationsTable, Record
from oneclick_deploy.secrets import Secret

if TYPE_CHECKING:
    import psycopg

_CONNECT_SECONDS = 15


class PostgresDatabase:
    """A PostgreSQL database that migrations can be applied to.

    A script is sent as one batch, as Prisma does, which PostgreSQL runs as one transaction; the row
    is written in the same one. A script with transactions of its own, or a single statement that
    refuses to be in one (``CREATE INDEX CONCURRENTLY``), runs as it is written.

    Use a direct connection: behind a pooler in transaction mode the lock stays with the pooler's.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        *,
        schema: str,
        search_path: str,
        owned: bool,
    ) -> None:
        self._connection = connection
        self._schema = schema
        self._search_path = search_path
        self._owned = owned

    @classmethod
    def open(cls, url: Secret | str) -> Self:
        """Connect to ``postgresql://user:password@host:port/database?schema=public``.

        Raises:
            ConfigurationError: The URL cannot be read.
            ConnectionFailedError: The server cannot be reached, or refuses the user.
            DatabaseError: The schema cannot be used.
        """
        import psycopg

        address = postgres_address(url)
        try:
            connection = psycopg.Connection.connect(
                address.url,
                autocommit=True,
                prepare_threshold=None,
                connect_timeout=_CONNECT_SECONDS,
                client_encoding="UTF8",
            )
        except psycopg.Error as error:
            raise not_connected(error, url) from None
        try:
            return cls._on(connection, schema=address.schema, owned=True)
        except BaseException:
            connection.close()
            raise

    @classmethod
    def on(cls, connection: psycopg.Connection[Any]) -> Self:
        """Use an open connection, which commits every statement; it stays open.

        Raises:
            ConfigurationError: It does not commit by itself, or has an open transaction.
        """
        if not connection.autocommit or connection.info.transaction_status:
            raise ConfigurationError(
                "the PostgreSQL connection does not commit by itself",
                hint="Open it with autocommit=True; every migration is a transaction of its own.",
            )
        return cls._on(connection, schema="", owned=False)

    @classmethod
    def _on(cls, connection: psycopg.Connection[Any], *, schema: str, owned: bool) -> Self:
        made = cls(connection, schema=schema, search_path="", owned=owned)
        if schema:
            quoted = '"' + schema.replace('"', '""') + '"'
            made.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted}")
            made.execute("SELECT set_config('search_path', %s, false)", (quoted,))
        found = made.execute("SELECT current_schema(), current_setting('search_path')")
        made._schema, made._search_path = str(found[0][0] or "public"), str(found[0][1])
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection that `open` made."""
        if self._owned:
            self._connection.close()

    @property
    def table(self) -> MigrationsTable:
        """The statements about the table of migrations."""
        return MigrationsTable(provider="postgresql", schema=self._schema)

    def try_lock(self) -> bool:
        """Take the lock that Prisma takes."""
        return bool((self.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)))[0][0])

    def unlock(self) -> None:
        """Give the lock back."""
        self.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))

    def execute(self, sql: str, args: Args = ()) -> list[tuple[Any, ...]]:
        """Run one statement.

        Raises:
            DatabaseError: PostgreSQL refused it.
            ConnectionLostError: No answer came.
        """
        import psycopg

        try:
            cursor = self._connection.execute(sql.encode(), args or None)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise database_error(error, lost=self._connection.broken) from None

    def run(self, script: str, record: Record) -> ScriptFailure | None:
        """Run a script in one batch and record it; returns what PostgreSQL refused."""
        batch = Batch.of(script)
        if batch.problem:
            return batch.problem
        if not batch.as_written:
            return self._send(batch, batch.with_row(self.table, record))
        self.execute(*self.table.started(record))
        failure = self._send(batch, script)
        if failure is None:
            self.execute(*self.table.finished(record))
        return failure

    def _send(self, batch: Batch, text: str) -> ScriptFailure | None:
        import psycopg

        class Counting(psycopg.Cursor[Any]):
            """Notes how many statements succeeded; psycopg itself forgets them at an error."""

            done: int | None = None

            def _check_results(self, results: list[Any]) -> None:
                self.done = successes(results)
                super()._check_results(results)

        cursor = Counting(self._connection)
        failure = None
        try:
            cursor.execute(text.encode())
        except psycopg.Error as error:
            if self._connection.broken:
                raise database_error(error, lost=True) from None
            failure = batch.failure(error, done=cursor.done)
        self._restore(batch)
        return failure

    def _restore(self, batch: Batch) -> None:
        """Put the session back as it was before the script."""
        state = self._connection.info.transaction_status
        if state == ACTIVE:
            # The script waits for rows to COPY, and nothing else can be sent any more.
            self._connection.close()
            return
        if state:
            self.execute("ROLLBACK")
        if batch.moves_search_path:
            self.execute("SELECT set_config('search_path', %s, false)", (self._search_path,))
