"""The ``_prisma_migrations`` table, in the shape that Prisma's own commands accept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from attrs import frozen

from oneclick_deploy.errors import MigrationFilesError
from oneclick_deploy.prisma.migrations.history import Migration, MigrationHistory

SqlStatement = tuple[str, tuple[str | int | None, ...]]

# Column order and types of Prisma's schema engine for SQLite.
CREATE_TABLE = """\
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)"""

TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'"
)

SELECT_APPLIED = (
    'SELECT "migration_name", "checksum", "finished_at", "rolled_back_at", "logs" '
    'FROM "_prisma_migrations" ORDER BY "started_at", "migration_name"'
)

INSERT_APPLIED = (
    'INSERT INTO "_prisma_migrations" ("id", "checksum", "finished_at", "migration_name", '
    '"logs", "rolled_back_at", "started_at", "applied_steps_count") '
    "VALUES (?, ?, ?, ?, NULL, NULL, ?, 1)"
)


@frozen(kw_only=True)
class AppliedMigration:
    """One row of ``_prisma_migrations``."""

    name: str
    checksum: str
    finished: bool
    rolled_back: bool
    logs: str = ""

    @classmethod
    def from_row(cls, row: Sequence[object]) -> AppliedMigration:
        """Read a row of `SELECT_APPLIED`."""
        name, checksum, finished_at, rolled_back_at, logs = row
        return cls(
            name=str(name),
            checksum=str(checksum),
            finished=finished_at is not None,
            rolled_back=rolled_back_at is not None,
            logs=str(logs or ""),
        )


def pending(history: MigrationHistory, applied: Sequence[AppliedMigration]) -> list[Migration]:
    """Choose the migrations that are still to be applied, by the rule of ``migrate deploy``.

    Rows that the history does not know are ignored, and checksums are not compared, as Prisma
    does.

    Raises:
        MigrationFilesError: A row says that a migration failed before and was not resolved
            (Prisma's P3009).
    """
    for row in applied:
        if not row.finished and not row.rolled_back:
            raise MigrationFilesError(
                f"the migration {row.name} failed in this database before (P3009)",
                hint="Repair the database and mark it with `prisma migrate resolve`.",
            )
    done = {row.name for row in applied if not row.rolled_back}
    return [migration for migration in history.migrations if migration.name not in done]


def record(
    migration: Migration,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> SqlStatement:
    """The statement that records a migration as applied; run it in the migration's transaction."""
    moment = now().isoformat(timespec="milliseconds")
    return (
        INSERT_APPLIED,
        (str(uuid.uuid4()), migration.checksum, moment, migration.name, moment),
    )
