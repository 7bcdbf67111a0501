"""Exactly what one value becomes, in Python: for values that no cheap form of SQL covers.

Most values never come here. The census finds the columns that hold others, and only those values
of these columns are handed over, one at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from oneclick_deploy.data.columns import Kind, TargetColumn
from oneclick_deploy.data.conversion import exact_moments, exact_numbers, exact_texts
from oneclick_deploy.data.conversion.dialects import Dialect
from oneclick_deploy.data.conversion.outcome import Converted, Outcome, Undecodable, refused
from oneclick_deploy.data.problems import Problem

_Rule = Callable[[Converted, TargetColumn, Dialect], Outcome]

_RULES: Final[dict[Kind, _Rule]] = {
    Kind.INTEGER: exact_numbers.integer,
    Kind.FLOAT: exact_numbers.floating,
    Kind.DECIMAL: exact_numbers.decimal,
    Kind.BOOLEAN: exact_numbers.boolean,
    Kind.DATETIME: exact_moments.moment,
    Kind.DATE: exact_moments.date,
    Kind.TIME: exact_moments.time,
    Kind.TEXT: exact_texts.text,
    Kind.OTHER: exact_texts.text,
    Kind.JSON: exact_texts.document,
    Kind.BYTES: exact_texts.octets,
    Kind.UUID: exact_texts.identifier,
    Kind.ENUM: exact_texts.member,
}
# Those that can make something of a text that is not UTF-8.
_TAKE_UNDECODABLE: Final = {Kind.TEXT, Kind.OTHER, Kind.JSON, Kind.BYTES}


def convert(
    value: Converted | Undecodable, column: TargetColumn, dialect: Dialect | str
) -> Outcome:
    """What a stored value becomes in a column.

    Args:
        value: As SQLite holds it; a text that is not UTF-8 as an `Undecodable`.
        column: Where it goes.
        dialect: The family of the destination.
    """
    dialect = Dialect(dialect)
    if value is None:
        return Outcome(None) if column.nullable else refused(Problem.IS_NULL)
    kind = rule_of(column, dialect)
    if kind is Kind.ANY:
        return Outcome(value.raw if isinstance(value, Undecodable) else value)
    if isinstance(value, Undecodable) and kind not in _TAKE_UNDECODABLE:
        return refused(Problem.NOT_UTF8)
    # Only the rules in _TAKE_UNDECODABLE are given one.
    return _RULES[kind](cast("Converted", value), column, dialect)


def rule_of(column: TargetColumn, dialect: Dialect) -> Kind:
    """The kind whose rules apply: arrays and unknown types are texts that the server reads."""
    if column.kind is Kind.ANY:
        return Kind.ANY if dialect is Dialect.LIBSQL else Kind.OTHER
    return Kind.OTHER if column.is_list else column.kind


def read_value(storage: str, value: Converted) -> Converted | Undecodable:
    """A value as it left SQLite: texts come as their bytes, for not all are UTF-8."""
    if storage != "text" or not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return Undecodable(value)
