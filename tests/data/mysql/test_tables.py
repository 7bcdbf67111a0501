"""Which tables are filled, in which way, and what the destination must be like."""

from __future__ import annotations

import datetime as dt
import sys

import pytest
from tests.data.mysql.moves import ask, move, preview

from oneclick_deploy.data import SqliteSource
from oneclick_deploy.data.mysql import MysqlImport
from oneclick_deploy.errors import (
    ConfigurationError,
    ConnectionFailedError,
    ConstraintError,
    DatabaseError,
    DataSourceError,
)

WAYS = pytest.mark.parametrize("local_infile", [True, False], ids=["load-data", "insert"])


def _at(*parts: int) -> dt.datetime:
    """PyMySQL's answer, which has no time zone."""
    return dt.datetime(*parts, tzinfo=dt.UTC).replace(tzinfo=None)


CIRCLE = """
CREATE TABLE person (id INTEGER PRIMARY KEY, boss INTEGER, team INTEGER);
CREATE TABLE team (id INTEGER PRIMARY KEY, leader INTEGER);
"""
CIRCLE_THERE = """
CREATE TABLE person (id INT PRIMARY KEY, boss INT, team INT);
CREATE TABLE team (id INT PRIMARY KEY, leader INT, FOREIGN KEY (leader) REFERENCES person (id));
ALTER TABLE person ADD CONSTRAINT works FOREIGN KEY (boss) REFERENCES person (id);
ALTER TABLE person ADD FOREIGN KEY (team) REFERENCES team (id);
"""
PAIRS = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)"
PAIRS_THERE = "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20) UNIQUE, kept INT DEFAULT 7)"


@WAYS
def test_keys_that_go_round_in_circles_are_loaded(tmp_path, mariadb_database, local_infile):
    rows = {"person": [(1, 2, 1), (2, None, 1)], "team": [(1, 2)]}
    path = preview(tmp_path / "p.db", CIRCLE, rows)
    move(path, mariadb_database, CIRCLE_THERE, local_infile=local_infile)
    assert ask(mariadb_database, "SELECT * FROM person") == rows["person"]
    assert ask(mariadb_database, "SELECT * FROM team") == rows["team"]


@WAYS
def test_rows_that_refer_to_nothing_are_refused(tmp_path, mariadb_database, local_infile):
    rows = {"person": [(1, 3, None), (2, 4, None)], "team": [(1, 2)]}
    path = preview(tmp_path / "p.db", CIRCLE, rows)
    with pytest.raises(ConstraintError, match=r"2 rows of person refer by boss .* to 3"):
        move(path, mariadb_database, CIRCLE_THERE, local_infile=local_infile)
    assert ask(mariadb_database, "SELECT COUNT(*) FROM person") == [(0,)]
    assert ask(mariadb_database, "SELECT COUNT(*) FROM team") == [(0,)]


@WAYS
def test_values_that_are_equal_only_there_are_refused(tmp_path, mariadb_database, local_infile):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a"), (2, "A"), (3, "b")]})
    with pytest.raises(ConstraintError, match="Duplicate entry") as refused:
        move(path, mariadb_database, PAIRS_THERE, local_infile=local_infile)
    assert refused.value.code == "1062"
    assert ask(mariadb_database, "SELECT COUNT(*) FROM t") == [(0,)]


def test_tables_with_other_rows_are_refused(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a")]})
    with pytest.raises(DataSourceError, match=r"holds rows already .* in t"):
        move(path, mariadb_database, PAIRS_THERE + "; INSERT INTO t VALUES (1, 'b', 0)")


def test_rows_that_are_there_are_skipped_on_request(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a"), (2, "b"), (3, "c")]})
    there = PAIRS_THERE + "; INSERT INTO t VALUES (1, 'old', 0), (9, 'b', 0)"
    report = move(path, mariadb_database, there, on_conflict="skip")
    expected = [(1, "old", 0), (3, "c", 7), (9, "b", 0)]
    assert ask(mariadb_database, "SELECT * FROM t ORDER BY id") == expected
    assert report.tables[0].skipped_rows == 2
    assert move(path, mariadb_database, on_conflict="skip").tables[0].skipped_rows == 3
    assert ask(mariadb_database, "SELECT * FROM t ORDER BY id") == expected


def test_rows_that_are_there_are_updated_on_request(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a"), (2, None), (3, "c")]})
    there = PAIRS_THERE + "; INSERT INTO t VALUES (1, 'old', 0), (2, 'x', 0), (9, 'b', 0)"
    for script in (there, ""):
        report = move(path, mariadb_database, script, on_conflict="update")
        assert report.tables[0].checksum
        assert ask(mariadb_database, "SELECT * FROM t ORDER BY id") == [
            (1, "a", 0),
            (2, None, 0),
            (3, "c", 7),
            (9, "b", 0),
        ]


def test_an_update_that_would_hit_another_row_is_refused(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "b")]})
    there = PAIRS_THERE + "; INSERT INTO t VALUES (9, 'b', 0)"
    with pytest.raises(DataSourceError, match="1 rows were sent, 0 are there"):
        move(path, mariadb_database, there, on_conflict="update")
    assert ask(mariadb_database, "SELECT * FROM t") == [(9, "b", 0)]


def test_updates_need_a_primary_key(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", "CREATE TABLE t (a INTEGER)", {"t": [(1,)]})
    with pytest.raises(DataSourceError, match="no primary key"):
        move(
            path,
            mariadb_database,
            "CREATE TABLE t (a INT); INSERT INTO t VALUES (5)",
            on_conflict="update",
        )


def test_tables_can_be_chosen_renamed_and_cut(tmp_path, mariadb_database):
    path = preview(
        tmp_path / "p.db",
        PAIRS + "; CREATE TABLE u (a INTEGER); CREATE TABLE empty (a INTEGER)",
        {"t": [(1, "a"), (2, "b"), (3, "c")], "u": [(1,)]},
    )
    report = move(
        path,
        mariadb_database,
        "CREATE TABLE things (id INT PRIMARY KEY, label VARCHAR(20))",
        tables=["t", "empty"],
        where={"t": "id <> 2"},
        rename={"t": "things", ("t", "name"): "label"},
    )
    assert ask(mariadb_database, "SELECT * FROM things ORDER BY id") == [(1, "a"), (3, "c")]
    assert report.skipped == (("empty", "empty"), ("u", "not asked for"))
    assert report.rows == 2


def test_missing_tables_and_columns_are_named(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a")]})
    with pytest.raises(DataSourceError, match=r"no table for the preview's t \(1 rows\)"):
        move(path, mariadb_database)
    with pytest.raises(DataSourceError, match="no column for name of t"):
        move(path, mariadb_database, "CREATE TABLE t (id INT)")
    with pytest.raises(DataSourceError, match="the preview has no table x"):
        move(path, mariadb_database, tables=["x"])


@pytest.mark.parametrize(
    "options", [{"tables": "t"}, {"on_conflict": "overwrite"}], ids=["tables", "on-conflict"]
)
def test_arguments_that_cannot_be_meant_are_refused(tmp_path, options):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a")]})
    with SqliteSource(path) as source, pytest.raises(ConfigurationError):
        MysqlImport(source, "mysql://root@127.0.0.1/x", **options)


def test_tables_without_transactions_are_refused(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a")]})
    with pytest.raises(DataSourceError, match=r"know no transactions: t \(MyISAM\)"):
        move(path, mariadb_database, "CREATE TABLE t (id INT, name TEXT) ENGINE=MyISAM")


def test_numbers_go_on_after_those_that_sqlite_gave_out(tmp_path, mariadb_database):
    path = preview(
        tmp_path / "p.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER);"
        "INSERT INTO t VALUES (1, 1), (50, 2); DELETE FROM t WHERE id = 50",
    )
    for script in ("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT)", ""):
        move(path, mariadb_database, script)
    ask(mariadb_database, "INSERT INTO t (a) VALUES (3)")
    assert ask(mariadb_database, "SELECT * FROM t ORDER BY id") == [(1, 1), (51, 3)]


def test_a_second_import_of_the_same_rows_writes_nothing(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a"), (2, "b")]})
    first = move(path, mariadb_database, PAIRS_THERE)
    second = move(path, mariadb_database)
    assert second.tables[0].checksum == first.tables[0].checksum
    assert (second.tables[0].skipped_rows, second.bytes) == (2, 0)


def test_a_trigger_that_changes_rows_is_found_out(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(n, f"n{n}") for n in range(500)]})
    there = (
        "CREATE TABLE t (id INT PRIMARY KEY, name TEXT);"
        "CREATE TRIGGER wrong BEFORE INSERT ON t FOR EACH ROW "
        "SET NEW.name = IF(NEW.id = 321, 'changed', NEW.name)"
    )
    with pytest.raises(
        DataSourceError, match="t, row 321, column name: '4:n321' became '7:changed'"
    ):
        move(path, mariadb_database, there)
    assert ask(mariadb_database, "SELECT COUNT(*) FROM t") == [(0,)]


def test_a_server_without_local_files_gets_inserts(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a"), (2, "b\\\t")]})
    ask(mariadb_database, "SET GLOBAL local_infile = 0")
    try:
        report = move(path, mariadb_database, PAIRS_THERE)
    finally:
        ask(mariadb_database, "SET GLOBAL local_infile = 1")
    assert report.rows == 2
    assert ask(mariadb_database, "SELECT id, name FROM t") == [(1, "a"), (2, "b\\\t")]


@WAYS
def test_settings_of_the_server_change_nothing(tmp_path, mariadb_database, local_infile):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(0, "a\\'\"\n"), (2, "b")]})
    there = "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, name TEXT)"
    ask(mariadb_database, "SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'")
    try:
        move(path, mariadb_database, there, local_infile=local_infile)
    finally:
        ask(mariadb_database, "SET GLOBAL sql_mode = DEFAULT")
    assert ask(mariadb_database, "SELECT * FROM t") == [(0, "a\\'\"\n"), (2, "b")]


def test_progress_tells_of_rows_and_bytes(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(n, f"n{n}") for n in range(100)]})
    told = []
    report = move(path, mariadb_database, PAIRS_THERE, on_progress=told.append)
    assert (told[-1].rows_done, told[-1].rows_total, told[-1].table) == (100, 100, "t")
    assert told[-1].bytes_done == report.bytes > 300


def test_pymysql_is_asked_for_when_it_is_missing(tmp_path, monkeypatch):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a")]})
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(ConfigurationError, match=r"Install oneclick-deploy\[mysql\]"):
        move(path, "mysql://root@127.0.0.1:1/x")


def test_servers_that_are_not_there_or_refuse_are_told_apart(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", PAIRS, {"t": [(1, "a")]})
    with pytest.raises(ConnectionFailedError, match="cannot be reached"):
        move(path, "mysql://root@127.0.0.1:1/x")
    with pytest.raises(DatabaseError, match="Unknown database"):
        move(path, mariadb_database + "_not")


LARGE = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, n, at DATETIME)"
LARGE_THERE = "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(30), n DOUBLE, at DATETIME(3))"


@WAYS
@pytest.mark.parametrize(
    ("odd", "arrived"),
    [
        ((None, None, None), (None, None, None)),
        ((5, "7.5", "2024-01-02T03:04:05.678+02:00"), ("5", 7.5, _at(2024, 1, 2, 1, 4, 5, 678000))),
        (("a\x00b", 3, "2024-01-02"), ("a\x00b", 3.0, _at(2024, 1, 2))),
    ],
)
def test_large_tables_whose_last_rows_are_of_another_sort_arrive_exactly(
    tmp_path, mariadb_database, local_infile, odd, arrived
):
    rows = [(n, f"name {n}", n / 3, n * 1000) for n in range(6000)]
    path = preview(tmp_path / "p.db", LARGE, {"t": [*rows, (6000, *odd)]})
    report = move(path, mariadb_database, LARGE_THERE, local_infile=local_infile)
    assert report.rows == 6001
    assert ask(mariadb_database, "SELECT * FROM t WHERE id = 6000") == [(6000, *arrived)]
    assert ask(mariadb_database, "SELECT COUNT(*), SUM(id) FROM t") == [(6001, 18_003_000)]


@WAYS
@pytest.mark.parametrize(
    ("odd", "words"),
    [
        (("x" * 31, 1.0, 0), r"t\.name, row 6000: .* is too-long"),
        (("x", "seven", 0), r"t\.n, row 6000: 'seven' is not-a-number"),
        (("x", 1.0, "yesterday"), r"t\.at, row 6000: 'yesterday' is not-a-date"),
    ],
)
def test_large_tables_whose_last_rows_do_not_fit_are_refused(
    tmp_path, mariadb_database, local_infile, odd, words
):
    rows = [(n, f"name {n}", n / 3, n * 1000) for n in range(6000)]
    path = preview(tmp_path / "p.db", LARGE, {"t": [*rows, (6000, *odd)]})
    with pytest.raises(DataSourceError, match=words):
        move(path, mariadb_database, LARGE_THERE, local_infile=local_infile)
    assert ask(mariadb_database, "SELECT COUNT(*) FROM t") == [(0,)]
