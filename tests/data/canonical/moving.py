"""A table with a column of every kind, and the plainest way to move its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from oneclick_deploy.data.columns import Kind, TargetColumn, TargetTable
from oneclick_deploy.data.conversion import TablePlan, Undecodable, plan_table
from oneclick_deploy.data.problems import Policies, Policy, Problem
from oneclick_deploy.data.source import SourceTable

# What cannot be converted becomes NULL, so that every row arrives.
POLICIES = Policies(default=Policy.NULL, by_problem={Problem.HAS_NUL: Policy.CONVERT})


def column(type_name: str, kind: Kind, **limits: Any) -> TargetColumn:
    return TargetColumn(name=f"a {type_name}", kind=kind, type_name=type_name, **limits)


POSTGRESQL = (
    column("bigint", Kind.INTEGER),
    column("double precision", Kind.FLOAT),
    column("real", Kind.FLOAT, bits=32),
    column("numeric(65,30)", Kind.DECIMAL, precision=65, scale=30),
    column("numeric", Kind.DECIMAL),
    column("boolean", Kind.BOOLEAN),
    column("text", Kind.TEXT),
    column("varchar(5)", Kind.TEXT, length=5),
    column("char(4)", Kind.TEXT, length=4),
    column("bytea", Kind.BYTES),
    column("timestamp(3)", Kind.DATETIME, precision=3),
    column("timestamp", Kind.DATETIME),
    column("timestamptz(6)", Kind.DATETIME, precision=6, with_timezone=True),
    column("date", Kind.DATE),
    column("time(3)", Kind.TIME, precision=3),
    column("jsonb", Kind.JSON, binary_json=True),
    column("json", Kind.JSON),
    column("uuid", Kind.UUID),
)
MARIADB = (
    column("bigint", Kind.INTEGER),
    column("int unsigned", Kind.INTEGER, bits=32, unsigned=True),
    column("decimal(65,30)", Kind.DECIMAL, precision=65, scale=30),
    column("decimal(10,2)", Kind.DECIMAL, precision=10, scale=2),
    column("boolean", Kind.BOOLEAN),
    column("longtext", Kind.TEXT),
    column("varchar(5)", Kind.TEXT, length=5),
    column("char(4)", Kind.TEXT, length=4),
    column("longblob", Kind.BYTES),
    column("datetime(3)", Kind.DATETIME, precision=3),
    column("datetime", Kind.DATETIME, precision=0),
    column("date", Kind.DATE),
    column("time(3)", Kind.TIME, precision=3),
    column("json", Kind.JSON),
)


def target(columns: Sequence[TargetColumn]) -> TargetTable:
    return TargetTable(name="T", columns=tuple(columns))


def source_of(
    columns: Sequence[TargetColumn], rows: Iterable[Sequence[object]]
) -> sqlite3.Connection:
    """An SQLite table with those values, in columns that change nothing."""
    connection = sqlite3.connect(":memory:")
    names = ", ".join(f'"{each.name}"' for each in columns)
    connection.execute(f"CREATE TABLE T ({names})")
    for row in rows:
        marks = ", ".join("CAST(? AS TEXT)" if isinstance(x, Undecodable) else "?" for x in row)
        given = [x.raw if isinstance(x, Undecodable) else x for x in row]
        connection.execute(f"INSERT INTO T VALUES ({marks})", given)
    return connection


def planned(
    connection: sqlite3.Connection, columns: Sequence[TargetColumn], dialect: str
) -> TablePlan:
    table = SourceTable(
        name="T", columns=tuple(each.name for each in columns), rows=0, key=("rowid",)
    )
    return plan_table(connection, table, target(columns), dialect=dialect, policies=POLICIES)


def converted(connection: sqlite3.Connection, plan: TablePlan) -> list[tuple[Any, ...]]:
    wanted = ", ".join(f"{each.sql}, {each.text}" for each in plan.columns)
    rows = connection.execute(f"SELECT {wanted} FROM T{plan.condition}").fetchall()
    # Bytes as they are, everything else as the text that spells it.
    return [
        tuple(
            sql if isinstance(sql, bytes) else text
            for sql, text in zip(row[::2], row[1::2], strict=True)
        )
        for row in rows
    ]
