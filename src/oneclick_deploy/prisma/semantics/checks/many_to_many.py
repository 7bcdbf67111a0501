"""Relations with lists on both sides, for which Prisma makes a table by itself.

Rules: psl-core's validations/relations/many_to_many.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks import sentences
from oneclick_deploy.prisma.semantics.checks.relation_fields import relation_argument
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import Relation, RelationField


def check_many_to_many(relation: Relation, context: Context) -> None:
    """A join table refers to single ids, with actions of its own."""
    if context.connector.provider == "mongodb":
        return
    if any(field.fields is not None for field in relation.both):
        _refuse_arrays_of_keys(relation, context)
        return
    _check_no_views(relation, context)
    for field in relation.both:
        _check_single_id(field, context)
    _check_no_actions(relation, context)
    _check_no_references(relation, context)


def _refuse_arrays_of_keys(relation: Relation, context: Context) -> None:
    message = (
        f"Embedded many-to-many relations are not supported on {context.connector.name}. "
        "Please use the syntax defined in https://pris.ly/d/relational-database-many-to-many"
    )
    for field in relation.both:
        context.error(field.model.file, field.node, wording.general(message))


def _check_no_views(relation: Relation, context: Context) -> None:
    if not any(field.model.is_view for field in relation.both):
        return
    message = "Implicit many-to-many relations are not supported for views."
    for field in relation.both:
        context.error(field.model.file, field.node, wording.general(message))


def _check_single_id(field: RelationField, context: Context) -> None:
    model, related = field.model, field.referenced_model
    key = related.primary_key
    if key is None or len(key.fields) != 1:
        # Prisma calls the model by the kind of the other one.
        kind = sentences.block_kind(related)
        message = (
            f"Error validating field `{field.name}` in {kind} `{model.name}`: The relation field "
            f"`{field.name}` on {kind} `{model.name}` references `{related.name}` which does not "
            "have an `@id` field. Models without `@id` cannot be part of a many to many relation. "
            "Use an explicit intermediate Model to represent this relationship."
        )
        context.error(model.file, field.node, message)
        return
    references = field.references
    if references is not None and references != (key.fields[0].field,):
        listed = ", ".join(each.name for each in references)
        message = (
            "Implicit many-to-many relations must always reference the id field of the related "
            "model. Change the argument `references` to use the id field of the related model "
            f"`{related.name}`. But it is referencing the following fields that are not the id: "
            f"{listed}"
        )
        context.error(model.file, field.node, wording.general(message))


def _check_no_actions(relation: Relation, context: Context) -> None:
    message = "Referential actions on implicit many-to-many relations are not supported"
    for field in relation.both:
        for argument, action in (("onDelete", field.on_delete), ("onUpdate", field.on_update)):
            if action is not None:
                given = relation_argument(field, argument)
                # Elsewhere Prisma shows such an argument with its name.
                place = given.value if isinstance(given, tree.Argument) else given
                context.error(field.model.file, place, wording.general(message))


def _check_no_references(relation: Relation, context: Context) -> None:
    message = (
        "Implicit many-to-many relation should not have references argument defined. "
        "Either remove it, or change the relation to one-to-many."
    )
    for field in relation.both:
        if field.references is not None:
            context.error(field.model.file, field.node, wording.in_attribute("@relation", message))
