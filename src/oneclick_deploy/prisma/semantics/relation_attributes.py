"""The attributes of a relation field.

Rules: psl/parser-database/src/attributes.rs, visit_relation_field_attributes.
"""

from __future__ import annotations

from collections.abc import Callable

from oneclick_deploy.prisma.frozen import fill
from oneclick_deploy.prisma.semantics import coercion, wording
from oneclick_deploy.prisma.semantics.arguments import read_arguments
from oneclick_deploy.prisma.semantics.attributes import in_order, note_unknown, ranks
from oneclick_deploy.prisma.semantics.field_lists import FieldProblems, resolve_fields
from oneclick_deploy.prisma.semantics.views import ReferentialAction, RelationField, ScalarField

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.arguments import Arguments
    from oneclick_deploy.prisma.semantics.findings import Findings
    from oneclick_deploy.prisma.semantics.types import Declarations

_ACTIONS = {each.value: each for each in ReferentialAction}


# Prisma's order.
_KNOWN = ranks("relation", "id", "ignore", "default", "map", "unique")


def read_relation_attributes(
    field: RelationField, findings: Findings, declarations: Declarations
) -> None:
    """Complete a relation field."""
    for attribute in in_order(field.node.attributes, _KNOWN, findings):
        arguments = read_arguments(attribute, findings)
        if arguments is None:
            continue
        name = attribute.name.name
        if name == "relation":
            _read_relation(field, arguments, declarations)
            arguments.finish()
        elif name == "ignore":
            fill(field, is_ignored=True)
            arguments.finish()
        else:
            _REFUSALS[name](field, arguments)
    note_unknown(field.node.attributes, _KNOWN, findings)


def _read_relation(field: RelationField, arguments: Arguments, declarations: Declarations) -> None:
    fill(
        field,
        attribute=arguments.attribute,
        fields=_read_fields(field, arguments, declarations),
        references=_read_references(field, arguments, declarations),
        relation_name=_read_name(arguments),
        on_delete=_read_action("onDelete", arguments),
        on_update=_read_action("onUpdate", arguments),
        mapped_name=arguments.string("map"),
    )


def _read_fields(
    field: RelationField, arguments: Arguments, declarations: Declarations
) -> tuple[ScalarField, ...] | None:
    value = arguments.optional("fields")
    if value is None:
        return None
    fields = resolve_fields(value, field.model, arguments, declarations)
    if not isinstance(fields, FieldProblems):
        return fields or ()
    if fields.unknown:
        message = (
            "The argument fields must refer only to existing fields. The following fields do not "
            f"exist in this model: {', '.join(fields.unknown)}"
        )
        arguments.findings.error(value, wording.general(message), fields.hint)
    if fields.relations:
        message = (
            "The argument fields must refer only to scalar fields. But it is referencing the "
            f"following relation fields: {', '.join(fields.relations)}"
        )
        arguments.findings.error(value, wording.general(message))
    return ()


def _read_references(
    field: RelationField, arguments: Arguments, declarations: Declarations
) -> tuple[ScalarField, ...] | None:
    value = arguments.optional("references")
    if value is None:
        return None
    related = field.referenced_model
    fields = resolve_fields(value, related, arguments, declarations)
    if not isinstance(fields, FieldProblems):
        return fields or ()
    if fields.unknown:
        message = (
            "The argument `references` must refer only to existing fields in the related model "
            f"`{related.name}`. The following fields do not exist in the related model: "
            f"{', '.join(fields.unknown)}"
        )
        arguments.findings.error(arguments.attribute, wording.general(message), fields.hint)
    if fields.relations:
        message = (
            "The argument `references` must refer only to scalar fields in the related model "
            f"`{related.name}`. But it is referencing the following relation fields: "
            f"{', '.join(fields.relations)}"
        )
        arguments.findings.error(arguments.attribute, wording.general(message))
    return ()


def _read_name(arguments: Arguments) -> str | None:
    value = arguments.default_if_given("name")
    name = coercion.string(value, arguments.findings) if value is not None else None
    if name == "":
        arguments.error("A relation cannot have an empty name.")
        return None
    return name


def _read_action(name: str, arguments: Arguments) -> ReferentialAction | None:
    value = arguments.optional(name)
    word = coercion.constant(value, arguments.findings) if value is not None else None
    if value is None or word is None:
        return None
    if word not in _ACTIONS:
        message = f"Invalid referential action: `{word}`"
        near = arguments.findings.nearest(word, _ACTIONS)
        hint = near or f"Known are {', '.join(_ACTIONS)}."
        arguments.findings.error(value, wording.in_attribute("@relation", message), hint)
    return _ACTIONS.get(word)


def _refuse_id(field: RelationField, arguments: Arguments) -> None:
    columns = [each.name for each in field.fields or ()]
    arguments.error(
        f"The field `{field.name}` is a relation field and cannot be marked with `@id`. Only "
        "scalar fields can be declared as id.",
        f"Put it on `{columns[0]}`." if len(columns) == 1 else "",
    )


def _refuse_unique(field: RelationField, arguments: Arguments) -> None:
    columns = [each.name for each in field.fields or ()]
    suggestion = ""
    if len(columns) == 1:
        suggestion = f" Did you mean to put it on `{columns[0]}`?"
    elif columns:
        suggestion = f" Did you mean to provide `@@unique([{', '.join(columns)}])`?"
    arguments.error(
        f"The field `{field.name}` is a relation field and cannot be marked with `unique`. Only "
        f"scalar fields can be made unique.{suggestion}"
    )


def _refuse_default(_field: RelationField, arguments: Arguments) -> None:
    arguments.error("Cannot set a default value on a relation field.")


def _refuse_map(_field: RelationField, arguments: Arguments) -> None:
    arguments.error("The attribute `@map` cannot be used on relation fields.")
    arguments.default("name")


_REFUSALS: dict[str, Callable[[RelationField, Arguments], None]] = {
    "id": _refuse_id,
    "default": _refuse_default,
    "map": _refuse_map,
    "unique": _refuse_unique,
}
