"""MySQL's statements, as Prisma writes them."""

from __future__ import annotations

from oneclick_deploy.prisma.sql.actions import on_delete_and_update
from oneclick_deploy.prisma.sql.database import IndexKind
from oneclick_deploy.prisma.sql.quoting import mysql as quoted
from oneclick_deploy.prisma.sql.script import Step
from oneclick_deploy.prisma.sql.types import mysql_type

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

_KINDS = {
    IndexKind.NORMAL: "INDEX",
    IndexKind.UNIQUE: "UNIQUE INDEX",
    IndexKind.FULLTEXT: "FULLTEXT INDEX",
}


def creation(database: Database) -> Iterator[Step]:
    """The steps that make the database from nothing."""
    for table in database.tables:
        yield Step("CreateTable", (create_table(table),))
    for table, key in database.foreign_keys:
        yield Step("AddForeignKey", (add_foreign_key(table.name, key),))


def create_table(table: Table) -> str:
    """A table with its indexes and its primary key."""
    columns = ",\n".join("    " + column(each) for each in table.columns)
    keys = [f"    {_KINDS[each.kind]} {_named_columns(each)}" for each in table.indexes]
    if table.primary_key is not None:
        keys.append(f"    PRIMARY KEY ({key_columns(table.primary_key.columns)})")
    body = f"{columns},\n\n" + ",\n".join(keys) if keys else columns
    # Prisma chooses these, so that every Unicode character can be stored.
    charset = "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
    return f"CREATE TABLE {quoted(table.name)} (\n{body}\n) {charset}"


def column(definition: Column) -> str:
    """A column as it stands in CREATE TABLE and ADD COLUMN."""
    text = f"{quoted(definition.name)} {mysql_type(definition)}"
    text += " NOT NULL" if definition.is_required else " NULL"
    if definition.auto_increment:
        text += " AUTO_INCREMENT"
    if definition.default is not None and definition.default.sql is not None:
        text += f" DEFAULT {definition.default.sql}"
    return text


def create_index(table: str, index: Index) -> str:
    """An index, added to a table that exists."""
    columns = key_columns(index.columns)
    return f"CREATE {_KINDS[index.kind]} {quoted(index.name)} ON {quoted(table)}({columns})"


def _named_columns(index: Index) -> str:
    return f"{quoted(index.name)}({key_columns(index.columns)})"


def key_columns(columns: Iterable[KeyColumn]) -> str:
    """The columns of a key, with the lengths and directions that the schema gives."""
    return ", ".join(map(_key_column, columns))


def _key_column(key_column: KeyColumn) -> str:
    text = quoted(key_column.name)
    if key_column.length is not None:
        text += f"({key_column.length})"
    return text if key_column.sort is None else f"{text} {key_column.sort.upper()}"


def add_foreign_key(table: str, key: ForeignKey) -> str:
    """A foreign key, added to a table that exists."""
    return (
        f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {quoted(key.name)}"
        f" FOREIGN KEY ({_names(key.columns)})"
        f" REFERENCES {quoted(key.referenced_table)}({_names(key.referenced_columns)})"
        f" {on_delete_and_update(key)}"
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))
