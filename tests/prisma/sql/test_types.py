"""Columns have the types that Prisma gives them."""

from __future__ import annotations

import pytest
from tests.prisma.sql.scripts import column, columns, sql

SCALARS = {
    "Int": ("INTEGER", "INTEGER", "INTEGER"),
    "BigInt": ("BIGINT", "BIGINT", "BIGINT"),
    "Float": ("REAL", "DOUBLE PRECISION", "DOUBLE"),
    "Decimal": ("DECIMAL", "DECIMAL(65,30)", "DECIMAL(65, 30)"),
    "Boolean": ("BOOLEAN", "BOOLEAN", "BOOLEAN"),
    "String": ("TEXT", "TEXT", "VARCHAR(191)"),
    "DateTime": ("DATETIME", "TIMESTAMP(3)", "DATETIME(3)"),
    "Bytes": ("BLOB", "BYTEA", "LONGBLOB"),
    "Json": ("JSONB", "JSONB", "JSON"),
}
POSTGRESQL = {
    "Int @db.SmallInt": "SMALLINT",
    "Int @db.Integer": "INTEGER",
    "Int @db.Oid": "OID",
    "BigInt @db.BigInt": "BIGINT",
    "Decimal @db.Decimal": "DECIMAL",
    "Decimal @db.Decimal(10, 2)": "DECIMAL(10,2)",
    "Decimal @db.Money": "MONEY",
    "Float @db.Real": "REAL",
    "Float @db.DoublePrecision": "DOUBLE PRECISION",
    "Boolean @db.Boolean": "BOOLEAN",
    "String @db.Text": "TEXT",
    "String @db.VarChar": "VARCHAR",
    "String @db.VarChar(010)": "VARCHAR(10)",
    "String @db.Char": "CHAR",
    "String @db.Char(3)": "CHAR(3)",
    "String @db.Citext": "CITEXT",
    "String @db.Inet": "INET",
    "String @db.Uuid": "UUID",
    "String @db.Xml": "XML",
    "String @db.Bit(4)": "BIT(4)",
    "String @db.VarBit": "VARBIT",
    "DateTime @db.Timestamp": "TIMESTAMP",
    "DateTime @db.Timestamp(0)": "TIMESTAMP(0)",
    "DateTime @db.Timestamptz(6)": "TIMESTAMPTZ(6)",
    "DateTime @db.Date": "DATE",
    "DateTime @db.Time(3)": "TIME(3)",
    "DateTime @db.Timetz": "TIMETZ",
    "Json @db.Json": "JSON",
    "Json @db.JsonB": "JSONB",
    "Bytes @db.ByteA": "BYTEA",
    'Unsupported("circle")': "circle",
}
MYSQL = {
    "Int @db.Int": "INTEGER",
    "Int @db.UnsignedInt": "INTEGER UNSIGNED",
    "Int @db.SmallInt": "SMALLINT",
    "Int @db.UnsignedSmallInt": "SMALLINT UNSIGNED",
    "Int @db.TinyInt": "TINYINT",
    "Int @db.UnsignedTinyInt": "TINYINT UNSIGNED",
    "Int @db.MediumInt": "MEDIUMINT",
    "Int @db.UnsignedMediumInt": "MEDIUMINT UNSIGNED",
    "Int @db.Year": "YEAR",
    "BigInt @db.UnsignedBigInt": "BIGINT UNSIGNED",
    "Boolean @db.TinyInt": "BOOLEAN",
    "Boolean @db.Bit(1)": "BIT(1)",
    "Decimal @db.Decimal(10, 2)": "DECIMAL(10, 2)",
    "Float @db.Float": "FLOAT",
    "Float @db.Double": "DOUBLE",
    "String @db.Char(3)": "CHAR(3)",
    "String @db.VarChar(20)": "VARCHAR(20)",
    "String @db.TinyText": "TINYTEXT",
    "String @db.LongText": "LONGTEXT",
    "Bytes @db.Binary(4)": "BINARY(4)",
    "Bytes @db.VarBinary(4)": "VARBINARY(4)",
    "Bytes @db.MediumBlob": "MEDIUMBLOB",
    "DateTime @db.Date": "DATE",
    "DateTime @db.Time": "TIME",
    "DateTime @db.DateTime": "DATETIME",
    "DateTime @db.DateTime(6)": "DATETIME(6)",
    "DateTime @db.Timestamp(0)": "TIMESTAMP(0)",
    'Unsupported("point")': "point",
}


@pytest.mark.parametrize(("scalar", "expected"), SCALARS.items())
def test_scalars(scalar: str, expected: tuple[str, str, str]) -> None:
    sqlite, postgresql, mysql = expected
    assert column(scalar, "sqlite") == f"{sqlite} NOT NULL"
    assert column(f"{scalar}?", "sqlite") == sqlite
    assert column(scalar, "postgresql") == f"{postgresql} NOT NULL"
    assert column(f"{scalar}?", "postgresql") == postgresql
    assert column(scalar, "mysql") == f"{mysql} NOT NULL"
    assert column(f"{scalar}?", "mysql") == f"{mysql} NULL"


@pytest.mark.parametrize(("field", "expected"), POSTGRESQL.items())
def test_native_types_of_postgresql(field: str, expected: str) -> None:
    assert column(field, "postgresql") == f"{expected} NOT NULL"


@pytest.mark.parametrize(("field", "expected"), MYSQL.items())
def test_native_types_of_mysql(field: str, expected: str) -> None:
    assert column(field, "mysql") == f"{expected} NOT NULL"


def test_unsupported_types_are_their_text() -> None:
    assert column('Unsupported("double precision")?', "sqlite") == "double precision"
    assert column('Unsupported("polygon")[]', "postgresql") == "polygon[]"


def test_lists_are_arrays_that_may_be_null() -> None:
    assert column("String[]", "postgresql") == "TEXT[]"
    assert column("DateTime[] @db.Timestamptz(3)", "postgresql") == "TIMESTAMPTZ(3)[]"
    assert column("Mood[]", "postgresql", more="enum Mood {\n  A\n}") == '"Mood"[]'


def test_enums_are_types_on_postgresql_and_values_on_mysql_and_text_on_sqlite() -> None:
    enum = 'enum Mood {\n  GOOD\n  BAD @map("so so")\n\n  @@map("moods")\n}'
    assert column("Mood", "sqlite", more=enum) == "TEXT NOT NULL"
    assert column("Mood", "postgresql", more=enum) == '"moods" NOT NULL'
    assert column("Mood", "mysql", more=enum) == "ENUM('GOOD', 'so so') NOT NULL"
    create = "CREATE TYPE \"moods\" AS ENUM ('GOOD', 'so so');"
    assert create in sql(enum, "postgresql")
    assert create not in sql(enum, "sqlite")


def test_a_type_is_made_for_an_enum_that_no_field_has() -> None:
    expected = '-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n-- CreateEnum\nCREATE TYPE "E" AS ENUM (\'A\');\n'
    assert sql("enum E {\n  A\n}", "postgresql") == expected
    assert sql("enum E {\n  A\n}", "mysql") == "-- This is an empty migration.\n"


def test_autoincrement_is_a_type_on_postgresql() -> None:
    for native, serial in [("", "SERIAL"), ("@db.SmallInt", "SMALLSERIAL")]:
        field = f"Int @default(autoincrement()) {native}"
        assert column(field, "postgresql") == f"{serial} NOT NULL"
    assert column("BigInt @default(autoincrement())", "postgresql") == "BIGSERIAL NOT NULL"


def test_autoincrement_is_a_word_on_mysql() -> None:
    field = "Int @unique @default(autoincrement())"
    assert columns(f"  f {field}", "mysql")[0] == "`f` INTEGER NOT NULL AUTO_INCREMENT"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("id Int @id", '"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT'),
        ("id Int @id @default(7)", '"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT DEFAULT 7'),
        ("id Int\n@@id([id])", '"id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT'),
        ("id BigInt @id @default(autoincrement())", '"id" BIGINT NOT NULL PRIMARY KEY'),
        ("id String @id", '"id" TEXT NOT NULL PRIMARY KEY'),
    ],
)
def test_sqlite_numbers_every_key_that_is_an_int(key: str, expected: str) -> None:
    assert sql(f"model T {{\n{key}\n}}", "sqlite") == (
        f'-- CreateTable\nCREATE TABLE "T" (\n    {expected}\n);\n'
    )
