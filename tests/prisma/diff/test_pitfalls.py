"""Prisma's scripts can lose rows or fail where Prisma does not say so; we do."""

from __future__ import annotations

import contextlib
import sqlite3

import psycopg
import pytest
from tests.prisma.diff.changes import Change, changes, schema

from oneclick_deploy.prisma.diff.findings import Loss, Obstacle
from oneclick_deploy.prisma.diff.migration import SqlDiff, diff_sql

CHANGES = {(each.title, each.provider): each for each in changes()}

PARENT = "model User {\n  id Int @id\n  posts Post[]\n%s}\n"
CHILD = (
    "model Post {\n  id Int @id\n  userId Int%s\n"
    "  user User%s @relation(fields: [userId], references: [id]%s)\n%s}\n"
)


def family(*, user: str = "", action: str = "", post: str = "") -> str:
    """Two models, of which the second refers to the first."""
    optional = "?" if "SetNull" in action else ""
    return schema(PARENT % user + CHILD % (optional, optional, action, post))


def cascades(found: SqlDiff) -> list[tuple[str | None, tuple[str, ...]]]:
    return [
        (each.table, each.columns)
        for each in found.warnings
        if each.kind is Loss.CASCADE_ON_REDEFINE
    ]


@pytest.mark.parametrize("action", ["Cascade", "SetNull", "SetDefault"])
def test_rows_that_refer_to_a_copied_table_are_in_danger(action: str) -> None:
    action = f", onDelete: {action}"
    found = diff_sql(family(action=action), family(action=action, user="  x Int @default(0)\n"))
    assert cascades(found) == [("Post", ("userId",))]
    (warning,) = found.warnings
    assert "refer to `User`" in warning.message
    assert "transaction" in warning.hint
    assert not warning.is_prismas
    assert found.script(with_warnings=True) == str(found)


def test_the_danger_depends_on_how_the_script_is_run() -> None:
    action = ", onDelete: Cascade"
    found = diff_sql(family(action=action), family(action=action, user="  x Int @default(0)\n"))
    assert found.cascades == found.warnings
    assert not found.is_destructive


@pytest.mark.parametrize("action", ["", ", onDelete: Restrict", ", onDelete: NoAction"])
def test_rows_that_hold_their_parents_back_are_not_in_danger(action: str) -> None:
    found = diff_sql(family(action=action), family(action=action, user="  x Int @default(0)\n"))
    assert found.warnings == ()


def test_a_table_that_is_altered_in_place_endangers_nobody() -> None:
    action = ", onDelete: Cascade"
    found = diff_sql(family(action=action), family(action=action, user="  x Int?\n"))
    assert found.warnings == ()


def test_copying_the_referring_table_endangers_nobody() -> None:
    action = ", onDelete: Cascade"
    found = diff_sql(family(action=action), family(action=action, post="  x Int @default(0)\n"))
    assert found.warnings == ()


def test_a_table_that_refers_to_itself_is_copied_with_its_rows() -> None:
    body = (
        'model T {\n  id Int @id\n  upId Int?\n  up T? @relation("t", fields: [upId], '
        'references: [id], onDelete: Cascade)\n  down T[] @relation("t")\n%s}\n'
    )
    assert diff_sql(schema(body % ""), schema(body % "  x Int @default(0)\n")).warnings == ()


def test_rows_that_refer_to_a_dropped_table_are_in_danger() -> None:
    old = family(action=", onDelete: Cascade")
    new = schema("model Post {\n  id Int @id\n  userId Int\n}")
    found = diff_sql(old, new)
    assert cascades(found) == [("Post", ("userId",))]
    assert len(found.warnings) == 2
    assert found.is_destructive


def test_a_table_that_is_dropped_first_is_in_no_danger() -> None:
    body = CHILD % ("", "", ", onDelete: Cascade", "") + PARENT
    old = schema(body % "")
    new = schema("model User {\n  id Int @id\n  x Int @default(0)\n}")
    assert cascades(diff_sql(old, new)) == []


def test_inside_a_transaction_sqlite_does_delete_those_rows() -> None:
    action = ", onDelete: Cascade"
    old = family(action=action)
    found = diff_sql(old, family(action=action, user="  x Int @default(0)\n"))
    for transaction, left in (("", 1), ("BEGIN;", 0)):
        with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.executescript(str(diff_sql(None, old)))
            connection.executescript("INSERT INTO User VALUES (1); INSERT INTO Post VALUES (1, 1)")
            connection.executescript(transaction + str(found))
            assert connection.execute("SELECT count(*) FROM User").fetchone() == (1,)
            assert connection.execute("SELECT count(*) FROM Post").fetchone() == (left,)


def test_a_table_that_keeps_no_column_keeps_no_row() -> None:
    old, new = schema("model T {\n  a Int @id\n}"), schema("model T {\n  b Int @id @default(1)\n}")
    found = diff_sql(old, new)
    assert Loss.DROP_ROWS in [each.kind for each in found.warnings]
    assert found.is_destructive
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(str(diff_sql(None, old)) + "INSERT INTO T VALUES (1);")
        connection.executescript(str(found))
        assert connection.execute("SELECT count(*) FROM T").fetchone() == (0,)


@pytest.mark.parametrize("default", ["now()", 'dbgenerated("(1 + 1)")'])
def test_sqlite_adds_no_column_with_a_computed_default(default: str) -> None:
    kind = "DateTime" if default == "now()" else "Int"
    old = schema("model T {\n  id Int @id\n}")
    new = schema(f"model T {{\n  id Int @id\n  x {kind}? @default({default})\n}}")
    found = diff_sql(old, new)
    (obstacle,) = found.unexecutable
    assert (obstacle.kind, obstacle.column) == (Obstacle.ADDED_DYNAMIC_DEFAULT, "x")
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(str(diff_sql(None, old)) + "INSERT INTO T VALUES (1);")
        with pytest.raises(sqlite3.OperationalError, match="non-constant default"):
            connection.executescript(str(found))


def test_sqlite_copies_a_table_for_a_required_column_with_a_computed_default() -> None:
    new = schema("model T {\n  id Int @id\n  x DateTime @default(now())\n}")
    assert not diff_sql(schema("model T {\n  id Int @id\n}"), new).is_destructive


def test_an_index_gets_a_name_that_another_one_still_has() -> None:
    body = "model A {\n  id Int @id\n  x Int%s\n%s}\nmodel B {\n  id Int @id\n  x Int%s\n%s}\n"
    index = '  @@index([x], map: "by_x")\n'
    old = schema(body % ("", "", "", index))
    copied = diff_sql(old, schema(body % ("?", index, "?", "")))
    assert Obstacle.INDEX_NAME_TAKEN in [each.kind for each in copied.unexecutable]
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(str(diff_sql(None, old)))
        with pytest.raises(sqlite3.OperationalError, match="by_x already exists"):
            connection.executescript(str(copied))


@pytest.mark.parametrize("provider", ["sqlite", "postgresql", "mysql"])
def test_a_name_may_move_once_it_is_free(provider: str) -> None:
    body = "model A {\n  id Int @id\n  x Int\n%s}\nmodel B {\n  id Int @id\n  x Int\n%s}\n"
    index = '  @@index([x], map: "by_x")\n'
    old, new = schema(body % ("", index)), schema(body % (index, ""))
    assert not diff_sql(old, new, provider=provider).is_destructive


# PostgreSQL

IN_USE = (
    "model U {\n  id Int %s\n  t T[]\n}\n"
    "model T {\n  id Int @id\n  u U @relation(fields: [id], references: [id])\n}\n"
)
NAMED = (
    "model A {\n  id Int @id\n  x Int\n  y Int\n"
    '  @@index([x], map: "%s")\n  @@index([y], map: "%s")\n}\n'
)
SCRIPTS_THAT_FAIL = [
    (
        Change(
            "two indexes that change names",
            "postgresql",
            schema(NAMED % ("one", "two"), "postgresql"),
            schema(NAMED % ("two", "one"), "postgresql"),
            "",
        ),
        Obstacle.INDEX_NAME_TAKEN,
        'relation "two" already exists',
    ),
    (
        CHANGES["a key ceases to number itself", "postgresql"],
        Obstacle.UNNAMED_SEQUENCE,
        "zero-length",
    ),
    (
        CHANGES["a key that numbers itself widens", "postgresql"],
        Obstacle.SERIAL_TYPE,
        '"bigserial" does not exist',
    ),
    (
        CHANGES["a primary key is renamed and changed", "postgresql"],
        Obstacle.REMADE_KEY,
        "does not exist",
    ),
    (
        CHANGES["an enum loses a value while a column comes", "postgresql"],
        Obstacle.MISSING_COLUMN,
        'column "r".* does not exist',
    ),
    (
        CHANGES["an enum loses a value in lists and dropped tables", "postgresql"],
        Obstacle.OLD_TYPE_IN_USE,
        "other objects depend on it",
    ),
    (
        CHANGES["a schema that was listed is taken for existing", "postgresql"],
        Obstacle.MISSING_SCHEMA,
        'schema "more" does not exist',
    ),
    (
        Change(
            "a key that is in use",
            "postgresql",
            schema(IN_USE % "@id", "postgresql"),
            schema(IN_USE % "@unique", "postgresql"),
            "",
        ),
        Obstacle.KEY_IN_USE,
        "other objects depend on it",
    ),
    (
        Change(
            "a new value as a default",
            "postgresql",
            schema("model T {\n  id Int @id\n  r R\n}\nenum R {\n  a\n}", "postgresql"),
            schema(
                "model T {\n  id Int @id\n  r R @default(b)\n  l R[] @default([b])\n}\n"
                "model U {\n  id Int @id\n  r R @default(b)\n}\nenum R {\n  a\n  b\n}",
                "postgresql",
            ),
            "",
        ),
        Obstacle.NEW_ENUM_VALUE_IN_USE,
        "unsafe use of new value",
    ),
]


@pytest.mark.parametrize(
    ("change", "kind"),
    [each[:2] for each in SCRIPTS_THAT_FAIL],
    ids=[each[0].title for each in SCRIPTS_THAT_FAIL],
)
def test_a_script_that_fails_is_told_of(change: Change, kind: Obstacle) -> None:
    found = diff_sql(change.old, change.new)
    ours = [each for each in found.unexecutable if not each.is_prismas]
    assert {each.kind for each in ours} == {kind}
    assert all(each.message and each.hint and each.table for each in ours)
    assert all("/*" not in found.script(with_warnings=True) for each in ours if not found.warnings)
    assert found.is_destructive


@pytest.mark.parametrize(
    ("change", "words"),
    [(change, words) for change, _, words in SCRIPTS_THAT_FAIL],
    ids=[each[0].title for each in SCRIPTS_THAT_FAIL],
)
def test_such_a_script_does_fail(change: Change, words: str, postgres_database: str) -> None:
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(str(diff_sql(None, change.old)).encode())
        with pytest.raises(psycopg.Error, match=words):
            connection.execute(str(diff_sql(change.old, change.new)).encode())


def test_no_other_change_to_an_empty_postgresql_fails(postgres_database: str) -> None:
    wanted = {each[0].title for each in SCRIPTS_THAT_FAIL}
    # What Prisma itself calls impossible, extensions that servers may lack, raw expressions.
    wanted |= {"an enum becomes a list", "a table moves to another schema"}
    for (title, provider), change in CHANGES.items():
        skipped = "xtension" in title or "expressions" in title
        if provider != "postgresql" or title in wanted or skipped:
            continue
        found = diff_sql(change.old, change.new)
        assert [each for each in found.unexecutable if not each.is_prismas] == [], title
        with psycopg.connect(postgres_database, autocommit=True) as connection:
            connection.execute(
                b"DROP SCHEMA IF EXISTS public, base, more CASCADE; CREATE SCHEMA public"
            )
            connection.execute(str(diff_sql(None, change.old)).encode())
            connection.execute(str(found).encode())
