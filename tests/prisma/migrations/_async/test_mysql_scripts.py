"""What is special about MySQL: no transactions around tables, and PyMySQL."""

from __future__ import annotations

import sys

import pytest
from tests.prisma.migrations._async.test_applying import rows_of, tables_of
from tests.prisma.migrations.scenes import CREATE_USER, history

from oneclick_deploy.errors import (
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    DatabaseError,
    MigrationApplyError,
    MigrationFailedBeforeError,
)
from oneclick_deploy.prisma.migrations import AsyncMysqlDatabase
from oneclick_deploy.prisma.migrations._async.applying import apply, resolve
from oneclick_deploy.secrets import Secret


def own(**scripts):
    return history("mysql", **scripts)


async def failure(database, script):
    with pytest.raises(MigrationApplyError) as caught:
        await apply(own(a=script), database)
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
async def test_the_failing_statement_is_told_by_its_number(mariadb_database, script, number, code):
    async with await AsyncMysqlDatabase.open(mariadb_database) as database:
        error = await failure(database, script)
    assert (error.statement, error.database_code) == (number, code)
    assert not error.undone
    assert "Repair the database by hand" in error.hint


async def test_what_came_before_the_error_is_kept_and_nothing_is_retried(mariadb_database):
    async with await AsyncMysqlDatabase.open(mariadb_database) as database:
        script = "CREATE TABLE kept (a INT); CREATE TABLE kept (a INT);"
        with pytest.raises(MigrationApplyError):
            await apply(own(a=script), database, retry_undone=True)
        assert await tables_of(database) == {"_prisma_migrations", "kept"}
        with pytest.raises(MigrationFailedBeforeError):
            await apply(own(a=script), database, retry_undone=True)
        await resolve(database, "a", applied=own(a=script))
        assert (await apply(own(a=script), database)).applied == ()


async def test_a_transaction_that_a_script_leaves_open_does_not_take_its_row(mariadb_database):
    script = "CREATE TABLE t (a INT); START TRANSACTION; INSERT INTO t VALUES (1);"
    async with await AsyncMysqlDatabase.open(mariadb_database) as database:
        await apply(own(a=script), database)
    async with await AsyncMysqlDatabase.open(mariadb_database) as database:
        assert [row.finished for row in await rows_of(database)] == [True]
        assert await database.execute("SELECT * FROM t") == []


async def test_an_error_in_a_transaction_does_not_take_the_row_either(mariadb_database):
    script = "START TRANSACTION; SELECT nowhere; COMMIT"
    async with await AsyncMysqlDatabase.open(mariadb_database) as database:
        await failure(database, script)
    async with await AsyncMysqlDatabase.open(mariadb_database) as database:
        assert [row.failed for row in await rows_of(database)] == [True]


async def test_a_script_that_uses_another_database_is_recorded_in_the_own_one(mariadb_database):
    async with await AsyncMysqlDatabase.open(mariadb_database) as database:
        await apply(own(a="USE mysql; SELECT 1;", b="SELECT 2"), database)
        assert [row.name for row in await rows_of(database)] == ["a", "b"]


async def test_procedures_and_triggers_are_made_without_delimiters(mariadb_database):
    script = """
    CREATE TABLE t (a INT);
    CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = NEW.a + 1; SET @x = 1; END;
    INSERT INTO t VALUES (1);
    """
    async with await AsyncMysqlDatabase.open(mariadb_database) as database:
        await apply(own(a=script), database)
        assert await database.execute("SELECT a FROM t") == [(2,)]


async def test_a_connection_that_breaks_leaves_a_migration_to_be_looked_at(mariadb_database):
    breaking = own(a="CREATE TABLE a (b INT); KILL CONNECTION_ID();")
    database = await AsyncMysqlDatabase.open(mariadb_database)
    with pytest.raises(ConnectionLostError):
        await apply(breaking, database)
    await database.aclose()
    async with await AsyncMysqlDatabase.open(mariadb_database) as database:
        with pytest.raises(MigrationFailedBeforeError):
            await apply(breaking, database)
        await resolve(database, "a", rolled_back=True)
        assert (await apply(own(a=CREATE_USER), database)).applied == ("a",)


async def test_without_pymysql_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(ConfigurationError, match="PyMySQL") as caught:
        await AsyncMysqlDatabase.open("mysql://root@127.0.0.1/x")
    assert "oneclick-deploy[mysql]" in caught.value.hint


async def test_a_server_that_is_not_there_is_told_without_the_password():
    with pytest.raises(ConnectionFailedError, match=r"127\.0\.0\.1:1") as caught:
        await AsyncMysqlDatabase.open(Secret("mysql://me:s3cret@127.0.0.1:1/x"))
    assert "s3cret" not in str(caught.value)


async def test_a_refused_user_is_told_with_the_server_s_number(mariadb_url):
    with pytest.raises(DatabaseError) as caught:
        await AsyncMysqlDatabase.open(mariadb_url.replace("root@", "me:s3cret@"))
    assert caught.value.code == "1045"
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://h/x", "mysql://root:s3cret@h", "mysql://h:x/y"])
async def test_an_address_that_cannot_be_used_is_told(url):
    with pytest.raises(ConfigurationError) as caught:
        await AsyncMysqlDatabase.open(url)
    assert "s3cret" not in str(caught.value)
