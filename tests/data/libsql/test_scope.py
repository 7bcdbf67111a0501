"""What is moved, under which names, and into tables that hold rows already."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from tests.data.previews import execute, in_file

from oneclick_deploy.data import LibsqlImport, SqliteSource
from oneclick_deploy.errors import ConfigurationError, ConstraintError, DataSourceError
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.runtime.cancel import CancelToken


def run(path, database, *, cancel=None, on_progress=None, **options):
    client = LibsqlClient(database.url, settings=database.settings(), cancel=cancel)
    with SqliteSource(path) as source, client:
        return LibsqlImport(source, client, on_progress=on_progress, **options).run()


@pytest.fixture
def posts(tmp_path):
    path = tmp_path / "posts.db"
    execute(
        path,
        "CREATE TABLE Post (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, score REAL);"
        "CREATE TABLE _PostTags (A INTEGER, B INTEGER);"
        "CREATE UNIQUE INDEX _PostTags_AB ON _PostTags (A, B);"
        "INSERT INTO Post VALUES (1, 'one', 0.1), (2, 'two', -0.0), (3, 'three', 1e300);"
        "INSERT INTO _PostTags VALUES (1, 1), (1, 2), (2, 1); DELETE FROM Post WHERE id > 9;",
    )
    return path


@pytest.fixture
def same(bare, posts):
    bare.migrate(";".join(sql for (sql,) in in_file(posts, "SELECT sql FROM sqlite_master") if sql
                          and "sqlite_sequence" not in sql))  # fmt: skip
    return bare


def test_only_the_named_tables_are_moved(posts, same):
    report = run(posts, same, tables=["Post"])
    assert [table.name for table in report.tables] == ["Post"]
    assert same.count()["_PostTags"] == 0


def test_only_the_rows_that_meet_the_condition_are_moved(posts, same):
    report = run(posts, same, where={"Post": "id <> 2 -- not this one", "_PostTags": "A = 9"})
    assert same.rows("SELECT id FROM Post ORDER BY id") == [(1,), (3,)]
    assert report.rows == 2
    assert report.skipped == (("_PostTags", "empty"),)


def test_rows_move_under_other_names(posts, bare):
    bare.migrate(
        "CREATE TABLE posts (key INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, score REAL)"
    )
    execute(posts, "UPDATE sqlite_sequence SET seq = 70")
    run(posts, bare, tables=["Post"], rename={"Post": "posts", "Post.id": "key"})
    assert bare.rows("SELECT key, title FROM posts") == [(1, "one"), (2, "two"), (3, "three")]
    assert bare.rows("INSERT INTO posts (title) VALUES ('x') RETURNING key") == [(71,)]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"tables": ["Pots"]}, "tables names 'Pots'"),
        ({"where": {"Pots": "1"}}, "where names 'Pots'"),
        ({"rename": {"Post.no": "x"}}, "rename names 'Post.no'"),
        ({"where": {"Post": "no such"}}, "condition for the table Post"),
        ({"where": {"Post": "1); DROP TABLE Post; --"}}, "condition for the table Post"),
        ({"on_conflict": "replace"}, "on_conflict is 'replace'"),
    ],
)
def test_wrong_names_and_conditions_are_told_before_the_first_row(posts, same, options, told):
    with pytest.raises(ConfigurationError, match=told.replace("(", r"\(")):
        run(posts, same, **options)
    assert sum(same.count().values()) == 0


def test_a_table_that_holds_rows_is_refused_unless_asked(posts, same):
    same.rows("INSERT INTO Post VALUES (2, 'mine', 5)")
    with pytest.raises(DataSourceError, match="holds 1 rows") as caught:
        run(posts, same)
    assert "on_conflict" in caught.value.hint


def test_rows_whose_key_is_taken_are_left_out(posts, same):
    same.rows("INSERT INTO Post VALUES (2, 'mine', 5), (50, 'other', 6)")
    same.rows("INSERT INTO _PostTags VALUES (1, 1)")
    report = run(posts, same, on_conflict="skip")
    assert same.rows("SELECT id, title FROM Post ORDER BY id") == [
        (1, "one"), (2, "mine"), (3, "three"), (50, "other"),
    ]  # fmt: skip
    assert same.count()["_PostTags"] == 3
    assert {table.name: table.skipped_rows for table in report.tables} == {
        "Post": 1,
        "_PostTags": 0,
    }
    assert same.rows("INSERT INTO Post (title) VALUES ('x') RETURNING id") == [(51,)]


def test_rows_whose_key_is_taken_replace_the_values(posts, same):
    same.rows("INSERT INTO Post VALUES (2, 'mine', 5), (50, 'other', 6)")
    run(posts, same, on_conflict="update", tables=["Post"])
    assert same.rows("SELECT id, title FROM Post ORDER BY id") == [
        (1, "one"), (2, "two"), (3, "three"), (50, "other"),
    ]  # fmt: skip
    run(posts, same, on_conflict="update", tables=["Post"])
    assert same.count()["Post"] == 4


def test_replacing_needs_a_primary_key(posts, same):
    with pytest.raises(DataSourceError, match="_PostTags: it has no primary key"):
        run(posts, same, on_conflict="update")


def test_another_unique_rule_than_the_key_is_an_error_when_rows_replace(posts, same):
    same.rows("CREATE UNIQUE INDEX titles ON Post (title)")
    same.rows("INSERT INTO Post VALUES (9, 'one', 5)")
    with pytest.raises(ConstraintError):
        run(posts, same, on_conflict="update", tables=["Post"])
    assert same.count()["Post"] == 1


def test_adding_to_rows_that_change_on_the_way_is_noticed(posts, same):
    same.migrate("CREATE TRIGGER t AFTER INSERT ON Post BEGIN UPDATE Post SET title = 'x'; END")
    for conflict in ("skip", "update"):
        with pytest.raises(DataSourceError, match="lacks 3 of the 3 rows"):
            run(posts, same, on_conflict=conflict, tables=["Post"])
        same.rows("DELETE FROM Post")
        same.rows("DROP TABLE _oneclick_import")


def test_an_interrupted_addition_goes_on_and_is_never_taken_back(posts, same, monkeypatch):
    monkeypatch.setattr("oneclick_deploy.data.batches.MOST_ROWS", 1)
    same.rows("INSERT INTO Post VALUES (2, 'mine', 5)")
    token = CancelToken()
    with pytest.raises(Exception, match="cancelled"):
        run(posts, same, on_conflict="skip", cancel=token, on_progress=lambda _: token.cancel())
    with pytest.raises(DataSourceError, match="interrupted") as caught:
        run(posts, same)
    assert "_oneclick_import" in caught.value.hint
    assert same.count()["Post"] == 2
    run(posts, same, on_conflict="skip")
    assert same.rows("SELECT id, title FROM Post ORDER BY id") == [
        (1, "one"), (2, "mine"), (3, "three"),
    ]  # fmt: skip


def test_texts_that_are_not_utf8_arrive_as_they_are(tmp_path, bare):
    path = tmp_path / "preview.db"
    schema = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, b)"
    execute(
        path,
        f"{schema}; INSERT INTO t VALUES (1, 'é', 1), (2, CAST(x'61ff00' AS TEXT), 9e999), "
        "(3, CAST(x'eda080' AS TEXT), -9e999), (4, 'end', x'ff')",
    )
    bare.migrate(schema)
    report = run(path, bare)
    query = "SELECT id, typeof(v), hex(CAST(v AS BLOB)), typeof(b), b > 0 FROM t ORDER BY id"
    assert bare.rows(query) == in_file(path, query)
    assert report.rows == 4
    again = run(path, bare)
    assert again.tables[0].checksum == report.tables[0].checksum


def test_a_without_rowid_table_with_keys_that_json_cannot_hold_is_compared(tmp_path, bare):
    path = tmp_path / "preview.db"
    schema = "CREATE TABLE t (k, n, PRIMARY KEY (k, n)) WITHOUT ROWID"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(schema)
        keys = [None, 1, 1.5, float("inf"), float("-inf"), "a", b"\xff", -0.0]
        connection.executemany(
            "INSERT INTO t VALUES (?, ?)", [(k, n) for k in keys[1:] for n in range(200)]
        )
        connection.execute("INSERT INTO t VALUES (CAST(x'ff' AS TEXT), 1)")
        connection.commit()
    bare.migrate(schema)
    assert run(path, bare).rows == 1401
