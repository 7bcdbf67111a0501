"""How a migration is marked by hand, by the rules of ``prisma migrate resolve``."""

from __future__ import annotations

from collections.abc import Sequence

from oneclick_deploy.errors import MigrationResolveError
from oneclick_deploy.prisma.migrations.history import Migration, MigrationHistory
from oneclick_deploy.prisma.migrations.rows import AppliedMigration


def rows_to_roll_back(rows: Sequence[AppliedMigration], name: str) -> list[AppliedMigration]:
    """The failed rows of a migration, which are to be marked as rolled back.

    Raises:
        MigrationResolveError: It was never applied (P3011), or did not fail (P3012).
    """
    own = [row for row in rows if row.name == name]
    if not own:
        raise MigrationResolveError(
            f"the migration {name} was never applied to this database (P3011)",
            code="P3011",
            migration=name,
            hint="Pass the whole name, such as '20260101120000_init'.",
        )
    if all(row.finished for row in own):
        raise MigrationResolveError(
            f"the migration {name} did not fail (P3012)",
            code="P3012",
            migration=name,
            hint="Only a failed migration can be marked as rolled back; write a further migration "
            "to take back an applied one.",
        )
    return [row for row in own if row.failed]


def to_mark_applied(
    history: MigrationHistory, rows: Sequence[AppliedMigration], name: str
) -> tuple[Migration, list[AppliedMigration]]:
    """The migration to record as applied, and its failed rows, which it replaces.

    Raises:
        MigrationResolveError: The history does not have it (P3017), or it is applied (P3008).
    """
    migration = history.find(name)
    if migration is None:
        raise MigrationResolveError(
            f"the migration {name} could not be found (P3017)",
            code="P3017",
            migration=name,
            hint="Pass the whole name of its directory, such as '20260101120000_init'.",
        )
    own = [row for row in rows if row.name == name]
    if any(row.finished for row in own):
        raise MigrationResolveError(
            f"the migration {name} is already recorded as applied (P3008)",
            code="P3008",
            migration=name,
            hint="There is nothing to do.",
        )
    return migration, [row for row in own if row.failed]
