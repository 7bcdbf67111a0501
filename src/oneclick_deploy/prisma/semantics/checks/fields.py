"""What holds for one column: its type, its name in the client.

Rules: psl-core's validations/fields.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks import sentences
from oneclick_deploy.prisma.semantics.checks.native_types import known_native_type
from oneclick_deploy.prisma.semantics.views import ScalarType, Unsupported
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import RelationField, ScalarField

# The types that some databases do not have.
NOT_EVERYWHERE = frozenset({ScalarType.JSON, ScalarType.DECIMAL})


def check_type(field: ScalarField, context: Context) -> None:
    """The database knows the type, and lists of it; only these types and lists need asking."""
    if field.type is ScalarType.JSON:
        _check_json(field, context)
    elif field.type is ScalarType.DECIMAL and not context.connector.has_decimal:
        _refuse_type(field, "Decimal", "the Decimal type", context)
    if field.arity is Arity.LIST and not context.connector.has_lists:
        kind = sentences.block_kind(field.model)
        message = (
            f'Field "{field.name}" in {kind} "{field.model.name}" can\'t be a list. '
            "The current connector does not support lists of primitive types."
        )
        hint = "Store the list as `Json`, or as rows of a model of its own."
        context.error(field.model.file, field.node, message, hint)


def _check_json(field: ScalarField, context: Context) -> None:
    if not context.connector.has_json:
        _refuse_type(field, "Json", "the Json type", context)
    if field.arity is Arity.LIST and not context.connector.has_json_lists:
        _refuse_type(field, "Json[]", "the Json List type", context)


def _refuse_type(field: ScalarField, shown: str, what: str, context: Context) -> None:
    model = field.model
    message = (
        f"Field `{field.name}` in {sentences.block_kind(model)} `{model.name}` can't be of type "
        f"{shown}. The current connector does not support {what}."
    )
    context.error(model.file, field.node, sentences.in_field(model, field.name, message))


def check_client_name(field: ScalarField | RelationField, context: Context) -> None:
    """No key of the model is called like one of its fields."""
    model, name = field.model, field.name
    taken_by = []
    if any(index.name == name and index.is_unique for index in model.indexes):
        taken_by.append("@@unique")
    if model.primary_key is not None and model.primary_key.name == name:
        taken_by.append("@@id")
    for attribute in taken_by:
        message = (
            f"The custom name `{name}` specified for the `{attribute}` attribute is already used "
            "as a name for a field. Please choose a different name."
        )
        context.error(model.file, model.node, sentences.in_block(model, message))


def check_unsupported_type(field: ScalarField, context: Context) -> None:
    """``Unsupported("...")`` is for types that Prisma has no name for."""
    if not isinstance(field.type, Unsupported) or context.datasource is None:
        return
    text = field.type.text
    found = known_native_type(text, context.connector)
    if found is None:
        return
    scalar, native_type = found
    message = (
        f'The type `Unsupported("{text}")` you specified in the type definition for the field '
        f"`{field.name}` is supported as a native type by Prisma. Please use the native type "
        f"notation `{scalar} @{context.datasource.name}.{native_type}` for full support."
    )
    context.error(field.model.file, field.node, wording.general(message))
