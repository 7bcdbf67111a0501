# Generated from tests/prisma/migrations/_async/test_sqlite_scripts.py by tools/unasync.py. Do not edit.
"""What is special about scripts of SQLite, in a file and on a real sqld."""

from __future__ import annotations

import sqlite3

import pytest
from tests.prisma.migrations._sync.test_applying import connect, rows_of, tables_of
from tests.prisma.migrations.scenes import history

from oneclick_deploy.errors import (
    ConfigurationError,
    DatabaseError,
    MigrationApplyError,
    MigrationFailedBeforeError,
    MigrationLockError,
)
from oneclick_deploy.prisma.migrations import Migration, SqliteDatabase
from oneclick_deploy.prisma.migrations._sync.applying import apply, status
from oneclick_deploy.prisma.migrations.table import Record

PARENTS = """
CREATE TABLE "parent" ("id" INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE "child" (
    "id" INTEGER NOT NULL PRIMARY KEY, "parentId" INTEGER NOT NULL,
    CONSTRAINT "c" FOREIGN KEY ("parentId") REFERENCES "parent" ("id") ON DELETE CASCADE
);
INSERT INTO "parent" VALUES (1), (2);
INSERT INTO "child" VALUES (10, 1), (20, 2);
"""
# As Prisma redefines a table.
REDEFINE = """-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_parent" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL DEFAULT ''
);
INSERT INTO "new_parent" ("id") SELECT "id" FROM "parent";
DROP TABLE "parent";
ALTER TABLE "new_parent" RENAME TO "parent";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
"""
CHILDREN = 'SELECT "id" FROM "child" ORDER BY 1'


def test_redefining_a_table_keeps_the_rows_of_its_children(sqlite_place):
    with connect(sqlite_place) as database:
        apply(history("sqlite", a=PARENTS, b=REDEFINE), database)
        assert database.execute(CHILDREN) == [(10,), (20,)]
        assert database.execute('SELECT "name" FROM "parent"') == [("",), ("",)]


def test_a_failed_redefinition_leaves_the_table_as_it_was(sqlite_place):
    half = REDEFINE.replace('ALTER TABLE "new_parent"', 'ALTER TABLE "nowhere"')
    with connect(sqlite_place) as database:
        with pytest.raises(MigrationApplyError) as caught:
            apply(history("sqlite", a=PARENTS, b=half), database)
        assert (caught.value.statement, caught.value.undone) == (5, True)
        assert tables_of(database) == {"_prisma_migrations", "parent", "child"}
        assert database.execute('SELECT count(*) FROM "parent"') == [(2,)]
        assert database.execute(CHILDREN) == [(10,), (20,)]


def test_foreign_keys_act_in_a_script_that_does_not_switch_them(sqlite_place):
    script = 'DELETE FROM "parent" WHERE "id" = 1;'
    with connect(sqlite_place) as database:
        apply(history("sqlite", a=PARENTS, b=script), database)
        assert database.execute(CHILDREN) == [(20,)]


def test_rows_that_are_changed_before_a_redefinition_still_cascade(sqlite_place):
    script = f'DELETE FROM "parent" WHERE "id" = 1;\n{REDEFINE}'
    with connect(sqlite_place) as database:
        apply(history("sqlite", a=PARENTS, b=script), database)
        assert database.execute(CHILDREN) == [(20,)]
        assert (rows_of(database))[1].steps == 1


def test_what_a_broken_foreign_key_refuses_is_undone(sqlite_place):
    script = 'CREATE TABLE "more" ("x"); INSERT INTO "child" VALUES (30, 99);'
    with connect(sqlite_place) as database:
        with pytest.raises(MigrationApplyError, match="FOREIGN KEY") as caught:
            apply(history("sqlite", a=PARENTS, b=script), database)
        assert caught.value.statement == 1
        assert "more" not in tables_of(database)


def test_a_deferred_foreign_key_is_refused_at_the_end(sqlite_place):
    script = 'PRAGMA defer_foreign_keys=ON; INSERT INTO "child" VALUES (30, 99);'
    with connect(sqlite_place) as database:
        with pytest.raises(MigrationApplyError, match="FOREIGN KEY") as caught:
            apply(history("sqlite", a=PARENTS, b=script), database)
        assert caught.value.statement is None
        assert database.execute(CHILDREN) == [(10,), (20,)]
        assert (rows_of(database))[1].failed


def test_a_script_may_have_a_transaction_of_its_own(sqlite_place):
    script = "BEGIN;\nCREATE TABLE a (b);\nCOMMIT;\nCREATE TABLE c (d);\n"
    with connect(sqlite_place) as database:
        apply(history("sqlite", a=script), database)
        assert tables_of(database) == {"_prisma_migrations", "a", "c"}
        assert (rows_of(database))[0].steps == 1


def test_a_script_with_transactions_keeps_what_it_committed_before_an_error(sqlite_place):
    script = (
        "BEGIN; CREATE TABLE a (b); COMMIT; BEGIN; CREATE TABLE c (d); DROP TABLE nowhere; COMMIT"
    )
    own = history("sqlite", a=script)
    with connect(sqlite_place) as database:
        with pytest.raises(MigrationApplyError) as caught:
            apply(own, database, retry_undone=True)
        assert (caught.value.statement, caught.value.undone) == (5, False)
        assert tables_of(database) == {"_prisma_migrations", "a"}
        with pytest.raises(MigrationFailedBeforeError):
            apply(own, database)


def test_a_script_that_leaves_its_transaction_open_is_not_run(sqlite_place):
    with connect(sqlite_place) as database:
        with pytest.raises(MigrationApplyError, match="leaves its transaction open") as caught:
            apply(history("sqlite", a="BEGIN; CREATE TABLE a (b);"), database)
        assert caught.value.undone
        assert tables_of(database) == {"_prisma_migrations"}


def test_savepoints_and_triggers_run(sqlite_place):
    script = """
    CREATE TABLE a (b); CREATE TABLE log (x);
    CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO log VALUES (new.b); SELECT 1; END;
    SAVEPOINT s; INSERT INTO a VALUES (1); ROLLBACK TO s; RELEASE s;
    INSERT INTO a VALUES (';');
    """
    with connect(sqlite_place) as database:
        apply(history("sqlite", a=script), database)
        assert database.execute("SELECT x FROM log") == [(";",)]


def test_texts_in_double_quotes_get_a_hint_on_libsql(libsql_place):
    script = 'CREATE TABLE a (b);\nINSERT INTO a VALUES ("text");'
    with connect(libsql_place) as database:
        with pytest.raises(MigrationApplyError) as caught:
            apply(history("sqlite", a=script), database)
        assert caught.value.statement == 1
        assert "single quotes" in caught.value.hint
        assert "a" not in tables_of(database)


def test_what_libsql_refuses_to_run_at_all_is_told_with_its_number(libsql_place):
    with connect(libsql_place) as database:
        with pytest.raises(MigrationApplyError) as caught:
            apply(history("sqlite", a="CREATE TABLE a (b); ANALYZE;"), database)
        assert (caught.value.statement, caught.value.undone) == (1, True)
        assert "ANALYZE" in caught.value.message


# A file


def test_a_file_is_made_and_used_by_others_afterwards(tmp_path):
    path = tmp_path / "new.db"
    with SqliteDatabase.open(path) as database:
        apply(history("sqlite", a=PARENTS), database)
        other = sqlite3.connect(path, timeout=0)
        assert other.execute(CHILDREN).fetchall() == [(10,), (20,)]
        other.execute('DELETE FROM "child"')
        other.commit()
        other.close()


def test_a_file_is_locked_and_freed(tmp_path):
    path = tmp_path / "app.db"
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with SqliteDatabase.open(path) as database:
        assert database.try_lock()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("SELECT * FROM sqlite_master")
        apply(history("sqlite", a=PARENTS), database)
        other.execute("BEGIN IMMEDIATE")
        assert not database.try_lock()
        other.execute("ROLLBACK")
        assert database.try_lock()
        database.unlock()
        assert other.execute(CHILDREN).fetchall() == [(10,), (20,)]
    other.close()


def test_a_file_in_wal_mode_may_be_open_elsewhere(tmp_path):
    path = tmp_path / "app.db"
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("BEGIN")
    other.execute("SELECT * FROM sqlite_master")
    with SqliteDatabase.open(path) as database:
        apply(history("sqlite", a=PARENTS, b=REDEFINE), database)
    other.execute("COMMIT")
    assert other.execute(CHILDREN).fetchall() == [(10,), (20,)]
    other.close()


def test_what_another_process_has_applied_meanwhile_is_not_applied_again(sqlite_place):
    """As where there is no lock: the row of the first keeps the second out."""
    script = "CREATE TABLE a (b);"
    first, second = (Record.of(Migration.of("a", script)) for _ in range(2))
    with connect(sqlite_place) as database:
        database.execute(database.table.create)
        assert database.run(script, first) is None
        assert database.run(script, second) is None
        assert [row.id for row in rows_of(database)] == [first.id]


def test_what_another_process_has_begun_and_not_ended_is_told(sqlite_place):
    record = Record.of(Migration.of("a", ""))
    with connect(sqlite_place) as database:
        database.execute(database.table.create)
        database.execute(*database.table.started(record))
        with pytest.raises(MigrationLockError, match="another process is applying a"):
            database.run("CREATE TABLE a (b);", record)
        assert "a" not in tables_of(database)


def test_a_reader_is_told_as_a_locked_file(tmp_path):
    path = tmp_path / "app.db"
    with SqliteDatabase.open(path) as database:
        apply(history("sqlite", a=PARENTS), database)
        reader = sqlite3.connect(path, isolation_level=None)
        cursor = reader.execute(CHILDREN)
        cursor.fetchone()
        assert not database.try_lock()
        cursor.close()
        reader.close()
        assert database.try_lock()


def test_vacuum_and_journal_modes_run_outside_of_a_transaction(tmp_path):
    with SqliteDatabase.open(tmp_path / "app.db") as database:
        script = "CREATE TABLE a (b); VACUUM; PRAGMA journal_mode = DELETE;"
        apply(history("sqlite", a=script), database)
        assert (status(history("sqlite", a=script), database)).up_to_date


def test_an_open_connection_keeps_its_settings(tmp_path):
    connection = sqlite3.connect(tmp_path / "app.db", check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.text_factory = bytes
    before = connection.isolation_level
    with SqliteDatabase(connection) as database:
        apply(history("sqlite", a=PARENTS, b=REDEFINE), database)
    assert connection.isolation_level == before
    assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 0
    assert connection.execute("PRAGMA main.locking_mode").fetchone()[0] == b"normal"
    assert connection.execute(CHILDREN).fetchone()["id"] == 10
    connection.execute("PRAGMA foreign_keys = ON")
    with SqliteDatabase(connection) as database:
        apply(history("sqlite", a=PARENTS, b=REDEFINE, c=REDEFINE), database)
    assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    connection.close()


def test_a_connection_in_a_transaction_is_refused():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("BEGIN")
    with pytest.raises(ConfigurationError, match="open transaction"):
        SqliteDatabase(connection)
    connection.close()


def test_what_is_no_database_is_told(tmp_path):
    (tmp_path / "text.db").write_text(
        "this is no database, and long enough to be seen as none" * 20
    )
    database = SqliteDatabase.open(tmp_path / "text.db")
    with pytest.raises(DatabaseError, match="not a database"):
        apply(history("sqlite", a="SELECT 1"), database)
    database.close()
    with pytest.raises(DatabaseError):
        SqliteDatabase.open(tmp_path / "nowhere" / "app.db")
