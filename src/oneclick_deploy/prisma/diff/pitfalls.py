"""What Prisma does not say: where its script loses rows after all, or is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.findings import Destructive, Loss, Obstacle, Unexecutable
from oneclick_deploy.prisma.diff.postgresql_columns import has_sequences
from oneclick_deploy.prisma.diff.steps import (
    AddColumn,
    AlterColumn,
    AlterEnum,
    AlterTable,
    CreateTable,
    DropTable,
    RecreateColumn,
    RedefineTables,
)
from oneclick_deploy.prisma.semantics.views import ReferentialAction
from oneclick_deploy.prisma.sql.database import (
    DatabaseGenerated,
    Literal,
    LiteralKind,
    Now,
    Provider,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oneclick_deploy.prisma.diff.steps import Step
    from oneclick_deploy.prisma.sql.database import Column, Database, ForeignKey, Table

_CONSEQUENCES = {
    ReferentialAction.CASCADE: "deletes them",
    ReferentialAction.SET_NULL: "sets the columns to NULL",
    ReferentialAction.SET_DEFAULT: "sets the columns to their defaults",
}


def findings_of(
    steps: Sequence[Step], old: Database, new: Database
) -> Iterator[Destructive | Unexecutable]:
    """What is to be said of the steps beyond Prisma's warnings."""
    if old.provider is Provider.SQLITE:
        yield from _cascades(steps, old)
        yield from _dynamic_defaults(steps)
    if old.provider is Provider.POSTGRESQL:
        yield from _new_values_in_use(steps)
        yield from _missing_columns(steps, old)
        yield from _sequences(steps, new)


def _cascades(steps: Sequence[Step], old: Database) -> Iterator[Destructive]:
    """Rows that go with a table they refer to.

    SQLite deletes the rows of a table that is dropped, and so fires ``ON DELETE``, unless foreign
    keys are off; and the pragma that switches them off does nothing inside a transaction.
    """
    present = {table.name: table for table in old.tables}
    for place, step in enumerate(steps):
        if isinstance(step, DropTable):
            present.pop(step.table.name, None)
            yield from _losses(place, step.table, present)
        elif isinstance(step, RedefineTables):
            for redefined in step.tables:
                present.pop(redefined.old.name, None)
                yield from _losses(place, redefined.old, present)
                present[redefined.new.name] = redefined.new


def _losses(place: int, dropped: Table, present: dict[str, Table]) -> Iterator[Destructive]:
    for table in present.values():
        for key in table.foreign_keys:
            consequence = _CONSEQUENCES.get(key.on_delete)
            if consequence is not None and key.referenced_table == dropped.name:
                yield _loss(place, table, key, consequence)


def _loss(place: int, table: Table, key: ForeignKey, consequence: str) -> Destructive:
    message = (
        f"The rows of `{table.name}` refer to `{key.referenced_table}`, which is dropped on the "
        f"way; unless foreign keys are off, that {consequence}."
    )
    return Destructive(Loss.CASCADE_ON_REDEFINE, place, message, table.name, key.columns)


def _dynamic_defaults(steps: Sequence[Step]) -> Iterator[Unexecutable]:
    # https://www.sqlite.org/lang_altertable.html, ADD COLUMN
    for place, step in enumerate(steps):
        for column in _added_columns(step):
            if isinstance(step, AlterTable) and _is_computed(column):
                message = (
                    f"The column `{column.name}` on the `{step.old.name}` table would be added "
                    "with a default that is not constant, which SQLite refuses if there are rows."
                )
                yield Unexecutable(
                    Obstacle.ADDED_DYNAMIC_DEFAULT, place, message, step.old.name, column.name
                )


def _is_computed(column: Column) -> bool:
    default = column.default
    if isinstance(default, DatabaseGenerated):
        return default.text.lstrip().startswith("(")
    return isinstance(default, Now)


def _added_columns(step: Step) -> Iterator[Column]:
    if isinstance(step, AlterTable):
        for change in step.changes:
            if isinstance(change, AddColumn):
                yield change.column
            elif isinstance(change, RecreateColumn):
                yield change.new


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
                yield Unexecutable(
                    Obstacle.NEW_ENUM_VALUE_IN_USE,
                    place,
                    message,
                    table.name,
                    column.name,
                    table.namespace,
                )


def _columns_with_set_defaults(step: Step) -> Iterator[tuple[Table, Column]]:
    if isinstance(step, CreateTable):
        yield from ((step.table, column) for column in step.table.columns)
    if isinstance(step, AlterTable):
        yield from ((step.old, column) for column in _added_columns(step))
        for change in step.changes:
            if isinstance(change, AlterColumn) and change.changes.default:
                yield step.old, change.new


def _enum_values(column: Column) -> Iterator[object]:
    default = column.default
    if not isinstance(default, Literal):
        return
    if default.kind is LiteralKind.ENUM:
        yield default.value
    elif default.kind is LiteralKind.LIST and isinstance(default.value, tuple):
        yield from (item.value for item in default.value)


def _missing_columns(steps: Sequence[Step], old: Database) -> Iterator[Unexecutable]:
    present = {
        (table.namespace, table.name, column.name)
        for table in old.tables
        for column in table.columns
    }
    for place, step in enumerate(steps):
        if isinstance(step, AlterEnum) and step.removed:
            for table, column in step.columns:
                if (table.namespace, table.name, column.name) not in present:
                    message = (
                        f"The enum `{step.new.name}` loses values, and Prisma's script alters "
                        f"`{column.name}` on the `{table.name}` table before it adds that column."
                    )
                    yield Unexecutable(
                        Obstacle.MISSING_COLUMN,
                        place,
                        message,
                        table.name,
                        column.name,
                        table.namespace,
                    )


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
                yield Unexecutable(
                    kind, place, message, step.old.name, change.old.name, step.old.namespace
                )
