"""The statements of MySQL that change what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.steps import (
    AddColumn,
    AddForeignKey,
    AddPrimaryKey,
    AlterColumn,
    AlterTable,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropForeignKey,
    DropIndex,
    DropPrimaryKey,
    DropTable,
    RecreateColumn,
    RenameIndex,
)
from oneclick_deploy.prisma.sql.database import DatabaseGenerated
from oneclick_deploy.prisma.sql.mysql import (
    add_foreign_key,
    column,
    create_index,
    create_table,
    key_columns,
)
from oneclick_deploy.prisma.sql.quoting import mysql as quoted
from oneclick_deploy.prisma.sql.types import mysql_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.diff.steps import Step, TableChange


def statements_of(step: Step) -> Iterator[str]:
    """The statements of a step, without semicolons."""
    match step:
        case CreateTable(table):
            yield create_table(table)
        case DropTable(table):
            yield f"DROP TABLE {quoted(table.name)}"
        case AlterTable(old, _, changes):
            clauses = [clause for change in changes for clause in _clauses(change)]
            yield f"ALTER TABLE {quoted(old.name)} " + ",\n    ".join(clauses)
        case CreateIndex(table, index):
            yield create_index(table.name, index)
        case DropIndex(table, index):
            yield f"DROP INDEX {quoted(index.name)} ON {quoted(table.name)}"
        case RenameIndex(table, old_index, new_index):
            names = f"{quoted(old_index.name)} TO {quoted(new_index.name)}"
            yield f"ALTER TABLE {quoted(table.name)} RENAME INDEX {names}"
        case AddForeignKey(table, key):
            yield add_foreign_key(table.name, key)
        case DropForeignKey(table, key):
            yield f"ALTER TABLE {quoted(table.name)} DROP FOREIGN KEY {quoted(key.name)}"


def _clauses(change: TableChange) -> Iterator[str]:
    match change:
        case DropPrimaryKey():
            yield "DROP PRIMARY KEY"
        case AddPrimaryKey(key):
            yield f"ADD PRIMARY KEY ({key_columns(key.columns)})"
        case DropColumn(dropped):
            yield f"DROP COLUMN {quoted(dropped.name)}"
        case AddColumn(added):
            yield f"ADD COLUMN {column(added)}"
        case RecreateColumn(old, new):
            yield f"DROP COLUMN {quoted(old.name)}"
            yield f"ADD COLUMN {column(new)}"
        case AlterColumn(old, new, changes) if changes.is_only_default and new.default is None:
            yield f"ALTER COLUMN {quoted(old.name)} DROP DEFAULT"
        case AlterColumn():
            yield _modify(change)


def _modify(change: AlterColumn) -> str:
    """The whole column again: ``SET DEFAULT`` of MySQL takes no expression in most versions."""
    new = change.new
    text = f"MODIFY {quoted(new.name)} {mysql_type(new)}"
    text += " NOT NULL" if new.is_required else " NULL"
    default = _default(change)
    if default is not None:
        text += f" DEFAULT {default}"
    # Here AUTO_INCREMENT comes last; in CREATE TABLE it comes before the default.
    return f"{text} AUTO_INCREMENT" if new.auto_increment else text


def _default(change: AlterColumn) -> str | None:
    old, new = change.old.default, change.new.default
    if isinstance(new, DatabaseGenerated) and not new.text and isinstance(old, DatabaseGenerated):
        # dbgenerated() says that the database knows; it knows what was there before.
        return old.sql
    return None if new is None else new.sql
