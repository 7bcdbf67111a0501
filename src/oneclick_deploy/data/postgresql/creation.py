"""The statements that make a schema's database around a load: tables before it, the rest after."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from oneclick_deploy.data.postgresql.statements import names, quoted
from oneclick_deploy.prisma import parse
from oneclick_deploy.prisma.sql import postgresql
from oneclick_deploy.prisma.sql.calculate import database_of
from oneclick_deploy.prisma.sql.database import Provider

if TYPE_CHECKING:
    from oneclick_deploy.prisma.schema import Schema
    from oneclick_deploy.prisma.sql.database import Database, Table


@frozen(kw_only=True)
class Creation:
    """How a schema's database is made.

    Args:
        namespaces: The schemas of PostgreSQL that it wants, without the default one.
        tables: The tables' schemas, empty for the default one, and names.
        before: Types and tables, without any key or index.
        after: Keys and indexes, in the order in which they can be made: building an index of rows
            that are there is faster than keeping it while they come.
    """

    namespaces: tuple[str, ...]
    tables: tuple[tuple[str, str], ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


def creation_of(schema: str | Mapping[str, str] | Path | Schema) -> Creation:
    """Read a Prisma schema.

    Raises:
        InvalidSchemaError: Prisma would refuse it for PostgreSQL.
    """
    checked = parse(schema).with_provider(Provider.POSTGRESQL).check()
    database = database_of(checked, Provider.POSTGRESQL)
    return Creation(
        namespaces=tuple(name for name in database.namespaces if name != "public"),
        tables=tuple((table.namespace or "", table.name) for table in database.tables),
        before=(
            *map(postgresql.create_extension, database.extensions),
            *map(postgresql.create_enum, database.enums),
            *(postgresql.create_table(_without_key(table)) for table in database.tables),
        ),
        after=tuple(_keys_and_indexes(database)),
    )


def _without_key(table: Table) -> Table:
    return table._replace(primary_key=None)


def _keys_and_indexes(database: Database) -> list[str]:
    made = []
    for table in database.tables:
        key = table.primary_key
        if key is not None:
            columns = names(each.name for each in key.columns)
            name, place = quoted(key.name), postgresql.table_name(table)
            made.append(f"ALTER TABLE {place} ADD CONSTRAINT {name} PRIMARY KEY ({columns})")
    made += [postgresql.create_index(table, index) for table, index in database.indexes()]
    made += [postgresql.add_foreign_key(table, key) for table, key in database.foreign_keys]
    return made
