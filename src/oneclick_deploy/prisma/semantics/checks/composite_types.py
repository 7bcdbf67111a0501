"""``type`` blocks: only document databases keep a row inside a row.

Rules: psl-core's validations/composite_types.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks.defaults import check_value
from oneclick_deploy.prisma.semantics.checks.native_types import check_native_type
from oneclick_deploy.prisma.semantics.views import CompositeType, ScalarType
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import CompositeField

# Prisma follows every path, also round a circle beside the first type, and never comes back from
# there. No path comes back later than after every type, nor are all of many paths worth telling.
_MOST_STEPS = 2_000


def check_composite_types(context: Context) -> None:
    """Types that contain themselves, and types at all."""
    _check_cycles(context)
    for composite_type in context.types:
        if not context.connector.has_composite_types:
            message = f"Composite types are not supported on {context.connector.name}."
            hint = "Use a `Json` field, or a model of its own with a relation."
            context.error(composite_type.file, composite_type.node, wording.general(message), hint)
        if not context.diagnostics.errors:
            _check_fields(composite_type, context)


def _check_fields(composite_type: CompositeType, context: Context) -> None:
    file = composite_type.file
    if not composite_type.fields:
        message = "A type must have at least one field defined."
        context.error(file, composite_type.node, wording.general(message))
    for field in composite_type.fields:
        default = field.default
        if default is not None and default.mapped_name is not None:
            message = (
                "A `map` argument for the default value of a field on a composite type "
                "is not allowed. Consider removing it."
            )
            context.error(file, default.attribute, wording.in_attribute("@default", message))
        if default is not None and isinstance(field.type, ScalarType):
            check_value(default.value, field.type, file, context)
        check_native_type(field, file, context)


def _check_cycles(context: Context) -> None:
    order = {each: number for number, each in enumerate(context.types)}
    found = sorted(_cycles(context.types), key=lambda each: order[each[0]])
    for _, field, reason in found:
        owner = field.composite_type
        message = wording.in_composite_field(owner.name, field.name, reason)
        context.error(owner.file, field.node, message)


def _cycles(
    types: tuple[CompositeType, ...],
) -> list[tuple[CompositeType, CompositeField, str]]:
    """Required fields that lead back to the type that they started from."""
    found: list[tuple[CompositeType, CompositeField, str]] = []
    to_follow: list[tuple[CompositeField, tuple[str, ...]]] = [
        (field, ()) for each in types for field in _required(each)
    ]
    visited: list[CompositeType] = []
    for _ in range(_MOST_STEPS):
        if not to_follow:
            break
        field, path = to_follow.pop()
        target = field.type
        if not isinstance(target, CompositeType) or len(path) > len(types) + 1:
            continue
        if not path:
            visited.clear()
            path = (field.composite_type.name,)
        if target is field.composite_type:
            message = (
                "The type is the same as the parent and causes an endless cycle. "
                "Please change the field to be either optional or a list."
            )
            found.append((target, field, message))
        elif visited and visited[0] is target:
            shown = " → ".join(f"`{name}`" for name in reversed(path))
            message = (
                f"The types cause an endless cycle in the path {shown}. Please change one of the "
                "fields to be either optional or a list to break the cycle."
            )
            found.append((target, field, message))
        else:
            visited.append(target)
            to_follow.extend((each, (*path, target.name)) for each in _required(target))
    return found


def _required(composite_type: CompositeType) -> list[CompositeField]:
    """The required fields of composite types; no others can be part of a circle."""
    return [
        each
        for each in composite_type.fields
        if each.arity is Arity.REQUIRED and isinstance(each.type, CompositeType)
    ]
