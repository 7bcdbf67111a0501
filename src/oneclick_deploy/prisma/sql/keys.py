"""From ``@id``, ``@unique`` and ``@@index`` to primary keys and indexes."""

from __future__ import annotations

from oneclick_deploy.prisma.connectors import constraint_names
from oneclick_deploy.prisma.records import record_of
from oneclick_deploy.prisma.semantics import views
from oneclick_deploy.prisma.sql.conditions import condition_of
from oneclick_deploy.prisma.sql.database import Index, IndexKind, KeyColumn, PrimaryKey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.semantics.views import IndexField, Model

_KINDS = {
    views.IndexKind.NORMAL: IndexKind.NORMAL,
    views.IndexKind.UNIQUE: IndexKind.UNIQUE,
    views.IndexKind.FULLTEXT: IndexKind.FULLTEXT,
}


def primary_key_of(model: Model, connector: Connector) -> PrimaryKey | None:
    """The primary key of a model's table."""
    key = model.primary_key
    if key is None:
        return None
    name = ""
    if connector.has_named_primary_keys:
        table = model.database_name
        name = key.mapped_name or constraint_names.primary_key_name(table, connector)
    return PrimaryKey(name, tuple([_column(field, None) for field in key.fields]))


def indexes_of(model: Model, connector: Connector) -> tuple[Index, ...]:
    """The indexes of a model's table, in the order in which they are created."""
    return tuple([_index(index, connector) for index in model.indexes])


def _index(index: views.Index, connector: Connector) -> Index:
    columns = tuple([_column(field, index.algorithm) for field in index.fields])
    name = index.mapped_name
    if name is None:
        name = _default_name(index, [column.name for column in columns], connector)
    algorithm = None if index.algorithm == "BTree" else index.algorithm
    return Index(name, _KINDS[index.kind], columns, algorithm, condition_of(index))


def _default_name(index: views.Index, columns: list[str], connector: Connector) -> str:
    table = index.model.database_name
    if index.is_unique:
        return constraint_names.unique_name(table, columns, connector)
    return constraint_names.index_name(table, columns, connector)


def _column(field: IndexField, algorithm: str | None) -> KeyColumn:
    name = field.field.database_name
    written = field.operator_class
    if written is None:
        return record_of(KeyColumn, (name, field.sort, field.length, None, False, False))
    if field.is_raw_operator_class:
        return KeyColumn(name, field.sort, field.length, written, is_raw_operator_class=True)
    from oneclick_deploy.prisma.sql.operator_classes import is_default, sql_name

    default = is_default(written, algorithm)
    return KeyColumn(name, field.sort, field.length, sql_name(written), default)
