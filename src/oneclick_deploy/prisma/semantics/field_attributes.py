"""The attributes of a column, in the order in which Prisma looks for them.

Rules: psl/parser-database/src/attributes.rs, visit_scalar_field_attributes, and attributes/map.rs.
"""

from __future__ import annotations

from collections.abc import Callable

from oneclick_deploy.prisma.frozen import Frozen, fill
from oneclick_deploy.prisma.semantics import coercion, wording
from oneclick_deploy.prisma.semantics.arguments import read_arguments
from oneclick_deploy.prisma.semantics.attributes import SCOPED, in_order, note_unknown, ranks
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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.arguments import Arguments
    from oneclick_deploy.prisma.semantics.findings import Findings
    from oneclick_deploy.prisma.semantics.types import Declarations


# Prisma's order.
_ON_SCALARS = ranks(
    "map", "ignore", "relation", "id", "updatedAt", "default", SCOPED, "unique", "shardKey"
)
_ON_OTHERS = ranks(*(name for name in _ON_SCALARS if name != SCOPED))


class _Columns(Frozen):
    """What the columns of one model share while their attributes are read.

    Args:
        declarations: Everything that was declared.
        taken: The names in the database that were given so far.
        indexes: The indexes that the columns make.
    """

    declarations: Declarations
    taken: set[str]
    indexes: list[Index]


def read_field_attributes(
    model: Model, findings: Findings, declarations: Declarations
) -> list[Index]:
    """Complete the columns of a model; returns the indexes that they make."""
    columns = _Columns(declarations=declarations, taken=set(), indexes=[])
    for field in model.scalar_fields:
        attributes = field.node.attributes
        if not attributes:
            continue
        known = _ON_SCALARS if isinstance(field.type, ScalarType) else _ON_OTHERS
        for attribute in in_order(attributes, known, findings):
            name = attribute.name.name
            if SCOPED in name:
                fill(field, native_type=native_type(attribute))
            elif arguments := read_arguments(attribute, findings):
                _READERS[name](field, arguments, columns)
                arguments.finish()
        note_unknown(attributes, known, findings)
    return columns.indexes


def native_type(attribute: Attribute) -> NativeType:
    """What ``@db.VarChar(20)`` says; whether the database knows it is checked later."""
    scope, _dot, name = attribute.name.name.partition(".")
    given = tuple(coercion.shown(each.value) for each in attribute.arguments.items)
    return NativeType(scope=scope, name=name, arguments=given, attribute=attribute)


def read_mapped_name(arguments: Arguments) -> str | None:
    """The name that ``@map`` or ``@@map`` gives."""
    value = arguments.default("name")
    return coercion.string(value, arguments.findings) if value is not None else None


def _read_map(field: ScalarField, arguments: Arguments, columns: _Columns) -> None:
    name = read_mapped_name(arguments)
    if name is None:
        return
    fill(field, mapped_name=name)
    model = field.model
    container = "view" if model.is_view else "model"
    message = wording.duplicate_field(field.name, container, model.name)
    if name in columns.taken:
        arguments.findings.error(field.node, message, _taken_hint(name))
    columns.taken.add(name)
    # A column of that name is in the way, unless it is itself mapped to another name by now:
    # Prisma has not yet looked at the fields below this one.
    other = columns.declarations.field(model, name)
    if other is field or not isinstance(other, ScalarField):
        return
    if other.mapped_name in {None, name}:
        arguments.findings.error(field.node, message, _taken_hint(name))


def _taken_hint(name: str) -> str:
    return f'Another field of this model is the column "{name}" already.'


def _read_ignore(field: ScalarField, arguments: Arguments, _columns: _Columns) -> None:
    if isinstance(field.type, Unsupported):
        arguments.error(
            "Fields of type `Unsupported` cannot take an `@ignore` attribute. They are already "
            "treated as ignored by the client due to their type."
        )
    else:
        fill(field, is_ignored=True)


def _refuse_relation(field: ScalarField, arguments: Arguments, _columns: _Columns) -> None:
    arguments.error(
        "Invalid field type, not a relation.",
        f"`@relation` stands on the field whose type is a model; `{field.name}` is a column.",
    )


def _read_id(field: ScalarField, arguments: Arguments, _columns: _Columns) -> None:
    read_field_id(field, arguments)


def _read_default(field: ScalarField, arguments: Arguments, _columns: _Columns) -> None:
    read_field_default(field, arguments)


def _read_unique(field: ScalarField, arguments: Arguments, columns: _Columns) -> None:
    columns.indexes.append(read_field_unique(field, arguments, columns.declarations))


def _read_shard_key(field: ScalarField, arguments: Arguments, _columns: _Columns) -> None:
    read_field_shard_key(field, arguments)


def _read_updated_at(field: ScalarField, arguments: Arguments, _columns: _Columns) -> None:
    if field.type is not ScalarType.DATE_TIME:
        arguments.error("Fields that are marked with @updatedAt must be of type DateTime.")
    if field.arity is Arity.LIST:
        arguments.error("Fields that are marked with @updatedAt cannot be lists.")
    fill(field, is_updated_at=True)


_READERS: dict[str, Callable[[ScalarField, Arguments, _Columns], None]] = {
    "map": _read_map,
    "ignore": _read_ignore,
    "relation": _refuse_relation,
    "id": _read_id,
    "updatedAt": _read_updated_at,
    "default": _read_default,
    "unique": _read_unique,
    "shardKey": _read_shard_key,
}
