"""Hrana over HTTP: what both data planes do alike, and where they differ.

Every test runs against the real sqld and against the own server. What sqld 0.24.32 does on its own
account is in ``test_hrana_differences.py``.
"""

from __future__ import annotations

import json
import math
import threading
import time

import pytest
from tests.local.turso.stand import Hrana, batch, execute, statement

CLOSE = {"type": "close"}


# --- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number", [0, 1, -1, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)], ids=str
)
def test_integers_are_exact_decimal_strings(db: Hrana, number: int):
    assert db.rows("SELECT ?, typeof(?1)", number) == [[number, "integer"]]


@pytest.mark.parametrize("number", [0.0, -0.0, 0.1, 1.5, 5e-324, 1.7976931348623157e308, 1e15])
def test_floats_keep_every_bit(db: Hrana, number: float):
    ((found, kind),) = db.rows("SELECT ?, typeof(?1)", number)
    assert kind == "real"
    assert math.copysign(1, found) == math.copysign(1, number)
    assert found == number


def test_a_float_may_come_as_a_json_integer(db: Hrana):
    assert db.rows("SELECT typeof(?)", {"type": "float", "value": 3}) == [["real"]]


@pytest.mark.parametrize(
    "text", ["", "a", "ü", "日本", "🦊", "a\0b", "\0", "'\"`", "\r\n\t", "\u2028"]
)
def test_texts_come_back_unchanged(db: Hrana, text: str):
    assert db.rows("SELECT ?, length(CAST(?1 AS BLOB))", text) == [[text, len(text.encode())]]


@pytest.mark.parametrize(
    ("sent", "hexadecimal"),
    [("", ""), ("AA", "00"), ("AA==", "00"), ("AAE", "0001"), ("AAE=", "0001"), ("+/8A", "FBFF00")],
)
def test_blobs_come_with_or_without_padding(db: Hrana, sent: str, hexadecimal: str):
    blob = {"type": "blob", "base64": sent}
    assert db.rows("SELECT hex(?), typeof(?1)", blob) == [[hexadecimal, "blob"]]


def test_blobs_go_out_without_padding(db: Hrana):
    assert db.rows("SELECT x'', x'00', x'0001', x'fbff00'") == [["", "AA", "AAE", "+/8A"]]


def test_infinities_are_floats_without_a_value(db: Hrana):
    (result,) = db.results("SELECT 9e999, -9e999, typeof(9e999)")
    assert result["rows"][0][:2] == [{"type": "float", "value": None}] * 2
    assert result["rows"][0][2]["value"] == "real"


def test_not_a_number_is_null(db: Hrana):
    assert db.rows("SELECT 9e999 - 9e999") == [[None]]


@pytest.mark.parametrize(
    "item",
    [
        {"type": "integer", "value": 1},
        {"type": "integer", "value": "9223372036854775808"},
        {"type": "integer", "value": "-9223372036854775809"},
        {"type": "integer", "value": " 1"},
        {"type": "integer", "value": "1.0"},
        {"type": "integer", "value": "0x1"},
        {"type": "integer", "value": ""},
        {"type": "integer", "value": None},
        {"type": "integer"},
        {"type": "float", "value": "1"},
        {"type": "float", "value": None},
        {"type": "float", "value": True},
        {"type": "text", "value": 1},
        {"type": "text"},
        {"type": "blob", "base64": "_w"},
        {"type": "blob", "base64": "A"},
        {"type": "blob", "base64": "AA=A"},
        {"type": "blob"},
        {"type": "bool", "value": True},
        {"type": None},
        {},
        None,
        5,
        "text",
    ],
    ids=json.dumps,
)
def test_a_malformed_value_refuses_the_whole_request(db: Hrana, item: object):
    answer = db.post(
        execute("CREATE TABLE effect (a)"),
        {"type": "execute", "stmt": {"sql": "SELECT ?", "args": [item]}},
        CLOSE,
    )
    assert answer.status_code == 400
    assert answer.text.startswith("Cannot deserialize client message from JSON")
    assert db.rows("SELECT count(*) FROM sqlite_schema") == [[0]]


@pytest.mark.parametrize("literal", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity"])
def test_numbers_outside_of_json_or_double_are_refused(db: Hrana, literal: str):
    body = json.dumps({"requests": [execute("SELECT ?", 0.5)]}).replace("0.5", literal)
    assert db.http.post("/v3/pipeline", content=body).status_code == 400


def test_half_a_surrogate_pair_is_refused(db: Hrana):
    body = r'{"requests":[{"type":"execute","stmt":{"sql":"SELECT \"\ud83d\""}}]}'
    assert db.http.post("/v3/pipeline", content=body).status_code == 400


def test_text_that_is_not_utf8_fails_the_request(db: Hrana):
    answer = db.post(execute("SELECT CAST(x'ff41' AS TEXT)"), CLOSE)
    assert answer.status_code == 500
    assert "invalid utf-8" in answer.json()["error"]


# --- execute ------------------------------------------------------------------------------------


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


# --- arguments ----------------------------------------------------------------------------------


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


# --- batch --------------------------------------------------------------------------------------

OK_0 = {"type": "ok", "step": 0}
ERROR_0 = {"type": "error", "step": 0}


def test_a_batch_runs_its_steps_on_their_conditions(db: Hrana):
    steps = [
        "SELECT * FROM nowhere",
        ("SELECT 1", OK_0),
        ("SELECT 2", ERROR_0),
        ("SELECT 3", {"type": "not", "cond": OK_0}),
        ("SELECT 4", {"type": "and", "conds": [ERROR_0, {"type": "ok", "step": 2}]}),
        ("SELECT 5", {"type": "or", "conds": [OK_0, ERROR_0]}),
        ("SELECT 6", {"type": "and", "conds": []}),
        ("SELECT 7", {"type": "or", "conds": []}),
        ("SELECT 8", {"type": "ok", "step": 1}),
        ("SELECT 9", {"type": "is_autocommit"}),
        "BEGIN",
        ("SELECT 11", {"type": "is_autocommit"}),
        ("ROLLBACK", {"type": "not", "cond": {"type": "is_autocommit"}}),
    ]
    (found,) = db.run(batch(*steps))
    result = found["response"]["result"]
    ran = [item is not None for item in result["step_results"]]
    failed = [item is not None for item in result["step_errors"]]
    x, y = True, False
    assert ran == [y, y, x, x, x, x, x, y, y, x, x, y, x]
    assert failed == [True] + [False] * 12
    assert result["step_errors"][0]["code"] == "SQLITE_UNKNOWN"


def test_a_batch_in_a_transaction_leaves_nothing_when_a_step_fails(db: Hrana):
    db.results("CREATE TABLE t (a PRIMARY KEY)")
    (found,) = db.run(
        batch(
            "BEGIN",
            ("INSERT INTO t VALUES (1)", OK_0),
            ("INSERT INTO t VALUES (1)", {"type": "ok", "step": 1}),
            ("COMMIT", {"type": "ok", "step": 2}),
            ("ROLLBACK", {"type": "not", "cond": {"type": "ok", "step": 3}}),
        )
    )
    result = found["response"]["result"]
    assert result["step_errors"][2]["code"] == "SQLITE_CONSTRAINT"
    assert db.rows("SELECT count(*) FROM t") == [[0]]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELEC 1", "SQL_PARSE_ERROR"),
        ("SELECT 1; SELECT 2", "SQL_MANY_STATEMENTS"),
        ("", "SQL_NO_STATEMENT"),
        ("VACUUM", "SQL_PARSE_ERROR"),
    ],
)
def test_a_text_that_cannot_be_parsed_fails_the_batch_before_its_first_step(
    db: Hrana, sql: str, code: str
):
    (found,) = db.run(batch("CREATE TABLE t (a)", sql))
    assert found["error"]["code"] == code
    assert db.rows("SELECT count(*) FROM sqlite_schema") == [[0]]


def test_an_empty_batch_is_fine(db: Hrana):
    (found,) = db.run(batch())
    assert found["response"]["result"]["step_results"] == []


@pytest.mark.parametrize(
    "condition",
    [
        {"type": "ok", "step": 0},
        {"type": "error", "step": 7},
        {"type": "ok", "step": -1},
        {"type": "ok"},
        {"type": "ok", "step": "0"},
        {"type": "nothing"},
        {"type": "not"},
        {"type": "not", "cond": {"type": "and", "conds": [{"type": "ok", "step": 5}]}},
        {"type": "and", "conds": "no"},
        "ok",
        5,
    ],
    ids=json.dumps,
)
def test_a_malformed_condition_refuses_the_whole_request(db: Hrana, condition: object):
    answer = db.post(execute("CREATE TABLE effect (a)"), batch(("SELECT 1", condition)), CLOSE)
    assert answer.status_code == 400


def test_version_2_has_neither_get_autocommit_nor_is_autocommit(db: Hrana):
    for request in ({"type": "get_autocommit"}, batch(("SELECT 1", {"type": "is_autocommit"}))):
        answer = db.post(request, CLOSE, version=2)
        assert answer.status_code == 400
        assert "only supported in protocol version hrana3" in answer.text


# --- sequence, describe, stored texts -----------------------------------------------------------


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


# --- streams ------------------------------------------------------------------------------------


def test_a_transaction_lasts_over_requests(db: Hrana):
    first = db.post(execute("CREATE TABLE t (a)"), execute("BEGIN")).json()
    second = db.post(
        execute("INSERT INTO t VALUES (1)"), {"type": "get_autocommit"}, baton=first["baton"]
    ).json()
    assert second["results"][1]["response"]["is_autocommit"] is False
    assert db.rows("SELECT count(*) FROM t") == [[0]]
    db.post(execute("COMMIT"), CLOSE, baton=second["baton"])
    assert db.rows("SELECT count(*) FROM t") == [[1]]


def test_closing_a_stream_rolls_back(db: Hrana):
    db.results("CREATE TABLE t (a)")
    first = db.post(execute("BEGIN"), execute("INSERT INTO t VALUES (1)")).json()
    assert db.post(CLOSE, baton=first["baton"]).json()["baton"] is None
    assert db.rows("SELECT count(*) FROM t") == [[0]]


def test_a_baton_works_once(db: Hrana):
    first = db.post(execute("SELECT 1")).json()["baton"]
    second = db.post(execute("SELECT 1"), baton=first).json()["baton"]
    answer = db.post(execute("SELECT 1"), baton=first)
    assert (answer.status_code, answer.text) == (400, "Received a baton that has already been used")
    assert db.post(CLOSE, baton=second).status_code == 200


@pytest.mark.parametrize("baton", ["", "nonsense", "AAAA", "ü", "A" * 64, "A" * 5000])
def test_a_forged_baton_is_refused(db: Hrana, baton: str):
    answer = db.post(execute("SELECT 1"), baton=baton)
    assert (answer.status_code, answer.text) == (400, "Received an invalid baton")


def test_a_baton_of_a_closed_stream_is_refused(db: Hrana):
    first = db.post(execute("SELECT 1")).json()["baton"]
    db.post(CLOSE, baton=first)
    assert db.post(execute("SELECT 1"), baton=first).status_code == 400


def test_after_close_only_close_may_come(db: Hrana):
    assert db.post(CLOSE, CLOSE).status_code == 200
    answer = db.post(CLOSE, execute("SELECT 1"))
    assert (answer.status_code, answer.text) == (400, "Stream for this baton was closed")


def test_a_pipeline_without_requests_opens_a_stream(db: Hrana):
    answer = db.post().json()
    assert answer["results"] == []
    assert answer["baton"]
    db.post(CLOSE, baton=answer["baton"])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nonsense",
        "{}",
        "5",
        "null",
        '"text"',
        '{"requests":5}',
        '{"requests":[5]}',
        '{"requests":[{}]}',
        '{"requests":[{"type":"nothing"}]}',
        '{"requests":[{"type":["execute"]}]}',
        '{"requests":[{"type":"execute"}]}',
        '{"requests":[{"type":"execute","stmt":{"sql":5}}]}',
        '{"requests":[{"type":"execute","stmt":{"sql":"SELECT 1","args":null}}]}',
        '{"requests":[{"type":"execute","stmt":{"sql":"SELECT 1","args":{}}}]}',
        '{"requests":[{"type":"execute","stmt":{"sql":"SELECT 1","want_rows":5}}]}',
        '{"requests":[{"type":"execute","stmt":{"sql":"SELECT 1","named_args":[{}]}}]}',
        '{"requests":[{"type":"batch"}]}',
        '{"requests":[{"type":"batch","batch":{}}]}',
        '{"requests":[{"type":"store_sql","sql":"SELECT 1"}]}',
        '{"requests":[{"type":"store_sql","sql_id":1}]}',
        '{"requests":[{"type":"store_sql","sql_id":4294967296,"sql":"SELECT 1"}]}',
        '{"baton":5,"requests":[]}',
        b"\xff\xfe",
        b"\x00",
        "[" * 100_000,
        '{"requests":[{"type":"close"}]} trailing',
    ],
)
def test_a_body_that_is_not_a_pipeline_is_refused(db: Hrana, body: str | bytes):
    for version in (2, 3):
        assert db.http.post(f"/v{version}/pipeline", content=body).status_code == 400


def test_unknown_fields_are_ignored(db: Hrana):
    body = {
        "requests": [
            {"type": "execute", "extra": 1, "stmt": {"sql": "SELECT 1", "more": [1]}},
            CLOSE,
        ],
        "else": None,
    }
    assert db.http.post("/v3/pipeline", json=body).status_code == 200


def test_the_content_type_does_not_matter(db: Hrana):
    body = json.dumps({"requests": [CLOSE]})
    for kind in ("text/plain", "application/octet-stream"):
        answer = db.http.post("/v2/pipeline", content=body, headers={"content-type": kind})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/json")


# --- limits -------------------------------------------------------------------------------------


def test_a_value_of_four_mebibytes_fits_and_one_of_nine_does_not(db: Hrana):
    db.results("CREATE TABLE t (a)")
    db.results(execute("INSERT INTO t VALUES (?)", "a" * 4 * 2**20))
    assert db.rows("SELECT length(a) FROM t") == [[4 * 2**20]]
    error = db.error("INSERT INTO t VALUES (?)", "a" * 9 * 2**20)
    assert error["code"] == "ARGS_INVALID"
    assert db.error("SELECT hex(zeroblob(4500000))")["code"] == "SQLITE_TOOBIG"


def test_an_answer_over_ten_megabytes_is_an_error_and_the_stream_goes_on(db: Hrana):
    big = "SELECT hex(zeroblob(2000000)) FROM (VALUES (1), (2), (3))"
    first, second = db.run(execute(big), execute("SELECT 1"))
    assert first["error"]["code"] == "RESPONSE_TOO_LARGE"
    assert second["type"] == "ok"
    (found,) = db.run(batch(big, "SELECT 1"))
    assert found["error"]["code"] == "RESPONSE_TOO_LARGE"


def test_a_long_script_fits(db: Hrana):
    rows = ",".join(f"({n},'text {n}')" for n in range(20_000))
    sql = f"CREATE TABLE t (a, b); INSERT INTO t VALUES {rows};"
    (found,) = db.run({"type": "sequence", "sql": sql})
    assert found["type"] == "ok"
    assert db.rows("SELECT count(*), max(a) FROM t") == [[20_000, 19_999]]


def test_deep_expressions_are_an_error(db: Hrana):
    assert "depth" in db.error("SELECT " + "+".join(["1"] * 1500))["message"]
    assert db.error("SELECT " + "(" * 2000 + "1" + ")" * 2000)["code"] == "SQL_PARSE_ERROR"


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "VACUUM",
        "vacuum",
        "VACUUM INTO 'copy.db'",
        "/* */ VACUUM",
        "ATTACH 'other.db' AS other",
        "ATTACH DATABASE ':memory:' AS other",
        "ANALYZE",
        "CREATE TEMP TABLE t (a)",
        "CREATE TEMPORARY VIEW v AS SELECT 1",
        "CREATE TABLE temp.t (a)",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = ON",
        "PRAGMA main.writable_schema(1)",
        "PRAGMA legacy_alter_table = ON",
        "PRAGMA busy_timeout = 5",
        "PRAGMA synchronous = OFF",
        "PRAGMA application_id = 3",
        "PRAGMA temp_store_directory = '/tmp'",
        "PRAGMA schema_version = 5",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA optimize",
        "PRAGMA missing",
    ],
)
def test_refused_statements_are_errors_of_their_request_only(db: Hrana, sql: str):
    first, second = db.run(execute(sql), execute("SELECT 1"))
    assert first["error"]["code"] == "SQL_PARSE_ERROR"
    assert first["error"]["message"].endswith(f"unsupported statement: {sql}")
    assert second["type"] == "ok"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'VACUUM; ATTACH x'",
        "SELECT 1 AS vacuum",
        "CREATE TABLE attach_log (temp_column)",
        'CREATE TABLE "temp table" (a)',
        "CREATE TABLE strict_one (a INT) STRICT",
        "CREATE VIRTUAL TABLE fulltext USING fts5(body)",
        "CREATE VIRTUAL TABLE boxes USING rtree(id, x1, x2)",
        "CREATE VIEW v AS SELECT 1",
        "REINDEX",
        "SAVEPOINT s",
        "PRAGMA table_info(sqlite_schema)",
        "PRAGMA main.table_xinfo('sqlite_schema')",
        "PRAGMA integrity_check",
        "PRAGMA quick_check",
        "PRAGMA foreign_key_check",
        "PRAGMA user_version",
        "PRAGMA user_version = 5",
        "PRAGMA journal_mode",
        "PRAGMA page_size",
        "PRAGMA encoding",
        "EXPLAIN SELECT 1",
        "VALUES (1), (2)",
    ],
)
def test_statements_that_look_alike_are_allowed(db: Hrana, sql: str):
    db.results(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT readfile('/etc/hostname')",
        "SELECT ReadFile ( '/etc/hostname' )",
        "SELECT \"readfile\"('/etc/hostname')",
        "SELECT [writefile]('x', 'y')",
        "SELECT `writefile`/**/('x', 'y')",
        "SELECT \ufeffreadfile('/etc/hostname')",
        "SELECT /* ' */ readfile('/etc/hostname') -- '",
        "WITH f AS (SELECT writefile('x', 'y')) SELECT * FROM f",
        "SELECT sha3_query('SELECT writefile(''x'', ''y'')')",
        "SELECT * FROM fsdir('.')",
        "SELECT * FROM fsdir WHERE path = '.'",
        "SELECT * FROM (SELECT 1), 'fsdir' WHERE path = '.'",
        "SELECT 1 WHERE 'x' IN fsdir('.')",
        "SELECT * FROM pragma_table_info('x') JOIN fsdir('.')",
        "INSERT INTO t SELECT writefile('x', 'y')",
        "CREATE VIEW v AS SELECT writefile('x', 'y')",
        "CREATE TABLE u (a DEFAULT (writefile('x', 'y')))",
    ],
)
def test_sql_does_not_reach_files(db: Hrana, sql: str):
    db.results("CREATE TABLE t (a)")
    requests = [execute(sql), batch(sql), {"type": "sequence", "sql": sql}]
    stored = [
        {"type": "store_sql", "sql_id": 1, "sql": sql},
        {"type": "execute", "stmt": {"sql_id": 1}},
    ]
    found = db.run(
        *requests, *stored, execute("SELECT * FROM v"), execute("INSERT INTO u VALUES (1)")
    )
    texts = json.dumps(found)
    assert "no such function" in texts or "no such table" in texts
    for result in found:
        for row in result.get("response", {}).get("result", {}).get("rows", []):
            assert not row
    assert db.rows("SELECT count(*) FROM t") == [[0]]


@pytest.mark.parametrize("text", ["readfile('x')", "fsdir", "FROM fsdir('.')"])
def test_texts_and_columns_may_be_named_like_file_functions(db: Hrana, text: str):
    db.results("CREATE TABLE t (fsdir, readfile)", execute("INSERT INTO t VALUES (?, ?)", text, 1))
    literal = text.replace("'", "''")
    assert db.rows(f"SELECT fsdir, readfile FROM t WHERE fsdir = '{literal}'") == [[text, 1]]


# --- transactions against each other ------------------------------------------------------------


def test_readers_do_not_see_an_open_transaction_and_do_not_wait(db: Hrana):
    db.results("CREATE TABLE t (a)")
    writer = db.post(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t VALUES (1)")).json()
    started = time.monotonic()
    assert db.rows("SELECT count(*) FROM t") == [[0]]
    assert time.monotonic() - started < 4
    db.post(execute("COMMIT"), CLOSE, baton=writer["baton"])


def test_a_writer_waits_for_the_other_s_commit(db: Hrana):
    db.results("CREATE TABLE t (a)")
    writer = db.post(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t VALUES (1)")).json()
    waiting = threading.Thread(target=db.results, args=["INSERT INTO t VALUES (2)"])
    waiting.start()
    time.sleep(0.1)
    answer = db.post(execute("COMMIT"), CLOSE, baton=writer["baton"])
    waiting.join()
    assert answer.json()["results"][0]["type"] == "ok"
    assert db.rows("SELECT a FROM t ORDER BY a") == [[1], [2]]


def test_a_read_transaction_cannot_write_over_a_later_commit(db: Hrana):
    db.results("CREATE TABLE t (a)")
    reader = db.post(execute("BEGIN"), execute("SELECT * FROM t")).json()
    db.results("INSERT INTO t VALUES (1)")
    answer = db.post(execute("INSERT INTO t VALUES (2)"), CLOSE, baton=reader["baton"]).json()
    assert answer["results"][0]["error"] == {
        "message": "SQLite error: database is locked",
        "code": "SQLITE_BUSY",
    }


def test_many_writers_at_once_all_get_through(db: Hrana):
    db.results("CREATE TABLE t (a)")
    steps = [("BEGIN IMMEDIATE", None), *((f"INSERT INTO t VALUES ({n})", None) for n in range(5))]
    work = batch(*steps, "COMMIT")
    threads = [threading.Thread(target=db.run, args=[work]) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.rows("SELECT count(*) FROM t") == [[60]]


# --- cursor -------------------------------------------------------------------------------------


def _cursor(db: Hrana, request: dict[str, object], **more: object) -> list[dict[str, object]]:
    body = {"batch": request["batch"], **more}
    answer = db.http.post("/v3/cursor", json=body)
    assert answer.status_code == 200, answer.text
    lines = [json.loads(line) for line in answer.text.splitlines() if line]
    # An entry of sqld's own, which the protocol does not have.
    return [line for line in lines if line.get("type") != "replication_index"]


def test_a_cursor_streams_the_steps_of_a_batch(db: Hrana):
    db.results("CREATE TABLE t (a INT)")
    head, *entries = _cursor(
        db,
        batch(
            "INSERT INTO t VALUES (1), (2)",
            "SELECT a FROM t",
            "SELECT * FROM nowhere",
            ("SELECT 1", {"type": "ok", "step": 2}),
            ("SELECT 9", {"type": "error", "step": 2}),
        ),
    )
    assert head["baton"]
    assert [(entry["type"], entry.get("step")) for entry in entries] == [
        ("step_begin", 0),
        ("step_end", None),
        ("step_begin", 1),
        ("row", None),
        ("row", None),
        ("step_end", None),
        ("step_error", 2),
        ("step_begin", 4),
        ("row", None),
        ("step_end", None),
    ]
    assert entries[2]["cols"] == [{"name": "a", "decltype": "INT"}]
    assert entries[3]["row"] == [{"type": "integer", "value": "1"}]
    assert entries[1]["affected_row_count"] == 2
    assert entries[6]["error"]["code"] == "SQLITE_UNKNOWN"
    db.post(CLOSE, baton=head["baton"])


def test_a_cursor_s_baton_leads_back_to_its_stream(db: Hrana):
    head, *_ = _cursor(db, batch("BEGIN"))
    answer = db.post({"type": "get_autocommit"}, CLOSE, baton=head["baton"]).json()
    assert answer["results"][0]["response"]["is_autocommit"] is False


def test_a_cursor_has_no_limit_of_ten_megabytes(db: Hrana):
    count = "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
    head, *entries = _cursor(db, batch(f"{count} SELECT hex(zeroblob(200000)) FROM n"))
    assert sum(entry["type"] == "row" for entry in entries) == 40
    db.post(CLOSE, baton=head["baton"])


@pytest.mark.parametrize("body", ["", "{}", '{"batch":5}', '{"batch":{"steps":[{}]}}', "[]"])
def test_a_body_that_is_not_a_cursor_is_refused(db: Hrana, body: str):
    assert db.http.post("/v3/cursor", content=body).status_code == 400


# --- the other paths ----------------------------------------------------------------------------


def test_probes_need_no_token(db: Hrana):
    del db.http.headers["authorization"]
    for path in ("/v2", "/v3", "/health", "/version"):
        assert db.http.get(path).status_code == 200
    assert db.http.get("/health").content == b""
    assert db.http.get("/version").text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/execute", 404),
        ("POST", "/v1/batch", 404),
        ("POST", "/", 404),
        ("GET", "/", 404),
        ("POST", "/v2/cursor", 404),
        ("POST", "/v3-protobuf/pipeline", 404),
        ("GET", "/v4", 404),
        ("GET", "/v2/pipeline", 405),
        ("PUT", "/v3/pipeline", 405),
        ("GET", "/v3/cursor", 405),
        ("POST", "/health", 405),
        ("OPTIONS", "/v2/pipeline", 200),
        ("HEAD", "/health", 200),
        ("GET", "/../../etc/passwd", 404),
    ],
)
def test_other_paths_answer_as_the_cloud_does(db: Hrana, method: str, path: str, status: int):
    assert db.http.request(method, path).status_code == status


def test_there_is_no_websocket(db: Hrana):
    headers = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
        "sec-websocket-protocol": "hrana3",
    }
    assert db.http.get("/", headers=headers).status_code == 505


def test_pages_of_any_origin_may_ask(db: Hrana):
    answer = db.post(CLOSE, headers={"origin": "https://app.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_dump_is_sql_that_makes_the_database_again(db: Hrana):
    db.results("CREATE TABLE t (a INTEGER PRIMARY KEY, b)", "INSERT INTO t VALUES (1, 'it''s')")
    text = db.http.get("/dump").text
    assert text.startswith("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n")
    assert text.rstrip().endswith("COMMIT;")
    assert "VALUES(1,'it''s')" in text


# --- tokens and blocks --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (None, "Expected authorization header but none given"),
        ("", "Auth string does not conform to '<scheme> <token>' form"),
        ("Bearer", "Auth string does not conform to '<scheme> <token>' form"),
        ("Basic abc", "The authentication scheme in the `Authorization` HTTP header is not supported"),
        ("Bearer x.y.z", "The JWT is invalid"),
        ("Bearer None", "The JWT is invalid"),
        ("Bearer " + "a" * 9000, "The JWT is invalid"),
        ("Bearer e30.e30.", "The JWT is invalid"),
    ],
)  # fmt: skip
def test_without_a_valid_token_everything_is_refused(
    db: Hrana, authorization: str | None, reason: str
):
    del db.http.headers["authorization"]
    headers = {} if authorization is None else {"authorization": authorization}
    for answer in (db.post(CLOSE, headers=headers), db.http.get("/dump", headers=headers)):
        assert answer.status_code == 401
        assert answer.json() == {"error": f"Unauthorized: `{reason}`"}


def test_the_scheme_is_case_insensitive(db: Hrana):
    token = db.http.headers["authorization"].split()[1]
    assert db.post(CLOSE, headers={"authorization": f"bearer {token}"}).status_code == 200


READS = [
    execute("SELECT * FROM t"),
    execute("EXPLAIN INSERT INTO t VALUES (1)"),
    execute("BEGIN"),
    execute("PRAGMA table_info(t)"),
    execute("VACUUM"),
    execute("SELEC"),
    {"type": "describe", "sql": "INSERT INTO t VALUES (1)"},
    {"type": "get_autocommit"},
]
WRITES = [
    execute("INSERT INTO t VALUES (1)"),
    execute("WITH w AS (SELECT 1) INSERT INTO t SELECT * FROM w"),
    execute("CREATE TABLE u (a)"),
    execute("DROP TABLE t"),
    execute("REINDEX"),
    execute("PRAGMA user_version = 4"),
    execute("PRAGMA foreign_keys = off"),
    execute("DELETE FROM t RETURNING a"),
    batch("SELECT 1", "DELETE FROM t"),
    {"type": "sequence", "sql": "SELECT 1; UPDATE t SET a = 1"},
]


def _label(request: dict[str, object]) -> str:
    return json.dumps(request)[:60]


@pytest.mark.parametrize("request_", READS, ids=_label)
def test_a_read_only_token_reads(db: Hrana, request_: dict[str, object]):
    db.results("CREATE TABLE t (a)")
    with db.platform.client(db.name, db.platform.token(db.name, authorization="read-only")) as http:
        answer = http.post("/v3/pipeline", json={"requests": [request_, CLOSE]})
    assert answer.status_code == 200


@pytest.mark.parametrize("request_", WRITES, ids=_label)
def test_a_read_only_token_that_writes_loses_the_whole_request(
    db: Hrana, request_: dict[str, object]
):
    db.results("CREATE TABLE t (a)", "INSERT INTO t VALUES (7)")
    with db.platform.client(db.name, db.platform.token(db.name, authorization="read-only")) as http:
        body = {"requests": [execute("SELECT 1"), request_, CLOSE]}
        answer = http.post("/v3/pipeline", json=body)
    assert answer.status_code == 403
    assert answer.json()["error"] == (
        "Authorization forbidden: Current session doesn't not have Write permission to namespace "
        + db.name
    )
    assert db.rows("SELECT a FROM t") == [[7]]


def _configure(db: Hrana, **settings: bool) -> None:
    answer = db.platform.call("PATCH", f"/databases/{db.name}/configuration", json=settings)
    assert answer.status_code == 200


def test_blocked_reads_block_everything(db: Hrana):
    db.results("CREATE TABLE t (a)")
    _configure(db, block_reads=True)
    results = db.run(execute("SELECT 1"), execute("INSERT INTO t VALUES (1)"), execute("BEGIN"))
    assert [item["error"]["code"] for item in results] == ["BLOCKED"] * 3
    _configure(db, block_reads=False)
    assert db.rows("SELECT count(*) FROM t") == [[0]]


def test_blocked_writes_block_writes(db: Hrana):
    db.results("CREATE TABLE t (a)")
    _configure(db, block_writes=True)
    results = db.run(
        execute("SELECT 1"),
        execute("INSERT INTO t VALUES (1)"),
        execute("BEGIN"),
        execute("ROLLBACK"),
        batch("DELETE FROM t", "SELECT 1"),
    )
    assert results[1]["error"] == {"message": "Operation was blocked", "code": "BLOCKED"}
    assert [item["type"] for item in results] == ["ok", "error", "ok", "ok", "ok"]
    found = results[4]["response"]["result"]
    assert found["step_errors"][0]["code"] == "BLOCKED"
    assert found["step_results"][1] is not None


def test_a_statement_asks_for_no_more_than_it_needs(db: Hrana):
    """The shapes of answers, field by field."""
    answer = db.post(execute("SELECT 1 AS one"), CLOSE).json()
    assert set(answer) == {"baton", "base_url", "results"}
    result = answer["results"][0]["response"]["result"]
    assert result["cols"] == [{"name": "one", "decltype": None}]
    assert result["rows"] == [[{"type": "integer", "value": "1"}]]
    assert isinstance(result["query_duration_ms"], float)
    assert {"rows_read", "rows_written", "replication_index"} <= set(result)


def test_statement_builds_what_the_protocol_wants():
    assert statement("SELECT ?", 1) == {
        "sql": "SELECT ?",
        "args": [{"type": "integer", "value": "1"}],
    }
