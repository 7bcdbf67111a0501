"""PostgreSQL and MariaDB compute the digest that Python computes of what was sent."""

from __future__ import annotations

import contextlib

import psycopg
import pymysql
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.data.conversion.stored import values_for
from tests.prisma.servers import connect_mariadb

from oneclick_deploy.data.canonical import (
    SETTINGS,
    Digest,
    mysql_digest,
    postgresql_digest,
    rows_digest,
    source_digest,
)

from .moving import MARIADB, POSTGRESQL, converted, planned, source_of, target

slow = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def postgres(postgres_server):
    with postgres_server.fresh() as url, psycopg.connect(url) as connection:
        types = ", ".join(f'"{each.name}" {each.type_name}' for each in POSTGRESQL)
        connection.execute(f'CREATE TABLE "T" ({types})')
        connection.commit()
        yield connection


@pytest.fixture
def mariadb(mariadb_server):
    with mariadb_server.fresh() as url, contextlib.closing(connect_mariadb(url)) as connection:
        types = ", ".join(f"`{each.name}` {each.type_name} NULL" for each in MARIADB)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE `T` ({types})")
        yield connection


def rows_of(columns):
    return st.lists(st.tuples(*map(values_for, columns)), min_size=1, max_size=12)


def test_postgresql_computes_the_same_digest(postgres):
    # JSON as the server spells it: parsed JSON has lost digits.
    wanted = ", ".join(
        f'"{each.name}"::text' if each.kind == "json" else f'"{each.name}"' for each in POSTGRESQL
    )

    @slow
    @given(rows_of(POSTGRESQL))
    def check(rows):
        with contextlib.closing(source_of(POSTGRESQL, rows)) as source:
            plan = planned(source, POSTGRESQL, "postgresql")
            ours = source_digest(source, plan)
            moved = converted(source, plan)
        with postgres.cursor() as cursor:
            with cursor.copy('COPY "T" FROM STDIN') as copy:
                for row in moved:
                    copy.write_row(row)
            cursor.execute(SETTINGS)
            answer = cursor.execute(postgresql_digest(target(POSTGRESQL), POSTGRESQL)).fetchone()
            theirs = cursor.execute(f'SELECT {wanted} FROM "T"').fetchall()
        postgres.rollback()
        assert Digest.of_sums(*answer) == ours
        assert rows_digest(theirs, POSTGRESQL) == ours

    check()


def test_mariadb_computes_the_same_digest(mariadb):
    marks = ", ".join(["%s"] * len(MARIADB))
    sql = mysql_digest(target(MARIADB), MARIADB)

    @slow
    @given(rows_of(MARIADB))
    def check(rows):
        with contextlib.closing(source_of(MARIADB, rows)) as source:
            plan = planned(source, MARIADB, "mysql")
            ours = source_digest(source, plan)
            moved = converted(source, plan)
        with mariadb.cursor(pymysql.cursors.Cursor) as cursor:
            cursor.execute("DELETE FROM `T`")
            for row in moved:
                cursor.execute(f"INSERT INTO `T` VALUES ({marks})", row)
            cursor.execute(sql)
            answer = cursor.fetchone()
            cursor.execute("SELECT * FROM `T`")
            theirs = cursor.fetchall()
        assert Digest.of_sums(*answer) == ours
        assert rows_digest(theirs, MARIADB) == ours

    check()
