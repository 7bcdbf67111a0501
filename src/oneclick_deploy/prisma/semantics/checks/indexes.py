"""Indexes and unique constraints: names, arguments, what each database can index.

Rules: psl-core's validations/indexes.rs, and the connectors' validations.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks import criteria, sentences
from oneclick_deploy.prisma.semantics.checks.context import argument_span
from oneclick_deploy.prisma.semantics.views import IndexKind, ScalarField, ScalarType, Unsupported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.checks.names import Names
    from oneclick_deploy.prisma.semantics.views import Index, IndexField, Model, PrimaryKey


def check_index(index: Index, names: Names, context: Context) -> None:
    """One index of a model, in the order of Prisma's messages."""
    arguments = _arguments(index)
    _check_fields(index, context)
    _check_name(index, names, context)
    check_client_name(index, context)
    _check_custom_name(index, names, context)
    if "length" in arguments and not context.connector.has_index_lengths:
        message = (
            "The length argument is not supported in an index definition with the current connector"
        )
        _refuse(index, message, context, "Remove `length`: only MySQL indexes the start of a text.")
    _check_algorithm(index, arguments, context)
    if index.kind is IndexKind.FULLTEXT:
        _check_fulltext(index, arguments, context)
    _check_name_length(index, context)
    _check_clustering(index, context)
    if "ops" in arguments and index.kind is not IndexKind.NORMAL:
        message = "Operator classes can only be defined to fields in an @@index attribute."
        _refuse(index, message, context)
    if index.where is not None:
        _check_condition(index, context)
    if "length" in arguments:
        check_lengths(index, context)


def _arguments(index: Index) -> set[str]:
    """The arguments that some field of the index has."""
    found = set()
    for each in index.fields:
        if each.length is not None:
            found.add("length")
        if each.sort is not None:
            found.add("sort")
        if each.operator_class is not None:
            found.add("ops")
    return found


def _refuse(index: Index, message: str, context: Context, hint: str = "") -> None:
    message = wording.in_attribute(sentences.attribute_name(index), message)
    context.error(index.model.file, index.attribute, message, hint)


def _check_fields(index: Index, context: Context) -> None:
    if not index.fields:
        _refuse(
            index,
            "The list of fields in an index cannot be empty. Please specify at least one field.",
            context,
        )


def _check_name(index: Index, names: Names, context: Context) -> None:
    if not context.connector.scopes:
        return
    name = names.index(index)
    for place in names.where_index_is_taken(index.model, name):
        attribute = sentences.attribute_name(index)
        message = wording.in_attribute(attribute, sentences.taken_name(name, place))
        context.error(index.model.file, argument_span(index.attribute, "map", "name"), message)


def check_client_name(index: Index, context: Context) -> None:
    """The client calls a compound unique by its fields' names, joined; no field is called so."""
    if not index.is_unique or len(index.fields) <= 1:
        return
    name = "_".join(criteria.names_of(index.fields))
    if isinstance(index.model.field(name), ScalarField):
        attribute = sentences.attribute_name(index)
        message = (
            f"The field `{name}` clashes with the `{attribute}` name. Please resolve the conflict "
            f'by providing a custom id name: `{attribute}([...], name: "custom_name")`'
        )
        # Prisma advises a name, and then does not look at it.
        hint = f"Rename the field `{name}`."
        context.error(
            index.model.file, index.attribute, sentences.in_block(index.model, message), hint
        )


def _check_custom_name(index: Index, names: Names, context: Context) -> None:
    if index.name is not None and names.custom(index.model)[index.name] > 1:
        attribute = sentences.attribute_name(index)
        message = wording.in_attribute(attribute, sentences.taken_custom_name(index.name))
        context.error(index.model.file, argument_span(index.attribute, "name"), message)


def _check_algorithm(index: Index, arguments: set[str], context: Context) -> None:
    if index.algorithm is None:
        return
    if index.algorithm not in context.connector.algorithms:
        message = "The given index type is not supported with the current connector"
        message = wording.in_attribute(sentences.attribute_name(index), message)
        place = argument_span(index.attribute, "type")
        context.error(index.model.file, place, message, "Remove `type`.")
    elif index.algorithm == "Hash" and "sort" in arguments:
        _refuse(index, "Hash type does not support sort option.", context)


def _check_fulltext(index: Index, arguments: set[str], context: Context) -> None:
    connector = context.connector
    if not connector.has_fulltext:
        message = "Defining fulltext indexes is not supported with the current connector."
        _refuse(index, message, context, "Remove `@@fulltext`.")
        return
    if "length" in arguments:
        message = "The length argument is not supported in a @@fulltext attribute."
        _refuse(index, message, context)
    if "sort" in arguments and not connector.has_fulltext_sort:
        message = (
            "The sort argument is not supported in a @@fulltext attribute in the current connector."
        )
        _refuse(index, message, context)


def _check_condition(index: Index, context: Context) -> None:
    if "partialIndexes" not in context.features:
        message = (
            'Partial indexes are a preview feature. Add "partialIndexes" to previewFeatures '
            "in your generator block."
        )
    elif not context.connector.has_partial_indexes:
        message = (
            "Partial indexes (with a `where` clause) are not supported by the current connector."
        )
    else:
        return
    message = wording.in_attribute(sentences.attribute_name(index), message)
    context.error(index.model.file, argument_span(index.attribute, "where"), message)


def _check_name_length(index: Index, context: Context) -> None:
    name, limit = index.mapped_name, context.connector.identifier_limit
    if name is not None and len(name.encode()) > limit:
        message = sentences.too_long(index.model, name, sentences.attribute_name(index), limit)
        context.error(index.model.file, index.attribute, message)


def _check_clustering(index: Index, context: Context) -> None:
    if index.clustered is not None and not context.connector.has_clustering:
        _refuse(index, sentences.CLUSTERING_UNSUPPORTED, context, "Remove `clustered`.")


def check_lengths(key: Index | PrimaryKey, context: Context) -> None:
    """Only texts and bytes have a start that can be indexed."""
    if not context.connector.has_index_lengths:
        return
    for each in key.fields:
        if each.length is None or _has_a_start(each):
            continue
        message = wording.in_attribute(
            sentences.attribute_name(key),
            "The length argument is only allowed with field types `String` or `Bytes`.",
        )
        context.error(key.model.file, key.attribute, message)


def _has_a_start(indexed: IndexField) -> bool:
    kind = indexed.path[-1].type if indexed.path else indexed.field.type
    return isinstance(kind, Unsupported) or kind in {ScalarType.STRING, ScalarType.BYTES}


def check_columns(model: Model, context: Context) -> None:
    """What one database in particular cannot index; Prisma looks at it model by model."""
    if context.connector.provider == "postgresql":
        from oneclick_deploy.prisma.semantics.checks.index_columns import check_postgresql_columns

        check_postgresql_columns(model, context)
    elif context.connector.provider == "mysql":
        from oneclick_deploy.prisma.semantics.checks.index_columns import check_mysql_columns

        check_mysql_columns(model, context)
