"""Relations with at most one row on each side.

Rules: psl-core's validations/relations/one_to_one.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks.one_to_many import note_missing_opposite
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import Relation, RelationField


def check_one_to_one(relation: Relation, context: Context) -> None:
    """The forward side holds the key, which is unique; the other side may be missing a row."""
    forward, back = relation.field_a, relation.field_b
    if forward is None:
        return
    if back is None:
        note_missing_opposite(forward, context)
        _check_unique_key(forward, context)
        return
    _check_given_somewhere(forward, back, context)
    _check_given_once(forward, back, context)
    _check_actions(forward, back, context)
    _check_unique_key(forward, context)
    # Prisma looks at these only when the whole schema is right so far.
    if not context.diagnostics.errors:
        _check_same_side(forward, back, context)
    if not context.diagnostics.errors:
        _check_back_is_optional(forward, back, context)
    if not context.diagnostics.errors:
        _check_required_side(forward, back, context)


def _note(field: RelationField, message: str, context: Context, hint: str = "") -> None:
    message = wording.in_attribute("@relation", message)
    context.error(field.model.file, field.node, message, hint)


def _both(one: RelationField, other: RelationField) -> str:
    return (
        f"The relation fields `{one.name}` on Model `{one.model.name}` and `{other.name}` "
        f"on Model `{other.model.name}`"
    )


def _check_given_somewhere(forward: RelationField, back: RelationField, context: Context) -> None:
    missing = []
    if not forward.fields and not back.fields:
        missing.append("fields")
    if not forward.references and not back.references:
        missing.append("references")
    for argument in missing:
        for one, other in ((forward, back), (back, forward)):
            message = (
                f"{_both(one, other)} do not provide the `{argument}` argument in the @relation "
                "attribute. You have to provide it on one of the two fields."
            )
            _note(one, message, context)


def _check_given_once(forward: RelationField, back: RelationField, context: Context) -> None:
    repeated = []
    if forward.references and back.references:
        repeated.append("references")
    if forward.fields and back.fields:
        repeated.append("fields")
    for argument in repeated:
        message = (
            f"{_both(forward, back)} both provide the `{argument}` argument in the @relation "
            "attribute. You have to provide it only on one of the two fields."
        )
        for field in (forward, back):
            _note(field, message, context)


def _has_actions(field: RelationField) -> bool:
    return field.on_delete is not None or field.on_update is not None


def _check_actions(forward: RelationField, back: RelationField, context: Context) -> None:
    if not _has_actions(back):
        return
    if _has_actions(forward):
        for one, other in ((back, forward), (forward, back)):
            message = (
                f"{_both(one, other)} both provide the `onDelete` or `onUpdate` argument in the "
                "@relation attribute. You have to provide it only on one of the two fields."
            )
            _note(one, message, context)
        return
    message = (
        f"The relation field `{back.name}` on Model `{back.model.name}` must not specify the "
        "`onDelete` or `onUpdate` argument in the @relation attribute. You must only specify it "
        f"on the opposite field `{forward.name}` on model `{forward.model.name}`."
    )
    _note(back, message, context)


def _check_unique_key(forward: RelationField, context: Context) -> None:
    fields = forward.fields
    if fields is None or context.criteria.has_exactly(forward.model, fields):
        return
    listed = ", ".join(each.name for each in fields)
    cure = (
        f"add an `@unique` attribute to the field `{listed}`"
        if len(fields) == 1
        else f"add an `@@unique([{listed}])` attribute to the model"
    )
    message = (
        "A one-to-one relation must use unique fields on the defining side. "
        f"Either {cure}, or change the relation to one-to-many."
    )
    _note(forward, message, context)


def _check_same_side(forward: RelationField, back: RelationField, context: Context) -> None:
    def mixed_up(given: str, other: str) -> str:
        return (
            f"The relation field `{forward.name}` on Model `{forward.model.name}` provides the "
            f"`{given}` argument in the @relation attribute. And the related field `{back.name}` "
            f"on Model `{back.model.name}` provides the `{other}` argument. "
            "You must provide both arguments on the same side."
        )

    if forward.fields and back.references:
        message = mixed_up("fields", "references")
        _note(forward, message, context)
        _note(back, message, context)
    if forward.references and back.fields:
        _note(forward, mixed_up("references", "fields"), context)


def _check_back_is_optional(forward: RelationField, back: RelationField, context: Context) -> None:
    if back.arity is not Arity.REQUIRED:
        return
    name = forward.model.name
    message = (
        f"The relation field `{back.name}` on Model `{back.model.name}` is required. This is not "
        "valid because it's not possible to enforce this constraint on the database level. "
        f"Please change the field type from `{name}` to `{name}?` to fix this."
    )
    _note(back, message, context)


def _check_required_side(forward: RelationField, back: RelationField, context: Context) -> None:
    if forward.arity is not Arity.REQUIRED:
        return
    if back.fields is None and back.references is None:
        return
    message = (
        f"The relation field `{back.model.name}.{back.name}` defines the `fields` and/or "
        "`references` argument. You must set them on the required side of the relation "
        f"(`{forward.model.name}.{forward.name}`) in order for the constraints to be enforced. "
        "Alternatively, you can change this field to be required and the opposite optional, "
        "or make both sides of the relation optional."
    )
    _note(back, message, context)
