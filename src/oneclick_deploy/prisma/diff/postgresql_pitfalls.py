"""Where PostgreSQL refuses a script of Prisma's, whatever rows there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.findings import Obstacle, Unexecutable
from oneclick_deploy.prisma.diff.postgresql_columns import has_sequences
from oneclick_deploy.prisma.diff.steps import (
    AddColumn,
    AlterColumn,
    AlterEnum,
    AlterTable,
    CreateTable,
    DropForeignKey,
    DropIndex,
    DropPrimaryKey,
    RecreateColumn,
    RenamePrimaryKey,
)
from oneclick_deploy.prisma.sql.database import IndexKind, Literal, LiteralKind
from oneclick_deploy.prisma.sql.namespaces import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oneclick_deploy.prisma.diff.steps import Step
    from oneclick_deploy.prisma.sql.database import Column, Database, Table


def findings_of(steps: Sequence[Step], old: Database, new: Database) -> Iterator[Unexecutable]:
    """What is to be said of the steps beyond Prisma's warnings."""
    yield from _new_values_in_use(steps)
    yield from _columns_out_of_time(steps, old)
    yield from _keys_in_use(steps, old)
    yield from _remade_keys(steps)
    yield from _missing_schemas(steps, old)
    yield from _sequences(steps, new)


def _finding(
    kind: Obstacle, place: int, table: Table, column: str | None, message: str
) -> Unexecutable:
    return Unexecutable(kind, place, message, table.name, column, table.namespace)


def _new_values_in_use(steps: Sequence[Step]) -> Iterator[Unexecutable]:
    # https://www.postgresql.org/docs/current/sql-altertype.html: a value that ADD VALUE adds
    # "cannot be used until after the transaction has been committed", and a script is sent as one.
    added = {
        (step.new.namespace, step.new.name): set(step.added)
        for step in steps
        if isinstance(step, AlterEnum) and not step.removed
    }
    for place, step in enumerate(steps) if added else ():
        for table, column in _columns_with_set_defaults(step):
            values = added.get((column.type.enum_namespace, column.type.enum or ""), set())
            used = sorted(values & set(_enum_values(column)))
            if used:
                message = (
                    f"The default of `{column.name}` on the `{table.name}` table is "
                    f"`{', '.join(used)}`, which the same script adds to the enum "
                    f"`{column.type.enum}`; PostgreSQL refuses that in one transaction."
                )
                yield _finding(Obstacle.NEW_ENUM_VALUE_IN_USE, place, table, column.name, message)


def _columns_with_set_defaults(step: Step) -> Iterator[tuple[Table, Column]]:
    if isinstance(step, CreateTable):
        yield from ((step.table, column) for column in step.table.columns)
    if isinstance(step, AlterTable):
        yield from ((step.old, column) for column in _added_columns(step))
        for change in step.changes:
            if isinstance(change, AlterColumn) and change.changes.default:
                yield step.old, change.new


def _added_columns(step: Step) -> Iterator[Column]:
    if isinstance(step, AlterTable):
        for change in step.changes:
            if isinstance(change, AddColumn):
                yield change.column
            elif isinstance(change, RecreateColumn):
                yield change.new


def _enum_values(column: Column) -> Iterator[object]:
    default = column.default
    if not isinstance(default, Literal):
        return
    if default.kind is LiteralKind.ENUM:
        yield default.value
    elif default.kind is LiteralKind.LIST and isinstance(default.value, tuple):
        yield from (item.value for item in default.value)


def _columns_out_of_time(steps: Sequence[Step], old: Database) -> Iterator[Unexecutable]:
    """Columns that are not there yet, or still there, when an enum is made anew."""
    present = {(t.namespace, t.name, c.name): (t, c) for t in old.tables for c in t.columns}
    for place, step in enumerate(steps):
        if not isinstance(step, AlterEnum) or not step.removed:
            continue
        moved = {(t.namespace, t.name, c.name): (t, c) for t, c in step.columns}
        for where, (table, column) in moved.items():
            if where not in present:
                message = (
                    f"The enum `{step.new.name}` loses values, and Prisma's script alters "
                    f"`{column.name}` on the `{table.name}` table before it adds that column."
                )
                yield _finding(Obstacle.MISSING_COLUMN, place, table, column.name, message)
        for where, (table, column) in present.items():
            if _enum_of(column) == (step.old.namespace, step.old.name) and where not in moved:
                message = (
                    f"The enum `{step.old.name}` loses values, and Prisma's script drops the old "
                    f"type before `{column.name}` on the `{table.name}` table is gone."
                )
                yield _finding(Obstacle.OLD_TYPE_IN_USE, place, table, column.name, message)


def _enum_of(column: Column) -> tuple[str | None, str | None]:
    return column.type.enum_namespace, column.type.enum


def _keys_in_use(steps: Sequence[Step], old: Database) -> Iterator[Unexecutable]:
    """Keys that PostgreSQL keeps as long as a foreign key refers to their columns."""
    dropped = {
        (step.table.namespace, step.table.name, step.key.name)
        for step in steps
        if isinstance(step, DropForeignKey)
    }
    referring: dict[tuple[str | None, str, frozenset[str]], list[str]] = {}
    for table, key in old.foreign_keys:
        if (table.namespace, table.name, key.name) not in dropped:
            columns = frozenset(key.referenced_columns)
            target = (key.referenced_namespace, key.referenced_table, columns)
            referring.setdefault(target, []).append(key.name)
    for place, step in enumerate(steps):
        for table, names in _dropped_keys(step):
            users = referring.get((table.namespace, table.name, frozenset(names)), [])
            if users and _unique_keys(table).count(frozenset(names)) == 1:
                message = (
                    f"The foreign key `{users[0]}` rests on the key `[{','.join(names)}]` of the "
                    f"`{table.name}` table, which PostgreSQL does not drop while it is there."
                )
                yield _finding(Obstacle.KEY_IN_USE, place, table, names[0], message)


def _dropped_keys(step: Step) -> Iterator[tuple[Table, list[str]]]:
    if isinstance(step, DropIndex) and step.definition.kind is IndexKind.UNIQUE:
        yield step.table, [column.name for column in step.definition.columns]
    if isinstance(step, AlterTable):
        for change in step.changes:
            if isinstance(change, DropPrimaryKey):
                yield step.old, [column.name for column in change.key.columns]


def _unique_keys(table: Table) -> list[frozenset[str]]:
    keys = [index.columns for index in table.indexes if index.kind is IndexKind.UNIQUE]
    if table.primary_key is not None:
        keys.append(table.primary_key.columns)
    return [frozenset(column.name for column in key) for key in keys]


def _remade_keys(steps: Sequence[Step]) -> Iterator[Unexecutable]:
    for place, step in enumerate(steps):
        changes = step.changes if isinstance(step, AlterTable) else ()
        dropped = any(isinstance(change, DropPrimaryKey) for change in changes)
        for change in changes:
            if isinstance(change, RenamePrimaryKey) and isinstance(step, AlterTable) and dropped:
                message = (
                    f"The primary key of the `{step.old.name}` table is made anew as "
                    f"`{change.new.name}`, and Prisma's script then renames `{change.old.name}`, "
                    "which is gone."
                )
                column = change.old.columns[0].name
                yield _finding(Obstacle.REMADE_KEY, place, step.old, column, message)


def _missing_schemas(steps: Sequence[Step], old: Database) -> Iterator[Unexecutable]:
    doubtful = set(old.known_namespaces) - set(old.namespaces) - {DEFAULT}
    for place, step in enumerate(steps):
        if isinstance(step, CreateTable) and step.table.namespace in doubtful:
            table = step.table
            message = (
                f"The table `{table.name}` would be created in the schema `{table.namespace}`, "
                "which the old datasource lists, but nothing was in it: Prisma creates no schema."
            )
            yield _finding(Obstacle.MISSING_SCHEMA, place, table, None, message)


def _sequences(steps: Sequence[Step], new: Database) -> Iterator[Unexecutable]:
    drops_sequences = not has_sequences(new)
    for place, step in enumerate(steps):
        if not isinstance(step, AlterTable):
            continue
        for change in step.changes:
            if isinstance(change, AlterColumn):
                where = f"`{change.old.name}` on the `{step.old.name}` table"
                if change.changes.cast is not None and change.new.auto_increment:
                    kind = Obstacle.SERIAL_TYPE
                    message = f"The type of {where} would be set to SERIAL, which is no type there."
                elif change.changes.autoincrement and change.old.auto_increment and drops_sequences:
                    kind = Obstacle.UNNAMED_SEQUENCE
                    message = f'The sequence of {where} would be dropped by the name "".'
                else:
                    continue
                yield _finding(kind, place, step.old, change.old.name, message)
