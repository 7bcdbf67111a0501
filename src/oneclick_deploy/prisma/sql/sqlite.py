"""SQLite's statements, as Prisma writes them."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics.views import ScalarType
from oneclick_deploy.prisma.sql.actions import on_delete_and_update
from oneclick_deploy.prisma.sql.database import IndexKind
from oneclick_deploy.prisma.sql.quoting import sqlite as quoted
from oneclick_deploy.prisma.sql.script import Step
from oneclick_deploy.prisma.sql.types import sqlite_type
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oneclick_deploy.prisma.sql.database import (
        Column,
        Database,
        ForeignKey,
        Index,
        KeyColumn,
        Table,
    )


def creation(database: Database) -> Iterator[Step]:
    """The steps that make the database from nothing."""
    for table in database.tables:
        yield Step("CreateTable", (create_table(table),))
    for table, index in database.indexes():
        yield Step("CreateIndex", (create_index(table.name, index),))


def create_table(table: Table, *, name: str | None = None) -> str:
    """A table with its keys; under another name while it replaces the one of that name."""
    key = [each.name for each in table.primary_key.columns] if table.primary_key else []
    single = key[0] if len(key) == 1 else None
    lines = ["    " + column(each, is_primary_key=each.name == single) for each in table.columns]
    if len(key) > 1:
        lines.append(f"\n    PRIMARY KEY ({_names(key)})")
    lines += ["    " + _foreign_key(each) for each in table.foreign_keys]
    body = ",\n".join(lines)
    return f"CREATE TABLE {quoted(table.name if name is None else name)} (\n{body}\n)"


def column(definition: Column, *, is_primary_key: bool = False) -> str:
    """A column as it stands in CREATE TABLE and ADD COLUMN."""
    text = f"{quoted(definition.name)} {sqlite_type(definition)}"
    if definition.arity is Arity.REQUIRED:
        text += " NOT NULL"
    if is_primary_key:
        text += " PRIMARY KEY"
        if definition.type.scalar is ScalarType.INT:
            text += " AUTOINCREMENT"
    if definition.default is not None and definition.default.sql is not None:
        text += f" DEFAULT {definition.default.sql}"
    return text


def create_index(table: str, index: Index) -> str:
    """An index."""
    unique = "UNIQUE " if index.kind is IndexKind.UNIQUE else ""
    columns = ", ".join(map(_key_column, index.columns))
    where = f" WHERE {index.where}" if index.where is not None else ""
    text = f"CREATE {unique}INDEX {quoted(index.name)} ON {quoted(table)}({columns}){where}"
    if index.name.startswith("sqlite_"):
        # SQLite keeps these names for itself. Prisma lifts the ban for the statement.
        return f"Pragma writable_schema=1;\n{text};\nPragma writable_schema=0"
    return text


def _key_column(key_column: KeyColumn) -> str:
    name = quoted(key_column.name)
    return name if key_column.sort is None else f"{name} {key_column.sort.upper()}"


def _foreign_key(key: ForeignKey) -> str:
    return (
        f"CONSTRAINT {quoted(key.name)} FOREIGN KEY ({_names(key.columns)})"
        f" REFERENCES {quoted(key.referenced_table)} ({_names(key.referenced_columns)})"
        f" {on_delete_and_update(key)}"
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))
