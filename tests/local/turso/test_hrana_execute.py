"""Hrana conformance: one statement: its result, its errors, its arguments.

Every test runs against the real sqld and against the own server; where they differ is in
``test_hrana_differences.py``.
"""

from __future__ import annotations

import json

import pytest
from tests.local.turso.stand import CLOSE, Hrana, execute

# --- execute -----------------------------------------------------------------------------------


def test_a_result_has_columns_with_their_declared_types(db: Hrana):
    db.results("CREATE TABLE t (id INTEGER PRIMARY KEY, n VARCHAR(10), d DATETIME, r real, bare)")
    (result,) = db.results("SELECT t.*, n AS name, t.d, n || 'x', count(*) FROM t")
    assert [(column["name"], column["decltype"]) for column in result["cols"]] == [
        ("id", "INTEGER"),
        ("n", "VARCHAR(10)"),
        ("d", "DATETIME"),
        ("r", "REAL"),
        ("bare", None),
        ("name", "VARCHAR(10)"),
        ("d", "DATETIME"),
        ("n || 'x'", None),
        ("count(*)", None),
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t (d) VALUES (?) RETURNING id, d AS day, id + 1, *",
        "INSERT INTO main.t AS x (d) VALUES (?) RETURNING id, d day, id + 1, *",
        "UPDATE OR IGNORE `t` SET d = ? RETURNING `id`, `d` AS `day`, id + 1, *",
        'DELETE FROM "t" WHERE d IS NOT ? RETURNING id, "d" AS "day", id + 1, *',
        "SELECT id, d AS day, id + 1, * FROM t WHERE d IS NOT ? LIMIT 1",
        "WITH w AS (SELECT 1) SELECT id, d AS day, id + 1, t.* FROM t, w WHERE d IS NOT ?",
    ],
)
def test_declared_types_of_returned_columns(db: Hrana, sql: str):
    db.results("CREATE TABLE t (id INTEGER PRIMARY KEY, d DATETIME)", "INSERT INTO t VALUES (1, 2)")
    (result,) = db.results(execute(sql, "x"))
    assert [column["decltype"] for column in result["cols"]] == [
        "INTEGER",
        "DATETIME",
        None,
        "INTEGER",
        "DATETIME",
    ]


def test_declared_types_follow_the_schema_inside_and_after_a_transaction(db: Hrana):
    query = "SELECT a FROM t"
    results = db.results(
        "CREATE TABLE t (a INT)",
        query,
        "BEGIN",
        "DROP TABLE t",
        "CREATE TABLE t (a TEXT)",
        query,
        "ROLLBACK",
        query,
    )
    types = [item["cols"][0]["decltype"] for item in results if item["cols"]]
    assert types == ["INT", "TEXT", "INT"]


def test_changes_are_counted_and_inserts_tell_the_row_id(db: Hrana):
    results = db.results(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b)",
        "INSERT INTO t VALUES (5, 1)",
        "SELECT 1",
        "INSERT INTO t VALUES (7, 1), (8, 1) RETURNING a",
        "UPDATE t SET b = 2",
        "REPLACE INTO t VALUES (5, 3)",
        "WITH w (a, b) AS (VALUES (20, 1)) INSERT INTO t SELECT * FROM w",
        "DELETE FROM t",
        "CREATE TABLE IF NOT EXISTS t (a)",
    )
    found = [(item["affected_row_count"], item["last_insert_rowid"]) for item in results]
    assert found == [
        (0, None),
        (1, "5"),
        (0, None),
        (2, "8"),
        (3, None),
        (1, "5"),
        (1, "20"),
        (4, None),
        (0, None),
    ]


def test_a_failed_statement_does_not_stop_the_later_requests(db: Hrana):
    results = db.run(
        execute("CREATE TABLE t (a)"),
        execute("SELECT * FROM nowhere"),
        execute("INSERT INTO t VALUES (1)"),
    )
    assert [item["type"] for item in results] == ["ok", "error", "ok"]
    assert db.rows("SELECT a FROM t") == [[1]]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT * FROM nowhere", "SQLITE_UNKNOWN"),
        ("SELECT missing FROM t", "SQL_INPUT_ERROR"),
        ("SELECT missing()", "SQL_INPUT_ERROR"),
        ("SELECT length(1, 2)", "SQL_INPUT_ERROR"),
        ("SELEC 1", "SQL_PARSE_ERROR"),
        ("SELECT 1 +", "SQL_PARSE_ERROR"),
        ("", "SQL_NO_STATEMENT"),
        ("  -- nothing\n", "SQL_NO_STATEMENT"),
        (";;", "SQL_NO_STATEMENT"),
        ("SELECT 1; SELECT 2", "SQL_MANY_STATEMENTS"),
        ("INSERT INTO t VALUES (1, 'twice')", "SQLITE_CONSTRAINT"),
        ("INSERT INTO t VALUES (2, NULL)", "SQLITE_CONSTRAINT"),
        ("INSERT INTO t VALUES ('x', 'y')", "SQLITE_MISMATCH"),
        ("INSERT INTO t VALUES (1)", "SQLITE_UNKNOWN"),
        ("INSERT INTO t (missing) VALUES (1)", "SQLITE_UNKNOWN"),
        ("CREATE TABLE t (a)", "SQL_INPUT_ERROR"),
        ("COMMIT", "SQLITE_UNKNOWN"),
        ("ROLLBACK", "SQLITE_UNKNOWN"),
        ("SELECT abs(-9223372036854775808)", "SQLITE_UNKNOWN"),
        ("SELECT zeroblob(2000000000)", "SQLITE_TOOBIG"),
        ("SELECT load_extension('x')", "SQLITE_UNKNOWN"),
        ("SELECT 1\0", "SQL_PARSE_ERROR"),
    ],
)
def test_errors_have_the_codes_of_sqld(db: Hrana, sql: str, code: str):
    db.results(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b NOT NULL)", "INSERT INTO t VALUES (1, 'x')"
    )
    assert db.error(sql)["code"] == code


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM nowhere", "SQLite error: no such table: nowhere"),
        ("SELECT no FROM t", "SQL input error: no such column: no (at offset 7)"),
        ("SELECT no()", "SQL input error: no such function: no (at offset 7)"),
        ("SELEC 1", "SQL string could not be parsed: syntax error around L1:6: `SELEC`"),
        ("INSERT INTO t VALUES (1)", "SQLite error: UNIQUE constraint failed: t.a"),
        ("VACUUM", "SQL string could not be parsed: unsupported statement: VACUUM"),
    ],
)
def test_errors_have_the_words_of_sqld(db: Hrana, sql: str, message: str):
    db.results("CREATE TABLE t (a INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    error = db.error(sql)["message"]
    # sqld counts the end of a word at another place than one would.
    assert error.replace("L1:5", "L1:6") == message


def test_foreign_keys_are_on_for_every_stream(db: Hrana):
    db.results("CREATE TABLE p (a PRIMARY KEY)", "CREATE TABLE c (a REFERENCES p (a))")
    assert db.rows("PRAGMA foreign_keys") == [[1]]
    assert db.error("INSERT INTO c VALUES (1)")["code"] == "SQLITE_CONSTRAINT"


def test_foreign_keys_turned_off_stay_off_on_that_stream_only(db: Hrana):
    db.results("CREATE TABLE p (a PRIMARY KEY)", "CREATE TABLE c (a REFERENCES p (a))")
    first = db.post(execute("PRAGMA foreign_keys = off")).json()
    second = db.post(execute("INSERT INTO c VALUES (1)"), CLOSE, baton=first["baton"]).json()
    assert second["results"][0]["type"] == "ok"
    assert db.error("INSERT INTO c VALUES (2)")["code"] == "SQLITE_CONSTRAINT"


def test_deferred_foreign_keys_hold_until_the_commit(db: Hrana):
    db.results("CREATE TABLE p (a PRIMARY KEY)", "CREATE TABLE c (a REFERENCES p (a))")
    db.results(
        "BEGIN",
        "PRAGMA defer_foreign_keys = on",
        "INSERT INTO c VALUES (1)",
        "INSERT INTO p VALUES (1)",
        "COMMIT",
    )
    assert db.rows("SELECT count(*) FROM c") == [[1]]


# --- arguments ---------------------------------------------------------------------------------


def _named(sql: str, **values: int) -> dict[str, object]:
    arguments = [
        {"name": name, "value": {"type": "integer", "value": str(item)}}
        for name, item in values.items()
    ]
    return {"type": "execute", "stmt": {"sql": sql, "named_args": arguments}}


def test_positional_arguments_follow_sqlite_s_numbers(db: Hrana):
    assert db.rows("SELECT ?2, ?1, ?2", 1, 2) == [[2, 1, 2]]
    assert db.rows("SELECT ?2, ?, ?1", 1, 2, 3) == [[2, 3, 1]]


def test_question_marks_in_texts_names_and_comments_are_not_parameters(db: Hrana):
    sql = 'SELECT \'?\', "?", ?, `:x` /* ? */ FROM (SELECT 1 AS "?", 2 AS ":x") -- ?'
    assert db.rows(sql, 9) == [["?", 1, 9, 2]]


@pytest.mark.parametrize("names", [("a", "b", "c"), (":a", "@b", "$c"), (":a", "b", "$c")])
def test_named_arguments_come_with_or_without_the_prefix(db: Hrana, names: tuple[str, ...]):
    values = dict(zip(names, (1, 2, 3), strict=True))
    (result,) = db.results(_named("SELECT :a, @b, $c, :a", **values))
    assert [cell["value"] for cell in result["rows"][0]] == ["1", "2", "3", "1"]


@pytest.mark.parametrize(
    "request_",
    [
        execute("SELECT ?"),
        execute("SELECT ?", 1, 2),
        execute("SELECT 1", 1),
        execute("SELECT ?2", 1),
        execute("SELECT :a", 1),
        _named("SELECT :a", b=1),
        _named("SELECT :a", a=1, b=1),
        _named("SELECT ?", a=1),
    ],
    ids=lambda item: json.dumps(item["stmt"]),
)
def test_arguments_that_do_not_match_are_an_error_of_the_statement(
    db: Hrana, request_: dict[str, object]
):
    (result,) = db.run(request_)
    assert result["error"]["code"] == "ARGS_INVALID"


def test_positional_and_named_arguments_together_are_an_error(db: Hrana):
    request = _named("SELECT :a, ?", a=1)
    request["stmt"]["args"] = [{"type": "null"}]
    (result,) = db.run(request)
    assert result["error"]["code"] == "ARGS_BOTH_POSITIONAL_AND_NAMED"


def test_the_largest_number_of_parameters(db: Hrana):
    db.results("CREATE TABLE t (a, b)")
    sql = "INSERT INTO t VALUES " + ",".join(["(?,?)"] * 16_383)
    (result,) = db.results(execute(sql, *([1] * 32_766)))
    assert result["affected_row_count"] == 16_383
    assert db.error(f"{sql},(?,1)", *([1] * 32_767))["code"] == "SQL_INPUT_ERROR"
