"""``where:`` of a partial index: ``raw("...")``, or an object of fields and values.

Prisma has this since 7.4, behind the preview feature ``partialIndexes``.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import coercion
from oneclick_deploy.prisma.semantics.views import (
    CompositeType,
    Enum,
    Model,
    RelationField,
    ScalarField,
    ScalarType,
    Unsupported,
)
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.arguments import Arguments
    from oneclick_deploy.prisma.semantics.types import Declarations

_EXPECTED = "Expected true, false, null, a string, a number, or an object like { not: null }."
_TEXTS = frozenset({ScalarType.STRING, ScalarType.DATE_TIME})
_NUMBERS = frozenset({ScalarType.INT, ScalarType.BIG_INT, ScalarType.FLOAT, ScalarType.DECIMAL})


def read_where(
    model: Model, arguments: Arguments, declarations: Declarations
) -> str | tree.Object | None:
    """The condition; None when there is none, or when a mistake in it was noted."""
    value = arguments.optional("where")
    if value is None:
        return None
    if isinstance(value, tree.Object):
        return _read_object(value, model, arguments, declarations)
    if isinstance(value, tree.Call) and value.name.name == "raw":
        return _read_raw(value, arguments)
    if not isinstance(value, tree.Call):
        coercion.mismatch("function", value, arguments.findings)
    arguments.error(
        "The `where` argument must be either a raw() function call or an object literal, e.g. "
        "`where: raw(\"status = 'active'\")` or `where: { active: true }`."
    )
    return None


def _read_raw(call: tree.Call, arguments: Arguments) -> str | None:
    given = call.arguments.items
    text = coercion.string(given[0].value, arguments.findings) if given else None
    if text is None:
        arguments.error(
            "The `where` argument must be a raw() function with a string argument, e.g. "
            "`where: raw(\"status = 'active'\")`."
        )
        return None
    if not text:
        arguments.error("The `where` argument cannot contain an empty string.")
        return None
    return text


def _read_object(
    value: tree.Object, model: Model, arguments: Arguments, declarations: Declarations
) -> tree.Object | None:
    if not value.members:
        arguments.error("The `where` argument cannot be an empty object.")
        return None
    # Prisma stops at the first mistake.
    for member in value.members:
        field = _find_field(member.key.name, model, arguments, declarations)
        if field is None or not _check_member(field, member.value, arguments):
            return None
    return value


def _find_field(
    name: str, model: Model, arguments: Arguments, declarations: Declarations
) -> ScalarField | None:
    declared = declarations.names.fields[model.node]
    if name not in declared:
        message = f"Field '{name}' does not exist in model '{model.name}'."
        arguments.error(message, arguments.findings.nearest(name, declared))
        return None
    field = declarations.field(model, name)
    if field is None or isinstance(field, RelationField):
        arguments.error(
            f"Field '{name}' is a relation field. Only scalar fields can be used in the where "
            "clause."
        )
        return None
    return field


def _check_member(field: ScalarField, value: tree.Expression, arguments: Arguments) -> bool:
    if not isinstance(value, tree.Object):
        return _check_value(field, value, arguments)
    if len(value.members) != 1:
        arguments.error(
            "Nested object in where clause must have exactly one key. "
            'Use `{ not: null }` or `{ not: "value" }`.'
        )
        return False
    member = value.members[0]
    if member.key.name != "not":
        arguments.error(
            f"Unknown key '{member.key.name}' in nested where clause object. "
            "Only 'not' is supported."
        )
        return False
    return _check_value(field, member.value, arguments)


def _check_value(field: ScalarField, value: tree.Expression, arguments: Arguments) -> bool:
    kind = _kind_of(value, arguments)
    if kind == "null":
        return True
    if kind is None:
        return False
    if isinstance(field.type, (Unsupported, CompositeType)):
        what = "a composite" if isinstance(field.type, CompositeType) else "an unsupported"
        arguments.error(
            f"Field '{field.name}' is {what} type and cannot be used in the object syntax of a "
            "where clause. Use raw() instead."
        )
        return False
    if isinstance(field.type, Enum):
        if kind != "a String":
            arguments.error(
                f"Type mismatch: field '{field.name}' is an Enum and only accepts String values "
                "in the where clause."
            )
        return kind == "a String"
    if not _accepts(field.type, kind):
        arguments.error(
            f"Type mismatch: field '{field.name}' is of type {field.type}, but the value is {kind}."
        )
        return False
    return True


def _kind_of(value: tree.Expression, arguments: Arguments) -> str | None:
    """How messages name the kind of a value; None, with a note, when it cannot stand here."""
    if isinstance(value, tree.String):
        return "a String"
    if isinstance(value, tree.Number):
        return "a Number"
    if isinstance(value, tree.Constant):
        if value.name in {"true", "false"}:
            return "Boolean"
        if value.name == "null":
            return "null"
        arguments.error(
            f"Invalid value '{value.name}' in where clause. {_EXPECTED}",
            f'A value of an enum is written as a string here: `"{value.name}"`.',
        )
        return None
    arguments.error(f"Invalid value in where clause. {_EXPECTED}")
    return None


def _accepts(scalar: ScalarType, kind: str) -> bool:
    if kind == "a String":
        return scalar in _TEXTS
    if kind == "a Number":
        return scalar in _NUMBERS
    return scalar is ScalarType.BOOLEAN
