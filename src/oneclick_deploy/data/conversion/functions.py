"""Python inside SQLite: the functions that a plan's SQL calls for values of rare forms."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

from attrs import frozen

from oneclick_deploy.data.columns import TargetColumn
from oneclick_deploy.data.conversion import float_texts
from oneclick_deploy.data.conversion.dialects import Dialect
from oneclick_deploy.data.conversion.exact import convert, read_value
from oneclick_deploy.data.conversion.outcome import Converted, Outcome
from oneclick_deploy.data.problems import Policies, Policy, Problem

# The strictest first: a value with two problems is treated as the strictest of their policies asks.
_STRICTNESS = (Policy.ERROR, Policy.SKIP, Policy.NULL, Policy.CONVERT)


@frozen(kw_only=True)
class Function:
    """A function to register before a plan's SQL is run.

    Args:
        name: Its name in SQL.
        call: Takes the storage class and the value; a text as its bytes.
    """

    name: str
    call: Callable[[str, Converted], Converted]


def register(connection: sqlite3.Connection, functions: Iterable[Function]) -> None:
    """Make functions known to a connection; repeating it does no harm."""
    float_texts.register(connection)
    for each in functions:
        connection.create_function(each.name, 2, each.call, deterministic=True)


def call_sql(name: str, x: str) -> str:
    """SQL of a call: sqlite3 would refuse to hand over a text that is not UTF-8."""
    return f"{name}(typeof({x}), CASE typeof({x}) WHEN 'text' THEN CAST({x} AS BLOB) ELSE {x} END)"


def policy_of(outcome: Outcome, column: TargetColumn, policies: Policies) -> Policy | None:
    """What happens to a value: None when it goes over as it is."""
    if not outcome.problems:
        return None
    wanted = {policies.of(problem) for problem in outcome.problems}
    policy = next(each for each in _STRICTNESS if each in wanted)
    if policy is Policy.CONVERT and not outcome.has_nearest:
        return Policy.ERROR
    if policy is Policy.NULL and not column.nullable:
        return Policy.ERROR
    return policy


def value_function(
    name: str,
    column: TargetColumn,
    dialect: Dialect,
    policies: Policies,
    on_problem: Callable[[Problem], object] | None = None,
) -> Function:
    """Gives the value to write, and NULL for one that is refused."""

    def call(storage: str, stored: Converted) -> Converted:
        outcome = convert(read_value(storage, stored), column, dialect)
        policy = policy_of(outcome, column, policies)
        if policy is not None and on_problem is not None:
            on_problem(outcome.problems[0])
        return outcome.value if policy in {None, Policy.CONVERT} else None

    return Function(name=name, call=call)


def text_function(name: str, values: Function) -> Function:
    """Gives the same value to put between ``||``."""

    def call(storage: str, stored: Converted) -> Converted:
        return as_text(values.call(storage, stored))

    return Function(name=name, call=call)


def verdict_function(
    name: str, column: TargetColumn, dialect: Dialect, policies: Policies
) -> Function:
    """Gives ``problem policy`` of a value, and NULL when it has no problem."""

    def call(storage: str, stored: Converted) -> Converted:
        outcome = convert(read_value(storage, stored), column, dialect)
        policy = policy_of(outcome, column, policies)
        if policy is None:
            return None
        deciding = [each for each in outcome.problems if policies.of(each) is policy]
        return f"{(deciding or outcome.problems)[0]} {policy}"

    return Function(name=name, call=call)


def as_text(value: Converted) -> Converted:
    """A value as a text that spells it exactly; bytes as hexadecimal digits."""
    if isinstance(value, float):
        return repr(value)
    return value.hex().upper() if isinstance(value, bytes) else value
