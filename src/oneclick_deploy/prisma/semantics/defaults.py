"""``@default``: whether the value fits the field.

Rules: psl/parser-database/src/attributes/default.rs. Whether a text is a date, or a number fits
its type, is checked later, when the schema as a whole was understood.
"""

from __future__ import annotations

from collections.abc import Callable

from oneclick_deploy.prisma.frozen import fill
from oneclick_deploy.prisma.semantics import coercion, wording
from oneclick_deploy.prisma.semantics.views import (
    CompositeField,
    CompositeType,
    Default,
    Enum,
    ScalarField,
    ScalarType,
    Unsupported,
)
from oneclick_deploy.prisma.syntax import tree
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.arguments import Arguments

KNOWN_FUNCTIONS = (
    "autoincrement",
    "cuid",
    "dbgenerated",
    "nanoid",
    "now",
    "ulid",
    "uuid",
    "auto",
)
"""The functions that are the same everywhere; any other one only a connector may know."""

_LITERALS: dict[ScalarType, tuple[type, ...]] = {
    ScalarType.STRING: (tree.String,),
    ScalarType.JSON: (tree.String,),
    ScalarType.BYTES: (tree.String,),
    ScalarType.DATE_TIME: (tree.String,),
    ScalarType.INT: (tree.Number,),
    ScalarType.BIG_INT: (tree.Number,),
    ScalarType.FLOAT: (tree.Number,),
    ScalarType.DECIMAL: (tree.Number, tree.String),
    ScalarType.BOOLEAN: (tree.Constant,),
}
_EXAMPLES: dict[ScalarType, str] = {
    ScalarType.STRING: 'Write it in quotes: `"text"`.',
    ScalarType.JSON: 'Write the JSON as a string: `"{}"`.',
    ScalarType.BYTES: 'Write the bytes in base64: `"aGVsbG8="`.',
    ScalarType.DATE_TIME: 'Write `now()`, or a moment: `"2024-01-31T12:00:00Z"`.',
    ScalarType.BOOLEAN: "Write `true` or `false`.",
}


def read_field_default(field: ScalarField, arguments: Arguments) -> None:
    """``@default`` on a column."""
    value = arguments.default("value")
    if value is None:
        return
    mapped_name = arguments.string("map")
    if _fits_field(field, value, mapped_name, arguments):
        fill(field, default=_default(value, mapped_name, arguments))


def read_composite_field_default(field: CompositeField, arguments: Arguments) -> None:
    """``@default`` on a field of a composite type."""
    value = arguments.default("value")
    if value is None:
        return
    if arguments.optional("map") is not None:
        arguments.error("The `map` argument is not allowed on a composite type field.")
    if _fits_composite_field(field, value, arguments):
        fill(field, default=_default(value, None, arguments))


def _default(value: tree.Expression, mapped_name: str | None, arguments: Arguments) -> Default:
    function = value.name.name if isinstance(value, tree.Call) else None
    return Default(value, mapped_name, arguments.attribute, function)


def _fits_field(
    field: ScalarField, value: tree.Expression, mapped_name: str | None, arguments: Arguments
) -> bool:
    if isinstance(value, tree.Call) and value.name.name == "dbgenerated":
        return _fits_dbgenerated(value.arguments.items, arguments)
    if isinstance(field.type, CompositeType):
        return _note_composite_type(field.type, field.name, arguments)
    if isinstance(field.type, Enum):
        return _fits_enum(field.type, field.arity, value, arguments)
    if isinstance(field.type, Unsupported):
        message = 'Only @default(dbgenerated("...")) can be used for Unsupported types.'
        arguments.error(message)
        return False
    if isinstance(value, tree.Call):
        return _fits_function(field.type, value, mapped_name, arguments)
    return _fits_literal(field.type, field.arity, value, arguments)


def _fits_composite_field(
    field: CompositeField, value: tree.Expression, arguments: Arguments
) -> bool:
    if isinstance(value, tree.Call) and value.name.name == "dbgenerated":
        arguments.error("Fields of composite types cannot have `dbgenerated()` as default.")
        return False
    if isinstance(field.type, CompositeType):
        return _note_composite_type(field.type, field.name, arguments)
    if isinstance(field.type, Enum):
        return _fits_enum(field.type, field.arity, value, arguments)
    if isinstance(field.type, Unsupported):
        arguments.error("Composite field of type `Unsupported` cannot have default values.")
        return False
    if isinstance(value, tree.Call):
        return _fits_composite_function(field.type, value, arguments)
    return _fits_literal(field.type, field.arity, value, arguments)


def _note_composite_type(found: CompositeType, field_name: str, arguments: Arguments) -> bool:
    message = (
        "Defaults on fields of type composite are not supported. "
        "Please remove the `@default` attribute."
    )
    arguments.findings.error(
        arguments.attribute, wording.in_composite_field(found.name, field_name, message)
    )
    return False


def _fits_enum(enum: Enum, arity: Arity, value: tree.Expression, arguments: Arguments) -> bool:
    if arity is not Arity.LIST:
        return _is_enum_value(enum, value, arguments)
    if isinstance(value, tree.Array):
        return all(_is_enum_value(enum, each, arguments) for each in value.items)
    return _note_no_enum_value(enum, value, arguments)


def _is_enum_value(enum: Enum, value: tree.Expression, arguments: Arguments) -> bool:
    if not isinstance(value, tree.Constant):
        return _note_no_enum_value(enum, value, arguments)
    if enum.value(value.name) is not None:
        return True
    values = [each.name for each in enum.values]
    arguments.error(
        f"The defined default value `{value.name}` is not a valid value of the enum specified for "
        "the field.",
        arguments.findings.nearest(value.name, values) or f"`{enum.name}` has {_listed(values)}.",
    )
    return False


def _note_no_enum_value(enum: Enum, value: tree.Expression, arguments: Arguments) -> bool:
    found = coercion.shown(value)
    hint = ""
    if isinstance(value, tree.String) and enum.value(value.value):
        hint = f"Write the value without quotes: `{value.value}`."
    arguments.error(f"Expected an enum value, but found `{found}`.", hint)
    return False


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:5])
    return f"{shown}, ..." if len(names) > 5 else shown


def _fits_literal(
    scalar: ScalarType, arity: Arity, value: tree.Expression, arguments: Arguments
) -> bool:
    if arity is Arity.LIST:
        if isinstance(value, tree.Array):
            return all(_is_literal(scalar, each, arguments) for each in value.items)
        hint = f"Write `[{coercion.shown(value)}]`."
        arguments.error("The default value of a list field must be a list.", hint)
        return False
    if isinstance(value, tree.Array):
        arguments.error("The default value of a non-list field cannot be a list.")
        return False
    return _is_literal(scalar, value, arguments)


def _is_literal(scalar: ScalarType, value: tree.Expression, arguments: Arguments) -> bool:
    if not isinstance(value, _LITERALS[scalar]):
        found = coercion.shown(value)
        message = f"Expected a {scalar} value, but found `{found}`."
        arguments.error(message, _EXAMPLES.get(scalar, ""))
        return False
    if isinstance(value, tree.Constant) and value.name not in {"true", "false"}:
        message = "A boolean literal must be `true` or `false`."
        arguments.findings.error(value, wording.in_attribute("@default", message))
        return False
    return True


def _fits_function(
    scalar: ScalarType, call: tree.Call, mapped_name: str | None, arguments: Arguments
) -> bool:
    name = call.name.name
    if name == "autoincrement" and mapped_name is not None:
        arguments.error("Naming an autoincrement default value is not allowed.")
        return False
    if name == "autoincrement" and scalar in {ScalarType.INT, ScalarType.BIG_INT}:
        return _takes_nothing(call, arguments)
    if name in _GENERATORS and scalar in _GENERATORS[name][0]:
        return _GENERATORS[name][1](call, arguments)
    if name == "auto":
        if call.arguments.items:
            arguments.error("`auto()` takes no arguments")
        return not call.arguments.items
    return name not in KNOWN_FUNCTIONS or _note_wrong_type(name, scalar, arguments)


def _fits_composite_function(scalar: ScalarType, call: tree.Call, arguments: Arguments) -> bool:
    name = call.name.name
    if name in _GENERATORS and scalar in _GENERATORS[name][0] and name != "nanoid":
        return _GENERATORS[name][1](call, arguments)
    if name in {"autoincrement", "auto"}:
        arguments.error(f"The function `{name}()` is not supported on composite fields.")
        return False
    if name not in KNOWN_FUNCTIONS:
        arguments.findings.error(
            call,
            f"Unknown function in @default(): `{name}` is not known. You can read about the "
            "available functions here: https://pris.ly/d/attribute-functions",
            arguments.findings.nearest(name, KNOWN_FUNCTIONS, "{}()"),
        )
        return False
    return _note_wrong_type(name, scalar, arguments)


def _note_wrong_type(name: str, scalar: ScalarType, arguments: Arguments) -> bool:
    message = f"The function `{name}()` cannot be used on fields of type `{scalar}`."
    arguments.error(message, _EXAMPLES.get(scalar, ""))
    return False


def _takes_nothing(call: tree.Call, arguments: Arguments) -> bool:
    if not call.arguments.items:
        return True
    name = call.name.name
    arguments.error(
        f"The `{name}` function does not take any argument. "
        f"Consider changing this default to `{name}()`."
    )
    return False


def _takes_uuid_version(call: tree.Call, arguments: Arguments) -> bool:
    wanted = "a single integer argument which is either 4 or 7."
    return _takes_number(call, arguments, lambda number: number in {4, 7}, wanted)


def _takes_cuid_version(call: tree.Call, arguments: Arguments) -> bool:
    wanted = "a single integer argument which is either 1 or 2."
    return _takes_number(call, arguments, lambda number: number in {1, 2}, wanted)


def _takes_length(call: tree.Call, arguments: Arguments) -> bool:
    wanted = "a single integer argument between 2 and 255."
    return _takes_number(call, arguments, lambda number: 2 <= number <= 255, wanted)


def _takes_number(
    call: tree.Call, arguments: Arguments, accepts: Callable[[int], bool], wanted: str
) -> bool:
    name = call.name.name
    given = call.arguments.items
    takes_one = f"`{name}()` takes a single Int argument."
    if len(given) > 1:
        arguments.error(takes_one)
    if not given:
        return True
    value = given[0].value
    if not isinstance(value, tree.Number):
        arguments.error(takes_one)
        return False
    number = coercion.whole(value)
    if number is None or not accepts(number):
        arguments.error(f"`{name}()` takes either no argument, or {wanted}")
        return False
    return True


def _fits_dbgenerated(given: tuple[tree.Argument, ...], arguments: Arguments) -> bool:
    takes_one = "`dbgenerated()` takes a single String argument"
    if len(given) > 1:
        arguments.error(takes_one)
    if not given:
        return True
    value = given[0].value
    if not isinstance(value, tree.String):
        arguments.error(takes_one)
        return False
    if not value.value:
        arguments.error(
            "dbgenerated() takes either no argument, or a single nonempty string argument."
        )
        return False
    return True


_GENERATORS: dict[str, tuple[tuple[ScalarType, ...], Callable[[tree.Call, Arguments], bool]]] = {
    "cuid": ((ScalarType.STRING,), _takes_cuid_version),
    "uuid": ((ScalarType.STRING,), _takes_uuid_version),
    "ulid": ((ScalarType.STRING,), _takes_nothing),
    "nanoid": ((ScalarType.STRING,), _takes_length),
    "now": ((ScalarType.DATE_TIME,), _takes_nothing),
}
