"""How each table goes over, without reading it twice.

A census reads every value of a table before the load. A large table is loaded by what its first
rows look like instead. What the comparison afterwards expects is computed by a plan that looks at
each value, so that a wrong guess never stays.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from attrs import evolve, frozen

from oneclick_deploy.data.conversion import TablePlan, assume_table, draft_table
from oneclick_deploy.data.mysql.request import Job
from oneclick_deploy.data.problems import Policies
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

_LARGE: Final = 5_000
_SAMPLE: Final = 500


@frozen(kw_only=True)
class Way:
    """How a table goes over.

    Args:
        job: The table.
        plan: What is written.
        proof: What should have been written: the same plan, when that looks at every value.
    """

    job: Job
    plan: TablePlan
    proof: TablePlan

    @property
    def is_guess(self) -> bool:
        """Whether the plan has to be proven."""
        return self.plan is not self.proof


def checked_way(connection: sqlite3.Connection, job: Job, policies: Policies) -> Way:
    """The way that is right for every row; refused values are in the plan's problems."""
    plan = draft_table(
        connection,
        job.source,
        job.target,
        dialect="mysql",
        policies=policies,
        rename=job.rename,
        where=job.where,
    )
    return Way(job=job, plan=plan, proof=plan)


def likely_way(connection: sqlite3.Connection, job: Job, policies: Policies) -> Way:
    """The way that is right for the first rows of a large table, or for every row of a small one."""
    # What is merged with other rows is not compared with all of them.
    if job.source.rows < _LARGE or len(job.source.key) != 1 or job.merges:
        return checked_way(connection, job, policies)
    proof = assume_table(
        connection,
        job.source,
        job.target,
        dialect="mysql",
        rename=job.rename,
        where=job.where,
    )
    (key,) = job.source.key
    condition = f" WHERE {job.where}" if job.where else ""
    table = quote_identifier(job.source.name)
    first = f"{key} IN (SELECT {key} FROM {table}{condition} LIMIT {_SAMPLE})"  # noqa: S608 - quoted
    guess = draft_table(
        connection, job.source, job.target, dialect="mysql", rename=job.rename, where=first
    )
    if guess.problems or guess.functions:
        # The proof converts everything; it only takes longer.
        return Way(job=job, plan=evolve(proof), proof=proof)
    columns = tuple(
        evolve(column, has_nulls=column.has_nulls or column.target.nullable)
        for column in guess.columns
    )
    return Way(
        job=job,
        plan=evolve(guess, columns=columns, where=proof.where, rows=proof.rows),
        proof=proof,
    )
