"""Counts the values that a destination would refuse, and finds the first of each sort."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from oneclick_deploy.data.conversion.census import Finding
from oneclick_deploy.data.conversion.exact import read_value
from oneclick_deploy.data.conversion.functions import call_sql
from oneclick_deploy.data.conversion.outcome import Converted, Undecodable
from oneclick_deploy.data.conversion.scope import Scope
from oneclick_deploy.data.problems import Policy, Problem, ProblemCount
from oneclick_deploy.errors import DataSourceError

_LONGEST: Final = 60
_SHOWN: Final = 200


@frozen(kw_only=True)
class Suspect:
    """A column with values that no form of SQL covers.

    Args:
        name: The column of the source.
        x: SQL of the stored value.
        finding: What the census found.
        verdict: The name of the function that judges a value.
    """

    name: str
    x: str
    finding: Finding
    verdict: str

    @property
    def judged(self) -> str:
        """SQL that judges the value."""
        return call_sql(self.verdict, self.x)

    @property
    def is_other(self) -> str:
        """SQL of the rows that no form covers."""
        covered = (
            " OR ".join(each.test_of(clean=self.finding.clean) for each in self.finding.forms)
            or "0"
        )
        return f"NOT coalesce({covered}, 0)"

    @property
    def is_kept(self) -> str:
        """SQL of the rows that are not left out for this column."""
        kept = f"coalesce(substr({self.judged}, -5) <> ' {Policy.SKIP}', 1)"
        return f"CASE WHEN {self.is_other} THEN {kept} ELSE 1 END"


def count_problems(scope: Scope, suspects: Iterable[Suspect]) -> tuple[ProblemCount, ...]:
    """Judge the values of the suspected columns that no form covers."""
    return tuple(each for suspect in suspects for each in _problems(scope, suspect))


def refuse(problems: Iterable[ProblemCount]) -> None:
    """Name all values that stop the import.

    Raises:
        DataSourceError: There are some.
    """
    refused = [each for each in problems if each.policy is Policy.ERROR]
    if not refused:
        return
    values = sum(each.rows for each in refused)
    lines = "".join(f"\n  {_line(each)}" for each in refused[:_SHOWN])
    more = f"\n  and {len(refused) - _SHOWN} more columns" if len(refused) > _SHOWN else ""
    names = ", ".join(sorted({each.problem.value for each in refused}))
    raise DataSourceError(
        f"the destination refuses {values} value{'s' if values > 1 else ''}:{lines}{more}",
        hint=f"Repair the values in the app, or pass a policy for {names}: "
        "convert (to the nearest value, where there is one), null, or skip (the row).",
    )


def literal(value: Converted | Undecodable) -> str:
    """A value as a short literal of SQL."""
    if isinstance(value, Undecodable):
        return _cut(f"CAST(x'{value.raw[:_LONGEST].hex()}' AS TEXT)", ")")
    if isinstance(value, bytes):
        return _cut(f"x'{value[:_LONGEST].hex()}'", "'")
    if isinstance(value, str):
        shown = value[:_LONGEST].encode("unicode_escape").decode().replace("'", "''")
        return _cut(f"'{shown}'", "'")
    return "NULL" if value is None else repr(value)


def _problems(scope: Scope, suspect: Suspect) -> Iterator[ProblemCount]:
    counted = scope.ask(f"{suspect.judged}, count(*)", where=suspect.is_other, tail="GROUP BY 1")
    for verdict, rows in counted.fetchall():
        if verdict is None:
            continue
        problem, _, policy = verdict.partition(" ")
        row, value = _first(scope, suspect, verdict)
        yield ProblemCount(
            table=scope.table.name,
            column=suspect.name,
            problem=Problem(problem),
            policy=Policy(policy),
            rows=rows,
            row=row,
            value=literal(value),
        )


def _first(scope: Scope, suspect: Suspect, verdict: str) -> tuple[str, Converted | Undecodable]:
    shown = [*scope.table.key, suspect.x]
    wanted = ", ".join(f"typeof({each}), {_readable(each)}" for each in shown)
    found = scope.ask_one(
        wanted,
        verdict,
        where=f"CASE WHEN {suspect.is_other} THEN {suspect.judged} = ? ELSE 0 END",
        tail=f"ORDER BY {', '.join(scope.table.key)} LIMIT 1",
    )
    *key, value = (read_value(*pair) for pair in zip(found[::2], found[1::2], strict=True))
    return ", ".join(map(literal, key)), value


def _readable(x: str) -> str:
    """The value, a text as its bytes: sqlite3 would refuse one that is not UTF-8."""
    return f"CASE typeof({x}) WHEN 'text' THEN CAST({x} AS BLOB) ELSE {x} END"


def _cut(shown: str, end: str) -> str:
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1 - len(end)]}…{end}"


def _line(each: ProblemCount) -> str:
    more = f" and {each.rows - 1} more" if each.rows > 1 else ""
    return f"{each.table}.{each.column}, row {each.row}{more}: {each.value} is {each.problem}"
