"""The statements of a migration, and what its failure means."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from oneclick_deploy.errors import DatabaseError, MigrationFilesError
from oneclick_deploy.prisma import Migration
from oneclick_deploy.prisma.migrations.table import SqlStatement, record
from oneclick_deploy.providers.libsql.statements import first_keyword, split_script

_TRANSACTION_WORDS: Final = frozenset(
    {"BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"}
)


def migration_statements(migration: Migration) -> list[SqlStatement]:
    """The script's statements and the row that records it, for one transaction.

    Raises:
        MigrationFilesError: The script opens or ends transactions of its own.
    """
    statements = split_script(migration.script)
    for statement in statements:
        if first_keyword(statement).upper() in _TRANSACTION_WORDS:
            raise MigrationFilesError(
                f"the migration {migration.name} controls transactions itself "
                f"({statement.strip()[:40]!r})",
                hint="Remove BEGIN, COMMIT and SAVEPOINT; each migration runs in a transaction.",
            )
    return [*((statement, ()) for statement in statements), record(migration)]


def migration_error(migration: Migration, error: DatabaseError) -> MigrationFilesError:
    """Say which statement of which migration the database refused; nothing of it was kept."""
    where = ""
    statements = split_script(migration.script)
    if error.statement is not None and error.statement < len(statements):
        shown = " ".join(statements[error.statement].split())[:120]
        where = f" at statement {error.statement + 1}: {shown}"
    hint = "Nothing of this migration was kept. Correct it, or resolve it with Prisma, and deploy again."
    if "no such column" in error.message:
        # Facts (prisma.md section 3): libSQL refuses double-quoted string literals.
        hint += ' libSQL takes "text" as a name, never as a value: use single quotes for values.'
    return MigrationFilesError(
        f"the migration {migration.name} failed{where}: {error.message}", hint=hint
    )


def not_empty(tables: Collection[str]) -> MigrationFilesError:
    """Make the error for a database with tables and without a migration history."""
    names = ", ".join(sorted(tables)[:5])
    return MigrationFilesError(
        f"the database has tables ({names}) and no migration history (P3005)",
        hint="Deploy into a new database, or baseline this one with `prisma migrate resolve`.",
    )
