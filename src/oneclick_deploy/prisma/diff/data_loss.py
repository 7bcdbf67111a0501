"""Prisma's own findings: its destructive change checker, without the rows that it would count.

The sentences are Prisma's, byte for byte, in the form that they have in migration files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.findings import Destructive, Loss, Obstacle, Unexecutable
from oneclick_deploy.prisma.diff.steps import (
    AddColumn,
    AlterColumn,
    AlterEnum,
    AlterTable,
    Cast,
    CreateIndex,
    DropColumn,
    DropPrimaryKey,
    DropTable,
    RecreateColumn,
    RedefineTables,
)
from oneclick_deploy.prisma.diff.type_names import TypeNames
from oneclick_deploy.prisma.sql.database import IndexKind, Provider
from oneclick_deploy.prisma.syntax.tree import Arity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oneclick_deploy.prisma.diff.steps import ColumnPair, RedefinedTable, Step, TableChange
    from oneclick_deploy.prisma.sql.database import Column, Database, Index, Table

Finding = Destructive | Unexecutable


def findings_of(steps: Sequence[Step], old: Database, new: Database) -> Iterator[Finding]:
    """What Prisma would say of the steps."""
    names = TypeNames(old, new)
    for place, step in enumerate(steps):
        match step:
            case AlterTable(table, _, changes):
                checks = _TableChecks(place, table, old.provider, names)
                for change in changes:
                    yield from checks.change(change)
            case RedefineTables(tables):
                for each in tables:
                    yield from _TableChecks(place, each.old, old.provider, names).redefinition(each)
            case DropTable(table):
                yield _dropped_table(place, table)
            case CreateIndex(table, index, False, False) if index.kind is IndexKind.UNIQUE:
                yield _unique(place, table, index)
            case AlterEnum() if step.removed:
                yield _removed_values(place, step.new.name, step.removed, step.new.namespace)


def _dropped_table(place: int, table: Table) -> Destructive:
    message = (
        f"You are about to drop the `{table.name}` table. If the table is not empty, all the data "
        "it contains will be lost."
    )
    return Destructive(Loss.DROP_TABLE, place, message, table.name, namespace=table.namespace)


def _unique(place: int, table: Table, index: Index) -> Destructive:
    columns = tuple(column.name for column in index.columns)
    message = (
        f"A unique constraint covering the columns `[{','.join(columns)}]` on the table "
        f"`{table.name}` will be added. If there are existing duplicate values, this will fail."
    )
    return Destructive(Loss.ADD_UNIQUE, place, message, table.name, columns, table.namespace)


def _removed_values(
    place: int,
    enum: str,
    values: tuple[str, ...],
    namespace: str | None,
    column: tuple[str, str] | None = None,
) -> Destructive:
    message = (
        f"The values [{','.join(values)}] on the enum `{enum}` will be removed. If these variants "
        "are still used in the database, this will fail."
    )
    return Destructive(
        Loss.DROP_ENUM_VALUES,
        place,
        message,
        table=column[0] if column else None,
        columns=column[1:] if column else (),
        namespace=namespace,
        enum=enum,
        values=values,
    )


class _TableChecks:
    """What is said of one table in one step."""

    def __init__(self, place: int, table: Table, provider: Provider, names: TypeNames) -> None:
        self._place = place
        self._table = table
        self._provider = provider
        self._names = names

    def change(self, change: TableChange) -> Iterator[Finding]:
        """One change of an ``ALTER TABLE``."""
        match change:
            case DropColumn(column):
                yield self._dropped_column(column)
            case AddColumn(column):
                yield from self._added_column(column)
            case AlterColumn(old, new, changes):
                if self._provider is Provider.MYSQL:
                    yield from self._mysql_column(change)
                else:
                    if changes.arity and old.arity is Arity.OPTIONAL and new.is_required:
                        yield self._made_required(old)
                    if changes.arity and new.arity is Arity.LIST:
                        yield self._made_list(old)
                    yield from self._cast(old, new, changes.cast)
            case RecreateColumn():
                yield self._recreated_column(change)
            case DropPrimaryKey():
                yield self._changed_key()

    def redefinition(self, redefined: RedefinedTable) -> Iterator[Finding]:
        """A table of SQLite that is copied."""
        if redefined.key_changes:
            yield self._changed_key()
        for column in redefined.added:
            yield from self._added_column(column)
        for column in redefined.dropped:
            yield self._dropped_column(column)
        for pair in redefined.kept:
            yield from self._copied_column(pair)

    def _copied_column(self, pair: ColumnPair) -> Iterator[Finding]:
        old, new, changes = pair
        if changes.arity and new.is_required and new.default is None:
            yield self._made_required(old)
        yield from self._cast(old, new, changes.cast)

    def _mysql_column(self, change: AlterColumn) -> Iterator[Finding]:
        old, new, changes = change
        if changes.is_only_default:
            return
        if changes.arity and new.is_required:
            yield self._made_required(old)
        elif changes.is_only_cast and old.type.enum is not None and new.type.enum is not None:
            lost = tuple(
                value for value in old.type.enum_values if value not in new.type.enum_values
            )
            if lost:
                # MySQL's enums belong to columns, and Prisma calls them after these.
                enum = f"{self._table.name}_{new.name}"
                yield _removed_values(
                    self._place, enum, lost, None, column=(self._table.name, new.name)
                )
        else:
            yield from self._cast(old, new, changes.cast)

    def _cast(self, old: Column, new: Column, cast: Cast | None) -> Iterator[Destructive]:
        if cast is None or cast is Cast.SAFE:
            return
        types = (
            f"`{self._names.of_old(self._table, old)}` to `{self._names.of_new(self._table, new)}`"
        )
        column = (
            f"You are about to alter the column `{old.name}` on the `{self._table.name}` table."
        )
        if cast is Cast.RISKY:
            yield self._loss(
                Loss.RISKY_CAST,
                f"{column} The data in that column could be lost. The data in that column will be "
                f"cast from {types}.",
                old.name,
            )
        else:
            yield self._loss(
                Loss.NOT_CASTABLE,
                f"{column} The data in that column will be cast from {types}. This cast may fail. "
                "Please make sure the data in the column can be cast.",
                old.name,
            )

    def _added_column(self, column: Column) -> Iterator[Unexecutable]:
        if not column.is_required or column.default is not None:
            return
        if column.client_default:
            yield self._obstacle(
                Obstacle.ADDED_CLIENT_FILLED_COLUMN,
                f"The required column `{column.name}` was added to the `{self._table.name}` table "
                "with a prisma-level default value. This is not possible if the table is not "
                "empty. Please add this column as optional, then populate it before making it "
                "required.",
                column.name,
            )
        else:
            yield self._added_required(column.name)

    def _recreated_column(self, change: RecreateColumn) -> Finding:
        old, new, changes = change
        if not new.is_required or new.default is not None:
            return self._loss(
                Loss.RECREATE_COLUMN,
                f"The `{old.name}` column on the `{self._table.name}` table would be dropped and "
                "recreated. This will lead to data loss if there is data in the column.",
                old.name,
            )
        if changes.arity and old.arity is Arity.OPTIONAL:
            return self._added_required(old.name)
        return self._obstacle(
            Obstacle.RECREATED_REQUIRED_COLUMN,
            f"Changed the type of `{old.name}` on the `{self._table.name}` table. No cast exists, "
            "the column would be dropped and recreated, which cannot be done if there is data, "
            "since the column is required.",
            old.name,
        )

    def _dropped_column(self, column: Column) -> Destructive:
        return self._loss(
            Loss.DROP_COLUMN,
            f"You are about to drop the column `{column.name}` on the `{self._table.name}` table. "
            "All the data in the column will be lost.",
            column.name,
        )

    def _changed_key(self) -> Destructive:
        key = self._table.primary_key
        return self._loss(
            Loss.PRIMARY_KEY_CHANGE,
            f"The primary key for the `{self._table.name}` table will be changed. If it partially "
            "fails, the table could be left without primary key constraint.",
            *(column.name for column in (key.columns if key else ())),
        )

    def _added_required(self, column: str) -> Unexecutable:
        return self._obstacle(
            Obstacle.ADDED_REQUIRED_COLUMN,
            f"Added the required column `{column}` to the `{self._table.name}` table without a "
            "default value. This is not possible if the table is not empty.",
            column,
        )

    def _made_required(self, column: Column) -> Unexecutable:
        return self._obstacle(
            Obstacle.MADE_REQUIRED,
            f"Made the column `{column.name}` on table `{self._table.name}` required. This step "
            "will fail if there are existing NULL values in that column.",
            column.name,
        )

    def _made_list(self, column: Column) -> Unexecutable:
        return self._obstacle(
            Obstacle.MADE_LIST,
            f"Changed the column `{column.name}` on the `{self._table.name}` table from a scalar "
            "field to a list field. If there are non-null values in that column, this step will "
            "fail.",
            column.name,
        )

    def _loss(self, kind: Loss, message: str, *columns: str) -> Destructive:
        return Destructive(
            kind, self._place, message, self._table.name, columns, self._table.namespace
        )

    def _obstacle(self, kind: Obstacle, message: str, column: str) -> Unexecutable:
        return Unexecutable(
            kind, self._place, message, self._table.name, column, self._table.namespace
        )
