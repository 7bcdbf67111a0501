"""Compares what is in PostgreSQL with what the preview holds: digests, and the first difference."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve

from oneclick_deploy.data.canonical import Difference, Digest, postgresql_digest
from oneclick_deploy.data.columns import Kind, TargetColumn
from oneclick_deploy.data.conversion import TablePlan
from oneclick_deploy.data.postgresql.jobs import Job
from oneclick_deploy.data.postgresql.statements import STAGED, qualified, quoted, staged_in
from oneclick_deploy.errors import DataSourceError
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

# Kinds of which psycopg would read more out of the text than is compared.
_AS_TEXT: Final = frozenset({Kind.JSON, Kind.ENUM, Kind.OTHER})


def columns_of(plan: TablePlan) -> list[TargetColumn]:
    """The columns that are written."""
    return [column.target for column in plan.columns]


def digest_sql(job: Job, plan: TablePlan, *, where: str = "") -> str:
    """SQL of the digest of the table that the rows were sent to."""
    table = job.target
    if job.merges:
        table = evolve(table, namespace=STAGED[0], name=STAGED[1])
    return postgresql_digest(table, columns_of(plan), where=where)


def merged_digest_sql(job: Job, plan: TablePlan) -> str:
    """SQL of the digest of a table's rows whose keys were sent."""
    return postgresql_digest(job.target, columns_of(plan), where=staged_in(job.target))


def digest_of(row: Sequence[Any]) -> Digest:
    """What the server answered."""
    return Digest.of_sums(*row)


def number_key(plan: TablePlan) -> tuple[str, str] | None:
    """The column of both sides that is the whole key and a number."""
    key = plan.target.primary_key
    found = [each for each in plan.columns if (each.target.name,) == key]
    if not found or found[0].target.kind is not Kind.INTEGER:
        return None
    return quote_identifier(found[0].source), quoted(found[0].target.name)


def key_range(connection: sqlite3.Connection, plan: TablePlan, key: str) -> tuple[int, int]:
    """The least and the greatest key of the preview's rows."""
    table = quote_identifier(plan.source.name)
    query = f"SELECT min({key}), max({key}) FROM {table}{plan.condition}"  # noqa: S608
    first, last = connection.execute(query).fetchone()
    return int(first or 0), int(last or 0)


def source_rows(
    connection: sqlite3.Connection, plan: TablePlan, key: str, where: str
) -> dict[Any, Sequence[Any]]:
    """Rows of the preview, converted, by their keys."""
    values = ", ".join(column.sql for column in plan.columns)
    both = " AND ".join(f"({each})" for each in (plan.where, where) if each)
    table = quote_identifier(plan.source.name)
    rows = connection.execute(f"SELECT {key}, {values} FROM {table} WHERE {both}")  # noqa: S608
    return {row[0]: row[1:] for row in rows}


def rows_sql(job: Job, plan: TablePlan, key: str, where: str) -> str:
    """SQL of the rows of PostgreSQL, the key first."""
    place = STAGED if job.merges else job.place
    values = ", ".join(_value(column) for column in columns_of(plan))
    return f"SELECT {key}, {values} FROM {qualified(place)} WHERE {where}"  # noqa: S608 - quoted


def differs(job: Job, ours: Digest, theirs: Digest, found: Difference | None) -> DataSourceError:
    """The error for a table that is not the same on both sides."""
    where = f": {found}" if found else ""
    return DataSourceError(
        f"the table {job.target.name} differs after the copy{where} ({ours.rows} rows were sent, "
        f"{theirs.rows} are there)",
        hint="A trigger, a rule or a default of the destination changes what is written.",
    )


def _value(column: TargetColumn) -> str:
    name = quoted(column.name)
    return f"{name}::text" if column.kind in _AS_TEXT or column.is_list else name
