"""The attributes of models, views, enums and composite types.

Rules: psl/parser-database/src/attributes.rs and attributes/{map,schema}.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.frozen import fill
from oneclick_deploy.prisma.semantics import coercion, wording
from oneclick_deploy.prisma.semantics.arguments import read_arguments
from oneclick_deploy.prisma.semantics.attributes import SCOPED, in_order, note_unknown, ranks
from oneclick_deploy.prisma.semantics.defaults import read_composite_field_default
from oneclick_deploy.prisma.semantics.field_attributes import (
    native_type,
    read_field_attributes,
    read_mapped_name,
)
from oneclick_deploy.prisma.semantics.indexes import (
    read_model_fulltext,
    read_model_index,
    read_model_unique,
)
from oneclick_deploy.prisma.semantics.keys import (
    check_arities,
    read_model_id,
    read_model_shard_key,
)
from oneclick_deploy.prisma.semantics.views import (
    CompositeField,
    CompositeType,
    Enum,
    Model,
    ScalarType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.arguments import Arguments
    from oneclick_deploy.prisma.semantics.findings import Findings
    from oneclick_deploy.prisma.semantics.types import Declarations

# Prisma's orders.
_ON_MODELS = ranks("ignore", "id", "map", "schema", "index", "unique", "fulltext", "shardKey")
_ON_ENUMS = ranks("map", "schema")
_ON_VALUES = ranks("map")
_ON_COMPOSITE_SCALARS = ranks(SCOPED, "map", "default")
_ON_COMPOSITE_OTHERS = ranks("map", "default")

_INDEXES = {
    "index": read_model_index,
    "unique": read_model_unique,
    "fulltext": read_model_fulltext,
}
_REPEATABLE = frozenset(_INDEXES)


def read_model_attributes(model: Model, findings: Findings, declarations: Declarations) -> None:
    """Complete a model and its columns."""
    indexes = read_field_attributes(model, findings, declarations)
    attributes = model.node.attributes
    for attribute in in_order(attributes, _ON_MODELS, findings, _REPEATABLE):
        arguments = read_arguments(attribute, findings)
        if arguments is None:
            continue
        name = attribute.name.name
        if name in _INDEXES:
            indexes.append(_INDEXES[name](model, arguments, declarations))
        elif name == "ignore":
            _read_ignore(model, findings)
        elif name == "id":
            read_model_id(model, arguments, declarations)
        elif name == "map":
            fill(model, mapped_name=read_mapped_name(arguments))
        elif name == "schema":
            fill(model, namespace=_read_namespace(arguments))
        else:
            read_model_shard_key(model, arguments, declarations)
        arguments.finish()
    fill(model, indexes=tuple(indexes))
    check_arities(model, findings)
    note_unknown(attributes, _ON_MODELS, findings, on_block=True)


def read_enum_attributes(enum: Enum, findings: Findings) -> None:
    """Complete an enum and its values."""
    for value in enum.values:
        for attribute in in_order(value.node.attributes, _ON_VALUES, findings):
            if arguments := read_arguments(attribute, findings):
                fill(value, mapped_name=read_mapped_name(arguments))
                arguments.finish()
        note_unknown(value.node.attributes, _ON_VALUES, findings)
    for attribute in in_order(enum.node.attributes, _ON_ENUMS, findings):
        if arguments := read_arguments(attribute, findings):
            if attribute.name.name == "map":
                fill(enum, mapped_name=read_mapped_name(arguments))
            else:
                fill(enum, namespace=_read_namespace(arguments))
            arguments.finish()
    note_unknown(enum.node.attributes, _ON_ENUMS, findings, on_block=True)


def read_composite_type_attributes(composite_type: CompositeType, findings: Findings) -> None:
    """Complete the fields of a composite type; Prisma passes over attributes of the block."""
    taken: set[str] = set()
    for field in composite_type.fields:
        is_scalar = isinstance(field.type, ScalarType)
        known = _ON_COMPOSITE_SCALARS if is_scalar else _ON_COMPOSITE_OTHERS
        for attribute in in_order(field.node.attributes, known, findings):
            if SCOPED in attribute.name.name:
                fill(field, native_type=native_type(attribute))
            elif arguments := read_arguments(attribute, findings):
                if attribute.name.name == "map":
                    _read_composite_field_map(field, arguments, taken)
                else:
                    read_composite_field_default(field, arguments)
                arguments.finish()
        note_unknown(field.node.attributes, known, findings)


def _read_ignore(model: Model, findings: Findings) -> None:
    for field in model.scalar_fields:
        if field.is_ignored:
            message = "Fields on an already ignored Model do not need an `@ignore` annotation."
            findings.error(field.node, wording.in_attribute("@ignore", message))
    fill(model, is_ignored=True)


def _read_namespace(arguments: Arguments) -> str | None:
    value = arguments.default("map")
    return coercion.string(value, arguments.findings) if value is not None else None


def _read_composite_field_map(field: CompositeField, arguments: Arguments, taken: set[str]) -> None:
    name = read_mapped_name(arguments)
    if name is None:
        return
    fill(field, mapped_name=name)
    owner = field.composite_type
    if name in taken:
        message = wording.duplicate_field(name, "composite type", owner.name)
        arguments.findings.error(field.node, message)
    taken.add(name)
    other = owner.field(name)
    if other is not None and other.mapped_name is None:
        message = wording.duplicate_field(field.name, "composite type", owner.name)
        arguments.findings.error(field.node, message)
