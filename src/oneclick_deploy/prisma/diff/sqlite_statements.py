"""The statements of SQLite that change what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.steps import (
    AddColumn,
    AlterTable,
    CreateIndex,
    CreateTable,
    DropIndex,
    DropTable,
    RedefineIndex,
    RedefineTables,
)
from oneclick_deploy.prisma.sql.quoting import sqlite as quoted
from oneclick_deploy.prisma.sql.sqlite import column, create_index, create_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.diff.steps import ColumnPair, RedefinedTable, Step


def statements_of(step: Step) -> Iterator[str]:  # noqa: C901 - a case per step
    """The statements of a step, without semicolons."""
    match step:
        case CreateTable(table):
            yield create_table(table)
        case DropTable(table):
            # Foreign keys do not matter any more: a correct schema refers to nothing that goes.
            yield "PRAGMA foreign_keys=off"
            yield f"DROP TABLE {quoted(table.name)}"
            yield "PRAGMA foreign_keys=on"
        case AlterTable(old, _, changes):
            for change in changes:
                if isinstance(change, AddColumn):
                    yield f"ALTER TABLE {quoted(old.name)} ADD COLUMN {column(change.column)}"
        case CreateIndex(table, index):
            yield create_index(table.name, index)
        case DropIndex(_, index):
            yield f"DROP INDEX {quoted(index.name)}"
        case RedefineIndex(table, old_index, new_index):
            yield f"DROP INDEX {quoted(old_index.name)}"
            yield create_index(table.name, new_index)
        case RedefineTables(tables):
            # The way to change a table that SQLite's documentation gives under ALTER TABLE, with
            # the pragma that Cloudflare's D1 wants beside it.
            yield "PRAGMA defer_foreign_keys=ON"
            yield "PRAGMA foreign_keys=OFF"
            for each in tables:
                yield from _redefinition(each)
            yield "PRAGMA foreign_keys=ON"
            yield "PRAGMA defer_foreign_keys=OFF"


def _redefinition(redefined: RedefinedTable) -> Iterator[str]:
    old, new = redefined.old, redefined.new
    copy = f"new_{new.name}"
    yield create_table(new, name=copy)
    if redefined.kept:
        targets = ", ".join(quoted(pair.new.name) for pair in redefined.kept)
        sources = ", ".join(map(_source, redefined.kept))
        yield f"INSERT INTO {quoted(copy)} ({targets}) SELECT {sources} FROM {quoted(old.name)}"  # noqa: S608 - quoted
    yield f"DROP TABLE {quoted(old.name)}"
    yield f"ALTER TABLE {quoted(copy)} RENAME TO {quoted(new.name)}"
    for index in new.indexes:
        yield create_index(new.name, index)


def _source(pair: ColumnPair) -> str:
    """The value to copy; where NULL is refused from now on, the default takes its place."""
    name, default = quoted(pair.old.name), pair.new.default
    if pair.changes.arity and pair.new.is_required and default and default.sql is not None:
        return f"coalesce({name}, {default.sql}) AS {name}"
    return name
