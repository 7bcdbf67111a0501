"""Names are cut to the database's limit, and quoted so that they stay names."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from tests.prisma.sql.scripts import sql, statements

LONG = "l" * 70


def names_of_indexes(body: str, provider: str) -> list[str]:
    return [line.split('"')[1] for line in statements(sql(body, provider), "CreateIndex")]


def test_postgresql_has_63_bytes() -> None:
    body = f"model {LONG} {{\n  id Int @id\n  a Int @unique\n\n  @@index([a, id])\n}}"
    assert names_of_indexes(body, "postgresql") == ["l" * 59 + "_key", "l" * 59 + "_idx"]
    assert f'CONSTRAINT "{"l" * 58}_pkey"' in sql(body, "postgresql")


def test_mysql_has_64_bytes() -> None:
    body = f"model {LONG} {{\n  id Int @id\n  a Int @unique\n}}"
    assert f"UNIQUE INDEX `{'l' * 60}_key`(`a`)" in sql(body, "mysql")


def test_sqlite_cuts_nothing_that_anybody_writes() -> None:
    body = f"model {LONG} {{\n  id Int @id\n  a Int @unique\n}}"
    assert names_of_indexes(body, "sqlite") == [f"{LONG}_a_key"]


def test_a_character_is_never_split() -> None:
    body = 'model M {\n  id Int @id\n  a Int @unique\n\n  @@map("' + "ü" * 40 + '")\n}'
    assert names_of_indexes(body, "postgresql") == ["ü" * 29 + "_key"]


@pytest.mark.parametrize(
    ("length", "table", "index", "key"),
    [(55, 55, 55, 55), (56, 56, 55, 56), (57, 57, 55, 56), (63, 63, 55, 56), (70, 63, 55, 56)],
)
def test_names_around_a_join_table(length: int, table: int, index: int, key: int) -> None:
    name = "r" * (length - 1)
    body = f'model A {{\n  id Int @id\n  b B[] @relation("{name}")\n}}\nmodel B {{\n  id Int @id\n  a A[] @relation("{name}")\n}}'
    script = sql(body, "postgresql")
    full = "_" + "r" * 100
    assert f'CREATE TABLE "{full[:table]}" (' in script
    assert f'CONSTRAINT "{full[:index]}_AB_pkey"' in script
    assert f'INDEX "{full[:index]}_B_index"' in script
    assert f'CONSTRAINT "{full[:key]}_A_fkey"' in script
    assert f'CONSTRAINT "{full[:key]}_B_fkey"' in script


def test_characters_of_a_join_tables_name_count_once_except_in_its_foreign_keys() -> None:
    name = "a" + "ü" * 31
    body = f'model A {{\n  id Int @id\n  b B[] @relation("{name}")\n}}\nmodel B {{\n  id Int @id\n  a A[] @relation("{name}")\n}}'
    script = sql(body, "postgresql")
    assert f'CREATE TABLE "_{name}" (' in script
    assert f'"_{name}_AB_pkey"' in script
    assert f'"_a{"ü" * 27}_A_fkey"' in script


def test_a_quote_inside_a_name_is_doubled() -> None:
    body = 'model M {\n  id Int @id\n  a Int @unique @map("say \\"hi\\"")\n\n  @@map("my \\"own\\" table")\n}'
    script = sql(body, "sqlite")
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        (name,) = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        ).fetchone()
        columns = connection.execute("SELECT name FROM pragma_table_info(?)", [name]).fetchall()
    assert name == 'my "own" table'
    assert columns == [("id",), ('say "hi"',)]
    assert '"my ""own"" table"' in sql(body, "postgresql")


def test_a_backtick_inside_a_name_is_doubled_on_mysql_only() -> None:
    body = 'model M {\n  id Int @id\n\n  @@map("a`b")\n}'
    assert "CREATE TABLE `a``b` (" in sql(body, "mysql")
    assert 'CREATE TABLE "a`b" (' in sql(body, "sqlite")


def test_reserved_words_and_other_scripts_need_nothing_else() -> None:
    body = "model select {\n  from Int @id\n  größe Int\n}"
    script = sql(body, "sqlite")
    assert '"from" INTEGER' in script
    assert '"größe" INTEGER' in script
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
