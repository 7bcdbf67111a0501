"""From a schema to the database that it describes."""

from __future__ import annotations

from oneclick_deploy.prisma.connectors import connector_for
from oneclick_deploy.prisma.semantics.views import RelationKind
from oneclick_deploy.prisma.sql.columns import Columns
from oneclick_deploy.prisma.sql.database import Database, EnumType, Extension, Provider, Table
from oneclick_deploy.prisma.sql.foreign_keys import foreign_key_of, touches_view
from oneclick_deploy.prisma.sql.join_tables import join_table_of
from oneclick_deploy.prisma.sql.keys import indexes_of, primary_key_of
from oneclick_deploy.prisma.sql.namespaces import DEFAULT, namespace_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.schema import Schema
    from oneclick_deploy.prisma.semantics.views import Model
    from oneclick_deploy.prisma.sql.database import ForeignKey


def database_of(schema: Schema, provider: Provider) -> Database:
    """The database that a correct schema describes.

    Args:
        schema: A schema whose datasource has that provider, and that has no errors.
        provider: Whose types, names and rules apply.
    """
    connector = connector_for(provider)
    columns = Columns(provider, connector)
    keys = _foreign_keys(schema, connector)
    tables = _model_tables(schema, columns, connector, keys)
    join_tables = _join_tables(schema, columns, provider, connector)
    database = Database(
        provider=provider,
        tables=(*tables.values(), *join_tables),
        foreign_keys=(
            *((tables[model], key) for model, key in keys),
            *((table, key) for table in join_tables for key in table.foreign_keys),
        ),
    )
    return _with_postgresql(database, schema) if provider is Provider.POSTGRESQL else database


def _foreign_keys(schema: Schema, connector: Connector) -> list[tuple[Model, ForeignKey]]:
    """Every foreign key with the model that holds it, in the order of the relations."""
    if not _uses_foreign_keys(schema):
        return []
    pairs = ((each.model_a, foreign_key_of(each, connector)) for each in schema.relations)
    return [(model, key) for model, key in pairs if key is not None]


def _uses_foreign_keys(schema: Schema) -> bool:
    return schema.datasource is None or schema.datasource.relation_mode != "prisma"


def _model_tables(
    schema: Schema,
    columns: Columns,
    connector: Connector,
    keys: Iterable[tuple[Model, ForeignKey]],
) -> dict[Model, Table]:
    held: dict[Model, list[ForeignKey]] = {}
    for model, key in keys:
        held.setdefault(model, []).append(key)
    return {
        model: Table(
            model.database_name,
            tuple(map(columns.column, model.scalar_fields)),
            namespace_of(model),
            primary_key_of(model, connector),
            indexes_of(model, connector),
            tuple(held.get(model, ())),
        )
        for model in schema.models
    }


def _join_tables(
    schema: Schema, columns: Columns, provider: Provider, connector: Connector
) -> tuple[Table, ...]:
    return tuple(
        join_table_of(
            relation,
            columns,
            provider,
            limit=connector.identifier_limit,
            has_foreign_keys=_uses_foreign_keys(schema),
        )
        for relation in schema.relations
        if relation.kind is RelationKind.MANY_TO_MANY and not touches_view(relation)
    )


def _with_postgresql(database: Database, schema: Schema) -> Database:
    """Add what only PostgreSQL has: its schemas, enum types and extensions."""
    enums = tuple(
        EnumType(
            enum.database_name,
            tuple(value.database_name for value in enum.values),
            namespace_of(enum),
        )
        for enum in schema.enums
    )
    datasource = schema.datasource
    in_use = {table.namespace or DEFAULT for table in database.tables}
    in_use.update(enum.namespace or DEFAULT for enum in enums)
    return database._replace(
        namespaces=tuple(sorted(in_use)),
        extensions=_extensions(schema),
        enums=enums,
        known_namespaces=(datasource.namespaces if datasource else ()) or (DEFAULT,),
    )


def _extensions(schema: Schema) -> tuple[Extension, ...]:
    listed = schema.datasource.extensions if schema.datasource else ()
    return tuple(
        Extension(each.mapped_name or each.name, each.namespace, each.version)
        for each in sorted(listed, key=lambda each: each.name)
    )
