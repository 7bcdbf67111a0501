"""What forms the values of a table have, found in one pass, and in a second for mixed columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from oneclick_deploy.data.conversion.form import Form
from oneclick_deploy.data.conversion.scope import Scope
from oneclick_deploy.data.conversion.text_check import unclean_columns

# Below SQLite's 2,000 result columns, also in builds that set fewer.
_MOST_RESULTS: Final = 500


@frozen(kw_only=True)
class Candidate:
    """A column whose forms are wanted.

    Args:
        x: SQL of the stored value.
        forms: The forms that SQL converts.
    """

    x: str
    forms: tuple[Form, ...]


@frozen(kw_only=True)
class Finding:
    """The forms that the values of a column have.

    Args:
        forms: Those that occur, in order; one is enough when it was proven for all values.
        nulls: How many values are NULL.
        others: How many have none of the forms.
    """

    forms: tuple[Form, ...]
    nulls: int
    others: int = 0


@frozen(kw_only=True)
class Census:
    """What was found in a table: its rows, and a finding for each column."""

    rows: int
    findings: tuple[Finding, ...]


def take_census(scope: Scope, candidates: Sequence[Candidate], *, nul_is_clean: bool) -> Census:
    """Find the forms of each column's values.

    Args:
        scope: The rows.
        candidates: The columns.
        nul_is_clean: Whether the destination takes NUL in a text.
    """
    rows, proven, nulls = _prove(scope, candidates)
    texts = [
        candidate.x
        for candidate, form in zip(candidates, proven, strict=True)
        if form is not None and form.clean_text
    ]
    unclean = unclean_columns(scope, texts, nul_is_clean=nul_is_clean)
    findings = []
    for candidate, form, null in zip(candidates, proven, nulls, strict=True):
        if form is None or candidate.x in unclean:
            findings.append(_count(scope, candidate, null))
        else:
            findings.append(Finding(forms=(form,), nulls=null))
    return Census(rows=rows, findings=tuple(findings))


def _prove(
    scope: Scope, candidates: Sequence[Candidate]
) -> tuple[int, list[Form | None], list[int]]:
    """The first form that is proven for all values of each column, and the number of NULLs."""
    wanted = ["count(*)"]
    for each in candidates:
        wanted += [f"count({each.x})", *(form.evidence for form in each.forms)]
    answers: list[int] = []
    for start in range(0, len(wanted), _MOST_RESULTS):
        answers += scope.ask_one(", ".join(wanted[start : start + _MOST_RESULTS]))
    found = iter(answers)
    rows = next(found)
    proven: list[Form | None] = []
    nulls = []
    for each in candidates:
        nulls.append(rows - next(found))
        evidence = [(form, next(found)) for form in each.forms]
        proven.append(next((form for form, is_proven in evidence if is_proven), None))
    return rows, proven, nulls


def _count(scope: Scope, candidate: Candidate, nulls: int) -> Finding:
    """Count the values of each form; a value belongs to the first form that it has."""
    cases = "".join(f" WHEN {form.test} THEN {at}" for at, form in enumerate(candidate.forms))
    number = f"CASE{cases} ELSE -1 END" if cases else "-1"
    where = f"{candidate.x} IS NOT NULL"
    counts = dict(scope.ask(f"{number}, count(*)", where=where, tail="GROUP BY 1"))
    occurring = tuple(form for at, form in enumerate(candidate.forms) if at in counts)
    return Finding(forms=occurring, nulls=nulls, others=counts.get(-1, 0))
