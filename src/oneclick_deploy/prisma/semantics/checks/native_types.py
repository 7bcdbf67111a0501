"""``@db.VarChar(20)``: which native types a provider has, for which scalars, with what arguments.

Rules: psl-core's validations/fields.rs and the connectors' ``validate_native_type_arguments``.
"""

from __future__ import annotations

import re

from oneclick_deploy.prisma.connectors.connector import ColumnType
from oneclick_deploy.prisma.semantics.views import ScalarType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from oneclick_deploy.prisma.connectors.connector import Connector, NativeTypeRule
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import CompositeField, NativeType, ScalarField
    from oneclick_deploy.prisma.syntax.source import SourceFile

_LARGEST = 2**32 - 1
# The prefix, arguments and rest of `Unsupported("...")`, as in psl-core's validations/fields.rs.
_UNSUPPORTED = r"([^(]+)(?:\((.*?)\))?(?:.+)?\Z"


def check_native_type(
    field: ScalarField | CompositeField, file: SourceFile, context: Context
) -> None:
    """The attribute names a type of this provider that fits the field, with proper arguments."""
    native, known = field.native_type, context.connector.native_types
    if native is None or known is None or not isinstance(field.type, ScalarType):
        return
    _check_scope(native, file, context)
    rule = known.get(native.name)
    if rule is None:
        provider = context.connector.provider
        shown = "Default" if provider == "empty" else provider
        message = f"Native type {native.name} is not supported for {shown} connector."
        context.error(file, native.attribute, message, _hint_for_unknown(native, context))
        return
    message = _count_mismatch(rule, len(native.arguments)) or _scalar_mismatch(rule, field.type)
    if message:
        context.error(file, native.attribute, message)
        return
    parsed = parse_native_type(rule, native.arguments)
    if parsed is None:
        expected = _EXPECTED[rule.required + rule.optional]
        message = f"Expected {expected}, but found ({', '.join(native.arguments)})."
    else:
        message = _argument_mistake(parsed, field.type, context.connector)
    if message:
        context.error(file, native.attribute, message)


def _check_scope(native: NativeType, file: SourceFile, context: Context) -> None:
    name = context.datasource.name if context.datasource else native.scope
    if native.scope != name:
        message = (
            f"The prefix {native.scope} is invalid. It must be equal to the name of an existing "
            f"datasource e.g. {name}. Did you mean to use {name}.{native.name}?"
        )
        context.error(file, native.attribute, message)


def _hint_for_unknown(native: NativeType, context: Context) -> str:
    known = context.connector.native_types or {}
    if not known:
        return "Remove the attribute: this database has no native types."
    from oneclick_deploy.prisma.semantics import hints

    return hints.nearest(native.name, known, f"@{native.scope}.{{}}")


_EXPECTED = {1: "a nonnegative integer", 2: "two nonnegative integers"}


def _count_mismatch(rule: NativeTypeRule, given: int) -> str:
    if given < rule.required or (given > rule.required and not rule.optional):
        return f'Function "{rule.name}" takes {rule.required} arguments, but received {given}.'
    if given > rule.required + rule.optional:
        return (
            f"Native type {rule.name} takes {rule.optional} optional arguments, "
            f"but received {given}."
        )
    return ""


def _scalar_mismatch(rule: NativeTypeRule, scalar: ScalarType) -> str:
    if scalar in rule.scalars:
        return ""
    return (
        f"Native type {rule.name} is not compatible with declared field type {scalar}, "
        f"expected field type {' or '.join(rule.scalars)}."
    )


def parse_native_type(rule: NativeTypeRule, arguments: Sequence[str]) -> ColumnType | None:
    """The type with its arguments as the numbers they mean; None when they mean none."""
    wanted = rule.required + rule.optional
    if not wanted or (not arguments and rule.optional):
        return ColumnType(rule.name)
    numbers = [_number(each) for each in arguments]
    if len(numbers) != wanted or None in numbers:
        return None
    return ColumnType(rule.name, tuple(map(str, numbers)))


def _number(text: str) -> int | None:
    """An unsigned number of 32 bits, in Rust's spelling."""
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return None
    digits = digits.lstrip("0") or "0"
    # Ten digits are enough, and Python refuses to read thousands.
    return int(digits) if len(digits) <= 10 and int(digits) <= _LARGEST else None


def _argument_mistake(given: ColumnType, scalar: ScalarType, connector: Connector) -> str:
    numbers = [int(each) for each in given.arguments]
    if not numbers:
        return ""
    if given.name == "Decimal" and numbers[1] > numbers[0]:
        return (
            f"The scale must not be larger than the precision for the {given} native type "
            f"in {connector.name}."
        )
    if connector.provider == "postgresql":
        mistake = _postgresql_mistake(given.name, numbers)
    else:
        mistake = _mysql_mistake(given.name, numbers, scalar)
    if not mistake:
        return ""
    return f"Argument M is out of range for native type `{given}` of {connector.name}: {mistake}"


_PRECISION = frozenset({"Timestamp", "Timestamptz", "Time", "Timetz"})


def _postgresql_mistake(name: str, numbers: list[int]) -> str:
    first = numbers[0]
    if name == "Decimal" and not 1 <= first <= 1000:
        return "Precision must be positive with a maximum value of 1000."
    if name in {"Bit", "VarBit"} and first == 0:
        return "M must be a positive integer."
    if name in _PRECISION and first > 6:
        return "M can range from 0 to 6."
    return ""


def _mysql_mistake(name: str, numbers: list[int], scalar: ScalarType) -> str:
    first = numbers[0]
    if name == "Decimal":
        if first > 65:
            return "Precision can range from 1 to 65."
        return "Scale can range from 0 to 30." if numbers[1] > 30 else ""
    if name == "Bit" and not 1 <= first <= 64:
        return "M can range from 1 to 64."
    if name == "Bit" and first > 1 and scalar is ScalarType.BOOLEAN:
        return "only Bit(1) can be used as Boolean."
    largest = {"Char": 255, "VarChar": 65535}.get(name, first)
    return f"M can range from 0 to {largest:,}." if first > largest else ""


def column_type(field: ScalarField, connector: Connector) -> ColumnType | None:
    """The native type that a field names, if it can be understood."""
    native = field.native_type
    if native is None:
        return None
    rule = (connector.native_types or {}).get(native.name)
    if rule is None:
        # PostgreSQL may have types that Prisma has not heard of; the other databases may not.
        is_known = connector.provider == "postgresql"
        return ColumnType(native.name, native.arguments) if is_known else None
    return parse_native_type(rule, native.arguments)


def known_native_type(text: str, connector: Connector) -> tuple[ScalarType, ColumnType] | None:
    """The native type that the text of ``Unsupported("...")`` spells, and its scalar."""
    match = re.match(_UNSUPPORTED, text)
    if match is None or connector.native_types is None:
        return None
    name, given = match.groups()
    rule = connector.native_types.get(name.strip())
    if rule is None:
        return None
    arguments = [] if given is None else [each.strip() for each in given.split(",")]
    native_type = parse_native_type(rule, arguments)
    return None if native_type is None else (connector.scalar_of[rule.name], native_type)
