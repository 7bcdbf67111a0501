"""Relation fields, each looked at from its own side.

Rules: psl-core's validations/relation_fields.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks import sentences
from oneclick_deploy.prisma.semantics.checks.context import argument_span, attribute_of
from oneclick_deploy.prisma.semantics.views import ReferentialAction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.checks.names import Names
    from oneclick_deploy.prisma.semantics.findings import Spanned
    from oneclick_deploy.prisma.semantics.views import Model, RelationField, ScalarField

_NAME_BOTH_SIDES = (
    'Give both sides the same name: `@relation("...")`, a different one per relation.'
)


def is_ambiguous(field: RelationField, names: Names, context: Context) -> bool:
    """Note it when Prisma cannot tell which fields belong together; it stops there."""
    alike = names.alike(field)
    if len(alike) < 2:
        return False
    model = field.model
    message = _ambiguity(field, len(alike), _listed([each.name for each in alike]))
    if not message:
        return False
    context.error(model.file, field.node, sentences.in_block(model, message), _NAME_BOTH_SIDES)
    return True


def _ambiguity(field: RelationField, count: int, listed: str) -> str:
    model, related = field.model.name, field.referenced_model.name
    is_named = field.relation_name is not None
    if field.model is field.referenced_model:
        return _self_ambiguity(model, count, listed, is_named=is_named)
    if is_named:
        return (
            f"Wrongly named relation detected. The fields {listed} in model `{model}` both use "
            "the same relation name. Please provide different relation names for them through "
            "`@relation(<name>)."
        )
    return (
        f"Ambiguous relation detected. The fields {listed} in model `{model}` both refer to "
        f"`{related}`. Please provide different relation names for them by adding "
        "`@relation(<name>)."
    )


def _self_ambiguity(model: str, count: int, listed: str, *, is_named: bool) -> str:
    if is_named and count == 2:
        return ""
    if is_named:
        return (
            f"Wrongly named self relation detected. The fields {listed} in model `{model}` have "
            "the same relation name. At most two relation fields can belong to the same relation "
            "and therefore have the same name. Please assign a different relation name to one of "
            "them."
        )
    if count == 2:
        return (
            f"Ambiguous self relation detected. The fields {listed} in model `{model}` both refer "
            f"to `{model}`. If they are part of the same relation add the same relation name for "
            "them with `@relation(<name>)`."
        )
    return (
        f"Unnamed self relation detected. The fields {listed} in model `{model}` have no relation "
        "name. Please provide a relation name for one of them by adding `@relation(<name>)."
    )


def _listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def check_relation_field(field: RelationField, context: Context) -> None:
    """One side of a relation, in the order of Prisma's messages."""
    _check_ignored_model(field, context)
    for argument, action in (("onDelete", field.on_delete), ("onUpdate", field.on_update)):
        if action is not None:
            _check_action(field, argument, action, context)
    _check_database_name(field, context)
    if context.relation_mode == "prisma" and field.fields is not None:
        _check_index_under_emulation(field, field.fields, context)


def _check_ignored_model(field: RelationField, context: Context) -> None:
    model, related = field.model, field.referenced_model
    if not related.is_ignored or field.is_ignored or model.is_ignored:
        return
    message = (
        f"The relation field `{field.name}` on Model `{model.name}` must specify the `@ignore` "
        f"attribute, because the model {related.name} it is pointing to is marked ignored."
    )
    context.error(model.file, field.node, wording.in_attribute("@ignore", message))


def _check_action(
    field: RelationField, argument: str, action: ReferentialAction, context: Context
) -> None:
    allowed = context.connector.actions_under(context.relation_mode)
    if action in allowed:
        return
    shown = ", ".join(f"`{each}`" for each in allowed)
    message = f"Invalid referential action: `{action}`. Allowed values: ({shown})"
    if action is ReferentialAction.NO_ACTION and context.relation_mode == "prisma":
        message += (
            f". `NoAction` is not implemented for {context.connector.name} when using "
            '`relationMode = "prisma"`, you could try using `Restrict` instead. '
            "Learn more at https://pris.ly/d/relation-mode"
        )
    place = relation_argument(field, argument)
    context.error(field.model.file, place, wording.general(message))


def relation_argument(field: RelationField, name: str) -> Spanned:
    """Where an argument of ``@relation`` stands; the field where it is missing."""
    attribute = attribute_of(field.node, "relation")
    place = field.node if attribute is None else argument_span(attribute, name)
    return field.node if place is attribute else place


def _check_database_name(field: RelationField, context: Context) -> None:
    name = field.mapped_name
    if name is None:
        return
    attribute = attribute_of(field.node, "relation") or field.node
    model, connector = field.model, context.connector
    if not connector.has_named_foreign_keys:
        message = "Your provider does not support named foreign keys."
        message = wording.in_attribute("@relation", message)
        context.error(model.file, attribute, message, "Remove `map`.")
    elif len(name.encode()) > connector.identifier_limit:
        message = sentences.too_long(model, name, "@relation", connector.identifier_limit)
        context.error(model.file, attribute, message)


def _check_index_under_emulation(
    field: RelationField, fields: tuple[ScalarField, ...], context: Context
) -> None:
    if context.connector.provider == "mongodb":
        return
    if context.criteria.begins_some_key(field.model, fields):
        return
    message = (
        'With `relationMode = "prisma"`, no foreign keys are used, so relation fields will not '
        "benefit from the index usually created by the relational database under the hood. "
        "This can lead to poor performance when querying these fields. We recommend adding an "
        'index manually. Learn more at https://pris.ly/d/relation-mode-prisma-indexes" '
    )
    listed = ", ".join(each.name for each in fields)
    place = attribute_of(field.node, "relation") or field.node
    context.warning(field.model.file, place, message, f"Add `@@index([{listed}])` to the model.")


def warn_of_set_default(model: Model, context: Context) -> None:
    """MySQL reads SET DEFAULT and refuses it only when the tables are made."""
    message = (
        "MySQL does not actually support the `SetDefault` referential action, so using it may "
        "result in unexpected errors. Read more at https://pris.ly/d/mysql-set-default "
    )
    for field in model.relation_fields:
        for argument, action in (("onDelete", field.on_delete), ("onUpdate", field.on_update)):
            if action is ReferentialAction.SET_DEFAULT:
                place = relation_argument(field, argument)
                context.warning(model.file, place, message)
