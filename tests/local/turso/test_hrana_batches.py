"""Hrana conformance: batches, as one answer and as a cursor.

Every test runs against the real sqld and against the own server; where they differ is in
``test_hrana_differences.py``.
"""

from __future__ import annotations

import json

import pytest
from tests.local.turso.stand import CLOSE, Hrana, batch, execute

# --- batch -------------------------------------------------------------------------------------

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


# --- cursor ------------------------------------------------------------------------------------


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
