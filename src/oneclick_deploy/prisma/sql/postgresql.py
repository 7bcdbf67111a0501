"""PostgreSQL's statements, as Prisma writes them."""

from __future__ import annotations

from oneclick_deploy.prisma.sql.actions import on_delete_and_update
from oneclick_deploy.prisma.sql.database import IndexKind
from oneclick_deploy.prisma.sql.namespaces import DEFAULT
from oneclick_deploy.prisma.sql.quoting import postgresql as quoted, qualified, unescaped
from oneclick_deploy.prisma.sql.script import Step
from oneclick_deploy.prisma.sql.types import postgresql_type
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oneclick_deploy.prisma.sql.database import (
        Column,
        Database,
        EnumType,
        Extension,
        ForeignKey,
        Index,
        KeyColumn,
        Table,
    )


def creation(database: Database, *, create_public_schema: bool = True) -> Iterator[Step]:
    """The steps that make the database from nothing."""
    for namespace in database.namespaces:
        if create_public_schema or namespace != DEFAULT:
            yield Step("CreateSchema", (create_schema(namespace),))
    for extension in database.extensions:
        yield Step("CreateExtension", (create_extension(extension),))
    for enum in database.enums:
        yield Step("CreateEnum", (create_enum(enum),))
    for table in database.tables:
        yield Step("CreateTable", (create_table(table),))
    for table, index in database.indexes():
        yield Step("CreateIndex", (create_index(table, index),))
    for table, key in database.foreign_keys:
        yield Step("AddForeignKey", (add_foreign_key(table, key),))


def create_schema(namespace: str) -> str:
    """A schema in PostgreSQL's sense."""
    return f"CREATE SCHEMA IF NOT EXISTS {quoted(namespace)}"


def create_extension(extension: Extension) -> str:
    """An extension."""
    text = f"CREATE EXTENSION IF NOT EXISTS {quoted(extension.name)}"
    if extension.namespace or extension.version:
        text += " WITH"
    if extension.namespace:
        text += f" SCHEMA {quoted(extension.namespace)}"
    if extension.version:
        text += f" VERSION {quoted(extension.version)}"
    return text


def create_enum(enum: EnumType, *, name: str | None = None) -> str:
    """An enum type; under another name while it replaces the one of that name."""
    named = qualified(enum.namespace, enum.name if name is None else name)
    return f"CREATE TYPE {named} AS ENUM ({', '.join(map(unescaped, enum.values))})"


def create_table(table: Table, *, name: str | None = None) -> str:
    """A table with its primary key; under another name while it replaces the one of that name."""
    lines = ["    " + column(each) for each in table.columns]
    if table.primary_key is not None:
        # The only list that Prisma joins without a space.
        columns = ",".join(quoted(each.name) for each in table.primary_key.columns)
        lines.append(f"\n    CONSTRAINT {quoted(table.primary_key.name)} PRIMARY KEY ({columns})")
    body = ",\n".join(lines)
    named = qualified(table.namespace, table.name if name is None else name)
    return f"CREATE TABLE {named} (\n{body}\n)"


def table_name(table: Table) -> str:
    """A table's name, with its schema unless that is the default one."""
    return qualified(table.namespace, table.name)


def column(definition: Column) -> str:
    """A column as it stands in CREATE TABLE and ADD COLUMN."""
    text = f"{quoted(definition.name)} {postgresql_type(definition)}"
    if definition.arity is Arity.REQUIRED:
        text += " NOT NULL"
    if definition.default is not None and definition.default.sql is not None:
        text += f" DEFAULT {definition.default.sql}"
    return text


def create_index(table: Table, index: Index) -> str:
    """An index."""
    unique = "UNIQUE " if index.kind is IndexKind.UNIQUE else ""
    using = f" USING {index.algorithm.upper()} " if index.algorithm is not None else ""
    columns = ", ".join(map(_key_column, index.columns))
    where = f" WHERE {_bracketed(index.where)}" if index.where is not None else ""
    place = f"{table_name(table)}{using}"
    return f"CREATE {unique}INDEX {quoted(index.name)} ON {place}({columns}){where}"


def _bracketed(condition: str) -> str:
    # Prisma looks at the ends only, and leaves `(a) OR (b)` as it is: PostgreSQL refuses that.
    if condition.startswith("(") and condition.endswith(")"):
        return condition
    return f"({condition})"


def _key_column(key_column: KeyColumn) -> str:
    text = quoted(key_column.name)
    if key_column.operator_class is not None:
        text += f" {key_column.operator_class}"
    return text if key_column.sort is None else f"{text} {key_column.sort.upper()}"


def add_foreign_key(table: Table, key: ForeignKey) -> str:
    """A foreign key, added to a table that exists."""
    referenced = qualified(key.referenced_namespace, key.referenced_table)
    return (
        f"ALTER TABLE {table_name(table)} ADD CONSTRAINT {quoted(key.name)}"
        f" FOREIGN KEY ({_names(key.columns)})"
        f" REFERENCES {referenced}({_names(key.referenced_columns)}) {on_delete_and_update(key)}"
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))
