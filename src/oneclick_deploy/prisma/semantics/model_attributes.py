"""The attributes of models, views, enums and composite types.

Rules: psl/parser-database/src/attributes.rs and attributes/{map,schema}.rs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.frozen import fill
from oneclick_deploy.prisma.semantics import coercion, wording
from oneclick_deploy.prisma.semantics.arguments import Attributes
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

if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.arguments import Arguments
    from oneclick_deploy.prisma.semantics.findings import Findings
    from oneclick_deploy.prisma.semantics.types import Declarations

_INDEXES = (
    ("index", read_model_index),
    ("unique", read_model_unique),
    ("fulltext", read_model_fulltext),
)


def read_model_attributes(model: Model, findings: Findings, declarations: Declarations) -> None:
    """Complete a model and its columns."""
    indexes = read_field_attributes(model, findings, declarations)
    attributes = Attributes(model.node.attributes, findings)
    if arguments := attributes.single("ignore"):
        _read_ignore(model, findings)
        arguments.finish()
    if arguments := attributes.single("id"):
        read_model_id(model, arguments, declarations)
        arguments.finish()
    if arguments := attributes.single("map"):
        fill(model, mapped_name=read_mapped_name(arguments))
        arguments.finish()
    if arguments := attributes.single("schema"):
        fill(model, namespace=_read_namespace(arguments))
        arguments.finish()
    for name, read in _INDEXES:
        for arguments in attributes.repeated(name):
            indexes.append(read(model, arguments, declarations))
            arguments.finish()
    if arguments := attributes.single("shardKey"):
        read_model_shard_key(model, arguments, declarations)
        arguments.finish()
    fill(model, indexes=tuple(indexes))
    check_arities(model, findings)
    attributes.finish()


def read_enum_attributes(enum: Enum, findings: Findings) -> None:
    """Complete an enum and its values."""
    for value in enum.values:
        if value.node.attributes:
            attributes = Attributes(value.node.attributes, findings)
            if arguments := attributes.single("map"):
                fill(value, mapped_name=read_mapped_name(arguments))
                arguments.finish()
            attributes.finish()
    attributes = Attributes(enum.node.attributes, findings)
    if arguments := attributes.single("map"):
        fill(enum, mapped_name=read_mapped_name(arguments))
        arguments.finish()
    if arguments := attributes.single("schema"):
        fill(enum, namespace=_read_namespace(arguments))
        arguments.finish()
    attributes.finish()


def read_composite_type_attributes(composite_type: CompositeType, findings: Findings) -> None:
    """Complete the fields of a composite type; the block itself takes no attributes."""
    taken: set[str] = set()
    for field in composite_type.fields:
        if not field.node.attributes:
            continue
        attributes = Attributes(field.node.attributes, findings)
        if isinstance(field.type, ScalarType) and (attribute := attributes.scoped()):
            fill(field, native_type=native_type(attribute))
        if arguments := attributes.single("map"):
            _read_composite_field_map(field, arguments, taken)
            arguments.finish()
        if arguments := attributes.single("default"):
            read_composite_field_default(field, arguments)
            arguments.finish()
        attributes.finish()


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
