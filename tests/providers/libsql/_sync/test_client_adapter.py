# Generated from tests/providers/libsql/_async/test_client_adapter.py by tools/unasync.py. Do not edit.
"""A host's own libsql_client behind our interface, and why it does not reach Turso Cloud."""

from __future__ import annotations

import math

import pytest

from oneclick_deploy.errors import (
    ApiError,
    ConfigurationError,
    ConnectionLostError,
    ConstraintError,
    DatabaseError,
    NotFoundError,
    ServerError,
    StreamExpiredError,
)
from oneclick_deploy.providers.libsql import Statement
from oneclick_deploy.providers.libsql.client_adapter import LibsqlClientAdapter

pytest.importorskip("libsql_client", reason="the extra [libsql-client] is not installed")
KIND = LibsqlClientAdapter


def test_statements_run_and_their_results_are_ours(host_client, tmp_path):
    with host_client(KIND, f"file:{tmp_path}/a.db") as client:
        adapter = LibsqlClientAdapter(client)
        adapter.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b)")
        done = adapter.execute("INSERT INTO t (b) VALUES (?), (?)", (2**63 - 1, b"\x00"))
        rows = adapter.execute(Statement("SELECT a, b FROM t WHERE a <= :n", {"n": 2}))

    assert (done.affected_row_count, done.last_insert_rowid) == (2, 2)
    assert rows.columns == ("a", "b")
    assert rows.rows == ((1, 2**63 - 1), (2, b"\x00"))


def test_a_batch_is_all_or_nothing(host_client, tmp_path):
    with host_client(KIND, f"file:{tmp_path}/a.db") as client:
        adapter = LibsqlClientAdapter(client)
        results = adapter.batch(["CREATE TABLE t (a UNIQUE)", ("INSERT INTO t VALUES (?)", (1,))])
        with pytest.raises(ConstraintError):
            adapter.batch(["INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (1)"])
        assert (adapter.execute("SELECT a FROM t")).rows == ((1,),)
        assert adapter.batch([]) == []
        with pytest.raises(ConfigurationError, match="COMMIT"):
            adapter.batch(["COMMIT"])

    assert len(results) == 2


def test_a_transaction_commits_or_rolls_back(host_client, tmp_path):
    def fail(adapter):
        with adapter.transaction() as transaction:
            transaction.execute("INSERT INTO t VALUES (1)")
            raise ZeroDivisionError

    with host_client(KIND, f"file:{tmp_path}/a.db") as client:
        adapter = LibsqlClientAdapter(client)
        adapter.execute("CREATE TABLE t (a)")
        with pytest.raises(ZeroDivisionError):
            fail(adapter)
        with adapter.transaction() as transaction:
            transaction.execute("INSERT INTO t VALUES (2)")
        with pytest.raises(StreamExpiredError):
            transaction.execute("SELECT 1")
        rows = adapter.execute("SELECT a FROM t")

    assert rows.rows == ((2,),)


def test_values_are_held_to_the_same_rules(host_client, tmp_path):
    with host_client(KIND, f"file:{tmp_path}/a.db") as client:
        adapter = LibsqlClientAdapter(client)
        for bad in (2**63, math.inf, math.nan, object(), "\ud800"):
            with pytest.raises(ConfigurationError):
                adapter.execute("SELECT ?", (bad,))
        with pytest.raises(DatabaseError):
            adapter.execute("SELECT * FROM nope")


def test_a_self_hosted_sqld_is_reached_over_http_and_websockets(host_client, single_sqld):
    for scheme in ("http", "ws"):
        with host_client(KIND, f"{scheme}://{single_sqld}") as client:
            adapter = LibsqlClientAdapter(client)
            rows = adapter.execute("SELECT ?, ?", (-(2**63), "a\x00b"))
            with pytest.raises(DatabaseError) as caught:
                adapter.execute("SELECT * FROM nope")
        assert rows.rows == ((-(2**63), "a\x00b"),)
        assert caught.value.code == "SQLITE_UNKNOWN"


def test_over_http_the_cloud_answers_404_and_the_error_names_the_way_out(host_client, cloud_like):
    with host_client(KIND, cloud_like.http) as client:
        adapter = LibsqlClientAdapter(client)
        with pytest.raises(NotFoundError) as single:
            adapter.execute("SELECT 1")
        with pytest.raises(NotFoundError) as several:
            adapter.batch(["SELECT 1"])

    for caught in (single, several):
        assert caught.value.status == 404
        assert "cannot reach Turso Cloud" in caught.value.hint
        assert "LibsqlClient" in caught.value.hint


def test_over_websockets_the_cloud_answers_505_and_the_error_names_the_way_out(
    host_client, cloud_like
):
    with host_client(KIND, cloud_like.ws) as client:
        adapter = LibsqlClientAdapter(client)
        with pytest.raises(ServerError) as caught:
            adapter.execute("SELECT 1")
        with pytest.raises(ServerError):
            adapter.batch(["SELECT 1"])

    assert isinstance(caught.value, ApiError)
    assert caught.value.status == 505
    assert not caught.value.retryable
    assert "cannot reach Turso Cloud" in caught.value.hint


def test_there_are_no_transactions_over_http(host_client, cloud_like):
    def begin(adapter):
        with adapter.transaction():
            pytest.fail("the block must not run")

    with host_client(KIND, cloud_like.http) as client:
        adapter = LibsqlClientAdapter(client)
        with pytest.raises(ConfigurationError, match="over HTTP") as caught:
            begin(adapter)

    assert "batch()" in caught.value.hint


def test_a_server_that_is_gone_is_a_lost_connection(host_client, closed_port):
    with host_client(KIND, f"http://127.0.0.1:{closed_port}") as client:
        adapter = LibsqlClientAdapter(client)
        with pytest.raises(ConnectionLostError):
            adapter.execute("SELECT 1")
        with pytest.raises(ConnectionLostError):
            adapter.batch(["SELECT 1"])


def test_a_closed_client_is_named(host_client, cloud_like):
    with host_client(KIND, cloud_like.http) as client:
        adapter = LibsqlClientAdapter(client)
    with pytest.raises(ConfigurationError, match="closed"):
        adapter.execute("SELECT 1")
    with pytest.raises(ConfigurationError, match="closed"):
        adapter.batch(["SELECT 1"])


def test_other_objects_and_the_wrong_twin_are_refused(other_client):
    for bad in (None, object(), other_client(KIND)):
        with pytest.raises(ConfigurationError, match="of libsql_client"):
            LibsqlClientAdapter(bad)
