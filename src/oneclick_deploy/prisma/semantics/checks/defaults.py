"""``@default``: whether the text of a value is one of the field's type.

Rules: psl-core's validations/default_value.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks import sentences
from oneclick_deploy.prisma.semantics.defaults import KNOWN_FUNCTIONS
from oneclick_deploy.prisma.semantics.views import ScalarType
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import ScalarField
    from oneclick_deploy.prisma.syntax.source import SourceFile


def check_functions(context: Context) -> None:
    """No field calls a function that the database does not know; Prisma looks at them first."""
    known = frozenset(KNOWN_FUNCTIONS)
    if context.connector.provider == "cockroachdb":
        known |= {"sequence"}
    for model in context.models:
        for field in model.scalar_fields:
            default = field.default
            if default is not None and default.function not in known:
                _note_unknown_function(field, known, context)


def _note_unknown_function(field: ScalarField, known: frozenset[str], context: Context) -> None:
    default = field.default
    if default is None or default.function is None:
        return
    from oneclick_deploy.prisma.semantics import hints

    message = (
        f"Unknown function in @default(): `{default.function}` is not known. You can read about "
        "the available functions here: https://pris.ly/d/attribute-functions"
    )
    hint = hints.nearest(default.function, known, "{}()")
    context.error(field.model.file, default.value, message, hint)


def check_default(field: ScalarField, context: Context) -> None:
    """The default's name, its value, and the function where it is one."""
    default = field.default
    if default is None:
        return
    model = field.model
    if default.mapped_name is not None:
        _check_name(field, default.mapped_name, context)
    if default.function is None and isinstance(field.type, ScalarType):
        check_value(default.value, field.type, model.file, context)
    if default.function == "auto" and not context.connector.has_automatic_defaults:
        message = "The current connector does not support the `auto()` function."
        context.error(model.file, default.value, wording.in_attribute("@default", message))


def _check_name(field: ScalarField, name: str, context: Context) -> None:
    connector, model, default = context.connector, field.model, field.default
    if default is None or connector.has_named_defaults:
        return
    message = (
        "You defined a database name for the default value of a field on the model. "
        "This is not supported by the provider."
    )
    hint = "Remove `map` from the default."
    context.error(model.file, default.attribute, wording.in_attribute("@default", message), hint)
    if len(name.encode()) > connector.identifier_limit:
        message = sentences.too_long(model, name, "@default", connector.identifier_limit)
        context.error(model.file, default.attribute, message)


def check_value(
    value: tree.Expression, scalar: ScalarType, file: SourceFile, context: Context
) -> None:
    """A value, or each value of a list."""
    if isinstance(value, tree.Array):
        for item in value.items:
            check_value(item, scalar, file, context)
    elif isinstance(value, tree.Number):
        if scalar is ScalarType.INT or scalar is ScalarType.BIG_INT:
            from oneclick_deploy.prisma.semantics.checks import literals

            _note(value, value.text, "integer", literals.integer_mistake(value.text), file, context)
    elif isinstance(value, tree.String) and scalar in _WRITTEN_AS_TEXT:
        what, mistake = _text_mistake(value.value, scalar)
        _note(value, value.value, what, mistake, file, context)


def _text_mistake(text: str, scalar: ScalarType) -> tuple[str, str]:
    """What the text should be, and why it is not, if it is not."""
    # Few schemas have such defaults, and the others are read faster without the modules.
    if scalar is ScalarType.JSON:
        from oneclick_deploy.prisma.semantics.checks.json_text import json_mistake

        return "JSON string", json_mistake(text)
    from oneclick_deploy.prisma.semantics.checks import literals

    if scalar is ScalarType.BYTES:
        return "base64 string", literals.base64_mistake(text)
    if scalar is ScalarType.DATE_TIME:
        return "rfc3339 datetime string", literals.date_time_mistake(text)
    return "decimal", literals.decimal_mistake(text)


_WRITTEN_AS_TEXT = frozenset(
    {ScalarType.JSON, ScalarType.BYTES, ScalarType.DATE_TIME, ScalarType.DECIMAL}
)
_HINTS = {
    "integer": "Write a whole number that fits in 64 bits.",
    "JSON string": 'Write JSON inside the string, with its quotes escaped: "{\\"a\\": 1}".',
    "base64 string": 'Write the bytes in base64, padded with `=`: "aGVsbG8=".',
    "rfc3339 datetime string": 'Write date, time and offset: "2026-01-31T12:00:00Z".',
    "decimal": 'Write a number: "12.50".',
}


def _note(
    value: tree.String | tree.Number,
    text: str,
    what: str,
    mistake: str,
    file: SourceFile,
    context: Context,
) -> None:
    if not mistake:
        return
    message = f'Parse error: "{text}" is not a valid {what}. ({mistake})'
    # Prisma forgets the `@` for decimals only.
    attribute = "default" if what == "decimal" else "@default"
    context.error(file, value, wording.in_attribute(attribute, message), _HINTS[what])
