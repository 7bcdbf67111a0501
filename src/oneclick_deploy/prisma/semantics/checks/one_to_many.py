"""Relations with a list on one side.

Rules: psl-core's validations/relations/one_to_many.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks import sentences
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import Relation, RelationField


def check_one_to_many(relation: Relation, context: Context) -> None:
    """The singular side holds the key and every argument; the list holds none."""
    singular, plural = relation.field_a, relation.field_b
    if singular is None or plural is None:
        for alone in relation.both:
            note_missing_opposite(alone, context)
        return
    _check_singular(singular, context)
    _check_plural(singular, plural, context)


def note_missing_opposite(field: RelationField, context: Context) -> None:
    """A relation is written on both of its models."""
    model, related = field.model, field.referenced_model
    kind = sentences.block_kind(model)
    message = (
        f"The relation field `{field.name}` on {kind} `{model.name}` is missing an opposite "
        f"relation field on the model `{related.name}`. "
        "Either run `prisma format` or add it manually."
    )
    message = sentences.in_field(model, field.name, message)
    context.error(model.file, field.node, message, _hint_for_opposite(field))


def _hint_for_opposite(field: RelationField) -> str:
    """The line that is missing, as it might be written."""
    model, related = field.model.name, field.referenced_model.name
    name = model[0].lower() + model[1:]
    named = "" if field.relation_name is None else f'"{field.relation_name}"'
    attribute = f" @relation({named})" if named else ""
    if field.arity is not Arity.LIST:
        lines = f"`{name}s {model}[]{attribute}`, or `{name} {model}?{attribute}` if there is one,"
        return f"Add {lines} to `{related}`."
    start = f"{named}, " if named else ""
    key = f"{name} {model} @relation({start}fields: [...], references: [...])"
    return f"Add `{key}`, or `{name}s {model}[]{attribute}` if there are many, to `{related}`."


def _check_singular(field: RelationField, context: Context) -> None:
    start = f"The relation field `{field.name}` on Model `{field.model.name}` must specify the"
    if not field.fields:
        message = (
            f"{start} `fields` argument in the @relation attribute. "
            "You can run `prisma format` to fix this automatically."
        )
        related = field.referenced_model.name
        hint = f"Add a field for the key of `{related}` and name it in `@relation(fields: [...])`."
        context.error(
            field.model.file, field.node, wording.in_attribute("@relation", message), hint
        )
    if not field.references:
        message = f"{start} `references` argument in the @relation attribute."
        context.error(field.model.file, field.node, wording.in_attribute("@relation", message))


def _check_plural(singular: RelationField, plural: RelationField, context: Context) -> None:
    start = (
        f"The relation field `{plural.name}` on Model `{plural.model.name}` must not specify the"
    )
    end = (
        "in the @relation attribute. You must only specify it on the opposite field "
        f"`{singular.name}` on model `{singular.model.name}`"
    )
    messages = []
    if plural.fields or plural.references:
        messages.append(f"{start} `fields` or `references` argument {end}.")
    if plural.on_delete is not None or plural.on_update is not None:
        messages.append(
            f"{start} `onDelete` or `onUpdate` argument {end}, "
            "or in case of a many to many relation, in an explicit join table."
        )
    for message in messages:
        context.error(plural.model.file, plural.node, wording.in_attribute("@relation", message))
