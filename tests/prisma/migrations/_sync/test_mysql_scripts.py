# Generated from tests/prisma/migrations/_async/test_mysql_scripts.py by tools/unasync.py. Do not edit.
"""What is special about MySQL: no transactions around tables, and PyMySQL."""

from __future__ import annotations

import sys

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
from oneclick_deploy.prisma.migrations import MysqlDatabase
from oneclick_deploy.prisma.migrations._sync.applying import apply, resolve
from oneclick_deploy.secrets import Secret


def own(**scripts):
    return history("mysql", **scripts)


def failure(database, script):
    with pytest.raises(MigrationApplyError) as caught:
        apply(own(a=script), database)
    return caught.value


@pytest.mark.parametrize(
    ("script", "number", "code"),
    [
        ("SELECT 1; SELECT 2; SELEC 3; SELECT 4", 2, "1064"),
        ("SELECT 1;\n-- x\nSELECT nowhere; SELECT 4", 1, "1054"),
        ("DROP TABLE nowhere", 0, "1051"),
        (
            "CREATE TABLE t (a INT PRIMARY KEY); INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)",
            2,
            "1062",
        ),
    ],
)
def test_the_failing_statement_is_told_by_its_number(mariadb_database, script, number, code):
    with MysqlDatabase.open(mariadb_database) as database:
        error = failure(database, script)
    assert (error.statement, error.database_code) == (number, code)
    assert not error.undone
    assert "Repair the database by hand" in error.hint


def test_what_came_before_the_error_is_kept_and_nothing_is_retried(mariadb_database):
    with MysqlDatabase.open(mariadb_database) as database:
        script = "CREATE TABLE kept (a INT); CREATE TABLE kept (a INT);"
        with pytest.raises(MigrationApplyError):
            apply(own(a=script), database, retry_undone=True)
        assert tables_of(database) == {"_prisma_migrations", "kept"}
        with pytest.raises(MigrationFailedBeforeError):
            apply(own(a=script), database, retry_undone=True)
        resolve(database, "a", applied=own(a=script))
        assert (apply(own(a=script), database)).applied == ()


def test_a_transaction_that_a_script_leaves_open_does_not_take_its_row(mariadb_database):
    script = "CREATE TABLE t (a INT); START TRANSACTION; INSERT INTO t VALUES (1);"
    with MysqlDatabase.open(mariadb_database) as database:
        apply(own(a=script), database)
    with MysqlDatabase.open(mariadb_database) as database:
        assert [row.finished for row in rows_of(database)] == [True]
        assert database.execute("SELECT * FROM t") == []


def test_an_error_in_a_transaction_does_not_take_the_row_either(mariadb_database):
    script = "START TRANSACTION; SELECT nowhere; COMMIT"
    with MysqlDatabase.open(mariadb_database) as database:
        failure(database, script)
    with MysqlDatabase.open(mariadb_database) as database:
        assert [row.failed for row in rows_of(database)] == [True]


def test_a_script_that_uses_another_database_is_recorded_in_the_own_one(mariadb_database):
    with MysqlDatabase.open(mariadb_database) as database:
        apply(own(a="USE mysql; SELECT 1;", b="SELECT 2"), database)
        assert [row.name for row in rows_of(database)] == ["a", "b"]


def test_procedures_and_triggers_are_made_without_delimiters(mariadb_database):
    script = """
    CREATE TABLE t (a INT);
    CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = NEW.a + 1; SET @x = 1; END;
    INSERT INTO t VALUES (1);
    """
    with MysqlDatabase.open(mariadb_database) as database:
        apply(own(a=script), database)
        assert database.execute("SELECT a FROM t") == [(2,)]


def test_a_connection_that_breaks_leaves_a_migration_to_be_looked_at(mariadb_database):
    breaking = own(a="CREATE TABLE a (b INT); KILL CONNECTION_ID();")
    database = MysqlDatabase.open(mariadb_database)
    with pytest.raises(ConnectionLostError):
        apply(breaking, database)
    database.close()
    with MysqlDatabase.open(mariadb_database) as database:
        with pytest.raises(MigrationFailedBeforeError):
            apply(breaking, database)
        resolve(database, "a", rolled_back=True)
        assert (apply(own(a=CREATE_USER), database)).applied == ("a",)


def test_without_pymysql_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(ConfigurationError, match="PyMySQL") as caught:
        MysqlDatabase.open("mysql://root@127.0.0.1/x")
    assert "oneclick-deploy[mysql]" in caught.value.hint


def test_a_server_that_is_not_there_is_told_without_the_password():
    with pytest.raises(ConnectionFailedError, match=r"127\.0\.0\.1:1") as caught:
        MysqlDatabase.open(Secret("mysql://me:s3cret@127.0.0.1:1/x"))
    assert "s3cret" not in str(caught.value)


def test_a_refused_user_is_told_with_the_server_s_number(mariadb_url):
    with pytest.raises(DatabaseError) as caught:
        MysqlDatabase.open(mariadb_url.replace("root@", "me:s3cret@"))
    assert caught.value.code == "1045"
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://h/x", "mysql://root:s3cret@h", "mysql://h:x/y"])
def test_an_address_that_cannot_be_used_is_told(url):
    with pytest.raises(ConfigurationError) as caught:
        MysqlDatabase.open(url)
    assert "s3cret" not in str(caught.value)
