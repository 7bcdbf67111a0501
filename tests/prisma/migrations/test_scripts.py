"""Where the statements of a script begin and end, and how they have to be run."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.prisma.migrations.scripts import excerpt, first_words, parts
from oneclick_deploy.prisma.migrations.ways import Way, leaves_open, postgres_way, sqlite_way
from oneclick_deploy.providers.libsql.statements import split_script


def texts(script: str, provider: str) -> list[str]:
    return [part.text for part in parts(script, provider=provider)]


both = pytest.mark.parametrize("provider", ["sqlite", "postgresql"])


@both
@pytest.mark.parametrize(
    ("script", "statements"),
    [
        ("", []),
        (" \n;; ; -- nothing\n/* at all */", []),
        ("SELECT 1", ["SELECT 1"]),
        ("-- CreateTable\nCREATE TABLE a (b);\n\n-- x;\nSELECT 1;", None),
        ("SELECT ';', ';''';SELECT 2", ["SELECT ';', ';'''", "SELECT 2"]),
        ('SELECT ";" FROM "a;b"; SELECT 2', ['SELECT ";" FROM "a;b"', "SELECT 2"]),
        ("SELECT 1 -- ;\n+ 2; SELECT 3", ["SELECT 1 -- ;\n+ 2", "SELECT 3"]),
        ("SELECT /* ; */ 1; SELECT 2", ["SELECT /* ; */ 1", "SELECT 2"]),
        ("SELECT 'open; SELECT 2", ["SELECT 'open; SELECT 2"]),
        ("SELECT 1 /* open; SELECT 2", ["SELECT 1 /* open; SELECT 2"]),
    ],
)
def test_a_semicolon_ends_a_statement_unless_it_is_hidden(script, statements, provider):
    wanted = ["CREATE TABLE a (b)", "SELECT 1"] if statements is None else statements
    assert texts(script, provider) == wanted


@both
def test_a_statement_knows_where_it_begins(provider):
    script = "-- é\n  SELECT 1 ;\n/* two */ SELECT 2"
    found = parts(script, provider=provider)
    assert [script[part.offset :].startswith(part.text) for part in found] == [True, True]
    assert [part.offset for part in found] == [7, script.index("SELECT 2")]


TRIGGER = """CREATE TRIGGER t AFTER INSERT ON a BEGIN
  UPDATE a SET b = CASE WHEN 1 THEN 2 END; -- not the END;
  INSERT INTO c VALUES ('; END;');
END"""


def test_the_body_of_a_trigger_belongs_to_it():
    assert texts(f"{TRIGGER};SELECT 1;", "sqlite") == [TRIGGER, "SELECT 1"]
    temporary = TRIGGER.replace("CREATE", "create /* x */ Temporary")
    assert texts(f"{temporary} ;\n{TRIGGER}", "sqlite") == [temporary, TRIGGER]


def test_sqlite_has_more_quotes():
    assert texts("SELECT [a;b], `c;d`; SELECT 2", "sqlite") == ["SELECT [a;b], `c;d`", "SELECT 2"]
    assert texts("\ufeffSELECT 1", "sqlite") == ["SELECT 1"]


PIECES = st.sampled_from(
    [
        *(";", "'", '"', "`", "[", "]", "--", "\n", "/*", "*/", " ", "a", "END", "BEGIN", "CASE"),
        *("SELECT 1", "CREATE TRIGGER x", "create temp trigger", "TRIGGER", "CREATE", "é", "''"),
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_sqlite_scripts_are_split_as_the_libsql_client_splits_them(script):
    assert texts(script, "sqlite") == split_script(script)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_sqlite_itself_calls_every_statement_complete_and_nothing_shorter(script):
    for part in parts(script, provider="sqlite")[:-1]:
        assert sqlite3.complete_statement(part.text + "\n;")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE FUNCTION f() RETURNS int AS $$ BEGIN; RETURN 1; END; $$ LANGUAGE plpgsql",
        "CREATE FUNCTION f() RETURNS int AS $a_1$ $$;$$ ; $b$ $a_1$ LANGUAGE sql",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END; END",
        "CREATE OR REPLACE PROCEDURE p() begin atomic INSERT INTO a VALUES (1); end",
        "CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2)",
        r"SELECT E'it\';s', e'a''b\\'",
        r"SELECT 'a\'",
        "SELECT /* a /* ; */ ; */ 1",
        'SELECT "a""; b", $1, a$b$c',
        "DO $$ BEGIN RAISE NOTICE 'x;y'; END $$",
        "SELECT ARRAY[1, 2]",
    ],
)
def test_postgres_hides_semicolons_in_more_places(statement):
    assert texts(f"{statement};\nSELECT 'next'", "postgresql") == [statement, "SELECT 'next'"]


def test_a_nested_comment_before_a_statement_is_left_out():
    assert texts("/* a /* b */ c */ BEGIN; SELECT 1", "postgresql") == ["BEGIN", "SELECT 1"]


@both
def test_hostile_scripts_take_no_longer_than_long_ones(provider):
    for piece in (
        "'",
        "/*",
        "$a$",
        "(",
        "E'",
        "CREATE TRIGGER x;",
        ";END",
        "-- ",
        "\\'",
        "[",
        "BEGIN ",
    ):
        parts(piece * 40_000, provider=provider)


def test_words_and_excerpts_are_short():
    assert first_words("  alter\n table x", 2) == ("ALTER", "TABLE")
    assert first_words("", 2) == ("", "")
    assert excerpt("SELECT\n   1") == "SELECT 1"
    assert len(excerpt("x" * 10_000)) == 120


# SQLite's ways


REDEFINE = """PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_a" ("id" INTEGER);
INSERT INTO "new_a" ("id") SELECT "id" FROM "a";
DROP TABLE "a";
ALTER TABLE "new_a" RENAME TO "a";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
"""


@pytest.mark.parametrize(
    ("script", "way"),
    [
        ("", Way.TRANSACTION),
        ("CREATE TABLE a (b); INSERT INTO a VALUES (1); DROP TABLE a;", Way.TRANSACTION),
        (f"{TRIGGER};", Way.TRANSACTION),
        ("SAVEPOINT s; SELECT 1; ROLLBACK TO s; RELEASE s", Way.TRANSACTION),
        ("ROLLBACK TRANSACTION TO SAVEPOINT s", Way.TRANSACTION),
        ("PRAGMA foreign_keys = ON; SELECT 1", Way.TRANSACTION),
        (REDEFINE, Way.FOREIGN_KEYS_OFF),
        (f"CREATE TABLE x (y); DROP INDEX i; {REDEFINE} CREATE INDEX i ON x (y);", None),
        ("pragma main.foreign_keys('off'); DELETE FROM a; PRAGMA foreign_keys(1)", None),
        ("PRAGMA foreign_keys = 0; DROP TABLE a", Way.FOREIGN_KEYS_OFF),
        (f"DELETE FROM a; {REDEFINE}", Way.AS_WRITTEN),
        (f"{REDEFINE} UPDATE a SET id = 2;", Way.AS_WRITTEN),
        (f"{REDEFINE} DROP TABLE b;", Way.AS_WRITTEN),
        (f"WITH x AS (SELECT 1) DELETE FROM a; {REDEFINE}", Way.AS_WRITTEN),
        ("BEGIN; SELECT 1; COMMIT", Way.AS_WRITTEN),
        ("begin immediate; SELECT 1; end transaction", Way.AS_WRITTEN),
        ("ROLLBACK", Way.AS_WRITTEN),
        ("VACUUM", Way.AS_WRITTEN),
        ("PRAGMA journal_mode = WAL; CREATE TABLE a (b)", Way.AS_WRITTEN),
        ("ATTACH 'x' AS y", Way.AS_WRITTEN),
    ],
)
def test_sqlite_runs_a_script_in_one_transaction_when_that_means_the_same(script, way):
    assert sqlite_way(texts(script, "sqlite")) is (way or Way.FOREIGN_KEYS_OFF)


@pytest.mark.parametrize(
    ("script", "way"),
    [
        ("", Way.TRANSACTION),
        ("CREATE TABLE a (b int)", Way.TRANSACTION),
        ("ALTER TYPE e ADD VALUE 'x'", Way.TRANSACTION),
        # Refused by PostgreSQL whichever way it is sent: both are one transaction.
        ("CREATE INDEX CONCURRENTLY i ON a (b); SELECT 1", Way.TRANSACTION),
        ("-- alone\nCREATE INDEX CONCURRENTLY i ON a (b);", Way.AS_WRITTEN),
        ("CALL p()", Way.AS_WRITTEN),
        ("DO $$ BEGIN COMMIT; END $$", Way.AS_WRITTEN),
        ("CREATE DATABASE x", Way.AS_WRITTEN),
        ("BEGIN; SELECT 1; COMMIT", Way.AS_WRITTEN),
        ("START TRANSACTION; SELECT 1; END", Way.AS_WRITTEN),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; SELECT 2", Way.TRANSACTION),
    ],
)
def test_postgres_runs_a_batch_together_with_its_row_unless_it_is_special(script, way):
    assert postgres_way(texts(script, "postgresql")) is way


@pytest.mark.parametrize(
    ("statements", "is_open"),
    [
        (["BEGIN", "SELECT 1"], True),
        (["BEGIN", "COMMIT"], False),
        (["BEGIN", "COMMIT", "start transaction"], True),
        (["BEGIN", "SAVEPOINT s", "ROLLBACK TO SAVEPOINT s"], True),
        (["BEGIN", "ROLLBACK"], False),
        (["SELECT 1"], False),
    ],
)
def test_a_transaction_that_is_never_ended_is_seen(statements, is_open):
    assert leaves_open(statements) is is_open
