"""A connection to MySQL with one transaction on it, and the truth about its COMMIT."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Self

from oneclick_deploy.data.mysql.catalogue import CHECKS, COLUMNS, KEYS, TABLES, Catalogue
from oneclick_deploy.data.mysql.driver import driver, facts, translated
from oneclick_deploy.errors import (
    ConnectionFailedError,
    ConnectionLostError,
    DatabaseError,
)
from oneclick_deploy.prisma.migrations.addresses import MysqlAddress, mysql_address
from oneclick_deploy.secrets import Secret

if TYPE_CHECKING:
    from oneclick_deploy.data.mysql.streaming import Answer, StreamingConnection

_SETTINGS: Final = (
    # Strict: a value that does not fit is an error. Without NO_BACKSLASH_ESCAPES and ANSI_QUOTES,
    # which would change what our statements mean; a zero in a counted column stays a zero.
    "sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'",
    "time_zone = '+00:00'",
    # Tables come in any order; every key is looked at before the rows are kept.
    "foreign_key_checks = 0",
    "unique_checks = 1",
    "sql_notes = 1",
    # A preview's file may be slow to read.
    "net_read_timeout = 600",
    "net_write_timeout = 600",
)
_LOCK: Final = "oneclick_import"
_LOCK_TRIES: Final = 60
_OUTCOME_SECONDS: Final = 10.0
_PAUSE: Final = 0.1
# ER_NO_SUCH_THREAD.
_NO_SUCH_THREAD: Final = "1094"


class Session:
    """One connection; open it with `open`, and use it as a context manager."""

    def __init__(self, connection: StreamingConnection, address: MysqlAddress) -> None:
        self._connection = connection
        self._address = address
        self._thread = int(connection.thread_id())
        self.is_mariadb = "mariadb" in str(connection.get_server_info()).lower()

    @classmethod
    def open(cls, url: Secret | str) -> Self:
        """Connect to ``mysql://user:password@host:port/database``.

        Raises:
            ConfigurationError: PyMySQL is not installed, or the URL cannot be read.
            ConnectionFailedError: The server cannot be reached.
            DatabaseError: It refuses the user or the database.
        """
        pymysql = driver()
        address = mysql_address(url)
        from oneclick_deploy.data.mysql.streaming import StreamingConnection

        try:
            connection = StreamingConnection(**address.arguments)
        except pymysql.err.Error as error:
            code, words = facts(error)
            if 2000 <= code < 3000:
                raise ConnectionFailedError(
                    f"MySQL at {address.place} cannot be reached: {words}",
                    hint="Check host and port, and whether the server lets this machine in.",
                ) from None
            raise DatabaseError(words, code=str(code), hint="Check user and database.") from None
        session = cls(connection, address)
        try:
            for setting in _SETTINGS:
                session.fetch(f"SET SESSION {setting}")
        except BaseException:
            session.close()
            raise
        return session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the server takes back what was not committed."""
        with contextlib.suppress(driver().err.Error, OSError):
            self._connection.close()

    def interrupt(self) -> None:
        """End the statement under way; may be called from any thread."""
        with contextlib.suppress(OSError):
            self._connection.interrupt()

    def fetch(self, sql: str, *args: object) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows.

        Raises:
            DatabaseError: The server refused it.
            ConnectionLostError: No answer came.
        """
        with translated(), self._connection.cursor() as cursor:
            cursor.execute(sql, args or None)
            return [tuple(row) for row in cursor.fetchall()]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Run a query and yield its rows as they come.

        Raises:
            DatabaseError: The server refused it.
            ConnectionLostError: No answer came.
        """
        cursors = driver().cursors
        with translated(), self._connection.cursor(cursors.SSCursor) as cursor:
            cursor.execute(sql)
            while some := cursor.fetchmany(200):
                yield from some

    def send(self, sql: bytes) -> Answer:
        """Run one statement that changes rows.

        Raises:
            DatabaseError: The server refused it.
            ConnectionLostError: No answer came.
        """
        with translated():
            return self._connection.send(sql)

    def load(self, sql: str, blocks: Iterable[bytes]) -> Answer:
        """Run ``LOAD DATA LOCAL`` with blocks as the content of its file.

        Raises:
            DatabaseError: The server refused the statement.
            ConnectionLostError: No answer came.
        """
        with translated():
            return self._connection.load(sql, blocks)

    def catalogue(self) -> Catalogue:
        """Read what the database has."""
        (folds,) = self.fetch("SELECT @@lower_case_table_names")[0]
        return Catalogue.of(
            self.fetch(TABLES),
            self.fetch(COLUMNS),
            self.fetch(KEYS),
            self.fetch(CHECKS) if self.is_mariadb else (),
            folds_names=bool(folds),
        )

    def lock(self) -> None:
        """Keep a second import out; one whose process died ends within moments.

        Raises:
            DatabaseError: Another import is under way for a minute.
        """
        if not self._address.locks:
            return
        name = f"{_LOCK}:{self._address.arguments['database']}"[:64]
        for _ in range(_LOCK_TRIES):
            if self.fetch("SELECT GET_LOCK(%s, 1)", name)[0][0]:
                return
        raise DatabaseError(
            "another import into this database is under way",
            hint="Wait until it is done, or end it.",
            retryable=True,
        )

    def begin(self) -> None:
        """Open the transaction."""
        self.fetch("START TRANSACTION")

    def rollback(self) -> None:
        """End the transaction as if it had never been."""
        self.fetch("ROLLBACK")

    def commit(self) -> None:
        """Keep everything.

        Raises:
            DatabaseError: The server refused, and nothing was kept.
            ConnectionLostError: Nobody can tell yet what became of it.
        """
        self.fetch("COMMIT")

    def end_of(self, other: Session) -> None:
        """Wait until the server has done with a connection that was lost, and end it if need be.

        Raises:
            ConnectionLostError: It takes too long.
        """
        end = time.monotonic() + _OUTCOME_SECONDS
        query = "SELECT 1 FROM information_schema.processlist WHERE id = %s"
        while self.fetch(query, other._thread):
            if time.monotonic() > end:
                raise unknown_outcome()
            try:
                self.fetch(f"KILL CONNECTION {other._thread}")
            except DatabaseError as error:
                if error.code != _NO_SUCH_THREAD:
                    raise
            time.sleep(_PAUSE)


def unknown_outcome() -> ConnectionLostError:
    """The error for a COMMIT of which nobody can tell what became."""
    return ConnectionLostError(
        "the connection to MySQL broke during COMMIT, and the server does not tell whether the "
        "rows are there",
        hint="Look into the tables: either all rows of the import are there, or none.",
        retryable=False,
        outcome_unknown=True,
    )
