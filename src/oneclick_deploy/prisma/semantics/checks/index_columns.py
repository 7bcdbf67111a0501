"""Native types that a database cannot put into a key or index.

Rules: the PostgreSQL and MySQL connectors' validations.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics.checks.index_operators import check_operators
from oneclick_deploy.prisma.semantics.checks.native_types import column_type
from oneclick_deploy.prisma.semantics.views import IndexKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.connectors.connector import ColumnType
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import Index, Model, PrimaryKey

# MySQL indexes only a given number of bytes of these ("Column Prefix Key Parts" in its manual).
_WITHOUT_END = frozenset(
    {
        "Text",
        "LongText",
        "MediumText",
        "TinyText",
        "Blob",
        "TinyBlob",
        "MediumBlob",
        "LongBlob",
    }
)
_LENGTH = " Please use the `length` argument to the field in the index definition to allow this."


def check_postgresql_columns(model: Model, context: Context) -> None:
    """XML has no order; index types other than B-tree want certain types."""
    for index in model.indexes:
        _check_xml(index, context)
        check_operators(index, context)


def _check_xml(index: Index, context: Context) -> None:
    for each in index.fields:
        if each.field.native_type is None:
            continue
        native = column_type(each.field, context.connector)
        if native is not None and native.name == "Xml":
            message = _unfit_for_index(index, native, "Postgres", "")
            context.error(index.model.file, each.field.node, message)
            return


def check_mysql_columns(model: Model, context: Context) -> None:
    """Long texts and blobs are indexed by their start only."""
    for index in model.indexes:
        native = _endless(index, context)
        if native is not None and index.kind is not IndexKind.FULLTEXT:
            message = _unfit_for_index(index, native, "MySQL", _LENGTH)
            context.error(index.model.file, index.attribute, message)
    key = model.primary_key
    native = None if key is None else _endless(key, context)
    if key is not None and native is not None:
        message = (
            f"Native type `{native}` of MySQL cannot be used on a field that is `@id` or `@@id`."
            f"{_LENGTH}"
        )
        context.error(model.file, key.attribute, message)


def _endless(key: Index | PrimaryKey, context: Context) -> ColumnType | None:
    """The native type of the first field that needs a length and has none."""
    for each in key.fields:
        native = column_type(each.field, context.connector)
        if native is not None and native.name in _WITHOUT_END and each.length is None:
            return native
    return None


def _unfit_for_index(index: Index, native: ColumnType, database: str, advice: str) -> str:
    if index.is_unique:
        return f"Native type `{native}` cannot be unique in {database}.{advice}"
    return (
        f"You cannot define an index on fields with native type `{native}` of {database}.{advice}"
    )
