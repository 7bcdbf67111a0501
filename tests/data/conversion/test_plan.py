"""Tables are planned column by column, and refused values are named together."""

from __future__ import annotations

import sqlite3

import pytest

from oneclick_deploy.data.columns import Kind, TargetColumn, TargetTable
from oneclick_deploy.data.conversion import TablePlan, assume_table, plan_table
from oneclick_deploy.data.problems import Policies, Policy, Problem
from oneclick_deploy.data.source import SourceTable
from oneclick_deploy.errors import DataSourceError

KINDS = {
    "id": TargetColumn(name="id", kind=Kind.INTEGER, bits=32, nullable=False),
    "at": TargetColumn(name="at", kind=Kind.DATETIME, precision=3),
    "name": TargetColumn(name="name", kind=Kind.TEXT, length=20),
    "price": TargetColumn(name="price", kind=Kind.DECIMAL, precision=65, scale=30),
    "score": TargetColumn(name="score", kind=Kind.FLOAT),
    "data": TargetColumn(name="data", kind=Kind.BYTES),
}
TARGET = TargetTable(name="T", columns=tuple(KINDS.values()))
TABLE = SourceTable(name="T", columns=tuple(KINDS), rows=0, key=("rowid",))


@pytest.fixture
def source():
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE T (id INTEGER PRIMARY KEY, at DATETIME, name TEXT, price DECIMAL,"
        " score REAL, data BLOB)"
    )
    yield connection
    connection.close()


def insert(connection: sqlite3.Connection, *rows: tuple) -> None:
    connection.executemany("INSERT INTO T VALUES (?, ?, ?, ?, ?, ?)", rows)


def plan(connection: sqlite3.Connection, **options: object) -> TablePlan:
    return plan_table(connection, TABLE, TARGET, dialect="postgresql", **options)


def read(connection: sqlite3.Connection, planned: TablePlan, *, texts: bool = False) -> list:
    sql = ", ".join(each.text if texts else each.sql for each in planned.columns)
    return connection.execute(f"SELECT {sql} FROM T{planned.condition} ORDER BY id").fetchall()


def test_dates_of_all_forms_in_one_column_become_one_form(source):
    insert(
        source,
        (1, 1_700_000_000_123, "a", 0.1, 0.1, b"\x00\xff"),
        (2, -1, "b", 12, 0.1 + 0.2, b""),
        (3, "2023-11-14T22:13:20.123+00:00", None, 0.1 + 0.2, None, None),
        (4, "2023-11-14 22:13:20", "é", None, 5e-324, None),
        (5, "2023-11-15T00:13:20.1+02:00", "", 1e22, 1e300, None),
    )
    assert [row[1] for row in read(source, plan(source))] == [
        "2023-11-14 22:13:20.123",
        "1969-12-31 23:59:59.999",
        "2023-11-14 22:13:20.123",
        "2023-11-14 22:13:20.000",
        "2023-11-14 22:13:20.100",
    ]


def test_texts_spell_every_number_exactly(source):
    insert(
        source,
        (1, None, "a", 0.1, 0.1, b"\x00\xff"),
        (2, None, "b", 0.1 + 0.2, 0.1 + 0.2, b""),
        (3, None, "c", 12, 5e-324, None),
    )
    rows = read(source, plan(source), texts=True)
    assert [row[3] for row in rows] == ["0.1", "0.30000000000000004", "12"]
    assert [float(row[4]) for row in rows] == [0.1, 0.1 + 0.2, 5e-324]
    assert [row[5] for row in rows] == ["00FF", "", None]


def test_all_refused_values_are_named_at_once(source):
    insert(source, (1, "now", "a\0b", "abc", None, None), (2, "2024-02-30", "a\0", 1, None, None))
    with pytest.raises(DataSourceError) as raised:
        plan(source)
    assert raised.value.message == (
        "the destination refuses 5 values:\n"
        "  T.at, row 1 and 1 more: 'now' is not-a-date\n"
        "  T.name, row 1 and 1 more: 'a\\x00b' is has-nul\n"
        "  T.price, row 1: 'abc' is not-a-number"
    )


def test_policies_convert_null_or_skip_and_count(source):
    insert(
        source,
        (1, "now", "a", 1, None, None),
        (2, 0, "a\0b", 1, None, None),
        (3, 0, "c", "abc", None, None),
    )
    policies = Policies(
        by_problem={
            Problem.NOT_A_DATE: Policy.NULL,
            Problem.HAS_NUL: Policy.CONVERT,
            Problem.NOT_A_NUMBER: Policy.SKIP,
        }
    )
    planned = plan(source, policies=policies)
    assert [row[:3] for row in read(source, planned)] == [
        (1, None, "a"),
        (2, "1970-01-01 00:00:00.000", "ab"),
    ]
    assert planned.rows == 2
    assert [(each.column, each.policy, each.rows) for each in planned.problems] == [
        ("at", Policy.NULL, 1),
        ("name", Policy.CONVERT, 1),
        ("price", Policy.SKIP, 1),
    ]


def test_a_column_without_a_place_is_refused(source):
    with pytest.raises(DataSourceError, match="has no column for at, name"):
        plan_table(
            source,
            TABLE,
            TargetTable(name="T", columns=(KINDS["id"], *tuple(KINDS.values())[3:])),
            dialect="mysql",
        )


def test_an_assumed_plan_gives_the_same_values_without_reading_them_first(source):
    insert(
        source,
        (1, 1_700_000_000_123, "a", 0.1, 0.1, b"\x00\xff"),
        (2, "2023-11-15T00:13:20.1+02:00", 7, 3, 2.0, "text"),
        (3, None, None, None, None, None),
    )
    assumed = assume_table(source, TABLE, TARGET, dialect="postgresql")
    assert read(source, assumed) == read(source, plan(source))
    assert read(source, assumed, texts=True) == read(source, plan(source), texts=True)
    assert not assumed.surprises


def test_an_assumed_plan_tells_which_columns_surprised_it(source):
    insert(source, (1, 0, "a", 1, None, None), (2, "soon", "a", "abc", None, None))
    assumed = assume_table(source, TABLE, TARGET, dialect="postgresql")
    read(source, assumed)
    assert assumed.surprises == {"at", "price"}
