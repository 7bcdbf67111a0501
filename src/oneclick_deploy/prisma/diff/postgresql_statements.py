"""The statements of PostgreSQL that change what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.postgresql_columns import Alteration, alteration_of
from oneclick_deploy.prisma.diff.steps import (
    AddColumn,
    AddForeignKey,
    AddPrimaryKey,
    AlterColumn,
    AlterEnum,
    AlterTable,
    CreateEnum,
    CreateExtension,
    CreateIndex,
    CreateSchema,
    CreateTable,
    DropColumn,
    DropEnum,
    DropExtension,
    DropForeignKey,
    DropIndex,
    DropPrimaryKey,
    DropTable,
    RecreateColumn,
    RenameForeignKey,
    RenameIndex,
    RenamePrimaryKey,
)
from oneclick_deploy.prisma.sql.postgresql import (
    add_foreign_key,
    column,
    create_enum,
    create_extension,
    create_index,
    create_schema,
    create_table,
    table_name,
)
from oneclick_deploy.prisma.sql.quoting import postgresql as quoted, qualified, unescaped
from oneclick_deploy.prisma.syntax.tree import Arity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.diff.steps import Step, TableChange

# Prisma's own words, above the first of several new values.
_SEVERAL_VALUES = """\
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


"""


def statements_of(step: Step, *, has_sequences: bool) -> Iterator[str]:  # noqa: C901, PLR0912 - a case per step
    """The statements of a step, without semicolons.

    Args:
        step: The step.
        has_sequences: Whether any column of the new database numbers itself.
    """
    match step:
        case CreateSchema(name):
            yield create_schema(name)
        case DropExtension(extension):
            yield f"DROP EXTENSION {quoted(extension.name)}"
        case CreateExtension(extension):
            yield create_extension(extension)
        case CreateEnum(enum):
            yield create_enum(enum)
        case AlterEnum():
            yield from _new_type(step) if step.removed else _new_values(step)
        case DropEnum(enum):
            yield f"DROP TYPE {qualified(enum.namespace, enum.name)}"
        case CreateTable(table):
            yield create_table(table)
        case DropTable(table):
            yield f"DROP TABLE {table_name(table)}"
        case AlterTable():
            yield from _alter_table(step, has_sequences=has_sequences)
        case CreateIndex(table, index):
            yield create_index(table, index)
        case DropIndex(table, index):
            yield f"DROP INDEX {qualified(table.namespace, index.name)}"
        case RenameIndex(table, old_index, new_index):
            name = qualified(table.namespace, old_index.name)
            yield f"ALTER INDEX {name} RENAME TO {quoted(new_index.name)}"
        case AddForeignKey(table, key):
            yield add_foreign_key(table, key)
        case DropForeignKey(table, key):
            yield f"ALTER TABLE {table_name(table)} DROP CONSTRAINT {quoted(key.name)}"
        case RenameForeignKey(table, old_key, new_key):
            yield _rename_constraint(table_name(table), old_key.name, new_key.name)


def _rename_constraint(table: str, old: str, new: str) -> str:
    return f"ALTER TABLE {table} RENAME CONSTRAINT {quoted(old)} TO {quoted(new)}"


def _alter_table(step: AlterTable, *, has_sequences: bool) -> Iterator[str]:
    alteration = Alteration()
    for change in step.changes:
        if isinstance(change, AlterColumn):
            alteration += alteration_of(change, step, has_sequences=has_sequences)
        else:
            alteration += Alteration(clauses=tuple(_clauses(change)))
    name = table_name(step.old)
    yield from alteration.before
    if alteration.clauses:
        yield f"ALTER TABLE {name} " + ",\n".join(alteration.clauses)
    for change in step.changes:
        if isinstance(change, RenamePrimaryKey):
            yield _rename_constraint(name, change.old.name, change.new.name)
    yield from alteration.after


def _clauses(change: TableChange) -> Iterator[str]:
    match change:
        case DropPrimaryKey(key):
            yield f"DROP CONSTRAINT {quoted(key.name)}"
        case AddPrimaryKey(key):
            columns = ", ".join(quoted(each.name) for each in key.columns)
            yield f"ADD CONSTRAINT {quoted(key.name)} PRIMARY KEY ({columns})"
        case DropColumn(dropped):
            yield f"DROP COLUMN {quoted(dropped.name)}"
        case AddColumn(added):
            yield _add_column(column(added))
        case RecreateColumn(old, new):
            yield f"DROP COLUMN {quoted(old.name)}"
            yield _add_column(column(new))


def _add_column(definition: str) -> str:
    # Prisma leaves the indentation in that the definition has in CREATE TABLE.
    return f"ADD COLUMN     {definition}"


def _new_values(step: AlterEnum) -> Iterator[str]:
    name = qualified(step.old.namespace, step.old.name)
    warning = _SEVERAL_VALUES if len(step.added) > 1 else ""
    for value in step.added:
        yield f"{warning}ALTER TYPE {name} ADD VALUE {unescaped(value)}"
        warning = ""


def _new_type(step: AlterEnum) -> Iterator[str]:
    """Values can only be removed by making the type anew, and moving every column over."""
    old, new = step.old, step.new
    temporary = f"{new.name}_new"
    temporary_name = qualified(new.namespace, temporary)
    yield "BEGIN"
    yield create_enum(new, name=temporary)
    for table, dropped, _ in step.defaults:
        yield f"ALTER TABLE {table_name(table)} ALTER COLUMN {quoted(dropped.name)} DROP DEFAULT"
    for table, each in step.columns:
        kind = f"{temporary_name}[]" if each.arity is Arity.LIST else temporary_name
        name = quoted(each.name)
        yield (
            f"ALTER TABLE {table_name(table)} ALTER COLUMN {name} TYPE {kind}"
            f" USING ({name}::text::{kind})"
        )
    yield f"ALTER TYPE {qualified(old.namespace, old.name)} RENAME TO {quoted(f'{old.name}_old')}"
    yield f"ALTER TYPE {temporary_name} RENAME TO {quoted(new.name)}"
    yield f"DROP TYPE {qualified(old.namespace, f'{old.name}_old')}"
    for table, dropped, successor in step.defaults:
        if successor is not None and successor.default is not None:
            yield (
                f"ALTER TABLE {table_name(table)} ALTER COLUMN {quoted(dropped.name)}"
                f" SET DEFAULT {successor.default.sql or ''}"
            )
    yield "COMMIT"
