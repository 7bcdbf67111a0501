"""Where a script of Prisma's loses rows on SQLite after all, or is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.findings import Destructive, Loss, Obstacle, Unexecutable
from oneclick_deploy.prisma.diff.steps import AddColumn, AlterTable, DropTable, RedefineTables
from oneclick_deploy.prisma.semantics.views import ReferentialAction
from oneclick_deploy.prisma.sql.database import DatabaseGenerated, Now

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oneclick_deploy.prisma.diff.steps import Step
    from oneclick_deploy.prisma.sql.database import Column, Database, ForeignKey, Table

_CONSEQUENCES = {
    ReferentialAction.CASCADE: "deletes them",
    ReferentialAction.SET_NULL: "sets the columns to NULL",
    ReferentialAction.SET_DEFAULT: "sets the columns to their defaults",
}


def findings_of(steps: Sequence[Step], old: Database) -> Iterator[Destructive | Unexecutable]:
    """What is to be said of the steps beyond Prisma's warnings."""
    yield from _dropped_rows(steps)
    yield from _cascades(steps, old)
    yield from _dynamic_defaults(steps)


def _dropped_rows(steps: Sequence[Step]) -> Iterator[Destructive]:
    for place, step in enumerate(steps):
        for redefined in step.tables if isinstance(step, RedefineTables) else ():
            if not redefined.kept:
                name = redefined.old.name
                message = (
                    f"No column of the `{name}` table stays, so that Prisma's script copies none "
                    "of its rows. All the data it contains will be lost."
                )
                yield Destructive(Loss.DROP_ROWS, place, message, name)


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
        for change in step.changes if isinstance(step, AlterTable) else ():
            if isinstance(step, AlterTable) and isinstance(change, AddColumn):
                column = change.column
                if _is_computed(column):
                    message = (
                        f"The column `{column.name}` on the `{step.old.name}` table would be added "
                        "with a default that is not constant, which SQLite refuses if there are "
                        "rows."
                    )
                    yield Unexecutable(
                        Obstacle.ADDED_DYNAMIC_DEFAULT, place, message, step.old.name, column.name
                    )


def _is_computed(column: Column) -> bool:
    default = column.default
    if isinstance(default, DatabaseGenerated):
        return default.text.lstrip().startswith("(")
    return isinstance(default, Now)
