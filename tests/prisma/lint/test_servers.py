"""What the linter says a server refuses, a server was asked; what the fix says, it takes."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator

import psycopg
import pymysql
import pytest
from tests.prisma.lint.examples import MYSQL, POSTGRESQL, REFUSED, SQLITE, Example, schema
from tests.prisma.servers import MariadbServer, PostgresServer, connect_mariadb

from oneclick_deploy.prisma.linting.defaults import FOREIGN
from oneclick_deploy.prisma.linting.lint import lint
from oneclick_deploy.prisma.rendering import render_sql

TARGETS = {SQLITE: "turso", POSTGRESQL: "neon", MYSQL: "mysql"}
Run = Callable[[str, str], None]


def text(example: Example, models: str) -> str:
    features = '  previewFeatures = ["postgresqlExtensions"]\n'
    return schema(example.provider, models, generator=features)


def codes(example: Example, models: str) -> set[str]:
    found = lint(text(example, models), TARGETS[example.provider], prisma_version="6")
    return {finding.code for finding in found}


def of(provider: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "example",
        [each for each in REFUSED if each.provider == provider],
        ids=lambda each: each.code,
    )


@pytest.mark.parametrize("example", REFUSED, ids=lambda each: f"{each.code}-{each.provider}")
def test_the_linter_finds_the_bad_one_only(example: Example):
    assert example.code in codes(example, example.bad)
    assert example.code not in codes(example, example.good)


def refused(example: Example, run: Run, error: type[Exception]) -> None:
    script = render_sql(text(example, example.bad))
    if example.then:
        run(script, "")
    with pytest.raises(error):
        run(script, example.then)
    run(render_sql(text(example, example.good)), example.then)


def run_on_sqlite(script: str, then: str) -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        connection.executescript(then)


@of(SQLITE)
def test_sqlite_does_what_the_linter_says(example: Example):
    refused(example, run_on_sqlite, sqlite3.Error)


@pytest.fixture
def run_on_postgresql(postgres_server: PostgresServer) -> Run:
    def run(script: str, then: str) -> None:
        with postgres_server.fresh() as url, psycopg.connect(url) as connection:
            connection.execute(script)  # type: ignore[call-overload]
            if then:
                connection.execute(then)  # type: ignore[call-overload]

    return run


@of(POSTGRESQL)
def test_postgresql_does_what_the_linter_says(example: Example, run_on_postgresql: Run):
    refused(example, run_on_postgresql, psycopg.Error)


@pytest.fixture
def run_on_mariadb(mariadb_server: MariadbServer) -> Run:
    def run(script: str, then: str) -> None:
        with mariadb_server.fresh() as url, _cursor(url) as cursor:
            for statement in [*script.split(";\n"), then]:
                if statement.strip():
                    cursor.execute(statement)

    return run


@contextlib.contextmanager
def _cursor(url: str) -> Iterator[pymysql.cursors.Cursor]:
    with contextlib.closing(connect_mariadb(url)) as connection, connection.cursor() as cursor:
        yield cursor


@of(MYSQL)
def test_mariadb_does_what_the_linter_says(example: Example, run_on_mariadb: Run):
    refused(example, run_on_mariadb, pymysql.Error)


def test_a_backslash_in_a_default_is_read_as_an_escape(mariadb_database: str):
    script = render_sql(
        schema(MYSQL, 'model User {\n  id Int @id\n  a String @default("a\\\\tb")\n}\n')
    )
    with _cursor(mariadb_database) as cursor:
        cursor.execute(script)
        cursor.execute("INSERT INTO `User` (`id`) VALUES (1)")
        cursor.execute("SELECT a FROM `User`")
        assert cursor.fetchall() == (("a\tb",),)


@pytest.mark.parametrize("function", sorted(FOREIGN[SQLITE]))
def test_sqlite_has_no_such_function(function: str):
    connection = sqlite3.connect(":memory:")
    refused = pytest.raises(sqlite3.OperationalError, match="no such function")
    with contextlib.closing(connection), refused:
        connection.execute(f"SELECT {function}()")


def test_postgresql_has_none_of_these_functions(postgres_database: str):
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        for function in sorted(FOREIGN[POSTGRESQL]):
            with pytest.raises(psycopg.errors.UndefinedFunction):
                connection.execute(f"SELECT {function}()")  # type: ignore[arg-type]
        found = connection.execute(
            "SELECT proname FROM pg_proc WHERE proname = ANY(%s)", [sorted(FOREIGN[POSTGRESQL])]
        ).fetchall()
    assert found == []


def test_mariadb_has_none_of_these_functions(mariadb_database: str):
    # MariaDB has sequences, which MySQL has not.
    with _cursor(mariadb_database) as cursor:
        for function in sorted(FOREIGN[MYSQL] - {"nextval"}):
            with pytest.raises(pymysql.Error, match=r"does not exist|syntax"):
                cursor.execute(f"SELECT {function}()")


def test_a_table_made_anew_inside_a_transaction_loses_what_refers_to_it():
    models = """
model User {
  id    Int     @id
  posts Post[]
  notes Note[]
}

model Post {
  id     Int  @id
  userId Int
  user   User @relation(fields: [userId], references: [id], onDelete: Cascade)
}

model Note {
  id     Int   @id
  userId Int?
  user   User? @relation(fields: [userId], references: [id])
}
"""
    text = schema(SQLITE, models)
    [finding] = [each for each in lint(text, "d1") if each.code == "OD304"]
    assert finding.where == "User"
    assert "Post.user" in finding.message
    assert "Note.user" in finding.message
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.executescript(render_sql(text))
        connection.executescript(
            'INSERT INTO "User" VALUES (1); INSERT INTO "Post" VALUES (1, 1);'
            'INSERT INTO "Note" VALUES (1, 1);'
        )
        connection.executescript('BEGIN; PRAGMA foreign_keys=OFF; DROP TABLE "User"; COMMIT;')
        assert connection.execute('SELECT count(*) FROM "Post"').fetchone() == (0,)
        assert connection.execute('SELECT "userId" FROM "Note"').fetchone() == (None,)


def test_a_decimal_loses_digits_on_sqlite():
    text = schema(SQLITE, "model User {\n  id Int @id\n  price Decimal\n}\n")
    assert "OD305" in {each.code for each in lint(text, "turso")}
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(render_sql(text))
        connection.execute('INSERT INTO "User" VALUES (1, ?)', ("12345678901234567.89",))
        [stored] = connection.execute('SELECT "price" FROM "User"').fetchone()
        assert stored == 12345678901234568.0
