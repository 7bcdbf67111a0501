"""Scripts lead where they should: what a migration makes of a database is what the schema says."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings, strategies as st
from tests.prisma.random_changes import mutate
from tests.prisma.random_schemas import random_schema
from tests.prisma.servers import MariadbServer, PostgresServer, connect_mariadb, run_on_mariadb

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.diff.findings import Loss, Obstacle
from oneclick_deploy.prisma.diff.migration import SqlDiff, diff_sql
from oneclick_deploy.prisma.rendering import render_sql
from oneclick_deploy.prisma.sql.database import Database

Rows = list[tuple[Any, ...]]


def pairs(provider: str, seeds: range) -> Iterator[tuple[str, str, SqlDiff]]:
    """Random schemas, changed ones, and the way from one to the other."""
    for seed in seeds:
        schema = random_schema(seed, provider, runnable=True)
        old, new = schema.text, mutate(schema, seed).text
        # Now and then a change of the generator's is none that Prisma accepts.
        with contextlib.suppress(InvalidSchemaError):
            diff = diff_sql(old, new)
            if not has_equal_indexes(diff.old) and not has_equal_indexes(diff.new):
                yield old, new, diff


def has_equal_indexes(database: Database) -> bool:
    """Whether two indexes differ in nothing but their names: Prisma then leaves them alone."""
    return any(
        len({(each.kind, tuple(column.name for column in each.columns)) for each in table.indexes})
        < len(table.indexes)
        for table in database.tables
    )


# SQLite


def sqlite_structure(connection: sqlite3.Connection) -> dict[str, Any]:
    """What SQLite knows of its tables, but for the order of their columns."""
    tables = connection.execute(
        "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master"
        " WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    found: dict[str, Any] = {}
    for table, numbers_itself in tables:
        columns = connection.execute(f"SELECT * FROM pragma_table_info('{table}')").fetchall()
        keys = connection.execute(f"SELECT * FROM pragma_foreign_key_list('{table}')").fetchall()
        found[table] = (
            numbers_itself,
            # Prisma takes all dates for the same default, and leaves the old one.
            sorted((*row[1:4], row[2] == "DATETIME" or row[4], row[5]) for row in columns),
            sorted(row[2:] for row in keys),
        )
    # ASC says nothing, so that Prisma does not make an index anew for it.
    found["indexes"] = connection.execute(
        "SELECT name, tbl_name, replace(sql, ' ASC', '') FROM sqlite_master WHERE type = 'index' AND sql NOT NULL"
        " ORDER BY name"
    ).fetchall()
    return found


@contextlib.contextmanager
def sqlite_with(script: str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    with contextlib.closing(connection):
        connection.executescript(script)
        yield connection


def insert_a_row_everywhere(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")
    for (table,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall():
        columns = connection.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchall()
        names = ", ".join(f'"{name}"' for (name,) in columns)
        values = ", ".join(["7"] * len(columns))
        connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({values})')


def test_sqlite_ends_up_as_the_schema_says_and_keeps_its_rows() -> None:
    for old, new, diff in pairs("sqlite", range(150)):
        with sqlite_with(render_sql(old)) as migrated, sqlite_with(render_sql(new)) as made:
            if not diff.unexecutable:
                insert_a_row_everywhere(migrated)
            if any(each.kind is Obstacle.INDEX_NAME_TAKEN for each in diff.unexecutable):
                with pytest.raises(sqlite3.OperationalError, match="already exists"):
                    migrated.executescript(str(diff))
                continue
            migrated.executescript(str(diff))
            assert sqlite_structure(migrated) == sqlite_structure(made), f"{old}\n{new}\n{diff}"
            if not diff.unexecutable:
                assert_rows_are_kept(migrated, diff)


def assert_rows_are_kept(connection: sqlite3.Connection, diff: SqlDiff) -> None:
    after = {table.name: table for table in diff.new.tables}
    for table in diff.old.tables:
        if table.name not in after:
            continue
        names = {column.name for column in after[table.name].columns}
        kept = [f'"{column.name}"' for column in table.columns if column.name in names]
        if not kept:
            assert Loss.DROP_ROWS in {each.kind for each in diff.warnings}
            continue
        row = connection.execute(f'SELECT {", ".join(kept)} FROM "{table.name}"').fetchone()
        assert row is not None, table.name
        assert {str(value) for value in row} <= {"7", "7.0", "1"}, table.name


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_way_to_the_same_schema_is_empty_on_every_provider(seed: int) -> None:
    for provider in ("sqlite", "postgresql", "mysql"):
        text = random_schema(seed, provider).text
        assert diff_sql(text, text).is_empty


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_difference_has_steps_that_can_be_printed_and_judged(seed: int) -> None:
    for provider in ("sqlite", "postgresql", "mysql"):
        schema = random_schema(seed, provider)
        try:
            diff = diff_sql(schema.text, mutate(schema, seed).text)
        except InvalidSchemaError:
            continue
        titles = [line[3:] for line in str(diff).splitlines() if line.startswith("-- ")]
        assert diff.is_empty or set(titles) & {type(step).__name__ for step in diff.steps}
        findings: list[Any] = [*diff.warnings, *diff.unexecutable]
        for finding in findings:
            assert 0 <= finding.step < len(diff.steps)
            assert finding.message
            assert finding.hint


# PostgreSQL

POSTGRES_STRUCTURE = (
    # Sequences are named after tables and columns, and renamed with neither.
    """SELECT table_schema, table_name, column_name, data_type, udt_name, is_nullable,
       character_maximum_length, numeric_precision, numeric_scale, datetime_precision,
       CASE WHEN column_default LIKE 'nextval%%' THEN 'sequence'
            WHEN udt_name LIKE '%%time%%' OR udt_name LIKE '%%date%%' THEN NULL
            ELSE column_default END
       FROM information_schema.columns
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2, 3""",
    """SELECT schemaname, indexname, indexdef FROM pg_indexes
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2""",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE contype IN ('f', 'p') AND connamespace NOT IN
       ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) ORDER BY 1, 2""",
    """SELECT typname, array_agg(enumlabel::text ORDER BY enumlabel::text)
       FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid GROUP BY 1 ORDER BY 1""",
)


def postgres_structure(server: PostgresServer, *scripts: str) -> list[Rows]:
    with server.fresh() as url, psycopg.connect(url, autocommit=True) as connection:
        for script in scripts:
            connection.execute(script.encode())
        return [connection.execute(query.encode()).fetchall() for query in POSTGRES_STRUCTURE]


def test_postgresql_ends_up_as_the_schema_says(postgres_server: PostgresServer) -> None:
    tried = 0
    for old, new, diff in pairs("postgresql", range(20)):
        if diff.is_destructive or diff.is_empty or "xtension" in old + new:
            continue
        tried += 1
        migrated = postgres_structure(postgres_server, render_sql(old), str(diff))
        assert migrated == postgres_structure(postgres_server, render_sql(new)), f"{old}\n{diff}"
    assert tried > 3


# MariaDB, which speaks for MySQL

MARIADB_STRUCTURE = (
    """SELECT table_name, column_name, column_type, is_nullable, extra,
       IF(data_type IN ('datetime', 'timestamp', 'date', 'time'), NULL, column_default)
       FROM information_schema.columns WHERE table_schema = database() ORDER BY 1, 2""",
    """SELECT table_name, constraint_name, update_rule, delete_rule, referenced_table_name
       FROM information_schema.referential_constraints
       WHERE constraint_schema = database() ORDER BY 1, 2""",
    """SELECT table_name, index_name, non_unique, seq_in_index, column_name
       FROM information_schema.statistics WHERE table_schema = database() ORDER BY 1, 2, 4""",
)


def mariadb_structure(server: MariadbServer, *scripts: str) -> list[Any]:
    with server.fresh() as url:
        for script in scripts:
            run_on_mariadb(url, script)
        with contextlib.closing(connect_mariadb(url)) as connection, connection.cursor() as cursor:
            found = []
            for query in MARIADB_STRUCTURE:
                cursor.execute(query)
                found.append(cursor.fetchall())
            return found


def test_mariadb_ends_up_as_the_schema_says(mariadb_server: MariadbServer) -> None:
    tried = 0
    for old, new, diff in pairs("mysql", range(20)):
        if diff.is_destructive or diff.is_empty:
            continue
        tried += 1
        *migrated, indexes = mariadb_structure(mariadb_server, render_sql(old), str(diff))
        *made, wanted = mariadb_structure(mariadb_server, render_sql(new))
        assert migrated == made, f"{old}\n{diff}"
        # What MariaDB has made for a foreign key stays when the key goes.
        assert set(wanted) <= set(indexes), f"{old}\n{diff}"
    assert tried > 3
