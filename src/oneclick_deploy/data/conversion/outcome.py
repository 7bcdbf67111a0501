"""What becomes of one value."""

from __future__ import annotations

from typing import NamedTuple

from oneclick_deploy.data.problems import Problem

Converted = int | float | str | bytes | None


class Undecodable(NamedTuple):
    """What SQLite holds as a text although it is not UTF-8."""

    raw: bytes


class Outcome(NamedTuple):
    """What becomes of one value.

    Args:
        value: The value to write, or the nearest one when there are problems.
        problems: Why the value cannot go over as it is; empty when it can.
        has_nearest: Whether, with problems, there is a nearest value.
    """

    value: Converted
    problems: tuple[Problem, ...] = ()
    has_nearest: bool = True


def refused(problem: Problem) -> Outcome:
    """A value that nothing in the column is near to."""
    return Outcome(None, (problem,), has_nearest=False)


def changed(value: Converted, *problems: Problem) -> Outcome:
    """A value that has to change."""
    return Outcome(value, problems)
