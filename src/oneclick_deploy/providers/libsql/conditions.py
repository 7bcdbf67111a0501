"""When a step of a batch runs, in terms of the steps before it (HRANA_3_SPEC, Batch)."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen


@frozen
class Condition:
    """A condition as Hrana writes it. Made with the functions of this module."""

    wire: dict[str, Any] = field(repr=True)


def ok(step: int) -> Condition:
    """The step ran and succeeded."""
    return Condition({"type": "ok", "step": step})


def error(step: int) -> Condition:
    """The step ran and failed. sqld also says so of a step that was skipped."""
    return Condition({"type": "error", "step": step})


def negate(condition: Condition) -> Condition:
    """The other condition does not hold."""
    return Condition({"type": "not", "cond": condition.wire})


def all_of(*conditions: Condition) -> Condition:
    """All of the conditions hold; true when there are none."""
    return Condition({"type": "and", "conds": [each.wire for each in conditions]})


def any_of(*conditions: Condition) -> Condition:
    """One of the conditions holds; false when there are none."""
    return Condition({"type": "or", "conds": [each.wire for each in conditions]})
