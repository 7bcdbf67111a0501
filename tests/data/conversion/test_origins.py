"""Where the columns of a destination are known from."""

from __future__ import annotations

import sqlite3

import pytest

from oneclick_deploy.data.columns import Kind
from oneclick_deploy.data.conversion import targets_from_schema, targets_from_source
from oneclick_deploy.data.source import SourceTable
from oneclick_deploy.errors import InvalidSchemaError

SCHEMA = """
model Post {
  id     Int      @id @default(autoincrement())
  price  Decimal
  at     DateTime @map("created_at")
  note   String?
  data   Json?
  small  Int
  role   Role
  tags   Tag[]
}
model Tag {
  id    BigInt @id
  posts Post[]
}
enum Role {
  USER
  ADMIN @map("adm")
}
"""


def test_a_schema_gives_the_tables_of_postgresql():
    post, tag, joined = targets_from_schema(SCHEMA, "postgresql")
    assert (post.name, tag.name, joined.name) == ("Post", "Tag", "_PostToTag")
    assert post.primary_key == ("id",)
    assert post.namespace == "public"
    kinds = {column.name: column.kind for column in post.columns}
    assert kinds == {
        "id": Kind.INTEGER,
        "price": Kind.DECIMAL,
        "created_at": Kind.DATETIME,
        "note": Kind.TEXT,
        "data": Kind.JSON,
        "small": Kind.INTEGER,
        "role": Kind.ENUM,
    }
    price = post.column("price")
    assert price is not None
    assert (price.precision, price.scale) == (65, 30)
    role, data, at, number = (post.column(name) for name in ("role", "data", "created_at", "id"))
    assert None not in {role, data, at, number}
    assert role.values == ("USER", "adm")
    assert data.binary_json
    assert data.nullable
    assert at.precision == 3
    assert (number.bits, number.is_identity, number.nullable) == (32, True, False)
    assert {key.references for key in joined.foreign_keys} == {"Post", "Tag"}


def test_a_schema_gives_the_limits_of_mysql():
    post, *_ = targets_from_schema(SCHEMA, "mysql")
    note = post.column("note")
    assert note is not None
    assert note.length == 191


@pytest.mark.parametrize(
    ("native", "expected"),
    [
        ("String @db.Uuid", (Kind.UUID, None, 64)),
        ("String @db.VarChar(20)", (Kind.TEXT, 20, 64)),
        ("String @db.Char", (Kind.TEXT, 1, 64)),
        ("String @db.Inet", (Kind.OTHER, None, 64)),
        ("Int @db.SmallInt", (Kind.INTEGER, None, 16)),
        ("Float @db.Real", (Kind.FLOAT, None, 32)),
        ("DateTime @db.Date", (Kind.DATE, None, 64)),
        ("DateTime @db.Timestamptz(6)", (Kind.DATETIME, None, 64)),
        ('Unsupported("point")', (Kind.OTHER, None, 64)),
    ],
)
def test_native_types_are_understood(native, expected):
    (table,) = targets_from_schema(f"model A {{\n id Int @id\n x {native}\n}}", "postgresql")
    column = table.columns[1]
    assert (column.kind, column.length, column.bits) == expected


def test_a_wrong_schema_is_refused():
    with pytest.raises(InvalidSchemaError):
        targets_from_schema("model A {\n id Nothing @id\n}", "postgresql")


def test_declared_types_stand_in_for_a_schema():
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a BOOLEAN NOT NULL, b DATETIME, c VARCHAR(10),"
        " d JSONB, e DECIMAL, f BLOB, g DOUBLE, h, i DATE, j TIME, k AS (a + 1))"
    )
    source = SourceTable(
        name="t", columns=("id", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"), rows=0, key=()
    )
    table = targets_from_source(connection, source, "postgresql")
    assert [column.kind for column in table.columns] == [
        Kind.INTEGER,
        Kind.BOOLEAN,
        Kind.DATETIME,
        Kind.TEXT,
        Kind.JSON,
        Kind.DECIMAL,
        Kind.BYTES,
        Kind.FLOAT,
        Kind.OTHER,
        Kind.DATE,
        Kind.TIME,
    ]
    assert [column.nullable for column in table.columns[:3]] == [False, False, True]
    assert table.primary_key == ("id",)
    copied = targets_from_source(connection, source, "libsql")
    assert {column.kind for column in copied.columns} == {Kind.ANY}
    connection.close()
