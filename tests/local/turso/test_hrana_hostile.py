"""Whatever a client sends, the own server answers in its protocol and goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from oneclick_deploy.local.libsql.engine import PythonEngine
from oneclick_deploy.local.libsql.file_access import without_file_access
from oneclick_deploy.local.libsql.lexer import tokens
from oneclick_deploy.local.libsql.pipeline import Permissions
from oneclick_deploy.local.libsql.refusals import RequestRefusedError
from oneclick_deploy.local.libsql.statements import split

PERMISSIONS = Permissions(database="hostile")
CHECKED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
sql_texts = st.one_of(
    st.sampled_from(
        [
            "SELECT 1",
            "CREATE TABLE IF NOT EXISTS t (a, b DATETIME)",
            "INSERT INTO t VALUES (?, ?) RETURNING *",
            "SELECT * FROM t",
            "SELECT :a, ?2, ?, @b",
            "BEGIN",
            "BEGIN IMMEDIATE",
            "COMMIT",
            "ROLLBACK",
            "SAVEPOINT s",
            "RELEASE s",
            "PRAGMA foreign_keys = off",
            "PRAGMA table_info(t)",
            "EXPLAIN SELECT ?",
            "DROP TABLE t",
            "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END",
            "WITH w AS (SELECT 1) SELECT * FROM w",
        ]
    ),
    st.text(alphabet="SELECT selct ();,'\"`[]?:@$#0x19.-/*+\n\0éab", max_size=30),
    st.text(max_size=12),
)
values = st.one_of(
    st.builds(lambda n: {"type": "integer", "value": str(n)}, st.integers()),
    st.builds(lambda t: {"type": "text", "value": t}, st.text(max_size=5)),
    st.builds(lambda f: {"type": "float", "value": f}, st.floats()),
    st.just({"type": "null"}),
    st.just({"type": "blob", "base64": "AAEC"}),
    json_values,
)
sql_holders = st.fixed_dictionaries(
    {},
    optional={
        "sql": sql_texts | json_values,
        "sql_id": st.integers(-2, 3) | json_values,
        "args": st.lists(values, max_size=3) | json_values,
        "named_args": st.lists(
            st.fixed_dictionaries({"name": st.text(max_size=3) | json_values, "value": values}),
            max_size=2,
        ),
        "want_rows": st.booleans() | json_values,
    },
)
conditions = st.recursive(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["ok", "error", "is_autocommit"])},
        optional={"step": st.integers(-1, 3)},
    ),
    lambda inner: st.one_of(
        st.builds(lambda c: {"type": "not", "cond": c}, inner),
        st.builds(lambda kind, cs: {"type": kind, "conds": cs}, st.sampled_from(["and", "or"]), st.lists(inner, max_size=3)),
    ),
    max_leaves=4,
)  # fmt: skip
batches = st.builds(
    lambda steps: {"type": "batch", "batch": {"steps": steps}},
    st.lists(
        st.fixed_dictionaries({"stmt": sql_holders}, optional={"condition": conditions}), max_size=4
    ),
)
kinds = st.sampled_from(
    [
        "execute",
        "batch",
        "sequence",
        "describe",
        "store_sql",
        "close_sql",
        "close",
        "get_autocommit",
    ]
)
requests = st.one_of(
    st.builds(lambda stmt: {"type": "execute", "stmt": stmt}, sql_holders),
    batches,
    st.builds(lambda kind, holder: {"type": kind, **holder}, kinds, sql_holders),
    json_values,
)


class Engine:
    """An engine on a loop of its own, without a network."""

    def __init__(self, directory: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.engine = PythonEngine(directory, stream_seconds=0.05, transaction_seconds=0.05)
        self.loop.run_until_complete(self.engine.start())
        self.loop.run_until_complete(self.engine.create("hostile"))

    def send(self, body: bytes, version: int = 3) -> Any:
        try:
            answer = self.loop.run_until_complete(
                self.engine.pipeline("hostile", body, version=version, permissions=PERMISSIONS)
            )
        except RequestRefusedError as refused:
            if refused.status not in {400, 403, 500}:
                raise
            return None
        return json.loads(answer.body)

    def close(self) -> None:
        self.loop.run_until_complete(self.engine.stop())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(tmp_path_factory.mktemp("hostile"))
    yield engine
    engine.close()


def _dumps(content: Any) -> bytes:
    return json.dumps(content).encode("utf-8", "surrogatepass")


@CHECKED
@given(st.lists(requests, max_size=6), st.sampled_from([2, 3]), st.none() | st.text(max_size=70))
def test_pipelines_of_any_shape_are_answered(
    engine: Engine, items: list[Any], version: int, baton: str | None
):
    answer = engine.send(_dumps({"baton": baton, "requests": items}), version)
    if answer is not None:
        assert len(answer["results"]) == len(items)
        for result in answer["results"]:
            assert result["type"] in {"ok", "error"}
            if result["type"] == "error":
                assert result["error"]["code"]
                assert result["error"]["message"]


@CHECKED
@given(st.binary(max_size=60) | st.builds(_dumps, json_values))
def test_bodies_of_any_bytes_are_refused_or_answered(engine: Engine, body: bytes):
    engine.send(body)


@CHECKED
@given(st.text(max_size=60) | sql_texts)
def test_texts_of_any_kind_are_cut_into_statements(sql: str):
    found = list(tokens(sql))
    assert all(sql[token.start : token.end] == token.text for token in found)
    for statement in split(sql):
        assert statement.sql in sql or statement.verb == "CREATE"
        assert statement.sql == statement.sql.strip(" \t\n\f\r")


@CHECKED
@given(sql_texts)
def test_texts_without_file_functions_are_left_alone(sql: str):
    assert without_file_access(sql) == sql


@pytest.mark.parametrize("unit", ["(", "/*", "'", '"', "--\n", ";", "?", "::", "$a(", "[", "a.b,"])
def test_long_texts_take_linear_time(engine: Engine, unit: str):
    sql = unit * 20_000
    assert engine.send(_dumps({"requests": [{"type": "sequence", "sql": sql}, {"type": "close"}]}))
    without_file_access(f"{sql} readfile")


def test_after_all_that_the_database_works(engine: Engine):
    request = {"type": "execute", "stmt": {"sql": "SELECT 1"}}
    answer = engine.send(_dumps({"requests": [request, {"type": "close"}]}))
    assert answer["results"][0]["type"] == "ok"
