"""The attributes of a column, in the order in which Prisma looks for them.

Rules: psl/parser-database/src/attributes.rs, visit_scalar_field_attributes, and attributes/map.rs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.frozen import fill
from oneclick_deploy.prisma.semantics import coercion, wording
from oneclick_deploy.prisma.semantics.arguments import Attributes
from oneclick_deploy.prisma.semantics.defaults import read_field_default
from oneclick_deploy.prisma.semantics.indexes import read_field_unique
from oneclick_deploy.prisma.semantics.keys import read_field_id, read_field_shard_key
from oneclick_deploy.prisma.semantics.views import (
    Index,
    Model,
    NativeType,
    ScalarField,
    ScalarType,
    Unsupported,
)
from oneclick_deploy.prisma.syntax.tree import Arity, Attribute

if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.arguments import Arguments
    from oneclick_deploy.prisma.semantics.findings import Findings
    from oneclick_deploy.prisma.semantics.types import Declarations


def read_field_attributes(
    model: Model, findings: Findings, declarations: Declarations
) -> list[Index]:
    """Complete the columns of a model; returns the indexes that they make."""
    indexes: list[Index] = []
    taken: set[str] = set()
    for field in model.scalar_fields:
        if field.node.attributes:
            attributes = Attributes(field.node.attributes, findings)
            _read_one_field(field, attributes, taken, indexes, declarations)
            attributes.finish()
    return indexes


def _read_one_field(
    field: ScalarField,
    attributes: Attributes,
    taken: set[str],
    indexes: list[Index],
    declarations: Declarations,
) -> None:
    if arguments := attributes.single("map"):
        _read_map(field, arguments, taken, declarations)
        arguments.finish()
    if arguments := attributes.single("ignore"):
        _read_ignore(field, arguments)
        arguments.finish()
    if arguments := attributes.single("relation"):
        arguments.error(
            "Invalid field type, not a relation.",
            f"`@relation` stands on the field whose type is a model; `{field.name}` is a column.",
        )
        arguments.finish()
    if arguments := attributes.single("id"):
        read_field_id(field, arguments)
        arguments.finish()
    if arguments := attributes.single("updatedAt"):
        _read_updated_at(field, arguments)
        arguments.finish()
    if arguments := attributes.single("default"):
        read_field_default(field, arguments)
        arguments.finish()
    if isinstance(field.type, ScalarType) and (attribute := attributes.scoped()):
        fill(field, native_type=native_type(attribute))
    if arguments := attributes.single("unique"):
        indexes.append(read_field_unique(field, arguments, declarations))
        arguments.finish()
    if arguments := attributes.single("shardKey"):
        read_field_shard_key(field, arguments)
        arguments.finish()


def native_type(attribute: Attribute) -> NativeType:
    """What ``@db.VarChar(20)`` says; whether the database knows it is checked later."""
    scope, _dot, name = attribute.name.name.partition(".")
    given = tuple(coercion.shown(each.value) for each in attribute.arguments.items)
    return NativeType(scope=scope, name=name, arguments=given, attribute=attribute)


def read_mapped_name(arguments: Arguments) -> str | None:
    """The name that ``@map`` or ``@@map`` gives."""
    value = arguments.default("name")
    return coercion.string(value, arguments.findings) if value is not None else None


def _read_map(
    field: ScalarField, arguments: Arguments, taken: set[str], declarations: Declarations
) -> None:
    name = read_mapped_name(arguments)
    if name is None:
        return
    fill(field, mapped_name=name)
    model = field.model
    container = "view" if model.is_view else "model"
    message = wording.duplicate_field(field.name, container, model.name)
    if name in taken:
        arguments.findings.error(field.node, message, _taken_hint(name))
    taken.add(name)
    # A column of that name is in the way, unless it is itself mapped to another name by now:
    # Prisma has not yet looked at the fields below this one.
    other_node = declarations.names.fields[model.node].get(name)
    if other_node is None or other_node is field.node:
        return
    other = model.field(name)
    if isinstance(other, ScalarField) and other.mapped_name in {None, name}:
        arguments.findings.error(field.node, message, _taken_hint(name))


def _taken_hint(name: str) -> str:
    return f'Another field of this model is the column "{name}" already.'


def _read_ignore(field: ScalarField, arguments: Arguments) -> None:
    if isinstance(field.type, Unsupported):
        arguments.error(
            "Fields of type `Unsupported` cannot take an `@ignore` attribute. They are already "
            "treated as ignored by the client due to their type."
        )
    else:
        fill(field, is_ignored=True)


def _read_updated_at(field: ScalarField, arguments: Arguments) -> None:
    if field.type is not ScalarType.DATE_TIME:
        arguments.error("Fields that are marked with @updatedAt must be of type DateTime.")
    if field.arity is Arity.LIST:
        arguments.error("Fields that are marked with @updatedAt cannot be lists.")
    fill(field, is_updated_at=True)
