"""``autoincrement()``: how many, and on which fields, a database allows."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks.context import attribute_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import Model, ScalarField


def check_autoincrement(model: Model, context: Context) -> None:
    """Rules: psl-core's validations/autoincrement.rs."""
    connector = context.connector
    fields = [each for each in model.scalar_fields if each.default and each.is_autoincrement]
    if not fields:
        return
    if not connector.has_autoincrement:
        _refuse_all(fields, model, context)
        return
    if len(fields) > 1 and not connector.autoincrement_repeated:
        message = (
            "The `autoincrement()` default value is used multiple times on this model even though "
            "the underlying datasource only supports one instance per table."
        )
        context.error(model.file, model.node, wording.in_attribute("@default", message))
    indexed = _first_fields(model)
    for field in fields:
        _check_place(field, indexed, context)


def _refuse_all(fields: list[ScalarField], model: Model, context: Context) -> None:
    message = (
        "The `autoincrement()` default value is used with a datasource that does not support it."
    )
    for field in fields:
        attribute = attribute_of(field.node, "default") or field.node
        context.error(model.file, attribute, wording.in_attribute("@default", message))


def _check_place(field: ScalarField, indexed: set[ScalarField], context: Context) -> None:
    connector, model = context.connector, field.model
    if not connector.autoincrement_beside_id and not _is_whole_primary_key(field):
        message = (
            "The `autoincrement()` default value is used on a non-id field "
            "even though the datasource does not support this."
        )
        hint = "Only the field that alone is the `@id` can count up by itself."
        context.error(model.file, field.node, wording.in_attribute("@default", message), hint)
    if not connector.autoincrement_unindexed and field not in indexed:
        message = (
            "The `autoincrement()` default value is used on a non-indexed field "
            "even though the datasource does not support this."
        )
        hint = f"Add `@unique` to the field, or `@@index([{field.name}])` to the model."
        context.error(model.file, field.node, wording.in_attribute("@default", message), hint)


def _is_whole_primary_key(field: ScalarField) -> bool:
    key = field.model.primary_key
    return key is not None and len(key.fields) == 1 and key.fields[0].field is field


def _first_fields(model: Model) -> set[ScalarField]:
    """The fields that come first in some key: the database finds their largest value at once."""
    keys = [index.fields for index in model.indexes]
    if model.primary_key is not None:
        keys.append(model.primary_key.fields)
    return {fields[0].field for fields in keys if fields}
