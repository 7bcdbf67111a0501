"""Databases with blocking drivers, for asynchronous callers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, Self, TypeVar

from oneclick_deploy.prisma.migrations._sync.database import MigrationDatabase
from oneclick_deploy.prisma.migrations.failures import ScriptFailure
from oneclick_deploy.prisma.migrations.mysql import MysqlDatabase
from oneclick_deploy.prisma.migrations.sqlite import SqliteDatabase, opened
from oneclick_deploy.prisma.migrations.table import Args, MigrationsTable, Record
from oneclick_deploy.runtime import aio
from oneclick_deploy.secrets import Secret

P = ParamSpec("P")
T = TypeVar("T")


class _InThreads:
    """Every call in a thread, one at a time.

    A caller that is cancelled waits for the call under way: a thread cannot be stopped, and its
    connection must not be used by another one meanwhile.
    """

    def __init__(self, database: MigrationDatabase) -> None:
        self._database = database

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection, when `open` made it."""
        await _in_thread(self._database.close)

    @property
    def table(self) -> MigrationsTable:
        """The statements about the table of migrations."""
        return self._database.table

    async def try_lock(self) -> bool:
        """Take the lock, without waiting for it."""
        return await _in_thread(self._database.try_lock)

    async def unlock(self) -> None:
        """Give the lock back."""
        await _in_thread(self._database.unlock)

    async def execute(self, sql: str, args: Args = ()) -> list[tuple[Any, ...]]:
        """Run one statement."""
        return await _in_thread(self._database.execute, sql, args)

    async def run(self, script: str, record: Record) -> ScriptFailure | None:
        """Run a script and record it; returns what the database refused."""
        return await _in_thread(self._database.run, script, record)


class AsyncSqliteDatabase(_InThreads):
    """An SQLite database that migrations can be applied to: `SqliteDatabase`, in threads.

    Args:
        connection: An open connection, made with ``check_same_thread=False``. `open` makes one
            from a path.
        owned: Whether `aclose` closes it.
    """

    def __init__(self, connection: sqlite3.Connection, *, owned: bool = False) -> None:
        super().__init__(SqliteDatabase(connection, owned=owned))

    @classmethod
    async def open(cls, path: Path | str) -> Self:
        """Open a file; it is made when there is none.

        Raises:
            DatabaseError: It cannot be opened.
        """
        return cls(await _in_thread(opened, path), owned=True)


class AsyncMysqlDatabase(_InThreads):
    """A MySQL database that migrations can be applied to: `MysqlDatabase`, in threads."""

    @classmethod
    async def open(cls, url: Secret | str) -> Self:
        """Connect to ``mysql://user:password@host:port/database``."""
        return cls(await _in_thread(MysqlDatabase.open, url))


async def _in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    return await aio.protect(lambda: aio.to_thread(function, *args, **kwargs))
