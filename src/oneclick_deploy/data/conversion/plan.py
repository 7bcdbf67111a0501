"""Plans how a table goes over: one expression of SQLite per column, exact for every value."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from attrs import field, frozen

from oneclick_deploy.data.columns import Kind, TargetColumn, TargetTable
from oneclick_deploy.data.conversion.census import Candidate, Finding, guess, take_census
from oneclick_deploy.data.conversion.dialects import Dialect, takes_nul
from oneclick_deploy.data.conversion.forms import forms_of
from oneclick_deploy.data.conversion.functions import (
    Function,
    call_sql,
    register,
    text_function,
    value_function,
    verdict_function,
)
from oneclick_deploy.data.conversion.scope import Scope
from oneclick_deploy.data.conversion.verdicts import Suspect, count_problems, refuse
from oneclick_deploy.data.problems import Policies, Policy, Problem, ProblemCount
from oneclick_deploy.data.source import SourceTable
from oneclick_deploy.errors import DataSourceError
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

_PLAIN_KINDS = frozenset(
    {
        Kind.INTEGER,
        Kind.FLOAT,
        Kind.DECIMAL,
        Kind.BOOLEAN,
        Kind.BYTES,
        Kind.DATETIME,
        Kind.DATE,
        Kind.TIME,
        Kind.UUID,
    }
)
# No two plans share a function, also not on one connection.
_NUMBERS = itertools.count()


@frozen(kw_only=True)
class ColumnPlan:
    """How the values of one column go over.

    Args:
        source: The column of the source.
        target: The column of the destination.
        sql: SQL of the value to write, in its own storage class.
        text: SQL of the same value to put between ``||``: a text or an integer that spells it
            exactly, never a REAL or a BLOB. Bytes are hexadecimal digits.
        is_plain: Whether that text holds nothing but letters, digits and ``+-.: ``.
        has_nulls: Whether a value of it may be NULL.
    """

    source: str
    target: TargetColumn
    sql: str
    text: str
    is_plain: bool = False
    has_nulls: bool = True


@frozen(kw_only=True)
class TablePlan:
    """How the rows of one table go over.

    Args:
        source: The table of the source.
        target: The table of the destination.
        dialect: The family of the destination.
        columns: The columns that are written, in the order of the source.
        where: SQL of the rows to take; empty for all of them.
        rows: How many rows that are.
        problems: Values that are changed or left out, by column and problem.
        functions: What the SQL calls; `prepare` makes them known to a connection.
        surprises: Of a plan that nobody has checked against the rows: the columns in which the SQL
            met a value with a problem when it ran. See `assume_table`.
    """

    source: SourceTable
    target: TargetTable
    dialect: Dialect
    columns: tuple[ColumnPlan, ...]
    where: str = ""
    rows: int = 0
    problems: tuple[ProblemCount, ...] = ()
    functions: tuple[Function, ...] = field(default=(), eq=False)
    surprises: set[str] = field(factory=set, eq=False)

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Let another connection to the source run the plan's SQL."""
        register(connection, self.functions)

    @property
    def condition(self) -> str:
        """`where` as a clause, with a space before it, or nothing."""
        return f" WHERE {self.where}" if self.where else ""


def plan_table(
    connection: sqlite3.Connection,
    table: SourceTable,
    target: TargetTable,
    *,
    dialect: Dialect | str,
    policies: Policies | None = None,
    rename: Mapping[str, str] = MappingProxyType({}),
    where: str = "",
) -> TablePlan:
    """Look at every value of a table once, and plan how each column goes over.

    Args:
        connection: The source. The plan's functions are registered on it.
        table: Its table.
        target: Where the rows go.
        dialect: The family of the destination: ``postgresql``, ``mysql`` or ``libsql``.
        policies: What to do with values that the destination refuses; by default, an error.
        rename: Columns of the destination by those of the source, where the names differ.
        where: SQL of the rows to take; all of them when empty.

    Raises:
        DataSourceError: A column has no place in the destination, or values are refused; all of
            them are named.
    """
    plan = draft_table(
        connection,
        table,
        target,
        dialect=dialect,
        policies=policies,
        rename=rename,
        where=where,
    )
    refuse(plan.problems)
    return plan


def draft_table(
    connection: sqlite3.Connection,
    table: SourceTable,
    target: TargetTable,
    *,
    dialect: Dialect | str,
    policies: Policies | None = None,
    rename: Mapping[str, str] = MappingProxyType({}),
    where: str = "",
) -> TablePlan:
    """Plan as `plan_table` does, and leave refused values in the plan's ``problems``.

    Such a plan writes NULL for them: pass the problems of all tables to `refuse` before it is used.

    Raises:
        DataSourceError: A column has no place in the destination.
    """
    dialect = Dialect(dialect)
    scope = Scope(connection=connection, table=table, where=where)
    pairs = _pairs(table, target, rename)
    candidates = _candidates(pairs, dialect)
    findings = take_census(scope, candidates, nul_is_clean=takes_nul(dialect))
    drafts = [
        _draft(name, column, candidate.x, finding, dialect, policies or Policies())
        for (name, column), candidate, finding in zip(pairs, candidates, findings, strict=True)
    ]
    functions = tuple(each for draft in drafts for each in draft.functions)
    register(connection, functions)
    suspects = [draft.suspect for draft in drafts if draft.suspect is not None]
    problems = count_problems(scope, suspects)
    skipping = {each.column for each in problems if each.policy is Policy.SKIP}
    kept = [each.is_kept for each in suspects if each.name in skipping]
    return TablePlan(
        source=table,
        target=target,
        dialect=dialect,
        columns=tuple(draft.plan for draft in drafts),
        where=" AND ".join(f"({each})" for each in (where, *kept) if each),
        rows=scope.ask_one("count(*)", where=" AND ".join(kept))[0],
        problems=problems,
        functions=functions,
    )


def assume_table(
    connection: sqlite3.Connection,
    table: SourceTable,
    target: TargetTable,
    *,
    dialect: Dialect | str,
    rename: Mapping[str, str] = MappingProxyType({}),
    where: str = "",
) -> TablePlan:
    """Plan from the first rows alone, for a load that can be taken back.

    Reading every row before the load takes a third of the load's own time. This plan looks at each
    value as it goes over instead. It is right for every value but two sorts: values with a problem,
    which it writes as NULL and tells of in ``surprises``, and texts that are not UTF-8 (or hold NUL
    where the destination takes none), which the loader has to look for in its own blocks
    (`is_clean`). After either, or when the server refuses a value, take the load back and load by
    `plan_table`, which names what is wrong, or applies the policies.

    Raises:
        DataSourceError: A column has no place in the destination.
    """
    dialect = Dialect(dialect)
    scope = Scope(connection=connection, table=table, where=where)
    pairs = _pairs(table, target, rename)
    candidates = _candidates(pairs, dialect)
    guesses = guess(scope, candidates)
    surprises: set[str] = set()
    drafts = []
    for (name, column), candidate, likely in zip(pairs, candidates, guesses, strict=True):
        # The likeliest form is asked for first.
        first = [likely] if likely else []
        forms = (*first, *(form for form in candidate.forms if form is not likely))
        finding = Finding(forms=forms, nulls=True, others=True, clean=True)
        drafts.append(
            _draft(name, column, candidate.x, finding, dialect, Policies(), surprises.add)
        )
    functions = tuple(each for draft in drafts for each in draft.functions)
    register(connection, functions)
    return TablePlan(
        source=table,
        target=target,
        dialect=dialect,
        columns=tuple(draft.plan for draft in drafts),
        where=where,
        rows=table.rows,
        functions=functions,
        surprises=surprises,
    )


def _candidates(
    pairs: Sequence[tuple[str, TargetColumn]], dialect: Dialect
) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(x=x, forms=forms_of(x, column, dialect), nullable=column.nullable)
        for x, column in ((quote_identifier(name), column) for name, column in pairs)
    )


@frozen(kw_only=True)
class _Draft:
    plan: ColumnPlan
    functions: tuple[Function, ...] = ()
    suspect: Suspect | None = None


def _pairs(
    table: SourceTable, target: TargetTable, rename: Mapping[str, str]
) -> list[tuple[str, TargetColumn]]:
    """The columns of the source with those of the destination that may be written."""
    columns = {column.name: column for column in target.columns}
    pairs = [(name, columns.get(rename.get(name, name))) for name in table.columns]
    missing = [name for name, column in pairs if column is None]
    if missing:
        raise DataSourceError(
            f"the table {target.name} of the destination has no column for "
            f"{', '.join(missing)} of {table.name}",
            hint="Migrate the destination to the app's schema first, or rename the columns.",
        )
    return [(name, column) for name, column in pairs if column and not column.is_generated]


def _draft(
    name: str,
    column: TargetColumn,
    x: str,
    finding: Finding,
    dialect: Dialect,
    policies: Policies,
    on_surprise: Callable[[str], object] | None = None,
) -> _Draft:
    if not finding.others and (column.nullable or not finding.nulls):
        return _Draft(plan=_column_plan(name, column, x, finding))
    tag = next(_NUMBERS)
    told = None if on_surprise is None else partial(_tell, on_surprise, name)
    values = value_function(f"oneclick_value_{tag}", column, dialect, policies, told)
    texts = text_function(f"oneclick_text_{tag}", values)
    verdicts = verdict_function(f"oneclick_verdict_{tag}", column, dialect, policies)
    return _Draft(
        plan=_column_plan(
            name,
            column,
            x,
            finding,
            sql=call_sql(values.name, x),
            text=call_sql(texts.name, x),
        ),
        functions=(values, texts, verdicts),
        suspect=Suspect(name=name, x=x, finding=finding, verdict=verdicts.name),
    )


def _tell(on_surprise: Callable[[str], object], name: str, _: Problem) -> None:
    on_surprise(name)


def _column_plan(
    name: str, column: TargetColumn, x: str, finding: Finding, *, sql: str = "", text: str = ""
) -> ColumnPlan:
    forms = finding.forms
    guard = []
    if (
        finding.nulls
        and column.nullable
        and (sql or len(forms) > 1 or not all(form.passes_null for form in forms))
    ):
        guard = [(f"{x} IS NULL", "NULL")]
    return ColumnPlan(
        source=name,
        target=column,
        sql=_cases(
            [*guard, *((form.test_of(clean=finding.clean), form.sql) for form in forms)], sql
        ),
        text=_cases(
            [*guard, *((form.test_of(clean=finding.clean), form.text) for form in forms)], text
        ),
        is_plain=_is_plain(column, finding),
        has_nulls=finding.nulls or bool(sql),
    )


def _is_plain(column: TargetColumn, finding: Finding) -> bool:
    """Whether no text needs an escape; what Python spells is as plain as the kind is."""
    if finding.others or not finding.forms:
        return column.kind in _PLAIN_KINDS and not column.is_list
    return all(form.is_plain for form in finding.forms)


def _cases(cases: list[tuple[str, str]], otherwise: str) -> str:
    """The expressions by their tests; the last one needs none when there is nothing else."""
    if not otherwise:
        otherwise = cases.pop()[1] if cases else "NULL"
    if not cases:
        return otherwise
    tests = "".join(f" WHEN {test} THEN {sql}" for test, sql in cases)
    return f"CASE{tests} ELSE {otherwise} END"
