# Generated from tests/prisma/migrations/_async/test_postgres_scripts.py by tools/unasync.py. Do not edit.
"""What is special about PostgreSQL: batches, transactions, sessions, and what refuses them."""

from __future__ import annotations

import psycopg
import pytest
from tests.prisma.migrations._sync.test_applying import rows_of, tables_of
from tests.prisma.migrations.scenes import CREATE_USER, history

from oneclick_deploy.errors import (
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    DatabaseError,
    MigrationApplyError,
    MigrationFailedBeforeError,
)
from oneclick_deploy.prisma.migrations import PostgresDatabase
from oneclick_deploy.prisma.migrations._sync.applying import apply, resolve, status
from oneclick_deploy.secrets import Secret


def own(**scripts):
    return history("postgresql", **scripts)


def failure(database, script, *, before=CREATE_USER):
    with pytest.raises(MigrationApplyError) as caught:
        apply(own(a=before, b=script), database)
    return caught.value


# Which statement


@pytest.mark.parametrize(
    ("script", "number", "code", "words"),
    [
        ("SELECT 1;\nSELECT 2; SELEC 3; SELECT 4", 2, "42601", "syntax error"),
        ("SELECT 1;\n/* é😀 */ SELECT nowhere; SELECT 4", 1, "42703", "nowhere"),
        ("SELECT 1; SELECT 2; SELECT 1/0; SELECT 4", 2, "22012", "division by zero"),
        ("SELECT 1; DO $$ BEGIN RAISE EXCEPTION 'my; words'; END $$", 1, "P0001", "my; words"),
        ("DROP TABLE nowhere", 0, "42P01", "nowhere"),
        ("SELECT 'never ended", 0, "42601", "unterminated"),
    ],
)
def test_the_failing_statement_is_told(postgres_database, script, number, code, words):
    with PostgresDatabase.open(postgres_database) as database:
        error = failure(database, script)
    assert (error.statement, error.database_code) == (number, code)
    assert words in error.database_message
    assert error.undone


def test_the_place_of_the_failing_statement_is_in_characters(postgres_database):
    script = "-- é😀\nSELECT 1;\n  SELECT nowhere;"
    with PostgresDatabase.open(postgres_database) as database:
        error = failure(database, script)
    assert error.offset == script.index("SELECT nowhere")


def test_details_of_the_database_are_told(postgres_database):
    script = "INSERT INTO account VALUES (1); INSERT INTO account VALUES (1);"
    with PostgresDatabase.open(postgres_database) as database:
        error = failure(database, script)
        assert "Key (id)=(1) already exists" in error.database_message
        assert "already exists" in (rows_of(database))[1].logs


# In a transaction and outside of one


def test_an_index_is_made_concurrently_when_it_is_alone(postgres_database):
    script = "-- CreateIndex\nCREATE INDEX CONCURRENTLY i ON account (name);\n"
    with PostgresDatabase.open(postgres_database) as database:
        apply(own(a=CREATE_USER, b=script), database)
        assert [row.steps for row in rows_of(database)] == [1, 1]


def test_an_index_is_not_made_concurrently_beside_others(postgres_database):
    script = "SELECT 1; CREATE INDEX CONCURRENTLY i ON account (name);"
    with PostgresDatabase.open(postgres_database) as database:
        error = failure(database, script)
    assert error.database_code == "25001"
    assert error.statement == 1
    assert "a migration of its own" in error.hint


def test_a_concurrent_index_that_fails_is_not_undone(postgres_database):
    doubled = CREATE_USER + "INSERT INTO account VALUES (1, 'x'), (2, 'x');"
    script = "CREATE UNIQUE INDEX CONCURRENTLY i ON account (name);"
    with PostgresDatabase.open(postgres_database) as database:
        error = failure(database, script, before=doubled)
        assert not error.undone
        assert "kept" in error.hint
        with pytest.raises(MigrationFailedBeforeError):
            apply(own(a=doubled, b=script), database)
        database.execute("DROP INDEX i")
        database.execute("DELETE FROM account")
        resolve(database, "b", rolled_back=True)
        assert (apply(own(a=doubled, b=script), database)).applied == ("b",)


def test_a_script_may_have_a_transaction_of_its_own(postgres_database):
    script = "BEGIN;\nCREATE TABLE a (b int);\nCOMMIT;\n"
    with PostgresDatabase.open(postgres_database) as database:
        apply(own(a=script), database)
        assert tables_of(database) == {"_prisma_migrations", "a"}


def test_an_error_in_a_transaction_of_the_script_is_recorded(postgres_database):
    script = "BEGIN; CREATE TABLE one (b int); COMMIT; BEGIN; CREATE TABLE two (b int); SELECT 1/0; COMMIT"
    with PostgresDatabase.open(postgres_database) as database:
        error = failure(database, script)
        assert (error.statement, error.undone) == (5, False)
        assert tables_of(database) == {"_prisma_migrations", "account", "one"}
        assert (rows_of(database))[1].failed


def test_a_script_that_leaves_its_transaction_open_is_not_run(postgres_database):
    with PostgresDatabase.open(postgres_database) as database:
        error = failure(database, "BEGIN; CREATE TABLE one (b int);")
        assert "leaves its transaction open" in error.message
        assert "one" not in tables_of(database)


def test_a_value_of_an_enum_is_added_alone_and_not_used_at_once(postgres_database):
    enum = "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE a (m mood);"
    with PostgresDatabase.open(postgres_database) as database:
        error = failure(
            database, "ALTER TYPE mood ADD VALUE 'ok'; INSERT INTO a VALUES ('ok');", before=enum
        )
        assert error.database_code == "55P04"
        assert "use it in the next" in error.hint
        resolve(database, "b", rolled_back=True)
        fixed = own(a=enum, b="ALTER TYPE mood ADD VALUE 'ok';", c="INSERT INTO a VALUES ('ok');")
        assert (apply(fixed, database)).applied == ("b", "c")


def test_functions_with_bodies_are_made(postgres_database):
    script = """
    CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END; $$;
    CREATE FUNCTION two() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;
    CREATE TABLE t AS SELECT one(), two();
    """
    with PostgresDatabase.open(postgres_database) as database:
        apply(own(a=script), database)
        assert database.execute("SELECT * FROM t") == [(1, 2)]


# The session


def test_a_dump_that_empties_the_search_path_is_applied(postgres_database):
    dump = "SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.a (b int);"
    with PostgresDatabase.open(postgres_database) as database:
        apply(own(a=dump, b="CREATE TABLE c (d int);"), database)
        assert tables_of(database) == {"_prisma_migrations", "a", "c"}


def test_a_url_may_name_a_schema_as_prisma_s_do(postgres_database):
    url = f'{postgres_database}?schema=my "shop"&connection_limit=1&pgbouncer=true'
    with PostgresDatabase.open(Secret(url)) as database:
        apply(own(a=CREATE_USER), database)
        assert database.table.schema == 'my "shop"'
        assert tables_of(database) == {"_prisma_migrations", "account"}
    with PostgresDatabase.open(postgres_database) as database:
        assert tables_of(database) == set()


def test_tables_of_extensions_do_not_make_a_database_full(postgres_database):
    with PostgresDatabase.open(postgres_database) as database:
        database.execute("CREATE TABLE spatial_ref_sys (srid int)")
        assert (apply(own(a=CREATE_USER), database)).applied


def test_an_open_connection_is_used_and_stays_open(postgres_database):
    connection = psycopg.Connection.connect(postgres_database, autocommit=True)
    with PostgresDatabase.on(connection) as database:
        apply(own(a=CREATE_USER), database)
    assert not connection.closed
    connection.set_autocommit(False)
    with pytest.raises(ConfigurationError, match="commit by itself"):
        PostgresDatabase.on(connection)
    connection.close()


def test_rows_of_a_dump_are_refused(postgres_database):
    script = "CREATE TABLE a (b int); COPY a FROM stdin;\n1\n\\.\n"
    with PostgresDatabase.open(postgres_database) as database:
        error = failure(database, script)
        assert (error.database_code, error.undone) == ("42601", True)
        assert (rows_of(database))[1].failed


def test_a_script_that_waits_for_rows_ends_the_session(postgres_database):
    with PostgresDatabase.open(postgres_database) as database:
        error = failure(database, "CREATE TABLE a (b int); COPY a FROM stdin;")
        assert "COPY" in error.message
    with PostgresDatabase.open(postgres_database) as database:
        assert tables_of(database) == {"_prisma_migrations", "account"}
        assert (apply(own(a=CREATE_USER), database)).already == ("a",)


# Refusals


def test_a_connection_that_breaks_leaves_nothing_and_can_be_tried_again(postgres_database):
    breaking = own(a="CREATE TABLE a (b int); SELECT pg_terminate_backend(pg_backend_pid());")
    with PostgresDatabase.open(postgres_database) as database:
        with pytest.raises(ConnectionLostError) as caught:
            apply(breaking, database)
        assert caught.value.outcome_unknown
    with PostgresDatabase.open(postgres_database) as database:
        assert (status(breaking, database)).pending == ("a",)
        assert (apply(own(a=CREATE_USER), database)).applied == ("a",)


def test_a_user_without_rights_is_told(postgres_database):
    with PostgresDatabase.open(postgres_database) as database:
        database.execute("DROP ROLE IF EXISTS guest")
        database.execute("CREATE ROLE guest LOGIN")
    url = postgres_database.replace("postgres@", "guest@")
    database = PostgresDatabase.open(url)
    with pytest.raises(DatabaseError) as caught:
        apply(own(a=CREATE_USER), database)
    database.close()
    assert caught.value.code == "42501"
    assert "may create tables" in caught.value.hint


def test_a_server_that_is_not_there_is_told_without_the_password():
    with pytest.raises(ConnectionFailedError) as caught:
        PostgresDatabase.open("postgresql://me:s3cret@127.0.0.1:1/x")
    assert "s3cret" not in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    "url", ["mysql://me:s3cret@h/x", "s3cret", "postgresql://me:s3cret@h:port/x", "postgresql://["]
)
def test_an_address_that_cannot_be_read_is_not_shown(url):
    with pytest.raises(ConfigurationError) as caught:
        PostgresDatabase.open(url)
    assert "s3cret" not in str(caught.value)
    assert caught.value.hint
