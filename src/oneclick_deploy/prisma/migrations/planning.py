"""What is to be applied, by the rules of ``prisma migrate deploy``, and where a database stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from attrs import frozen

from oneclick_deploy.errors import MigrationFailedBeforeError
from oneclick_deploy.prisma.migrations.history import Migration, MigrationHistory
from oneclick_deploy.prisma.migrations.rows import AppliedMigration, in_order


@frozen(kw_only=True)
class MigrationStatus:
    """Where a database stands against a history: what ``prisma migrate status`` tells, and more.

    Args:
        applied: In the history and in the database.
        pending: In the history only.
        failed: Began and did not end; `apply` refuses to go on (Prisma's P3009).
        rolled_back: Marked as rolled back and not applied again since.
        edited: Applied, and changed in the directory since then. Nothing is refused for it.
        unknown: In the database and not in the directory.
        has_table: Whether the database has a table of migrations at all.
    """

    applied: tuple[str, ...]
    pending: tuple[str, ...]
    failed: tuple[str, ...]
    rolled_back: tuple[str, ...]
    edited: tuple[str, ...]
    unknown: tuple[str, ...]
    has_table: bool

    @property
    def up_to_date(self) -> bool:
        """Whether Prisma says "Database schema is up to date!"."""
        return self.has_table and not (self.pending or self.failed or self.unknown)


def pending(history: MigrationHistory, applied: Sequence[AppliedMigration]) -> list[Migration]:
    """Choose the migrations that are still to be applied, by the rule of ``migrate deploy``.

    Rows that the history does not know are ignored, and checksums are not compared, as Prisma
    does.

    Raises:
        MigrationFailedBeforeError: A row says that a migration failed before and was not resolved
            (Prisma's P3009).
    """
    failed = [row for row in in_order(applied) if row.failed]
    if failed:
        raise _failed_before(failed)
    done = {row.name for row in applied if not row.rolled_back}
    return [migration for migration in history.migrations if migration.name not in done]


def status_of(
    history: MigrationHistory, rows: Sequence[AppliedMigration], *, has_table: bool
) -> MigrationStatus:
    """Compare a history with the rows of a database."""
    live = {row.name: row for row in rows if not row.rolled_back}
    known = {migration.name for migration in history.migrations}
    undone = dict.fromkeys(row.name for row in in_order(rows) if row.rolled_back)
    return MigrationStatus(
        applied=tuple(
            each.name
            for each in history.migrations
            if each.name in live and live[each.name].finished
        ),
        pending=tuple(each.name for each in history.migrations if each.name not in live),
        failed=tuple(row.name for row in in_order(rows) if row.failed),
        rolled_back=tuple(name for name in undone if name not in live),
        edited=tuple(
            each.name
            for each in history.migrations
            if each.name in live and not each.matches(live[each.name].checksum)
        ),
        unknown=tuple(dict.fromkeys(row.name for row in in_order(rows) if row.name not in known)),
        has_table=has_table,
    )


def _failed_before(failed: Sequence[AppliedMigration]) -> MigrationFailedBeforeError:
    first = failed[0]
    began = first.started_at
    when = f" (begun {began.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)" if began else ""
    # Prisma and this library log the database's own words under this line.
    words = first.logs.rpartition("Database error:\n")[2].strip().partition("\n")[0]
    logs = f": {words[:500]}" if words else ""
    more = f", and {len(failed) - 1} more" if len(failed) > 1 else ""
    return MigrationFailedBeforeError(
        f"the migration {first.name} failed in this database before (P3009){when}{more}{logs}",
        migration=first.name,
        hint="Repair the database, then mark it with resolve(), or with `prisma migrate resolve`: "
        "as rolled back to apply it again, or as applied.",
    )
