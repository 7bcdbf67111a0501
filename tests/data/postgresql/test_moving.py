"""Rows in PostgreSQL are those of the preview, or none are."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import sqlite3
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from oneclick_deploy.data import ImportProgress, SqliteSource
from oneclick_deploy.data.postgresql import AsyncPostgresImport, trust
from oneclick_deploy.data.problems import Policies, Policy, Problem
from oneclick_deploy.errors import (
    ConfigurationError,
    ConstraintError,
    DatabaseError,
    DataSourceError,
    DeployCancelledError,
)
from oneclick_deploy.runtime.cancel import CancelToken

from .previews import SCHEMA, at, blog, made, move, post

ITEMS = 'CREATE TABLE "Item" ("id" INTEGER PRIMARY KEY, "v" TEXT);'
ITEM = 'CREATE TABLE "Item" ("id" integer PRIMARY KEY, "v" text)'


def test_a_schema_s_tables_are_made_filled_and_given_their_keys(database, preview):
    report = move(blog(preview), database.url, schema=SCHEMA)
    assert {each.name: each.rows for each in report.tables} == {
        "User": 50,
        "Post": 200,
        'tag\'s "x"': 2,
        "_PostToTag": 10,
    }
    assert report.bytes > 10_000
    assert all(len(each.checksum) == 32 for each in report.tables)
    found = database.rows('SELECT * FROM "Post" ORDER BY substr(id, 2)::int')
    for number, row in enumerate(found):
        wanted = post(number, 50)
        assert row[1] == wanted[1]
        assert row[2] == at(1970, 1, 1) + dt.timedelta(milliseconds=wanted[2])
        assert row[3] == wanted[3]
        assert row[4] == Decimal(repr(wanted[4]))
        assert row[5:7] == (wanted[5], bool(wanted[6]))
        assert row[8] == wanted[8]
    assert database.rows("SELECT count(*) FROM pg_constraint WHERE contype = 'f'") == [(4,)]
    assert database.rows(
        "SELECT count(*) FROM pg_constraint WHERE contype = 'p' AND conrelid > 16384"
    ) == [(4,)]
    assert database.rows("INSERT INTO \"User\" (email) VALUES ('new') RETURNING id") == [(1001,)]
    assert "_prisma_migrations" not in database.tables()


def test_the_asynchronous_import_does_the_same(database, preview):
    async def main():
        with SqliteSource(blog(preview)) as source:
            return await AsyncPostgresImport(source, database.url, schema=SCHEMA).run()

    report = asyncio.run(main())
    again = move(preview, database.url, tables=["Post"], on_conflict="update")
    assert report.rows == 262
    assert {each.name: each.checksum for each in report.tables}["Post"] == again.tables[0].checksum


def test_a_large_table_goes_over_by_its_first_rows_when_the_rest_is_like_them(
    database, preview, monkeypatch
):
    monkeypatch.setattr(trust, "LARGE", 10)
    rows = [(n, f"v{n}" if n % 3 else None) for n in range(5000)]
    plans = []
    full = trust.full_plan
    monkeypatch.setattr(
        "oneclick_deploy.data.postgresql._sync.loading.full_plan",
        lambda *args: plans.append(1) or full(*args),
    )
    database.run(ITEM)
    move(made(preview, ITEMS, rows={"Item": rows}), database.url)
    assert database.rows('SELECT * FROM "Item" ORDER BY id') == rows
    assert plans == []


@pytest.mark.parametrize(
    ("declared", "wanted", "usual", "odd", "arrives"),
    [
        ("DATETIME", "timestamp(3)", 1000, "1970-01-01T00:00:02.000+00:00", at(1970, 1, 1, 0, 0, 2)),
        ("DATETIME", "timestamp(3)", 1000, -1, at(1969, 12, 31, 23, 59, 59, 999000)),
        ("", "integer", 5, "12", 12),
        ("", "double precision", 0.5, "0.25", 0.25),
        ("DECIMAL", "numeric(65,30)", 1.5, 1e-20, Decimal("1e-20")),
        ("", "text", "x", 0.1 + 0.2, "0.30000000000000004"),
        ("BOOLEAN", "boolean", 1, "true", True),
        ("", "uuid", "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000B", None),
    ],
)  # fmt: skip
def test_a_large_table_with_one_odd_row_is_loaded_exactly_all_the_same(
    database, preview, monkeypatch, declared, wanted, usual, odd, arrives
):
    monkeypatch.setattr(trust, "LARGE", 10)
    rows = [(n, usual) for n in range(3000)] + [(3000, odd)]
    script = f'CREATE TABLE "Item" ("id" INTEGER PRIMARY KEY, "v" {declared});'
    database.run(f'CREATE TABLE "Item" ("id" integer PRIMARY KEY, "v" {wanted})')
    report = move(made(preview, script, rows={"Item": rows}), database.url)
    assert report.rows == 3001
    found = database.rows('SELECT v FROM "Item" WHERE id = 3000')[0][0]
    assert (str(found) == odd.lower()) if arrives is None else (found == arrives)


@pytest.mark.parametrize("odd", ["a\0b", b"abc"])
def test_a_value_that_would_change_unnoticed_is_named(database, preview, monkeypatch, odd):
    monkeypatch.setattr(trust, "LARGE", 10)
    rows = [(n, "x") for n in range(3000)] + [(3000, odd)]
    database.run(ITEM)
    path = made(
        preview, 'CREATE TABLE "Item" ("id" INTEGER PRIMARY KEY, "v");', rows={"Item": rows}
    )
    with pytest.raises(DataSourceError, match="3000"):
        move(path, database.url)
    assert database.rows('SELECT count(*) FROM "Item"') == [(0,)]


def test_tables_that_exist_keep_their_foreign_keys(database, preview):
    database.run("""
        CREATE TABLE a (id int PRIMARY KEY, b_id int, a_id int);
        CREATE TABLE b (id int PRIMARY KEY, c_id int);
        CREATE TABLE c (id int PRIMARY KEY, a_id int NOT NULL);
        ALTER TABLE a ADD CONSTRAINT "to b" FOREIGN KEY (b_id) REFERENCES b ON DELETE CASCADE;
        ALTER TABLE a ADD CONSTRAINT self FOREIGN KEY (a_id) REFERENCES a;
        ALTER TABLE b ADD FOREIGN KEY (c_id) REFERENCES c;
        ALTER TABLE c ADD FOREIGN KEY (a_id) REFERENCES a DEFERRABLE;
        COMMENT ON CONSTRAINT "to b" ON a IS 'why''s \\ that';
    """)
    keys = """SELECT conname, pg_get_constraintdef(oid), convalidated,
        obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE contype = 'f' ORDER BY 1"""
    before = database.rows(keys)
    script = """CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INT, a_id INT);
        CREATE TABLE b (id INTEGER PRIMARY KEY, c_id INT);
        CREATE TABLE c (id INTEGER PRIMARY KEY, a_id INT);"""
    circle = {"a": [(1, 1, 2), (2, None, 1)], "b": [(1, 1)], "c": [(1, 2)]}
    move(made(preview, script, rows=circle), database.url)
    assert database.rows(keys) == before
    assert database.rows("SELECT * FROM a ORDER BY id") == circle["a"]
    broken = {"a": [(1, 9, 1)]}
    database.run("TRUNCATE a, b, c")
    with pytest.raises(ConstraintError, match="to b") as caught:
        move(made(preview.with_name("broken.db"), script, rows=broken), database.url)
    assert caught.value.code == "23503"
    assert database.rows(keys) == before
    assert database.rows("SELECT count(*) FROM a") == [(0,)]


def test_a_user_without_the_owner_s_rights_loads_in_the_order_of_the_keys(database, preview):
    database.run("""
        CREATE TABLE a (id int PRIMARY KEY, b_id int);
        CREATE TABLE b (id int PRIMARY KEY, b_id int REFERENCES b);
        ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;
        DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN;
        GRANT ALL ON a, b TO plain;
    """)
    script = """CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INT);
        CREATE TABLE b (id INTEGER PRIMARY KEY, b_id INT);"""
    path = made(preview, script, rows={"a": [(1, 2)], "b": [(1, 2), (2, 1)]})
    try:
        assert move(path, database.url.replace("postgres@", "plain@")).rows == 3
    finally:
        database.run("DROP OWNED BY plain; DROP ROLE plain")


def test_every_kind_of_column_is_filled(database, preview):
    database.run("""
        CREATE TYPE "Mood" AS ENUM ('sad', 'so la la');
        CREATE DOMAIN short AS varchar(5);
        CREATE TABLE "every" (
            id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, small smallint, r real, c char(4),
            s short, mood "Mood", list int[], words text[], d date, t time, tz timestamptz(3), j json,
            u uuid, ip inet, twice int GENERATED ALWAYS AS (small * 2) STORED, n numeric(6, 2)
        )
    """)
    script = """CREATE TABLE "every" (id INTEGER PRIMARY KEY, small INT, r REAL, c TEXT, s TEXT,
        mood TEXT, list TEXT, words TEXT, d DATETIME, t TEXT, tz DATETIME, j TEXT, u TEXT, ip TEXT,
        twice INT AS (small * 2), n DECIMAL);"""
    columns = "id, small, r, c, s, mood, list, words, d, t, tz, j, u, ip, n"
    values = """(5, -7, 0.5, 'ab', 'éééé', 'so la la', '{1,2}', '{"a,b",NULL}', 0, '01:02:03.5',
        1700000000123, '{"a":  1}', '6f1c2f3e-0000-4000-8000-00000000000a', '10.0.0.1', 1234.5)"""
    path = made(preview, script + f'INSERT INTO "every" ({columns}) VALUES {values};')
    move(path, database.url)
    (row,) = database.rows("SELECT *, tz AT TIME ZONE 'UTC', j::text FROM \"every\"")
    assert row[:11] == (
        5, -7, 0.5, "ab  ", "éééé", "so la la", [1, 2], ["a,b", None], dt.date(1970, 1, 1),
        dt.time(1, 2, 3, 500000), row[10],
    )  # fmt: skip
    assert row[14:] == (
        -14,
        Decimal("1234.50"),
        at(2023, 11, 14, 22, 13, 20, 123000),
        '{"a":  1}',
    )
    assert database.rows('INSERT INTO "every" (small) VALUES (1) RETURNING id') == [(6,)]


def test_names_may_be_anything(database, preview):
    name, column = 'we"ird; DROP TABLE "x"--\n[red]\'s', 'a "b"\n\\c'
    quoted = ['"' + each.replace('"', '""') + '"' for each in (name, column)]
    script = f'CREATE TABLE {quoted[0]} ({quoted[1]} TEXT, "sel%ect" TEXT);'
    database.run(script)
    script += f"INSERT INTO {quoted[0]} VALUES ('x', 'y');"
    move(made(preview, script), database.url)
    assert database.rows(f"SELECT * FROM {quoted[0]}") == [("x", "y")]


def test_a_schema_of_its_own_is_used(database, preview):
    path = made(preview, ITEMS, rows={"Item": [(1, "a")]})
    schema = (
        'datasource db {\n provider = "postgresql"\n}\nmodel Item {\n id Int @id\n v String?\n}'
    )
    move(path, database.url + "?schema=my+app&connection_limit=5&pgbouncer=true", schema=schema)
    assert database.rows('SELECT * FROM "my app"."Item"') == [(1, "a")]
    with pytest.raises(DataSourceError, match="no table"):
        move(path, database.url)


def test_tables_with_rows_are_refused_unless_asked_for(database, preview):
    database.run(ITEM + "; INSERT INTO \"Item\" VALUES (1, 'there'), (9, 'other')")
    path = made(preview, ITEMS, rows={"Item": [(1, "mine"), (2, "two")]})
    with pytest.raises(DataSourceError, match="holds rows already in Item"):
        move(path, database.url)
    skipped = move(path, database.url, on_conflict="skip")
    assert [(each.rows, each.skipped_rows) for each in skipped.tables] == [(1, 1)]
    assert database.rows('SELECT * FROM "Item" ORDER BY 1') == [
        (1, "there"),
        (2, "two"),
        (9, "other"),
    ]
    updated = move(path, database.url, on_conflict="update")
    assert [(each.rows, each.skipped_rows) for each in updated.tables] == [(2, 0)]
    assert database.rows('SELECT * FROM "Item" ORDER BY 1') == [
        (1, "mine"),
        (2, "two"),
        (9, "other"),
    ]


def test_an_update_wants_a_key(database, preview):
    database.run('CREATE TABLE "Item" (id int, v text); INSERT INTO "Item" VALUES (1, \'x\')')
    path = made(preview, ITEMS, rows={"Item": [(1, "mine")]})
    with pytest.raises(DataSourceError, match="no primary key"):
        move(path, database.url, on_conflict="update")


def test_some_tables_some_rows_and_other_names(database, preview):
    database.run("CREATE TABLE things (id int PRIMARY KEY, label text)")
    path = made(
        preview, ITEMS + "CREATE TABLE other (x);", rows={"Item": [(n, "v") for n in range(9)]}
    )
    report = move(
        path,
        database.url,
        tables=["Item"],
        where={"Item": '"id" > 4 OR "id" = 0'},
        rename={"Item": "things", ("Item", "v"): "label"},
    )
    assert report.skipped == (("other", "not asked for"),)
    assert database.rows("SELECT * FROM things ORDER BY 1") == [(n, "v") for n in (0, 5, 6, 7, 8)]
    assert report.rows == 5


def test_values_that_are_refused_leave_the_database_as_it_was(database, preview):
    schema = 'datasource db {\n provider = "postgresql"\n}\nmodel Item {\n id Int @id\n v Int?\n}'
    path = made(preview, ITEMS, rows={"Item": [(1, "5"), (2, "x")]})
    with pytest.raises(DataSourceError, match="Item"):
        move(path, database.url, schema=schema)
    assert database.tables() == set()
    report = move(
        path,
        database.url,
        schema=schema,
        policies=Policies(by_problem={Problem.NOT_A_NUMBER: Policy.NULL}),
    )
    assert database.rows('SELECT * FROM "Item" ORDER BY 1') == [(1, 5), (2, None)]
    assert [(each.column, each.rows) for each in report.problems] == [("v", 1)]


def test_a_trigger_that_changes_values_is_found_with_the_cell(database, preview):
    database.run(
        ITEM
        + """;
        CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN IF NEW.id = 777 THEN NEW.v = 'bad'; END IF; RETURN NEW; END$$;
        CREATE TRIGGER spoil BEFORE INSERT ON "Item" FOR EACH ROW EXECUTE FUNCTION spoil();"""
    )
    path = made(preview, ITEMS, rows={"Item": [(n, "good") for n in range(2000)]})
    with pytest.raises(DataSourceError, match="row 777, column v: '4:good' became '3:bad'"):
        move(path, database.url)
    assert database.rows('SELECT count(*) FROM "Item"') == [(0,)]


def test_a_schema_that_is_half_there_is_refused(database, preview):
    database.run('CREATE TABLE "User" (id int)')
    with pytest.raises(DataSourceError, match=r"but not .*Post"):
        move(blog(preview), database.url, schema=SCHEMA)


def test_progress_tells_rows_and_bytes(database, preview):
    seen: list[ImportProgress] = []
    report = move(blog(preview), database.url, schema=SCHEMA, on_progress=seen.append)
    assert [each.rows_done for each in seen] == sorted(each.rows_done for each in seen)
    assert (seen[-1].rows_done, seen[-1].rows_total) == (262, 262)
    assert seen[-1].bytes_done == report.bytes
    assert seen[-1].seconds_left == 0


def test_cancelling_keeps_nothing(database, preview):
    cancel = CancelToken()
    seen = itertools.count()
    rows = {"Item": [(n, "x" * 500) for n in range(20_000)]}
    path = made(preview, ITEMS, rows=rows)
    database.run(ITEM)

    def stop(_: ImportProgress) -> None:
        next(seen)
        cancel.cancel()

    with pytest.raises(DeployCancelledError):
        move(path, database.url, on_progress=stop, cancel=cancel)
    assert next(seen) >= 1
    assert database.rows('SELECT count(*) FROM "Item"') == [(0,)]
    with pytest.raises(DeployCancelledError):
        move(path, database.url, cancel=cancel)


def test_cancelling_ends_a_statement_that_waits(database, preview):
    cancel = CancelToken()
    path = made(preview, ITEMS, rows={"Item": [(1, "x")]})
    database.run(ITEM)
    with psycopg.connect(database.url) as other:
        other.execute('LOCK TABLE "Item"')
        import threading

        timer = threading.Timer(0.3, cancel.cancel)
        timer.start()
        with pytest.raises(DeployCancelledError):
            move(path, database.url, cancel=cancel)
        timer.join()


@pytest.mark.parametrize("work", ["guess_plan", "full_plan", "source_digest"])
def test_cancelling_ends_sqlite_s_work(database, preview, monkeypatch, work):
    cancel = CancelToken()
    path = made(preview, ITEMS, rows={"Item": [(1, "x")]})
    database.run(ITEM)

    def endless(connection, *_, **__):
        cancel.cancel()
        connection.interrupt()
        raise sqlite3.OperationalError("interrupted")

    monkeypatch.setattr(f"oneclick_deploy.data.postgresql._sync.loading.{work}", endless)
    with pytest.raises(DeployCancelledError):
        move(path, database.url, cancel=cancel)
    assert database.rows('SELECT count(*) FROM "Item"') == [(0,)]


def test_an_open_connection_is_used_and_left_open(database, preview):
    path = made(preview, ITEMS, rows={"Item": [(1, "x")]})
    database.run(ITEM)
    with psycopg.connect(database.url, autocommit=True) as connection:
        assert move(path, connection).rows == 1
        assert connection.execute("SHOW search_path").fetchone() == ('"$user", public',)
    with psycopg.connect(database.url) as connection, pytest.raises(ConfigurationError):
        move(path, connection)


def test_a_read_only_database_is_an_error_with_its_code(database, preview):
    path = made(preview, ITEMS, rows={"Item": [(1, "x")]})
    database.run(
        ITEM
        + """; CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'never'; END$$;
        CREATE TRIGGER no BEFORE INSERT ON "Item" EXECUTE FUNCTION no()"""
    )
    with pytest.raises(DatabaseError, match="never") as caught:
        move(path, database.url)
    assert caught.value.code == "P0001"


@pytest.mark.parametrize("options", [{"on_conflict": "maybe"}, {"tables": "Item"}])
def test_arguments_that_cannot_be_meant_are_refused(database, preview, options):
    with pytest.raises(ConfigurationError):
        move(made(preview, ITEMS), database.url, **options)


def test_names_that_the_preview_lacks_are_refused(database, preview):
    path = made(preview, ITEMS, rows={"Item": [(1, "x")]})
    with pytest.raises(DataSourceError, match="no table Itme"):
        move(path, database.url, tables=["Itme"])


def test_an_unreachable_server_is_told(preview: Path):
    from oneclick_deploy.errors import ConnectionFailedError

    path = made(preview, ITEMS, rows={"Item": [(1, "x")]})
    with pytest.raises(ConnectionFailedError):
        move(path, "postgresql://u:secret@127.0.0.1:9/x")
