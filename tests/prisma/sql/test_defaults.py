"""Defaults are written as Prisma writes them, or left out where it leaves them out."""

from __future__ import annotations

import json

import pytest
from tests.prisma.sql.scripts import PROVIDERS, column, sql

from oneclick_deploy.errors import SchemaError

ENUM = 'enum Mood {\n  GOOD\n  SO @map("so\'so")\n}'


def default(field: str, provider: str) -> str | None:
    """The text after DEFAULT."""
    line = column(field, provider, more=ENUM)
    return line.partition(" DEFAULT ")[2] or None


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Int @default(007)", "7"),
        ("Int @default(-0)", "0"),
        ("BigInt @default(-9223372036854775808)", "-9223372036854775808"),
        ("Float @default(1.50)", "1.50"),
        ("Float @default(00.50)", "0.50"),
        ("Float @default(-0.00)", "0.00"),
        ("Float @default(-007.10)", "-7.10"),
        ("Float @default(0.0000000000000000001)", "0.0000000000000000001"),
        ("Decimal @default(3)", "3"),
        ('Decimal @default("1e5")', "100000"),
        ('Decimal @default("-15E-4")', "-0.0015"),
        ('Decimal @default(".5")', "0.5"),
        ('Decimal @default("1_000")', "1000"),
        ('Decimal @default("0e3")', "0000"),
        ("Boolean @default(true)", "true"),
        ("Boolean @default(false)", "false"),
        ("Mood @default(GOOD)", "'GOOD'"),
        ("Mood @default(SO)", "'so''so'"),
    ],
)
def test_values_that_every_provider_writes_alike(field: str, expected: str) -> None:
    assert [default(field, provider) for provider in PROVIDERS] == [expected] * 3


@pytest.mark.parametrize("exponent", ["9999999999", "-9999999", "9" * 18])
def test_an_exponent_that_would_fill_the_memory_is_refused(exponent: str) -> None:
    with pytest.raises(SchemaError, match="longer than any database takes"):
        default(f'Decimal @default("1e{exponent}")', "sqlite")


@pytest.mark.parametrize(
    "text", ["", "plain", "it's", '"quoted"', "back\\slash", "tab\t", "日本 ✓", "`;--"]
)
def test_only_the_apostrophe_is_escaped_in_texts(text: str) -> None:
    field = f"String @default({json.dumps(text, ensure_ascii=False)})"
    expected = "'" + text.replace("'", "''") + "'"
    assert [default(field, provider) for provider in PROVIDERS] == [expected] * 3


def test_a_line_break_in_a_text_is_one_in_the_script() -> None:
    model = 'model T {\n  id Int @id\n  f String @default("two\\nlines")\n}'
    for provider in PROVIDERS:
        assert "NOT NULL DEFAULT 'two\nlines'" in sql(model, provider)


@pytest.mark.parametrize(
    ("written", "day", "time", "offset"),
    [
        ("2020-01-01T00:00:00Z", "2020-01-01", "00:00:00", "+00:00"),
        ("2020-01-01 00:00:00z", "2020-01-01", "00:00:00", "+00:00"),
        ("2020-01-01t10:20:30.5+05:30", "2020-01-01", "10:20:30.500", "+05:30"),
        ("2020-01-01T10:20:30.120-08:00", "2020-01-01", "10:20:30.120", "-08:00"),
        ("2020-01-01T10:20:30.000Z", "2020-01-01", "10:20:30", "+00:00"),
        ("2020-01-01T10:20:30.1234Z", "2020-01-01", "10:20:30.123400", "+00:00"),
        ("2020-01-01T10:20:30.0000001Z", "2020-01-01", "10:20:30.000000100", "+00:00"),
        ("2020-01-01T10:20:30.1234567891Z", "2020-01-01", "10:20:30.123456789", "+00:00"),
        ("2016-12-31T23:59:60.5-00:00", "2016-12-31", "23:59:60.500", "+00:00"),
    ],
)
def test_dates_keep_their_offset(written: str, day: str, time: str, offset: str) -> None:
    field = f'DateTime @default("{written}")'
    for provider in ("sqlite", "postgresql"):
        assert default(field, provider) == f"'{day} {time} {offset}'"
    assert default(field, "mysql") == f"'{day}T{time}{offset}'"


def test_bytes_are_hexadecimal_and_absent_on_mysql() -> None:
    field = 'Bytes @default("aGk=")'
    assert default(field, "sqlite") == "'6869'"
    assert default(field, "postgresql") == r"'\x6869'"
    assert default(field, "mysql") is None


def test_json_is_quoted_on_postgresql_only() -> None:
    field = r'Json @default("{\"a\": \"it\'s\"}")'.replace(r"\'", "'")
    assert default(field, "postgresql") == """'{"a": "it''s"}'"""
    assert default(field, "sqlite") == """{"a": "it's"}"""
    assert default(field, "mysql") is None


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Int[] @default([])", "ARRAY[]::INTEGER[]"),
        ("Int[] @default([1, 02])", "ARRAY[1, 2]::INTEGER[]"),
        ("Boolean[] @default([true, false])", "ARRAY[true, false]::BOOLEAN[]"),
        ('String[] @default(["it\'s"]) @db.VarChar(9)', "ARRAY['it''s']::VARCHAR(9)[]"),
        ("Mood[] @default([SO, GOOD])", "ARRAY['so''so', 'GOOD']::\"Mood\"[]"),
        ('Bytes[] @default(["aGk="])', r"ARRAY['\x6869']::BYTEA[]"),
        ('Json[] @default(["{}"])', "ARRAY['{}']::JSONB[]"),
        (
            'DateTime[] @default(["2020-01-01T00:00:00Z"])',
            "ARRAY['2020-01-01 00:00:00 +00:00']::TIMESTAMP(3)[]",
        ),
    ],
)
def test_lists_are_arrays_with_their_type(field: str, expected: str) -> None:
    assert default(field, "postgresql") == expected


@pytest.mark.parametrize(
    "field",
    [
        "String @default(cuid())",
        "String @default(cuid(2))",
        "String @default(uuid())",
        "String @default(uuid(7))",
        "String @default(nanoid(10))",
        "String @default(ulid())",
        "DateTime @updatedAt",
        "String @default(dbgenerated())",
        "Mood @default(dbgenerated())",
    ],
)
def test_what_the_client_fills_in_leaves_no_default(field: str) -> None:
    assert [default(field, provider) for provider in PROVIDERS] == [None] * 3


@pytest.mark.parametrize("field", ["String", "Mood", 'Unsupported("x")'])
def test_generated_defaults_are_their_text(field: str) -> None:
    field += r""" @default(dbgenerated("'a' || 'b'"))"""
    assert [default(field, provider) for provider in PROVIDERS] == ["'a' || 'b'"] * 3


def test_mysql_drops_generated_defaults_of_json_and_keeps_those_of_bytes() -> None:
    assert default("Json @default(dbgenerated(\"('[]')\"))", "mysql") is None
    assert default('Bytes @default(dbgenerated("(0x00)"))', "mysql") == "(0x00)"


@pytest.mark.parametrize(
    ("native", "precision"),
    [
        ("", 3),
        ("@db.DateTime", 3),
        ("@db.DateTime(0)", 0),
        ("@db.Timestamp(6)", 6),
        ("@db.Date", 3),
    ],
)
def test_now_has_the_precision_of_its_column_on_mysql(native: str, precision: int) -> None:
    field = f"DateTime @default(now()) {native}"
    assert default(field, "mysql") == f"CURRENT_TIMESTAMP({precision})"


def test_now_is_the_current_timestamp_elsewhere() -> None:
    assert default("DateTime @default(now())", "sqlite") == "CURRENT_TIMESTAMP"
    assert default("DateTime @default(now()) @db.Date", "postgresql") == "CURRENT_TIMESTAMP"
