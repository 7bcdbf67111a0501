"""Relations that are kept in a foreign key: what its fields must be.

Rules: psl-core's validations/relations.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks import criteria, sentences
from oneclick_deploy.prisma.semantics.checks.relation_fields import relation_argument
from oneclick_deploy.prisma.semantics.views import ReferentialAction, Unsupported
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.checks.names import Names
    from oneclick_deploy.prisma.semantics.views import (
        FieldType,
        Relation,
        RelationField,
        ScalarField,
    )


def check_foreign_key(relation: Relation, names: Names, context: Context) -> None:
    """The side that holds the key, in the order of Prisma's messages."""
    field = relation.field_a
    if field is not None:
        _check_reference(field, context)
        _check_counts(field, context)
        _check_arity(field, context)
        _check_types(relation, field, context)
    _check_name(relation, names, context)
    if field is not None:
        _check_set_null(field, context)


def _check_reference(field: RelationField, context: Context) -> None:
    if not field.references:
        return
    related = field.referenced_model
    if context.criteria.has_in_any_order(related, field.references):
        return
    listed = ", ".join(each.name for each in field.references)
    message = "The argument `references` must refer to a unique criterion in the related model. "
    if len(field.references) == 1:
        message += (
            f"Consider adding an `@unique` attribute to the field `{listed}` "
            f"in the model `{related.name}`."
        )
    else:
        message += (
            f"Consider adding an `@@unique([{listed}])` attribute to the model `{related.name}`."
        )
    context.error(field.model.file, field.node, wording.in_attribute("@relation", message))


def _check_counts(field: RelationField, context: Context) -> None:
    if field.fields is None or field.references is None or field.attribute is None:
        return
    if len(field.fields) != len(field.references):
        message = "You must specify the same number of fields in `fields` and `references`."
        context.error(field.model.file, field.attribute, wording.general(message))


def _check_arity(field: RelationField, context: Context) -> None:
    if field.arity is not Arity.REQUIRED or field.fields is None:
        return
    if all(each.arity is not Arity.OPTIONAL for each in field.fields):
        return
    listed = ", ".join(each.name for each in field.fields)
    message = (
        f"The relation field `{field.name}` uses the scalar fields {listed}. At least one of "
        "those fields is optional. Hence the relation field must be optional as well."
    )
    hint = f"Write `{field.referenced_model.name}?`, or make every one of the fields required."
    context.error(field.model.file, field.node, wording.general(message), hint)


def _check_types(relation: Relation, field: RelationField, context: Context) -> None:
    if field.fields is None:
        return
    for one, other in zip(field.fields, _referenced(relation, field), strict=False):
        if _is_same_type(one.type, other.type):
            continue
        message = (
            f"The type of the field `{one.name}` in the model `{one.model.name}` is not matching "
            f"the type of the referenced field `{other.name}` in model `{other.model.name}`."
        )
        context.error(field.model.file, field.node, wording.in_attribute("@relation", message))


def _referenced(relation: Relation, field: RelationField) -> list[ScalarField]:
    """The fields referred to; where none are named, those of the first strict criterion."""
    if field.references is not None:
        return list(field.references)
    return criteria.first_strict(relation.model_b)


def _is_same_type(one: FieldType, other: FieldType) -> bool:
    if isinstance(one, Unsupported) and isinstance(other, Unsupported):
        return one.text == other.text
    return one is other


def _check_name(relation: Relation, names: Names, context: Context) -> None:
    if not context.connector.scopes:
        return
    name = names.foreign_key(relation)
    model, field = relation.model_a, relation.field_a
    for place in names.where_foreign_key_is_taken(model, name):
        message = wording.in_attribute("@relation", sentences.taken_name(name, place))
        if field is None:
            context.error(relation.model_b.file, relation.model_b.node, message)
        else:
            context.error(model.file, relation_argument(field, "map"), message)


def _check_set_null(field: RelationField, context: Context) -> None:
    if ReferentialAction.SET_NULL not in {field.on_delete, field.on_update}:
        return
    fields = field.fields
    if fields is not None and all(each.arity is not Arity.REQUIRED for each in fields):
        return
    for argument, action in (("onDelete", field.on_delete), ("onUpdate", field.on_update)):
        if action is ReferentialAction.SET_NULL:
            _note_set_null(field, argument, context)


def _note_set_null(field: RelationField, argument: str, context: Context) -> None:
    start = f"The `{argument}` referential action of a relation"
    if context.connector.sets_null_on_required and context.relation_mode != "prisma":
        message = (
            f"{start} should not be set to `SetNull` when a referenced field is required. "
            "We recommend either to choose another referential action, or to make the referenced "
            "fields optional. Read more at https://pris.ly/d/postgres-set-null "
        )
        context.warning(field.model.file, field.node, message)
        return
    message = (
        f"{start} must not be set to `SetNull` when a referenced field is required.\n"
        "Either choose another referential action, or make the referenced fields optional.\n"
    )
    context.error(field.model.file, field.node, wording.in_attribute("@relation", message))
