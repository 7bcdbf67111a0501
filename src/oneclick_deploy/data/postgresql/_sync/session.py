# Generated from src/oneclick_deploy/data/postgresql/_async/session.py by tools/unasync.py. Do not edit.
"""A connection to PostgreSQL with one transaction on it, and the truth about its COMMIT."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from oneclick_deploy.data.postgresql.failures import refusal, unknown_outcome
from oneclick_deploy.data.postgresql.statements import begin
from oneclick_deploy.errors import ConfigurationError, ConnectionLostError
from oneclick_deploy.prisma.migrations.addresses import postgres_address
from oneclick_deploy.prisma.migrations.postgres import not_connected
from oneclick_deploy.runtime import threads
from oneclick_deploy.secrets import Secret

if TYPE_CHECKING:
    import psycopg

    from oneclick_deploy.data.postgresql.lines import Block

T = TypeVar("T")

_CONNECT_SECONDS: Final = 15
# A server that was cut off from us finds out when it next writes; a COMMIT takes as long as its
# disk does.
_OUTCOME_TRIES: Final = 40
_OUTCOME_PAUSE: Final = 0.25
_TRANSACTION: Final = "SELECT txid_current()"
_OUTCOME: Final = "SELECT txid_status(%s)"
_UNDER_WAY: Final = "in progress"


class Session:
    """One connection; open it with `open`, and use it as a context manager.

    Args:
        connection: The connection.
        owned: Whether it is closed at the end.
        namespace: The schema that names without one mean; empty for the connection's own.
    """

    def __init__(self, connection: psycopg.Connection[Any], *, owned: bool, namespace: str) -> None:
        self._connection = connection
        self._owned = owned
        self.namespace = namespace
        self._transaction: int | None = None
        # A connection that is closed does not tell where it led.
        self._again = (connection.info.dsn, connection.info.password)

    @classmethod
    def open(cls, to: Secret | str | psycopg.Connection[Any]) -> Self:
        """Connect, or use a connection that is open; that one stays open.

        Raises:
            ConfigurationError: The URL cannot be read, or the connection is not as it must be.
            ConnectionFailedError: The server cannot be reached, or refuses the user.
        """
        if not isinstance(to, Secret | str):
            return cls(_usable(to), owned=False, namespace="")
        address = postgres_address(to)
        import psycopg

        try:
            connection = psycopg.Connection.connect(
                address.url,
                autocommit=True,
                prepare_threshold=None,
                connect_timeout=_CONNECT_SECONDS,
                client_encoding="UTF8",
            )
        except psycopg.Error as error:
            raise not_connected(error, to) from None
        return cls(connection, owned=True, namespace=address.schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._owned:
            self._connection.close()

    def interrupt(self) -> None:
        """Ask the server to end the statement under way; may be called from any thread."""
        with contextlib.suppress(Exception):
            self._connection.cancel()

    def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows.

        Raises:
            DatabaseError: The server refused it.
            ConnectionLostError: No answer came.
        """
        import psycopg.rows

        def ask() -> list[tuple[Any, ...]]:
            cursor = self._connection.cursor(row_factory=psycopg.rows.tuple_row)
            cursor.execute(sql.encode(), args or None)
            return cursor.fetchall() if cursor.description else []

        return self._answer(ask)

    def run(self, sql: str) -> int:
        """Run statements; returns how many rows the last one touched.

        Raises:
            DatabaseError: The server refused one.
            ConnectionLostError: No answer came.
        """

        def ask() -> int:
            return (self._connection.execute(sql.encode())).rowcount

        return self._answer(ask)

    def send(self, sql: str, following: Callable[[], Block | None]) -> None:
        """Run a COPY with blocks until there are no more.

        Raises:
            DatabaseError: The server refused the statement or a row.
            ConnectionLostError: No answer came.
        """

        def ask() -> None:
            with self._connection.cursor().copy(sql.encode()) as copy:
                while (block := following()) is not None:
                    copy.write(block.data)

        self._answer(ask)

    def begin(self) -> None:
        """Open the transaction; names without a schema mean `namespace` in it."""
        if not self.namespace:
            found = self.fetch("SELECT current_schema()")
            self.namespace = str(found[0][0] or "public")
        self.run(begin(self.namespace))
        self._transaction = (self.fetch(_TRANSACTION))[0][0]

    def rollback(self) -> None:
        """End the transaction as if it had never been."""
        # A connection that broke has taken everything back by itself.
        with contextlib.suppress(Exception):
            if not self._connection.closed and self._connection.info.transaction_status:
                self._connection.execute(b"ROLLBACK")

    def commit(self) -> None:
        """Keep everything. When the answer is lost, the server is asked what became of it.

        Raises:
            DatabaseError: The server refused, and nothing was kept.
            ConnectionLostError: Nothing was kept; or nobody can tell, with ``outcome_unknown``.
        """
        try:
            self.run("COMMIT")
        except ConnectionLostError:
            outcome = self._outcome()
            if outcome == "aborted":
                raise
            if outcome != "committed":
                raise unknown_outcome() from None

    def _outcome(self) -> str | None:
        import psycopg

        address, password = self._again
        for attempt in range(_OUTCOME_TRIES):
            if attempt:
                threads.sleep(_OUTCOME_PAUSE)
            try:
                with psycopg.Connection.connect(
                    address,
                    password=password,
                    autocommit=True,
                    prepare_threshold=None,
                    connect_timeout=_CONNECT_SECONDS,
                ) as asking:
                    found = (asking.execute(_OUTCOME, (self._transaction,))).fetchone()
            except psycopg.OperationalError:
                continue
            except psycopg.Error:
                return None
            status = None if found is None else str(found[0])
            if status != _UNDER_WAY:
                return status
        return None

    def _answer(self, ask: Callable[[], T]) -> T:
        import psycopg

        try:
            return ask()
        except psycopg.Error as error:
            raise refusal(error, lost=self._connection.closed) from None


def _usable(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    if not connection.autocommit or connection.info.transaction_status:
        raise ConfigurationError(
            "the PostgreSQL connection does not commit by itself, or has an open transaction",
            hint="Open it with autocommit=True; an import is a transaction of its own.",
        )
    return connection
