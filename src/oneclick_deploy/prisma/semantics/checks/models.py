"""What holds for a model as a whole: its primary key, its other keys, its table's name.

Rules: psl-core's validations/models.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks import criteria, sentences
from oneclick_deploy.prisma.semantics.checks.context import argument_span
from oneclick_deploy.prisma.semantics.views import ScalarField

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.checks.names import Names
    from oneclick_deploy.prisma.semantics.views import Model, PrimaryKey
    from oneclick_deploy.prisma.syntax.tree import Attribute


def check_table_names(context: Context) -> None:
    """No two models or views of one schema stand for the same table."""
    seen: dict[tuple[str | None, str], Model] = {}
    for model in context.models_then_views:
        key = (model.namespace, model.database_name)
        other = seen.get(key)
        seen[key] = model
        if other is None:
            continue
        named, unnamed = (model, other) if model.mapped_name is not None else (other, model)
        context.error(
            named.file,
            _map_attribute(named) or named.node,
            f'The model with database name "{model.database_name}" could not be defined because '
            f'another model or view with this name exists: "{unnamed.name}"',
        )


def _map_attribute(model: Model) -> Attribute | None:
    return next((each for each in model.node.attributes if each.name.name == "map"), None)


def check_unique_criterion(model: Model, context: Context) -> None:
    """Rows can be told apart by values that every row has."""
    if model.is_ignored:
        return
    found = list(criteria.unique_criteria(model))
    if any(map(criteria.is_strict, found)):
        return
    message = (
        "Each model must have at least one unique criteria that has only required fields. "
        "Either mark a single field with `@id`, `@unique` or add a multi field criterion with "
        "`@@id([])` or `@@unique([])` to the model."
    )
    if found:
        listed = "\n".join(f"- {', '.join(criteria.names_of(each))}" for each in found)
        message += (
            " The following unique criterias were not considered as they contain fields that are "
            f"not required:\n{listed}"
        )
    context.error(model.file, model.node, sentences.in_block(model, message))


def check_primary_key(model: Model, names: Names, context: Context) -> None:
    """The primary key has a name of its own, some fields, and nothing the database refuses."""
    key = model.primary_key
    if key is None:
        return
    _check_name(key, names, context)
    _check_custom_name(key, names, context)
    _check_fields(key, context)
    _check_named_in_database(key, context)
    _check_field_arguments(key, context)


def _check_name(key: PrimaryKey, names: Names, context: Context) -> None:
    name = names.primary_key(key)
    if name is None:
        return
    model = key.model
    attribute = sentences.attribute_name(key)
    limit = context.connector.identifier_limit
    if len(name.encode()) > limit:
        message = sentences.too_long(model, name, attribute, limit)
        context.error(model.file, key.attribute, message)
    for place in names.where_primary_key_is_taken(model, name):
        message = wording.in_attribute(attribute, sentences.taken_name(name, place))
        context.error(model.file, argument_span(key.attribute, "map"), message)


def _check_custom_name(key: PrimaryKey, names: Names, context: Context) -> None:
    if key.name is not None and names.custom(key.model)[key.name] > 1:
        attribute = sentences.attribute_name(key)
        message = wording.in_attribute(attribute, sentences.taken_custom_name(key.name))
        context.error(key.model.file, argument_span(key.attribute, "name"), message)


def _check_fields(key: PrimaryKey, context: Context) -> None:
    model = key.model
    if not key.fields:
        attribute = sentences.attribute_name(key)
        message = (
            f"The list of fields in an `{attribute}()` attribute cannot be empty. "
            "Please specify at least one field."
        )
        context.error(model.file, key.attribute, wording.in_attribute(attribute, message))
    if len(key.fields) > 1:
        name = "_".join(criteria.names_of(key.fields))
        if isinstance(model.field(name), ScalarField):
            message = (
                f"The field `{name}` clashes with the `@@id` attribute's name. Please resolve "
                'the conflict by providing a custom id name: `@@id([...], name: "custom_name")`'
            )
            # Prisma advises a name, and then does not look at it.
            hint = f"Rename the field `{name}`."
            context.error(model.file, key.attribute, sentences.in_block(model, message), hint)


def _check_named_in_database(key: PrimaryKey, context: Context) -> None:
    model = key.model
    if key.mapped_name is not None and not context.connector.has_named_primary_keys:
        message = (
            "You defined a database name for the primary key on the model. "
            "This is not supported by the provider."
        )
        hint = "Remove `map`: this database gives primary keys no names."
        context.error(model.file, model.node, sentences.in_block(model, message), hint)
    if len(key.fields) > 1 and not context.connector.has_compound_ids:
        message = "The current connector does not support compound ids."
        context.error(model.file, key.attribute, sentences.in_block(model, message))


def _check_field_arguments(key: PrimaryKey, context: Context) -> None:
    connector = context.connector
    refused = []
    if not connector.has_index_lengths and any(each.length is not None for each in key.fields):
        refused.append("length")
    if not connector.has_primary_key_sort and any(each.sort is not None for each in key.fields):
        refused.append("sort")
    for argument in refused:
        message = (
            f"The {argument} argument is not supported in the primary key "
            "with the current connector"
        )
        message = wording.in_attribute(sentences.attribute_name(key), message)
        context.error(key.model.file, key.attribute, message, f"Remove `{argument}`.")


def check_shard_key(model: Model, context: Context) -> None:
    """A shard key has fields, and a database that knows shards."""
    key = model.shard_key
    if key is None:
        return
    attribute = "@shardKey" if key.source_field else "@@shardKey"

    def refuse(message: str) -> None:
        context.error(model.file, key.attribute, wording.in_attribute(attribute, message))

    if "shardKeys" not in context.features:
        refuse("Defining shard keys requires enabling the `shardKeys` preview feature")
    if not context.connector.has_shard_keys:
        provider = context.connector.provider
        refuse(f"Shard keys are not currently supported for provider {provider}")
    if not key.fields:
        refuse(
            f"The list of fields in a `{attribute}()` attribute cannot be empty. "
            "Please specify at least one field."
        )


def check_clustering(model: Model, context: Context) -> None:
    """Only some databases sort a table's rows by a key."""
    key = model.primary_key
    if key is not None and key.clustered is not None and not context.connector.has_clustering:
        name = sentences.attribute_name(key)
        message = wording.in_attribute(name, sentences.CLUSTERING_UNSUPPORTED)
        context.error(model.file, key.attribute, message, "Remove `clustered`.")
