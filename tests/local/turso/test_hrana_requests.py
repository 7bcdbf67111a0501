"""Hrana conformance: sequences, descriptions and stored texts.

Every test runs against the real sqld and against the own server; where they differ is in
``test_hrana_differences.py``.
"""

from __future__ import annotations

import json

import pytest
from tests.local.turso.stand import CLOSE, Hrana, batch


def test_a_sequence_runs_all_its_statements(db: Hrana):
    sql = """
        CREATE TABLE t (a);  -- a comment; with a semicolon
        CREATE TABLE log (b);
        CREATE TRIGGER tr AFTER INSERT ON t BEGIN
          INSERT INTO log VALUES (CASE new.a WHEN 1 THEN 'one;' ELSE 'more' END);
          INSERT INTO log VALUES ('/* text */');
        END;
        INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); /* the end */
    """
    (found,) = db.run({"type": "sequence", "sql": sql})
    assert found == {"type": "ok", "response": {"type": "sequence"}}
    assert [row[0] for row in db.rows("SELECT b FROM log")] == [
        "one;",
        "/* text */",
        "more",
        "/* text */",
    ]


def test_a_sequence_stops_at_the_first_error_and_keeps_what_was_done(db: Hrana):
    sql = "CREATE TABLE t (a); INSERT INTO t VALUES (1); INSERT INTO no VALUES (1); DROP TABLE t"
    (found,) = db.run({"type": "sequence", "sql": sql})
    assert found["error"]["code"] == "SQLITE_UNKNOWN"
    assert db.rows("SELECT count(*) FROM t") == [[1]]


@pytest.mark.parametrize("sql", ["", " ", ";;", "-- nothing"])
def test_an_empty_sequence_is_fine(db: Hrana, sql: str):
    (found,) = db.run({"type": "sequence", "sql": sql})
    assert found["type"] == "ok"


def test_a_sequence_with_a_refused_statement_has_no_effect(db: Hrana):
    (found,) = db.run({"type": "sequence", "sql": "CREATE TABLE t (a); VACUUM"})
    assert found["error"]["code"] == "SQL_PARSE_ERROR"
    assert db.rows("SELECT count(*) FROM sqlite_schema") == [[0]]


def test_a_sequence_takes_no_arguments(db: Hrana):
    (found,) = db.run({"type": "sequence", "sql": "SELECT ?"})
    assert found["error"]["code"] == "ARGS_INVALID"


def _describe(db: Hrana, sql: str) -> dict[str, object]:
    (found,) = db.run({"type": "describe", "sql": sql})
    assert found["type"] == "ok", found
    return found["response"]["result"]


def test_describe_numbers_the_parameters(db: Hrana):
    found = _describe(db, "SELECT ?, :a, @b, ?7, $c, ?1")
    names = [item["name"] for item in found["params"]]
    assert names[1:] == [":a", "@b", None, None, None, "?7", "$c"]


@pytest.mark.parametrize(
    ("sql", "columns", "explain", "readonly"),
    [
        ("SELECT id, n AS k, 1 FROM d", [("id", "INTEGER"), ("k", "varchar(3)"), ("1", None)], 0, 1),
        ("INSERT INTO d (n) VALUES (?) RETURNING n, *", [("n", "varchar(3)"), ("id", "INTEGER"), ("n", "varchar(3)")], 0, 0),
        ("UPDATE d SET n = ?", [], 0, 0),
        ("CREATE TABLE new (a)", [], 0, 0),
        ("BEGIN", [], 0, 1),
        ("PRAGMA foreign_keys", [("foreign_keys", None)], 0, 1),
        ("PRAGMA foreign_keys = off", [], 0, 1),
        ("", [], 0, 1),
        ("SELECT 1; SELECT 2", [("1", None)], 0, 1),
        ("EXPLAIN QUERY PLAN SELECT 1", [("id", None), ("parent", None), ("notused", None), ("detail", None)], 1, 1),
    ],
    ids=lambda item: item if isinstance(item, str) else "",
)  # fmt: skip
def test_describe_tells_columns_and_kind(
    db: Hrana, sql: str, columns: list[tuple[str, str | None]], explain: int, readonly: int
):
    db.results("CREATE TABLE d (id INTEGER PRIMARY KEY, n varchar(3))")
    found = _describe(db, sql)
    assert [(item["name"], item["decltype"]) for item in found["cols"]] == columns
    assert (found["is_explain"], found["is_readonly"]) == (bool(explain), bool(readonly))


def test_describe_has_no_effect(db: Hrana):
    db.results("CREATE TABLE d (a)", "INSERT INTO d VALUES (1)")
    for sql in ("DELETE FROM d", "DROP TABLE d", "INSERT INTO d VALUES (2) RETURNING a"):
        _describe(db, sql)
    assert db.rows("SELECT a FROM d") == [[1]]


def test_describe_of_nonsense_is_an_error(db: Hrana):
    codes = [
        item["error"]["code"]
        for item in db.run(
            {"type": "describe", "sql": "SELEC"}, {"type": "describe", "sql": "SELECT * FROM no"}
        )
    ]
    assert codes == ["SQL_INPUT_ERROR", "SQLITE_UNKNOWN"]


def test_stored_texts_serve_every_kind_of_request(db: Hrana):
    results = db.run(
        {"type": "store_sql", "sql_id": 1, "sql": "SELECT 42"},
        {"type": "execute", "stmt": {"sql_id": 1}},
        batch({"sql_id": 1}),
        {"type": "describe", "sql_id": 1},
        {"type": "sequence", "sql_id": 1},
        {"type": "close_sql", "sql_id": 1},
        {"type": "close_sql", "sql_id": 1},
        {"type": "store_sql", "sql_id": 1, "sql": "SELECT 43"},
    )
    assert [item["type"] for item in results] == ["ok"] * 8
    assert results[1]["response"]["result"]["rows"] == [[{"type": "integer", "value": "42"}]]


def test_stored_texts_live_as_long_as_the_stream(db: Hrana):
    first = db.post({"type": "store_sql", "sql_id": 5, "sql": "SELECT 1"}).json()
    second = db.post({"type": "execute", "stmt": {"sql_id": 5}}, CLOSE, baton=first["baton"])
    assert second.json()["results"][0]["type"] == "ok"
    assert db.post({"type": "execute", "stmt": {"sql_id": 5}}, CLOSE).status_code == 400


@pytest.mark.parametrize(
    ("requests", "text"),
    [
        ([{"type": "execute", "stmt": {"sql_id": 9}}], "SQL text 9 not found"),
        ([{"type": "describe", "sql_id": 9}], "SQL text 9 not found"),
        ([{"type": "sequence", "sql_id": 9}], "SQL text 9 not found"),
        ([batch({"sql_id": 9})], "SQL text 9 not found"),
        (
            [{"type": "store_sql", "sql_id": 1, "sql": "SELECT 1"}] * 2,
            "SQL text 1 already exists",
        ),
        ([{"type": "describe"}], "Either `sql` or `sql_id` are required"),
        ([{"type": "execute", "stmt": {}}], "Either `sql` or `sql_id` are required"),
        (
            [{"type": "execute", "stmt": {"sql": "SELECT 1", "sql_id": 1}}],
            "Either `sql` or `sql_id` are required, but not both",
        ),
    ],
    ids=json.dumps,
)
def test_unknown_and_doubled_texts_refuse_the_whole_request(
    db: Hrana, requests: list[dict[str, object]], text: str
):
    answer = db.post(*requests, CLOSE)
    assert (answer.status_code, answer.text) == (400, text)


def test_a_stream_stores_fifty_texts(db: Hrana):
    stores = [{"type": "store_sql", "sql_id": n, "sql": "SELECT 1"} for n in range(51)]
    results = db.run(*stores)
    assert [item["type"] for item in results] == ["ok"] * 50 + ["error"]
    assert results[-1]["error"]["code"] == "SQL_STORE_TOO_MANY"
