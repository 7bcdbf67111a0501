"""What forms the values of a table have: guessed from its first rows, then proven for all of them.

The usual table has one form in each column and is read once, with one condition over all columns.
Columns where that fails are counted one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

from attrs import frozen

from oneclick_deploy.data.conversion.form import Form
from oneclick_deploy.data.conversion.scope import Scope
from oneclick_deploy.data.conversion.text_check import unclean_columns

_Item = TypeVar("_Item")
_OTHER: Final = -1
_NULL: Final = -2
_SAMPLED: Final = 100
# Each failure reads the table up to the row that fails; a table of many mixed columns stops here.
_TRIES: Final = 4
# Conditions are nested as deep as there are columns, and SQLite nests 1,000 deep.
_AT_ONCE: Final = 200


@frozen(kw_only=True)
class Candidate:
    """A column whose forms are wanted.

    Args:
        x: SQL of the stored value.
        forms: The forms that SQL converts.
        nullable: Whether it may hold NULL.
    """

    x: str
    forms: tuple[Form, ...]
    nullable: bool = True


@frozen(kw_only=True)
class Finding:
    """The forms that the values of a column have.

    Args:
        forms: Those that occur, in order; one is enough when it was proven for all values.
        nulls: Whether a value is NULL; also when nobody looked.
        others: Whether a value has none of the forms; also when nobody looked.
        clean: Whether its texts may be taken to be UTF-8.
    """

    forms: tuple[Form, ...]
    nulls: bool
    others: bool = False
    clean: bool = False


def take_census(
    scope: Scope, candidates: Sequence[Candidate], *, nul_is_clean: bool
) -> tuple[Finding, ...]:
    """Find the forms of each column's values.

    Args:
        scope: The rows.
        candidates: The columns.
        nul_is_clean: Whether the destination takes NUL in a text.
    """
    guesses = {at: form for at, form in enumerate(guess(scope, candidates)) if form is not None}
    proven = _prove(scope, candidates, guesses)
    texts = [candidates[at].x for at in proven if guesses[at].clean_test]
    unclean = unclean_columns(scope, texts, nul_is_clean=nul_is_clean)
    return tuple(
        Finding(forms=(guesses[at],), nulls=each.nullable, clean=True)
        if at in proven and each.x not in unclean
        else _count(scope, each)
        for at, each in enumerate(candidates)
    )


def guess(scope: Scope, candidates: Sequence[Candidate]) -> list[Form | None]:
    """The form that most of the first values of each column have; None without forms."""
    likely: list[Form | None] = []
    for some in _batches(candidates):
        wanted = ", ".join(_number(each, clean=True) for each in some)
        rows = scope.ask(wanted, tail=f"LIMIT {_SAMPLED}").fetchall()
        for at, each in enumerate(some):
            seen = [row[at] for row in rows if row[at] >= 0]
            usual = max(set(seen), key=seen.count, default=0)
            likely.append(each.forms[usual] if each.forms else None)
    return likely


def _prove(
    scope: Scope, candidates: Sequence[Candidate], guesses: Mapping[int, Form]
) -> frozenset[int]:
    """The columns whose values all have the form that was guessed."""
    conditions = {}
    for at, form in guesses.items():
        test = form.test_of(clean=True)
        conditions[at] = (
            f"({candidates[at].x} IS NULL OR {test})" if candidates[at].nullable else test
        )
    proven: set[int] = set()
    for some in _batches(tuple(conditions)):
        proven |= _hold(scope, {at: conditions[at] for at in some})
    return frozenset(proven)


def _hold(scope: Scope, conditions: Mapping[int, str]) -> set[int]:
    """The conditions that hold for every row."""
    left = dict(conditions)
    for _ in range(_TRIES):
        if not left:
            break
        row = scope.ask_one(", ".join(left.values()), where=f"NOT ({' AND '.join(left.values())})")
        if row is None:
            return set(left)
        left = {at: each for (at, each), holds in zip(left.items(), row, strict=True) if holds}
    return set()


def _count(scope: Scope, candidate: Candidate) -> Finding:
    """Which forms occur; a value belongs to the first form that it has."""
    found = {number for (number,) in scope.ask(_number(candidate, clean=False), tail="GROUP BY 1")}
    occurring = tuple(form for at, form in enumerate(candidate.forms) if at in found)
    return Finding(forms=occurring, nulls=_NULL in found, others=_OTHER in found)


def _number(candidate: Candidate, *, clean: bool) -> str:
    """SQL of the number of the form that a value has."""
    cases = "".join(
        f" WHEN {form.test_of(clean=clean)} THEN {at}" for at, form in enumerate(candidate.forms)
    )
    return f"CASE WHEN {candidate.x} IS NULL THEN {_NULL}{cases} ELSE {_OTHER} END"


def _batches(items: Sequence[_Item]) -> Iterable[Sequence[_Item]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))
