"""Where the own server departs from sqld 0.24.32, one test for each side, with the reason.

The own server follows the text of the protocol where sqld does not, and it cannot do what Python's
sqlite3 module does not offer. Everything else is alike and tested in ``test_hrana_*.py``.
"""

from __future__ import annotations

import json

from tests.local.turso.stand import Hrana, batch, execute


def test_want_rows_false_leaves_the_rows_out(db: Hrana):
    """The protocol says that rows are not returned; sqld sends them all the same."""
    (result,) = db.results(execute("SELECT 1", want_rows=False))
    assert len(result["rows"]) == (1 if db.kind == "sqld" else 0)


def test_a_skipped_step_is_no_error(db: Hrana):
    """The protocol: ``error`` holds when the step failed; sqld takes a skipped step for failed."""
    never = {"type": "not", "cond": {"type": "is_autocommit"}}
    (found,) = db.run(batch(("SELECT 1", never), ("SELECT 2", {"type": "error", "step": 0})))
    ran = found["response"]["result"]["step_results"][1] is not None
    assert ran == (db.kind == "sqld")


def test_a_later_syntax_error_stops_a_sequence(db: Hrana):
    """sqld 0.24.32 leaves a statement out that it cannot parse, unless it is the first one."""
    sql = "CREATE TABLE t (a); SELEC; INSERT INTO t VALUES (1)"
    (found,) = db.run({"type": "sequence", "sql": sql})
    if db.kind == "sqld":
        assert found["type"] == "ok"
        assert db.rows("SELECT a FROM t") == [[1]]
    else:
        assert found["error"]["code"] == "SQL_PARSE_ERROR"
        assert db.rows("SELECT count(*) FROM sqlite_schema") == [[0]]


def test_an_open_comment_at_the_end_is_what_sqlite_says(db: Hrana):
    """sqld's parser refuses it; SQLite takes the end of the text for the end of the comment."""
    (found,) = db.run(execute("SELECT 1 /* open"))
    assert found["type"] == ("error" if db.kind == "sqld" else "ok")


def test_the_row_id_of_a_cursor_entry_is_a_string(db: Hrana):
    """The protocol has a string, as in results; sqld writes a number."""
    body = batch("CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
    lines = db.http.post("/v3/cursor", json={"batch": body["batch"]}).text.splitlines()
    ends = [json.loads(line) for line in lines if '"step_end"' in line]
    assert ends[1]["last_insert_rowid"] == (1 if db.kind == "sqld" else "1")


def test_an_error_of_a_whole_cursor_is_an_entry(db: Hrana):
    """The protocol has an ``error`` entry; sqld breaks the answer off or writes another object."""
    body = {"batch": batch("SELECT 1", "SELEC")["batch"]}
    answer = db.http.post("/v3/cursor", json=body)
    if db.kind == "sqld":
        assert "SQL string could not be parsed" in answer.text
    else:
        last = json.loads(answer.text.splitlines()[-1])
        assert (last["type"], last["error"]["code"]) == ("error", "SQL_PARSE_ERROR")


def test_the_numbers_of_rows_are_those_returned(db: Hrana):
    """SQLite's counters of visited rows are not in the sqlite3 module."""
    db.results("CREATE TABLE t (a)", "INSERT INTO t VALUES (1), (2), (3)")
    (result,) = db.results("SELECT * FROM t WHERE a = 2")
    assert result["rows_read"] == (3 if db.kind == "sqld" else 1)


def test_functions_that_only_sqld_s_sqlite_has(db: Hrana):
    """libSQL has vectors and more functions; the own server has what Python was built with."""
    (found,) = db.run(execute("SELECT vector_extract(vector32('[1,2]'))"))
    assert found["type"] == ("ok" if db.kind == "sqld" else "error")
