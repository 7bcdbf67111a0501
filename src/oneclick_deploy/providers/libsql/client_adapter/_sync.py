# Generated from src/oneclick_deploy/providers/libsql/client_adapter/_async.py by tools/unasync.py. Do not edit.
"""The adapter: the interface of `LibsqlClient` on the host's own client."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from oneclick_deploy.errors import OneClickError, StreamExpiredError
from oneclick_deploy.providers.libsql.atomic import Mode, transaction_unit
from oneclick_deploy.providers.libsql.client_adapter.translation import (
    checked_client,
    incoming,
    opened,
    outgoing,
    translate,
)
from oneclick_deploy.providers.libsql.models import ResultSet, Statement, StatementLike
from oneclick_deploy.providers.libsql.values import Args


class LibsqlClientAdapter:
    """Runs SQL through a client of ``libsql_client``. The host goes on owning it, and closes it.

    Args:
        client: What ``libsql_client`` made.

    Raises:
        ConfigurationError: It is something else, or ``libsql_client`` is not installed.
    """

    def __init__(self, client: Any) -> None:
        self._client = checked_client(client, like=self.execute)

    def execute(
        self,
        sql: str | Statement,
        args: Args = (),
        *,
        repeatable: bool = False,  # noqa: ARG002 - the interface of LibsqlClient
    ) -> ResultSet:
        """Run one statement. ``repeatable`` has no effect: ``libsql_client`` never repeats.

        Raises:
            DatabaseError: The database refused the statement.
            ApiError: The server refused the request.
            ConnectionLostError: No answer came.
        """
        text, given = outgoing(sql if isinstance(sql, Statement) else (sql, args))
        client = opened(self._client)
        try:
            return incoming(client.execute(text, given))
        except Exception as error:  # noqa: BLE001 - foreign errors of any kind end here
            raise translate(error) from None

    def batch(
        self,
        statements: Sequence[StatementLike],
        *,
        mode: Mode = "immediate",
        repeatable: bool = False,  # noqa: ARG002 - the interface of LibsqlClient
    ) -> list[ResultSet]:
        """Run statements as one transaction: all of them, or none.

        ``libsql_client`` always begins a deferred transaction, never repeats, and does not say
        which statement failed.

        Raises:
            DatabaseError: One failed and all were undone.
            ConfigurationError: One of them begins or ends a transaction.
        """
        unit = transaction_unit(statements, mode=mode)
        if not unit.statements:
            return []
        given = [outgoing(each) for each in unit.statements]
        client = opened(self._client)
        try:
            return [incoming(result) for result in client.batch(given)]
        except Exception as error:  # noqa: BLE001 - foreign errors of any kind end here
            raise translate(error) from None

    def transaction(self) -> TransactionAdapter:
        """Open an interactive transaction, for ``with``: ``file:`` and WebSockets only."""
        return TransactionAdapter(self._client)


class TransactionAdapter:
    """An open transaction of ``libsql_client``. Leaving the block commits, an error rolls back."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._transaction: Any = None

    def __enter__(self) -> Self:
        client = opened(self._client)
        try:
            self._transaction = client.transaction()
        except Exception as error:  # noqa: BLE001 - foreign errors of any kind end here
            raise translate(error) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._transaction is None:
            return
        if error is None:
            self.commit()
            return
        try:
            self.rollback()
        except OneClickError:
            self._transaction = None

    def execute(self, sql: str | Statement, args: Args = ()) -> ResultSet:
        """Run one statement in the transaction.

        Raises:
            DatabaseError: The database refused the statement.
            StreamExpiredError: The transaction is over.
        """
        text, given = outgoing(sql if isinstance(sql, Statement) else (sql, args))
        transaction = self._running()
        try:
            return incoming(transaction.execute(text, given))
        except Exception as error:  # noqa: BLE001 - foreign errors of any kind end here
            raise translate(error) from None

    def commit(self) -> None:
        """Make the changes valid and end the transaction."""
        transaction = self._finish()
        try:
            transaction.commit()
        except Exception as error:  # noqa: BLE001 - foreign errors of any kind end here
            raise translate(error) from None
        finally:
            transaction.close()

    def rollback(self) -> None:
        """Undo the changes and end the transaction."""
        transaction = self._finish()
        try:
            transaction.rollback()
        except Exception as error:  # noqa: BLE001 - foreign errors of any kind end here
            raise translate(error) from None
        finally:
            transaction.close()

    def _running(self) -> Any:
        if self._transaction is None:
            raise StreamExpiredError("the transaction is over", hint="Open a new one.")
        return self._transaction

    def _finish(self) -> Any:
        transaction = self._running()
        self._transaction = None
        return transaction
