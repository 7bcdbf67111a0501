"""Which tables are the app's: internal ones, views and indexes of texts are named and left out."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from tests.data.previews import execute

from oneclick_deploy.data import SqliteSource
from oneclick_deploy.data.source import SourceKey, SourceReport
from oneclick_deploy.data.sources.virtual import module_of, shadows_of, skipped_module


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "preview.db"


def report(path: Path, script: str) -> SourceReport:
    execute(path, f"CREATE TABLE app (id INTEGER PRIMARY KEY); {script}")
    with SqliteSource(path) as source:
        for table in source.report.tables:
            assert len(list(source.rows(table))) == table.rows
        return source.report


def names(found: SourceReport) -> list[str]:
    return [table.name for table in found.tables]


def test_internal_tables_are_left_out_and_named(path):
    found = report(
        path,
        "CREATE TABLE _prisma_migrations (id); CREATE TABLE _litestream_seq (id);"
        "CREATE TABLE _litestream_lock (id); CREATE TABLE _cf_KV (key); CREATE TABLE _cf_METADATA (a);"
        "CREATE TABLE libsql_wasm_func_table (a); CREATE TABLE _oneclick_import (a);"
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE INDEX i ON a (id);"
        "INSERT INTO a VALUES (5); ANALYZE; CREATE VIEW v AS SELECT 1;",
    )
    assert names(found) == ["a", "app"]
    reasons = dict(found.skipped)
    assert set(reasons) == {
        *("_prisma_migrations", "_litestream_seq", "_litestream_lock", "_cf_KV", "_cf_METADATA"),
        *("libsql_wasm_func_table", "_oneclick_import", "sqlite_sequence", "sqlite_stat1", "v"),
        *({"sqlite_stat4"} & set(reasons)),
    }
    assert reasons["v"] == "a view"
    assert reasons["_cf_KV"] == "kept by Cloudflare D1"


def test_tables_named_like_the_internal_ones_are_the_app_s(path):
    found = report(
        path, "CREATE TABLE cf_x (a); CREATE TABLE sqlitex (a); CREATE TABLE migrations (a)"
    )
    assert names(found) == ["app", "cf_x", "migrations", "sqlitex"]


def test_a_text_index_keeps_its_rows_and_hides_its_own_tables(path):
    found = report(
        path,
        "CREATE VIRTUAL TABLE docs USING fts5(title, body, tokenize = 'porter');"
        "INSERT INTO docs VALUES ('a', 'b'); CREATE TABLE docs_archive (a);"
        "CREATE VIRTUAL TABLE old USING fts4(body); INSERT INTO old VALUES ('x');"
        "CREATE VIRTUAL TABLE box USING rtree(id, x0, x1); INSERT INTO box VALUES (1, 2, 3);",
    )
    assert names(found) == ["app", "box", "docs", "docs_archive", "old"]
    assert [table.module for table in found.tables] == ["", "rtree", "fts5", "", "fts4"]
    assert dict(found.skipped)["docs_data"] == "belongs to the fts5 table docs"


def test_indexes_over_other_tables_are_left_out(path):
    found = report(
        path,
        "CREATE TABLE post (id INTEGER PRIMARY KEY, body); INSERT INTO post VALUES (1, 'x');"
        "CREATE VIRTUAL TABLE search USING fts5(body, content='post', content_rowid='id');"
        "CREATE VIRTUAL TABLE bare USING fts5(body, content='');"
        "INSERT INTO search(search) VALUES ('rebuild'); INSERT INTO bare VALUES ('y');",
    )
    assert names(found) == ["app", "post"]
    assert dict(found.skipped)["search"] == "an fts5 index over post"
    assert dict(found.skipped)["bare"] == "an fts5 index without its texts"


def test_a_virtual_table_whose_module_is_missing_is_left_out(path):
    found = report(
        path,
        "CREATE TABLE vec_chunks (a); CREATE TABLE vec_mine (a);"
        "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES "
        "('table', 'vec', 'vec', 0, 'CREATE VIRTUAL TABLE vec USING vec0(e float[4])');",
    )
    assert names(found) == ["app", "vec_mine"]
    assert dict(found.skipped) == {
        "vec": "a virtual table of vec0",
        "vec_chunks": "belongs to the vec0 table vec",
    }


@pytest.mark.parametrize(
    ("sql", "module"),
    [
        ("CREATE VIRTUAL TABLE a USING fts5(x)", "fts5"),
        ('create virtual table if not exists "a "" b" using FTS5(x)', "fts5"),
        ("CREATE VIRTUAL TABLE main.[a b] USING rtree_i32(x)", "rtree_i32"),
        ("CREATE VIRTUAL TABLE 'it''s' USING fts4", "fts4"),
        ("CREATE TABLE virtual (a)", ""),
        ("CREATE TABLE a AS SELECT 'CREATE VIRTUAL TABLE a USING fts5'", ""),
        ("", ""),
    ],
)
def test_the_module_is_read_from_the_statement(sql, module):
    assert module_of(sql) == module


def test_only_the_module_s_own_names_are_hidden():
    tables = ["A_data", "a_DATA", "a_data2", "a_idx", "ab_data", "a_"]
    assert list(shadows_of("a", "fts5", tables)) == ["A_data", "a_DATA", "a_idx"]
    assert skipped_module("CREATE VIRTUAL TABLE a USING fts5(content)", "fts5") == ""


def test_odd_names_are_read(path):
    odd = [
        "select",
        "Table",
        'a"b',
        "a'b",
        "ключ",
        "😀",
        " ",
        "",
        "a;b",
        "[x]",
        "ROWID",
        "%",
        "a\nb",
    ]
    script = ""
    for name in odd:
        quoted = '"' + name.replace('"', '""') + '"'
        script += (
            f"CREATE TABLE {quoted} ({quoted} TEXT, other); INSERT INTO {quoted} VALUES (1, 2);"
        )
    found = report(path, script)
    assert set(names(found)) == {"app", *odd}
    assert found.table("😀").columns == ("😀", "other")


def test_two_hundred_columns_are_read(path):
    columns = ", ".join(f"c{number} INTEGER" for number in range(200))
    values = ", ".join(map(str, range(200)))
    found = report(path, f"CREATE TABLE wide ({columns}); INSERT INTO wide VALUES ({values})")
    assert len(found.table("wide").columns) == len(found.table("wide").declared) == 200


def test_keys_and_declared_types_are_read(path):
    found = report(
        path,
        "CREATE TABLE p (a TEXT, b INT, c DATETIME, g AS (a || b), PRIMARY KEY (b, a)) WITHOUT ROWID;"
        "CREATE TABLE k (x INT REFERENCES app, y TEXT, z INT, FOREIGN KEY (z, y) REFERENCES p (b, a));",
    )
    assert found.table("p").primary_key == ("b", "a")
    assert found.table("p").declared == ("TEXT", "INT", "DATETIME")
    assert found.table("p").key == ('"b" COLLATE BINARY', '"a" COLLATE BINARY')
    assert found.table("k").foreign_keys == (
        SourceKey(columns=("x",), references="app"),
        SourceKey(columns=("z", "y"), references="p", referenced_columns=("b", "a")),
    )


def test_counters_written_by_hand_do_not_matter(path):
    found = report(
        path,
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO sqlite_sequence VALUES"
        " ('a', 7), ('a', 3), ('a', 'x'), (NULL, 1), ('gone', 2);",
    )
    assert found.sequences == (("a", 7), ("gone", 2))


def test_functions_in_a_schema_are_not_called(path):
    with_function = "CREATE TABLE t (a, b CHECK (load_extension(a) OR writefile(a)))"
    with sqlite3.connect(path) as connection:
        connection.executescript("CREATE TABLE t (a, b); INSERT INTO t (a) VALUES ('x')")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = ?", (with_function,))
    connection.close()
    with SqliteSource(path) as source:
        assert list(source.rows(source.report.tables[0])) == [("x", None)]
