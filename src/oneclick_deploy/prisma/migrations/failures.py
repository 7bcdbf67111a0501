"""What a failing script becomes: a value, a log in the table, and an error."""

from __future__ import annotations

from attrs import frozen

from oneclick_deploy.errors import (
    DatabaseNotEmptyError,
    MigrationApplyError,
    MigrationFilesError,
    MigrationLockError,
)
from oneclick_deploy.prisma.migrations.history import Migration
from oneclick_deploy.prisma.migrations.scripts import Part, excerpt


@frozen(kw_only=True)
class ScriptFailure:
    """Why a database did not run a script to its end.

    Args:
        message: The database's own words.
        code: The database's own code; empty when it gave none.
        statement: The position of the failing statement (0-based), when known.
        part: That statement, when known.
        undone: Whether nothing of the script was kept.
        hint: What to change, when the words alone do not tell.
    """

    message: str
    code: str = ""
    statement: int | None = None
    part: Part | None = None
    undone: bool = False
    hint: str = ""


def failure_log(migration: Migration, failure: ScriptFailure) -> str:
    """The text for the row's ``logs``, worded as Prisma words it (P3018): its commands print it."""
    return (
        "A migration failed to apply. New migrations cannot be applied before the error is "
        "recovered from. Read more about how to resolve migration issues in a production "
        "database: https://pris.ly/d/migrate-resolve\n\n"
        f"Migration name: {migration.name}\n\n"
        f"Database error code: {failure.code or 'none'}\n\n"
        f"Database error:\n{failure.message}\n"
    )


def apply_error(
    migration: Migration, failure: ScriptFailure, *, resolved: bool
) -> MigrationApplyError:
    """Say which statement of which migration the database refused.

    Args:
        migration: The migration.
        failure: What the database said.
        resolved: Whether the failure is marked as rolled back already.
    """
    where = f" at statement {failure.statement + 1}" if failure.statement is not None else ""
    shown = f", in {excerpt(failure.part.text)}" if failure.part else ""
    if resolved:
        next_step = "Nothing of this migration was kept. Correct it and apply again."
    elif failure.undone:
        next_step = (
            "Nothing of this migration was kept. Correct it, mark it as rolled back with resolve(), "
            "and apply again."
        )
    else:
        next_step = (
            "What came before the failing statement was kept. Repair the database by hand, mark "
            "the migration with resolve(), and apply again."
        )
    return MigrationApplyError(
        f"the migration {migration.name} failed{where} (P3018): {failure.message}{shown}",
        migration=migration.name,
        database_code=failure.code,
        database_message=failure.message,
        statement=failure.statement,
        offset=failure.part.offset if failure.part else None,
        undone=failure.undone,
        hint=f"{next_step} {failure.hint}".rstrip(),
    )


def not_empty(tables: set[str]) -> DatabaseNotEmptyError:
    """Make the error for a database with tables and without a migration history."""
    names = ", ".join(sorted(tables)[:5])
    return DatabaseNotEmptyError(
        f"the database has tables ({names}) and no migration history (P3005)",
        hint="Use a new database; or, when these tables are what a migration would make, mark that "
        "migration as applied with resolve(), or with `prisma migrate resolve --applied`.",
    )


def taken_by_others(name: str) -> MigrationLockError:
    """Make the error for a migration that another process has begun and not ended."""
    return MigrationLockError(
        f"another process is applying {name}, or has failed to",
        hint="Wait for its end, and look at the status then.",
    )


def checked_script(migration: Migration) -> str:
    """Return a migration's script when databases can read it to its end.

    Raises:
        MigrationFilesError: It holds NUL, where all of them would stop reading.
    """
    if "\x00" in migration.script:
        raise MigrationFilesError(
            f"the script of {migration.name} holds a NUL character",
            migration=migration.name,
            hint="Save the script as UTF-8 (NUL characters are a sign of UTF-16).",
        )
    return migration.script
