"""PostgreSQL's index types: which fields and operator classes go together.

Rules: the PostgreSQL connector's validations.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.connectors import operator_classes
from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks import sentences
from oneclick_deploy.prisma.semantics.checks.native_types import column_type
from oneclick_deploy.prisma.semantics.views import Unsupported
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import Index, IndexField, ScalarType

# Prisma shows this class by another one's name.
_SHOWN = {"UuidMinMaxMultiOps": "BitMinMaxOps"}


def check_operators(index: Index, context: Context) -> None:
    """Every field fits the index type, by its class or by the default one."""
    algorithm = index.algorithm or "BTree"
    if algorithm == "BTree" and not any(each.operator_class for each in index.fields):
        return
    attribute = sentences.attribute_name(index)
    for field in index.fields:
        message = _mistake(field, algorithm, context)
        if message:
            message = wording.in_attribute(attribute, message)
            context.error(index.model.file, index.attribute, message)
    if algorithm == "SpGist" and len(index.fields) != 1:
        message = wording.in_attribute(attribute, "SpGist does not support multi-column indices.")
        context.error(index.model.file, index.attribute, message)


def _mistake(indexed: IndexField, algorithm: str, context: Context) -> str:
    """What is wrong with a field in an index; empty when nothing is."""
    operator_class = indexed.operator_class
    if indexed.is_raw_operator_class:
        return ""
    if operator_class is not None and not operator_classes.takes(algorithm, operator_class):
        shown = _SHOWN.get(operator_class, operator_class)
        return (
            f"The given operator class `{shown}` is not supported "
            f"with the `{algorithm}` index type."
        )
    if algorithm not in operator_classes.CLASSES:
        return ""
    if algorithm == "Gin" and operator_class in {None, "ArrayOps"}:
        is_list = indexed.field.arity is Arity.LIST
        if is_list or operator_class is not None:
            return "" if is_list else _no_array(indexed)
    return _mistake_by_type(indexed, algorithm, context)


def _mistake_by_type(indexed: IndexField, algorithm: str, context: Context) -> str:
    native = column_type(indexed.field, context.connector)
    if native is not None and native.name in (context.connector.native_types or {}):
        return _mistake_by_native_type(indexed, algorithm, native.name)
    mistake = _mistake_by_scalar(indexed, algorithm, context)
    # Of a native type that Prisma does not know, only the scalar says anything.
    if native is not None and (mistake is None or algorithm == "Gist"):
        return _mistake_by_native_type(indexed, algorithm, native.name)
    return _unclear(indexed, algorithm) if mistake is None else mistake


def _no_array(indexed: IndexField) -> str:
    return (
        "The given operator class `ArrayOps` expects the type of field "
        f"`{indexed.field.name}` to be an array."
    )


def _mistake_by_native_type(indexed: IndexField, algorithm: str, native: str) -> str:
    operator_class = indexed.operator_class
    accepted = operator_classes.CLASSES[algorithm].get(native)
    if operator_class is None:
        # PostgreSQL's default class for inet in GiST does not index what one would expect.
        if accepted is not None and algorithm != "Gist":
            return ""
        return f"The {algorithm} index field type `{native}` has no default operator class."
    if accepted is not None and operator_class in accepted:
        return ""
    shown = _SHOWN.get(operator_class, operator_class)
    return (
        f"The given operator class `{shown}` does not support native type `{native}` "
        f"of field `{indexed.field.name}`."
    )


def _mistake_by_scalar(indexed: IndexField, algorithm: str, context: Context) -> str | None:
    """What is wrong with the scalar; None when the scalar alone cannot say."""
    field, operator_class = indexed.field, indexed.operator_class
    if operator_class is None:
        return "" if field.type in operator_classes.SCALARS[algorithm] else None
    scalar = _scalar_of(operator_class, algorithm, context)
    if scalar is None:
        return None
    if field.type is scalar:
        return ""
    return (
        f"The given operator class `{operator_class}` points to the field `{field.name}` "
        f"that is not of {scalar} type."
    )


def _unclear(indexed: IndexField, algorithm: str) -> str:
    """What is wrong when there is no native type to judge by."""
    field, operator_class = indexed.field, indexed.operator_class
    if operator_class is None:
        if isinstance(field.type, Unsupported):
            return ""
        return f"The {algorithm} index type does not support the type of the field `{field.name}`."
    shown = _SHOWN.get(operator_class, operator_class)
    return (
        f"The given operator class `{shown}` expects the field `{field.name}` "
        "to define a valid native type."
    )


def _scalar_of(operator_class: str, algorithm: str, context: Context) -> ScalarType | None:
    """The scalar whose default native type has that class."""
    classes = operator_classes.CLASSES[algorithm]
    for scalar, native in context.connector.default_types.items():
        if operator_class in classes.get(native.name, ()):
            return scalar
    return None
