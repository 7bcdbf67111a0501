"""Prepared copies: what Turso takes, and nothing of the preview changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from tests.data.previews import everything, files_of, in_file, is_copy

from oneclick_deploy.data.libsql.preparation import prepare
from oneclick_deploy.errors import CorruptDatabaseError, DataSourceError

SHAPES = {
    "as Turso takes it": [],
    "in WAL mode": ["PRAGMA journal_mode = WAL"],
    "with small pages": ["PRAGMA page_size = 1024"],
    "with large pages": ["PRAGMA page_size = 65536"],
    "with auto-vacuum": ["PRAGMA auto_vacuum = 1"],
    "with incremental vacuum": ["PRAGMA auto_vacuum = 2"],
    "in UTF-16le": ["PRAGMA encoding = 'UTF-16le'"],
    "in UTF-16be": ["PRAGMA encoding = 'UTF-16be'", "PRAGMA page_size = 512"],
}


class File:
    """A copy, asked like a database on a server."""

    def __init__(self, path) -> None:
        self.path = path

    def rows(self, sql: str) -> list[tuple]:
        return in_file(self.path, sql)


def make(path, pragmas):
    with closing(sqlite3.connect(path)) as connection:
        for pragma in pragmas:
            connection.execute(pragma).fetchall()
        connection.executescript("VACUUM; PRAGMA user_version = 7; PRAGMA application_id = 9")
    everything(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE INDEX i ON NoKey (v); CREATE VIEW w AS SELECT v FROM NoKey;"
            "CREATE TRIGGER g AFTER INSERT ON NoKey BEGIN UPDATE NoKey SET v = 1; END;"
            "CREATE VIRTUAL TABLE words USING fts5(t); INSERT INTO words VALUES ('one two');"
            "CREATE TABLE _litestream_seq (a); CREATE TABLE _cf_METADATA (a)"
        )
    return path


def schema(path, dropped: str = ""):
    query = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
    return [row for row in in_file(path, query) if not dropped or not row[1].startswith(dropped)]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_copy_is_what_turso_takes_and_holds_everything(tmp_path, shape):
    (tmp_path / "source").mkdir()
    path = make(tmp_path / "source" / "preview.db", SHAPES[shape])
    place = tmp_path / "prepared.db"
    before = files_of(path)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
        size = prepare(source, place)
    assert size == place.stat().st_size
    assert files_of(path).items() >= before.items()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("prepared")] == [
        "prepared.db"
    ]
    kept = [row[1] for row in schema(path) if row[0] == "table" and not row[1].startswith("_")]
    encoded = "UTF-16" in shape
    tables = [name for name in kept if not (encoded and name.startswith("words"))]
    if not encoded:
        assert is_copy(path, File(place), tables)
    for name in tables:
        quoted = '"' + name.replace('"', '""') + '"'
        query = f"SELECT count(*), * FROM {quoted}"
        assert repr(in_file(path, query)) == repr(in_file(place, query))
    assert schema(place) == schema(path, ("_litestream", "_cf"))
    assert in_file(place, "SELECT rowid FROM NoKey") == in_file(path, "SELECT rowid FROM NoKey")
    assert in_file(place, "SELECT t FROM words WHERE words MATCH 'two'") == [("one two",)]
    assert in_file(place, "PRAGMA user_version") == [(7,)]
    assert in_file(place, "PRAGMA application_id") == [(9,)]
    assert in_file(place, "PRAGMA encoding") == [("UTF-8",)]
    assert in_file(place, "PRAGMA page_size") == [(4096,)]
    assert in_file(place, "PRAGMA auto_vacuum") == [(0,)]


def test_texts_that_are_not_utf8_stay_as_they_are(tmp_path):
    path, place = tmp_path / "a.db", tmp_path / "b.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (v); "
            "INSERT INTO t VALUES (CAST(x'00d8' AS TEXT)), ('é')"
        )
        prepare(connection, place)
    query = "SELECT typeof(v), hex(CAST(v AS BLOB)) FROM t"
    assert in_file(place, query)[1] == ("text", "C3A9")
    assert in_file(place, query)[0][0] == "text"


def test_a_copy_replaces_what_an_interrupted_one_left(tmp_path):
    path, place = everything(tmp_path / "a.db"), tmp_path / "b.db"
    place.write_bytes(b"half")
    place.with_name("b.db-wal").write_bytes(b"more")
    with closing(sqlite3.connect(path)) as connection:
        prepare(connection, place)
    assert is_copy(path, File(place))


def test_a_damaged_preview_is_refused(tmp_path):
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (v UNIQUE); INSERT INTO t VALUES (1), (2)")
        connection.executescript(
            "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = 'CREATE TABLE t (v NOT NULL"
            " UNIQUE CHECK (v > 1))'"
        )
    with closing(sqlite3.connect(path)) as connection, pytest.raises(CorruptDatabaseError):
        prepare(connection, tmp_path / "b.db")


def test_a_place_that_cannot_be_written_is_an_error(tmp_path):
    path = everything(tmp_path / "a.db")
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(DataSourceError, match="prepared"),
    ):
        prepare(connection, tmp_path / "absent" / "b.db")
