"""Applying a history to a database, looking where it stands, and marking migrations by hand."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from oneclick_deploy.errors import (
    ConfigurationError,
    DatabaseNotEmptyError,
    MigrationLockError,
    OneClickError,
)
from oneclick_deploy.prisma.migrations._async.database import AsyncMigrationDatabase
from oneclick_deploy.prisma.migrations.baselining import baseline_history
from oneclick_deploy.prisma.migrations.failures import (
    ScriptFailure,
    apply_error,
    checked_script,
    failure_log,
    not_empty,
)
from oneclick_deploy.prisma.migrations.history import Migration, MigrationHistory
from oneclick_deploy.prisma.migrations.lockfile import check_provider
from oneclick_deploy.prisma.migrations.planning import MigrationStatus, pending, status_of
from oneclick_deploy.prisma.migrations.reports import (
    ApplyReport,
    LockWaiting,
    MigrationFinished,
    MigrationHandler,
    MigrationStarted,
)
from oneclick_deploy.prisma.migrations.resolving import rows_to_roll_back, to_mark_applied
from oneclick_deploy.prisma.migrations.rows import AppliedMigration
from oneclick_deploy.prisma.migrations.table import TABLE, Record, foreign_tables
from oneclick_deploy.runtime import aio
from oneclick_deploy.runtime.cancel import CancelToken

if TYPE_CHECKING:
    from oneclick_deploy.prisma.schema import Schema

T = TypeVar("T")

# Prisma waits as long.
LOCK_SECONDS = 10.0
_LOCK_PAUSE = 0.1


async def apply(
    history: MigrationHistory,
    database: AsyncMigrationDatabase,
    *,
    on_event: MigrationHandler | None = None,
    cancel: CancelToken | None = None,
    lock_seconds: float | None = LOCK_SECONDS,
    retry_undone: bool = False,
) -> ApplyReport:
    """Apply the migrations that a database does not have, as ``prisma migrate deploy`` does.

    Args:
        history: The app's migrations.
        database: The database; it stays open.
        on_event: Called with every `MigrationEvent`.
        cancel: Stops before the next migration; what was applied stays.
        lock_seconds: How long to wait for the lock; ``None`` takes none, as Prisma's
            ``PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK`` does.
        retry_undone: Whether a migration that failed and left nothing behind is marked as rolled
            back at once, so that it is applied again without `resolve`. Prisma never does.

    Raises:
        MigrationProviderError: The history is for another provider (Prisma's P3019).
        DatabaseNotEmptyError: There are tables and no history (P3005).
        MigrationFailedBeforeError: A migration failed before and is not resolved (P3009).
        MigrationApplyError: A script failed (P3018); its row keeps what the database said.
        MigrationLockError: Somebody else was migrating for too long.
        DeployCancelledError: ``cancel`` was cancelled.
        DatabaseError: The database refused something else.
        TransportError: The database cannot be reached.
    """
    check_provider(history.provider, database.table.provider)
    run = _Run(database, on_event=on_event, cancel=cancel, retry_undone=retry_undone)

    async def work() -> ApplyReport:
        due = pending(history, await run.open_table())
        return await run.apply(due, of=history)

    return await run.locked(work, lock_seconds)


async def create(
    history: MigrationHistory,
    database: AsyncMigrationDatabase,
    *,
    on_event: MigrationHandler | None = None,
    cancel: CancelToken | None = None,
    lock_seconds: float | None = LOCK_SECONDS,
) -> ApplyReport:
    """Make a new database from the one migration of a baseline; a second call changes nothing.

    A baseline that was made anew has another name and the same script: it counts as applied.

    Args:
        history: What `baseline_history` or `baseline` made.
        database: An empty database; it stays open.
        on_event: Called with every `MigrationEvent`.
        cancel: Stops before the script.
        lock_seconds: How long to wait for the lock; ``None`` takes none.

    Raises:
        DatabaseNotEmptyError: There are tables, or another history (P3005).
        MigrationError: As `apply` does.
    """
    check_provider(history.provider, database.table.provider)
    (first,) = history.migrations
    run = _Run(database, on_event=on_event, cancel=cancel)

    async def work() -> ApplyReport:
        rows = [row for row in await run.open_table() if not row.rolled_back]
        if any(row.finished and first.matches(row.checksum) for row in rows):
            return run.report((), of=history)
        due = pending(history, rows)
        if rows:
            raise DatabaseNotEmptyError(
                f"the database has a migration history, which begins with {rows[0].name} (P3005)",
                hint="Apply the app's own migrations to it, or create from the schema in a new one.",
            )
        return await run.apply(due, of=history)

    return await run.locked(work, lock_seconds)


async def create_from_schema(
    schema: str | Mapping[str, str] | Path | Schema,
    database: AsyncMigrationDatabase,
    *,
    name: str = "init",
    now: datetime | None = None,
    on_event: MigrationHandler | None = None,
    cancel: CancelToken | None = None,
    lock_seconds: float | None = LOCK_SECONDS,
) -> ApplyReport:
    """Make what a schema describes in an empty database, and record it as the first migration.

    This is how an app leaves SQLite: its SQLite scripts are not replayed. `baseline` writes the
    same migration into the app's directory.

    Args:
        schema: A schema: text, ``{path: text}``, the path of a file or directory, or parsed.
        database: An empty database; it stays open.
        name: What follows the time in the migration's name.
        now: The time in the migration's name.
        on_event: Called with every `MigrationEvent`.
        cancel: Stops before the script.
        lock_seconds: How long to wait for the lock; ``None`` takes none.

    Raises:
        InvalidSchemaError: Prisma would refuse the schema for this database.
        DatabaseNotEmptyError: There are tables, or another history (P3005).
        MigrationError: As `apply` does.
    """
    history = baseline_history(schema, provider=database.table.provider, name=name, now=now)
    return await create(
        history, database, on_event=on_event, cancel=cancel, lock_seconds=lock_seconds
    )


async def status(history: MigrationHistory, database: AsyncMigrationDatabase) -> MigrationStatus:
    """Compare a database with a history; changes nothing and takes no lock.

    Raises:
        MigrationProviderError: The history is for another provider (Prisma's P3019).
        DatabaseError: The database refused to answer.
        TransportError: The database cannot be reached.
    """
    check_provider(history.provider, database.table.provider)
    has_table = TABLE in await _tables(database)
    rows = await _rows(database) if has_table else []
    return status_of(history, rows, has_table=has_table)


async def resolve(
    database: AsyncMigrationDatabase,
    name: str,
    *,
    applied: MigrationHistory | None = None,
    rolled_back: bool = False,
    on_event: MigrationHandler | None = None,
    lock_seconds: float | None = LOCK_SECONDS,
) -> None:
    """Say what became of a migration, as ``prisma migrate resolve`` does. Runs no script.

    Args:
        database: The database; it stays open.
        name: The migration.
        applied: The history that has it: it is recorded as applied. Makes the table when there is
            none, which is how an existing database gets its first migration.
        rolled_back: Its failed rows are marked as rolled back, and it will be applied again.
        on_event: Called when the lock must be waited for.
        lock_seconds: How long to wait for the lock; ``None`` takes none.

    Raises:
        MigrationResolveError: It cannot be marked so (Prisma's P3008, P3011, P3012, P3017).
        MigrationLockError: Somebody else was migrating for too long.
        ConfigurationError: Neither or both of the two marks are asked for.
    """
    if (applied is None) == (not rolled_back):
        raise ConfigurationError(
            "a migration is resolved as applied or as rolled back",
            hint="Pass applied=history, or rolled_back=True.",
        )
    if applied is not None:
        check_provider(applied.provider, database.table.provider)
    run = _Run(database, on_event=on_event)

    async def work() -> None:
        has_table = TABLE in await _tables(database)
        rows = await _rows(database) if has_table else []
        if applied is None:
            await run.roll_back(rows_to_roll_back(rows, name))
            return
        migration, replaced = to_mark_applied(applied, rows, name)
        if not has_table:
            await database.execute(database.table.create)
        # Stopped in between, the failure is still there, and nothing is applied twice.
        await database.execute(*database.table.marked_applied(Record.of(migration)))
        await run.roll_back(replaced)

    await run.locked(work, lock_seconds)


class _Run:
    """One call: what it works on, and what it tells."""

    def __init__(
        self,
        database: AsyncMigrationDatabase,
        *,
        on_event: MigrationHandler | None,
        cancel: CancelToken | None = None,
        retry_undone: bool = False,
    ) -> None:
        self._database = database
        self._notify: MigrationHandler = on_event or (lambda _: None)
        self._cancel = cancel or CancelToken()
        self._retry_undone = retry_undone
        self._began = time.monotonic()

    async def locked(self, work: Callable[[], Awaitable[T]], seconds: float | None) -> T:
        """Do the work while nobody else migrates."""
        self._cancel.check()
        if seconds is None:
            return await work()
        await self._lock(seconds)
        try:
            return await work()
        finally:
            # An error of the work is more telling; the lock goes with the session at the latest.
            with contextlib.suppress(OneClickError):
                await aio.protect(self._database.unlock)

    async def _lock(self, seconds: float) -> None:
        if await self._database.try_lock():
            return
        self._notify(LockWaiting(seconds=seconds))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await aio.sleep(min(_LOCK_PAUSE, seconds), cancel=self._cancel)
            if await self._database.try_lock():
                return
        raise MigrationLockError(
            f"another process has been migrating this database for {seconds:g} s",
            hint="Wait for its end. A lock that nobody holds any more stays behind a connection "
            "pooler: connect to the database itself.",
        )

    async def open_table(self) -> list[AppliedMigration]:
        """Read the rows; the table is made in an empty database only."""
        tables = await _tables(self._database)
        if TABLE in tables:
            return await _rows(self._database)
        if others := foreign_tables(tables):
            raise not_empty(others)
        await self._database.execute(self._database.table.create)
        return []

    async def apply(self, due: Sequence[Migration], *, of: MigrationHistory) -> ApplyReport:
        """Apply what is due, one after the other."""
        for number, migration in enumerate(due, start=1):
            self._cancel.check()
            self._notify(MigrationStarted(name=migration.name, number=number, total=len(due)))
            began = time.monotonic()
            await self._apply_one(migration)
            seconds = time.monotonic() - began
            self._notify(
                MigrationFinished(
                    name=migration.name, number=number, total=len(due), seconds=seconds
                )
            )
        return self.report(due, of=of)

    async def _apply_one(self, migration: Migration) -> None:
        script, record = checked_script(migration), Record.of(migration)
        failure = await self._database.run(script, record)
        if failure is not None:
            resolved = self._retry_undone and failure.undone
            # When it cannot be recorded as well, the failure itself is what matters.
            with contextlib.suppress(OneClickError):
                await self._record_failure(migration, record, failure, resolved=resolved)
            raise apply_error(migration, failure, resolved=resolved)

    async def _record_failure(
        self, migration: Migration, record: Record, failure: ScriptFailure, *, resolved: bool
    ) -> None:
        table = self._database.table
        await self._database.execute(*table.failed(record, failure_log(migration, failure)))
        if resolved:
            await self._database.execute(*table.rolled_back(record.id))

    async def roll_back(self, rows: Sequence[AppliedMigration]) -> None:
        """Mark rows as rolled back."""
        for row in rows:
            await self._database.execute(*self._database.table.rolled_back(row.id))

    def report(self, due: Sequence[Migration], *, of: MigrationHistory) -> ApplyReport:
        """Tell what was done."""
        applied = tuple(migration.name for migration in due)
        already = tuple(each.name for each in of.migrations if each.name not in applied)
        return ApplyReport(applied=applied, already=already, seconds=time.monotonic() - self._began)


async def _tables(database: AsyncMigrationDatabase) -> set[str]:
    return {_text(row[0]) for row in await database.execute(*database.table.tables)}


async def _rows(database: AsyncMigrationDatabase) -> list[AppliedMigration]:
    found = await database.execute(database.table.select)
    return [AppliedMigration.from_row(row) for row in found]


def _text(name: object) -> str:
    """A table's name; some servers answer their catalogue in bytes."""
    return name.decode() if isinstance(name, bytes) else str(name)
