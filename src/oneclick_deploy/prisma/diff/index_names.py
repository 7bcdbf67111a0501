"""Indexes that get a name which another one still has.

The names of indexes are unique in an SQLite database and in a PostgreSQL schema. Prisma looks at
each table by itself, so that a name which moves to another table may be taken before it is free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.findings import Obstacle, Unexecutable
from oneclick_deploy.prisma.diff.steps import (
    AlterTable,
    CreateIndex,
    DropColumn,
    DropIndex,
    DropTable,
    RecreateColumn,
    RedefineIndex,
    RedefineTables,
    RenameIndex,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oneclick_deploy.prisma.diff.steps import Step
    from oneclick_deploy.prisma.sql.database import Database, Index, Table


def findings_of(steps: Sequence[Step], old: Database) -> Iterator[Unexecutable]:
    """What is to be said of the steps, one after the other."""
    names = _Names(old)
    for place, step in enumerate(steps):
        for table, index in names.taken_twice(step):
            message = (
                f"The index `{index.name}` on the `{table.name}` table would be created while "
                "another one still has its name."
            )
            column = index.columns[0].name if index.columns else None
            yield Unexecutable(
                Obstacle.INDEX_NAME_TAKEN, place, message, table.name, column, table.namespace
            )


class _Names:
    """The names that are taken, while the steps are taken."""

    def __init__(self, database: Database) -> None:
        self._taken = {(table.namespace, index.name) for table, index in database.indexes()}

    def taken_twice(self, step: Step) -> Iterator[tuple[Table, Index]]:
        """Take a step; gives the indexes whose names are not free."""
        match step:
            case DropIndex(table, index):
                self._free(table, index)
            case DropTable(table):
                self._free(table, *table.indexes)
            case AlterTable(table):
                self._free(table, *_lost(step))
            case CreateIndex(table, index):
                yield from self._take(table, index)
            case RenameIndex(table, before, after) | RedefineIndex(table, before, after):
                self._free(table, before)
                yield from self._take(table, after)
            case RedefineTables(tables):
                for each in tables:
                    self._free(each.old, *each.old.indexes)
                    yield from self._take(each.new, *each.new.indexes)

    def _free(self, table: Table, *indexes: Index) -> None:
        self._taken.difference_update((table.namespace, index.name) for index in indexes)

    def _take(self, table: Table, *indexes: Index) -> Iterator[tuple[Table, Index]]:
        for index in indexes:
            if (table.namespace, index.name) in self._taken:
                yield table, index
            self._taken.add((table.namespace, index.name))


def _lost(step: AlterTable) -> Iterator[Index]:
    """The indexes that go with a column."""
    gone = {change.column.name for change in step.changes if isinstance(change, DropColumn)}
    gone |= {change.old.name for change in step.changes if isinstance(change, RecreateColumn)}
    for index in step.old.indexes:
        if any(column.name in gone for column in index.columns):
            yield index
