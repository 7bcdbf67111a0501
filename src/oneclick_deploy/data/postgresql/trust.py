"""Plans that are made from a table's first rows, so that the load need not wait for the census.

A census reads every value of a table, which takes half as long as loading it. Large tables are
loaded by what their first rows look like. The server refuses most values that look different; what
it does not notice is looked for when both sides are compared. After either, the load is taken back
and done again by the plan that the census makes.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from attrs import evolve, frozen

from oneclick_deploy.data.columns import Kind
from oneclick_deploy.data.conversion import ColumnPlan, Dialect, TablePlan, draft_table, plan_table
from oneclick_deploy.data.conversion.forms import forms_of
from oneclick_deploy.data.postgresql.jobs import Job
from oneclick_deploy.data.problems import Policies
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

LARGE: Final = 20_000
_SAMPLE: Final = 1_000
# The server refuses their other forms, or reads them as the plan would.
_UNGUARDED: Final = frozenset({Kind.INTEGER, Kind.BOOLEAN, Kind.ENUM, Kind.UUID})
# What is wrong inside a text or a document, the server sees for itself.
_TEXTS: Final = frozenset({Kind.TEXT, Kind.JSON, Kind.OTHER})


@frozen(kw_only=True)
class Guess:
    """A plan that is right for the first rows.

    Args:
        plan: The plan.
        guards: SQL that is true of the rows that it is right for, as far as neither the server nor
            the digests would notice.
    """

    plan: TablePlan
    guards: tuple[str, ...]

    def holds(self, connection: sqlite3.Connection) -> bool:
        """Whether the guards are true of all rows."""
        if not self.guards:
            return True
        table = quote_identifier(self.plan.source.name)
        others = f"({' AND '.join(self.guards)}) IS NOT 1"
        taken = f"{self.plan.where} AND {others}" if self.plan.where else others
        query = f"SELECT 1 FROM {table} WHERE {taken} LIMIT 1"  # noqa: S608 - quoted
        return connection.execute(query).fetchone() is None


def full_plan(connection: sqlite3.Connection, job: Job, policies: Policies) -> TablePlan:
    """The plan that is right for every row.

    Raises:
        DataSourceError: Values are refused.
    """
    return plan_table(
        connection,
        job.source,
        job.target,
        dialect=Dialect.POSTGRESQL,
        policies=policies,
        rename=job.rename,
        where=job.where,
    )


def guess_plan(connection: sqlite3.Connection, job: Job) -> Guess | None:
    """The plan for the first rows; None for a small table, or when they differ among themselves."""
    key = job.source.key
    if len(key) != 1 or job.source.rows < LARGE:
        return None
    condition = f" WHERE {job.where}" if job.where else ""
    table = quote_identifier(job.source.name)
    drafted = draft_table(
        connection,
        job.source,
        job.target,
        dialect=Dialect.POSTGRESQL,
        rename=job.rename,
        where=f"{key[0]} IN (SELECT {key[0]} FROM {table}{condition} LIMIT {_SAMPLE})",  # noqa: S608
    )
    guessed = [_guess(column) for column in drafted.columns]
    columns = [each[0] for each in guessed if each is not None]
    if drafted.problems or len(columns) < len(guessed):
        return None
    plan = evolve(
        drafted,
        columns=tuple(columns),
        where=f"({job.where})" if job.where else "",
        rows=job.source.rows,
    )
    return Guess(plan=plan, guards=tuple(each[1] for each in guessed if each and each[1]))


def _guess(drafted: ColumnPlan) -> tuple[ColumnPlan, str] | None:
    """A column's one form, and what has to be asked of its values."""
    x, target = quote_identifier(drafted.source), drafted.target
    forms = forms_of(x, target, Dialect.POSTGRESQL)
    # Without values in the first rows, the likeliest form is as good as any.
    alike = [form for form in forms if drafted.text in {form.text, "NULL"} and form.passes_null]
    if not alike:
        return None
    form = alike[0]
    column = evolve(
        drafted,
        sql=form.sql,
        text=form.text,
        is_plain=form.is_plain,
        has_nulls=target.nullable,
    )
    if target.kind in _UNGUARDED and not target.is_list:
        return column, ""
    is_text = target.kind in _TEXTS or target.is_list
    test = f"typeof({x}) = 'text'" if is_text else form.test_of(clean=True)
    return column, f"({x} IS NULL OR {test})" if target.nullable else test
