"""Hrana conformance: what a libSQL server does not run, and what it must not run here.

Every test runs against the real sqld and against the own server; where they differ is in
``test_hrana_differences.py``.
"""

from __future__ import annotations

import json

import pytest
from tests.local.turso.stand import Hrana, batch, execute


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
