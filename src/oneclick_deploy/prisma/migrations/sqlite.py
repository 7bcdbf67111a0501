"""Migrations on an SQLite file, with the sqlite3 of the standard library."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from oneclick_deploy.errors import ConfigurationError, DatabaseError
from oneclick_deploy.prisma.migrations.failures import ScriptFailure, taken_by_others
from oneclick_deploy.prisma.migrations.rows import AppliedMigration, is_applied
from oneclick_deploy.prisma.migrations.scripts import Part, parts
from oneclick_deploy.prisma.migrations.table import Args, MigrationsTable, Record
from oneclick_deploy.prisma.migrations.ways import Way, leaves_open, sqlite_way

_BUSY_MILLISECONDS = 5_000
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class SqliteDatabase:
    """An SQLite database that migrations can be applied to.

    Prisma's engine runs a script statement by statement and keeps what came before an error. Here
    script and row are one transaction where the script allows it, so that an error leaves nothing
    behind; the rows are the same. Foreign keys are on, as in Prisma's engine, unless the script
    switches them off.

    While migrations are applied, nobody else can use the file. In WAL mode that would take that
    nobody else has it open; there others are kept out of each migration by its transaction, and the
    second of two processes finds the row of the first.

    Args:
        connection: An open connection without a transaction; it keeps the settings that it had.
            `open` makes one from a path.
        owned: Whether `close` closes it.

    Raises:
        ConfigurationError: The connection has an open transaction.
    """

    def __init__(self, connection: sqlite3.Connection, *, owned: bool = False) -> None:
        if connection.in_transaction:
            raise ConfigurationError(
                "the SQLite connection has an open transaction",
                hint="Commit it first; every migration is a transaction of its own.",
            )
        self._connection = connection
        self._owned = owned

    @classmethod
    def open(cls, path: Path | str) -> Self:
        """Open a file; it is made when there is none.

        Raises:
            DatabaseError: It cannot be opened.
        """
        return cls(opened(path), owned=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, when `open` made it."""
        if self._owned:
            self._connection.close()

    @property
    def table(self) -> MigrationsTable:
        """The statements about the table of migrations."""
        return MigrationsTable(provider="sqlite")

    def try_lock(self) -> bool:
        """Take the whole file, as Prisma's exclusive locking mode does."""
        with self._autocommit(), _translated(), self._waiting(0):
            try:
                self._run("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if _is_busy(error):
                    return False
                raise
            if self._run("PRAGMA main.journal_mode")[0][0] != "wal":
                # In this mode the end of the transaction keeps the lock.
                self._run("PRAGMA main.locking_mode = EXCLUSIVE")
            self._run("COMMIT")
        return True

    def unlock(self) -> None:
        """Give the file back."""
        with self._autocommit(), _translated():
            self._run("PRAGMA main.locking_mode = NORMAL")
            # The lock goes with the next access.
            self._run("SELECT 1 FROM sqlite_master")

    def execute(self, sql: str, args: Args = ()) -> list[tuple[Any, ...]]:
        """Run one statement.

        Raises:
            DatabaseError: SQLite refused it.
        """
        with self._autocommit(), _translated():
            return self._run(sql, args)

    def run(self, script: str, record: Record) -> ScriptFailure | None:
        """Run a script and record it; returns what SQLite refused."""
        found = parts(script, provider="sqlite")
        texts = [part.text for part in found]
        way = sqlite_way(texts)
        with self._autocommit(), _translated():
            before = self._foreign_keys()
            self._run(f"PRAGMA foreign_keys = {'OFF' if way is Way.FOREIGN_KEYS_OFF else 'ON'}")
            try:
                if way is Way.AS_WRITTEN:
                    return self._as_written(found, record)
                return self._in_transaction(found, record)
            finally:
                self._run(f"PRAGMA foreign_keys = {before}")

    def _in_transaction(self, found: list[Part], record: Record) -> ScriptFailure | None:
        self._run("BEGIN IMMEDIATE")
        try:
            self._run(*self.table.claimed(record))
        except sqlite3.IntegrityError:
            self._rollback()
            self._check_applied(record)
            return None
        failure = self._statements(found, undone=True)
        if failure is None:
            self._run(*self.table.finished(record))
            failure = self._attempt("COMMIT")
        if failure is not None:
            self._rollback()
        return failure

    def _check_applied(self, record: Record) -> None:
        """Make sure that whoever has claimed the migration has applied it."""
        rows = [AppliedMigration.from_row(row) for row in self._run(self.table.select)]
        if not is_applied(record.name, rows):
            raise taken_by_others(record.name)

    def _as_written(self, found: list[Part], record: Record) -> ScriptFailure | None:
        if leaves_open(part.text for part in found):
            return ScriptFailure(
                message="the script leaves its transaction open",
                undone=True,
                hint="End what it begins with COMMIT.",
            )
        self._run(*self.table.started(record))
        failure = self._statements(found, undone=False)
        if failure is None:
            self._run(*self.table.finished(record))
        else:
            self._rollback()
        return failure

    def _statements(self, found: list[Part], *, undone: bool) -> ScriptFailure | None:
        for number, part in enumerate(found):
            failure = self._attempt(part.text, number=number, part=part, undone=undone)
            if failure is not None:
                return failure
        return None

    def _attempt(
        self, sql: str, *, number: int | None = None, part: Part | None = None, undone: bool = True
    ) -> ScriptFailure | None:
        try:
            self._run(sql)
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            return ScriptFailure(
                message=str(error), code=_code(error), statement=number, part=part, undone=undone
            )
        return None

    def _rollback(self) -> None:
        if self._connection.in_transaction:
            self._run("ROLLBACK")

    def _foreign_keys(self) -> int:
        return int(self._run("PRAGMA foreign_keys")[0][0])

    def _run(self, sql: str, args: Args = ()) -> list[tuple[Any, ...]]:
        # Read to the end: only then has SQLite done all of it.
        return [tuple(row) for row in self._connection.execute(sql, args).fetchall()]

    @contextlib.contextmanager
    def _autocommit(self) -> Iterator[None]:
        """Keep sqlite3 from beginning transactions of its own, and from making odd rows."""
        wanted = {"isolation_level": None, "row_factory": None, "text_factory": str}
        before = {name: getattr(self._connection, name) for name in wanted}
        try:
            for name, value in wanted.items():
                setattr(self._connection, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(self._connection, name, value)

    @contextlib.contextmanager
    def _waiting(self, milliseconds: int) -> Iterator[None]:
        """Wait for other users of the file for so long only."""
        before = int(self._run("PRAGMA busy_timeout")[0][0])
        self._run(f"PRAGMA busy_timeout = {milliseconds}")
        try:
            yield
        finally:
            self._run(f"PRAGMA busy_timeout = {before}")


def opened(path: Path | str) -> sqlite3.Connection:
    """Open a file, for statements from whatever thread is free, one at a time.

    Raises:
        DatabaseError: It cannot be opened.
    """
    with _translated():
        return sqlite3.connect(path, timeout=_BUSY_MILLISECONDS / 1000, check_same_thread=False)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.ProgrammingError as error:
        raise ConfigurationError(
            f"the SQLite connection cannot be used here: {error}",
            hint="Open it with check_same_thread=False, and keep it open.",
        ) from None
    except sqlite3.Error as error:
        raise _database_error(error) from None


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


def _database_error(error: sqlite3.Error) -> DatabaseError:
    busy = _is_busy(error)
    hint = "Another program has the file open and is writing to it." if busy else ""
    return DatabaseError(str(error), code=_code(error), hint=hint, retryable=busy)


def _code(error: Exception) -> str:
    return str(getattr(error, "sqlite_errorname", ""))
