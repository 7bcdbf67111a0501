"""Hrana conformance: paths, tokens and blocks.

Every test runs against the real sqld and against the own server; where they differ is in
``test_hrana_differences.py``.
"""

from __future__ import annotations

import json

import pytest
from tests.local.turso.stand import CLOSE, Hrana, batch, execute, statement

# --- the other paths ---------------------------------------------------------------------------


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


# --- tokens and blocks -------------------------------------------------------------------------


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
