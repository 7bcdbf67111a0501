"""Defaults that fit their fields, and hints for those that do not."""

from __future__ import annotations

import pytest
from tests.prisma.semantics.places import hint, messages, postgresql

from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.syntax import tree

ENUM = "enum Mood {\n  good\n  bad\n}\n"


@pytest.mark.parametrize(
    "field",
    [
        "Int @default(1)",
        "Int @default(value: -1)",
        "BigInt @default(9223372036854775807)",
        "Float @default(1.5)",
        "Decimal @default(1.5)",
        'Decimal @default("1.5")',
        "Boolean @default(false)",
        'String @default("")',
        'DateTime @default("2024-01-31T12:00:00Z")',
        'Json @default("{}")',
        'Bytes @default("aGVsbG8=")',
        "Int[] @default([1, 2])",
        "String[] @default([])",
        "Mood @default(good)",
        "Mood[] @default([good, bad])",
        "String @default(uuid())",
        "String @default(uuid(7))",
        "String @default(cuid(2))",
        "String @default(ulid())",
        "String @default(nanoid(12))",
        "DateTime @default(now())",
        "Int @default(dbgenerated())",
        'Unsupported("x") @default(dbgenerated("y"))',
    ],
)
def test_these_defaults_fit(field: str) -> None:
    assert messages(postgresql(f"b {field}", more=ENUM)) == []


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("String @default(x)", 'Write it in quotes: `"text"`.'),
        ('Boolean @default("true")', "Write `true` or `false`."),
        ("DateTime @default(uuid())", 'Write `now()`, or a moment: `"2024-01-31T12:00:00Z"`.'),
        ("Int[] @default(1)", "Write `[1]`."),
        ("Mood @default(goood)", "Did you mean `good`?"),
        ("Mood @default(zzz)", "`Mood` has `good`, `bad`."),
        ('Mood @default("good")', "Write the value without quotes: `good`."),
    ],
)
def test_the_hint_shows_a_value_that_fits(field: str, expected: str) -> None:
    assert hint(postgresql(f"b {field}", more=ENUM)) == expected


def test_a_default_keeps_its_value_and_its_name() -> None:
    schema = parse(
        'datasource db {\n  provider = "sqlserver"\n}\n'
        'model A {\n  id Int @id @default(7, map: "seven")\n}\n'
    )
    default = schema.models[0].scalar_fields[0].default
    assert default is not None
    assert isinstance(default.value, tree.Number)
    assert (default.value.text, default.mapped_name) == ("7", "seven")


def test_a_default_that_does_not_fit_is_left_out() -> None:
    schema = parse(postgresql('b Int @default("x")'))
    assert schema.models[0].scalar_fields[1].default is None


def test_a_list_is_refused_at_its_first_wrong_value() -> None:
    assert len(messages(postgresql('b Int[] @default(["x", "y"])'))) == 1


def test_a_number_of_ten_thousand_digits_is_no_version() -> None:
    assert messages(postgresql(f"b String @default(uuid({'4' * 10_000}))")) == [
        (
            'Error parsing attribute "@default": `uuid()` takes either no argument, or a single '
            "integer argument which is either 4 or 7."
        )
    ]
