"""Hrana conformance: streams, their limits, and transactions against each other.

Every test runs against the real sqld and against the own server; where they differ is in
``test_hrana_differences.py``.
"""

from __future__ import annotations

import json
import threading
import time

import pytest
from tests.local.turso.stand import CLOSE, Hrana, batch, execute

# --- streams -----------------------------------------------------------------------------------


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


# --- limits ------------------------------------------------------------------------------------


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


def test_small_values_count_with_their_encoding(db: Hrana):
    """Thirty bytes for a single digit: 333,333 of them are the limit."""
    numbers = "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 334000)"
    (found,) = db.run(execute(f"{numbers} SELECT 1 FROM n"))
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


# --- transactions against each other -----------------------------------------------------------


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
