"""Migrations on MySQL and MariaDB, with PyMySQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from oneclick_deploy.errors import (
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    DatabaseError,
)
from oneclick_deploy.prisma.migrations.addresses import mysql_address
from oneclick_deploy.prisma.migrations.failures import ScriptFailure
from oneclick_deploy.prisma.migrations.table import Args, MigrationsTable, Record
from oneclick_deploy.secrets import Secret

if TYPE_CHECKING:
    import pymysql

_LOCK = "prisma_migrate"
# The server is gone, or the connection to it (CR_SERVER_GONE_ERROR, CR_SERVER_LOST, ...).
_LOST = {0, 2006, 2013, 2014, 2055}


class MysqlDatabase:
    """A MySQL or MariaDB database that migrations can be applied to.

    There are no transactions around changes of tables: a script that fails keeps what came before
    the failing statement, as with Prisma, and somebody has to repair it before it is resolved.
    """

    def __init__(self, connection: pymysql.Connection[Any], *, name: str, locks: bool) -> None:
        self._connection = connection
        self._name = name
        self._locks = locks

    @classmethod
    def open(cls, url: Secret | str) -> Self:
        """Connect to ``mysql://user:password@host:port/database``.

        Raises:
            ConfigurationError: PyMySQL is not installed, or the URL cannot be read.
            ConnectionFailedError: The server cannot be reached.
            DatabaseError: It refuses the user or the database.
        """
        pymysql = _driver()
        address = mysql_address(url)
        try:
            connection = pymysql.connect(
                **address.arguments,
                autocommit=True,
                charset="utf8mb4",
                client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS,
            )
        except pymysql.err.Error as error:
            code, words = _facts(error)
            if 2000 <= code < 3000:
                raise ConnectionFailedError(
                    f"MySQL at {address.place} cannot be reached: {words}",
                    hint="Check host and port, and whether the server lets this machine in.",
                ) from None
            raise DatabaseError(words, code=str(code), hint="Check user and database.") from None
        return cls(connection, name=address.arguments["database"], locks=address.locks)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(_driver().err.Error):
            self._connection.close()

    @property
    def table(self) -> MigrationsTable:
        """The statements about the table of migrations."""
        return MigrationsTable(provider="mysql", schema=self._name)

    def try_lock(self) -> bool:
        """Take Prisma's lock; it is the server's, shared by all of its databases."""
        if not self._locks:
            return True
        return bool(self.execute("SELECT GET_LOCK(%s, 0)", (_LOCK,))[0][0])

    def unlock(self) -> None:
        """Give the lock back."""
        if self._locks:
            self.execute("SELECT RELEASE_LOCK(%s)", (_LOCK,))

    def execute(self, sql: str, args: Args = ()) -> list[tuple[Any, ...]]:
        """Run one statement.

        Raises:
            DatabaseError: MySQL refused it.
            ConnectionLostError: No answer came.
        """
        with _translated(), self._connection.cursor() as cursor:
            cursor.execute(sql, args or None)
            return [tuple(row) for row in cursor.fetchall()]

    def run(self, script: str, record: Record) -> ScriptFailure | None:
        """Run a script in one request and record it; returns what MySQL refused."""
        self.execute(*self.table.started(record))
        failure = self._send(script) if script.strip() else None
        # A transaction that the script left open, or that an error ended, must not take the row.
        self.execute("ROLLBACK")
        if failure is None:
            self.execute(*self.table.finished(record))
        return failure

    def _send(self, script: str) -> ScriptFailure | None:
        done = 0
        with _translated(), self._connection.cursor() as cursor:
            try:
                cursor.execute(script)
                done += 1
                while cursor.nextset():
                    done += 1
            except _driver().err.Error as error:
                code, words = _facts(error)
                if code in _LOST:
                    raise
                return ScriptFailure(message=words, code=str(code), statement=done)
        return None


def _driver() -> Any:
    try:
        import pymysql
    except ImportError:
        raise ConfigurationError(
            "PyMySQL is not installed", hint="Install oneclick-deploy[mysql]."
        ) from None
    return pymysql


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except _driver().err.Error as error:
        code, words = _facts(error)
        if code in _LOST:
            raise ConnectionLostError(
                f"the connection to MySQL broke: {words}", outcome_unknown=True
            ) from None
        raise DatabaseError(words, code=str(code)) from None


def _facts(error: Exception) -> tuple[int, str]:
    """PyMySQL's errors carry the server's number and words."""
    if len(error.args) == 2 and isinstance(error.args[0], int):
        return error.args[0], str(error.args[1])
    return 0, str(error)
