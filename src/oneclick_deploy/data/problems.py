"""Values that a destination would refuse or change, and what to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from attrs import field, frozen


class Problem(StrEnum):
    """Why a value cannot go over as it is."""

    NOT_A_NUMBER = "not-a-number"
    """Text, bytes or a fraction in a column of integers; text in one of numbers."""

    OUT_OF_RANGE = "out-of-range"
    """A number, or a year, beyond what the column holds."""

    NOT_FINITE = "not-finite"
    """An infinity in a column that has none."""

    NOT_A_BOOLEAN = "not-a-boolean"
    NOT_A_DATE = "not-a-date"
    NOT_JSON = "not-json"
    """Text that is no JSON, or holds ``\\u0000``, which binary JSON refuses."""

    NOT_A_UUID = "not-a-uuid"
    NOT_IN_ENUM = "not-in-enum"
    TOO_LONG = "too-long"
    HAS_NUL = "has-nul"
    """A NUL character in a text, which PostgreSQL refuses."""

    NOT_UTF8 = "not-utf8"
    BYTES_IN_TEXT = "bytes-in-text"
    """A BLOB in a column of text."""

    NOT_BYTES = "not-bytes"
    """A number in a column of bytes."""

    IS_NULL = "is-null"
    """NULL in a column that refuses it."""

    LOSES_DIGITS = "loses-digits"
    """A number with more digits than the column keeps."""


class Policy(StrEnum):
    """What happens to a value with a problem.

    ``ERROR`` stops before anything is written. ``CONVERT`` writes the nearest value that the column
    takes, where there is one, and is an error where there is none. ``NULL`` writes NULL. ``SKIP``
    leaves the whole row out.
    """

    ERROR = "error"
    CONVERT = "convert"
    NULL = "null"
    SKIP = "skip"


@frozen(kw_only=True)
class Policies:
    """A policy for each kind of problem.

    Args:
        default: For every problem that is not named.
        by_problem: For those that are.
    """

    default: Policy = Policy.ERROR
    by_problem: Mapping[Problem, Policy] = field(factory=lambda: MappingProxyType({}))

    def of(self, problem: Problem) -> Policy:
        """The policy for a problem."""
        return self.by_problem.get(problem, self.default)


@frozen(kw_only=True)
class ProblemCount:
    """Values of one column with one problem.

    Args:
        table: The table.
        column: The column.
        problem: What is wrong.
        policy: What was, or would be, done.
        rows: How many values.
        row: The rowid, or the key, of the first.
        value: The first value, as a short literal; never more than 60 characters.
    """

    table: str
    column: str
    problem: Problem
    policy: Policy
    rows: int
    row: str
    value: str
