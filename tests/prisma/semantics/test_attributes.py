"""What attributes say, and which are known where."""

from __future__ import annotations

import pytest
from tests.prisma.semantics.places import found, hint, messages, model

from oneclick_deploy.prisma.parsing import parse

EVERYTHING = """
datasource db {
  provider = "postgresql"
  schemas  = ["main", "other"]
}

model A {
  a DateTime @updatedAt @map("a_at") @db.Timestamptz(3) @ignore
  b Mood     @default(good)
  c Int      @id @default(autoincrement())

  @@map("as")
  @@schema("main")
}

model B {
  id Int @id

  @@ignore
  @@schema("other")
}

enum Mood {
  good @map("GOOD")
  bad

  @@map("moods")
  @@schema("other")
}
"""


def test_fields_know_their_names_defaults_and_types() -> None:
    a, b, c = parse(EVERYTHING).check().models[0].scalar_fields
    assert (a.database_name, a.is_updated_at, a.is_ignored) == ("a_at", True, True)
    assert a.native_type is not None
    assert (a.native_type.scope, a.native_type.name) == ("db", "Timestamptz")
    assert a.native_type.arguments == ("3",)
    assert b.default is not None
    assert b.default.function is None
    assert b.database_name == "b"
    assert c.is_autoincrement


def test_models_and_enums_know_their_names_in_the_database() -> None:
    schema = parse(EVERYTHING)
    a, b = schema.models
    (mood,) = schema.enums
    assert (a.database_name, a.namespace, a.is_ignored) == ("as", "main", False)
    assert (b.database_name, b.namespace, b.is_ignored) == ("B", "other", True)
    assert (mood.database_name, mood.namespace) == ("moods", "other")
    assert [each.database_name for each in mood.values] == ["GOOD", "bad"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("b Int @uniqe", "Did you mean `@unique`?"),
        ("@@idnex([id])", "Did you mean `@@index`?"),
        (
            "b Int @index",
            "`@@index` belongs to a block: write it with two `@` on a line of its own.",
        ),
        (
            "@@relation([id])",
            "`@relation` belongs to a field: write it with one `@` behind the field's type.",
        ),
        ('b Unsupported("x") @db.Text', "Native types belong to fields of scalar types."),
    ],
)
def test_the_hint_names_the_attribute_that_was_meant(line: str, expected: str) -> None:
    assert hint(model(line)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("b Int @unique(mapp: 1)", "Did you mean `map`?"),
        ("b Int @ignore(1)", "`@ignore` takes no arguments."),
        ('b Int @map("x", foo: 1)', "`@map` takes `name`."),
    ],
)
def test_the_hint_names_the_arguments_that_an_attribute_takes(line: str, expected: str) -> None:
    assert hint(model(line)) == expected


def test_an_argument_without_a_value_makes_its_attribute_unreadable() -> None:
    # So the @id is missing as well, but that is a mistake of the whole and not said yet.
    assert messages("model A {\n  a Int @id(map: )\n}\n") == [
        'Error parsing attribute "@id": The `map` argument is missing a value.'
    ]


def test_attributes_are_looked_for_in_a_fixed_order() -> None:
    assert found(model("b Int? @unique(x: 1) @map(2) @zzz @updatedAt")) == (
        '3:29 "2" Expected a string value, but received numeric value `2`.',
        (
            '3:37 "@updatedAt" Error parsing attribute "@updatedAt": Fields that are marked with '
            "@updatedAt must be of type DateTime."
        ),
        '3:18 "x: 1" No such argument.',
        '3:32 "@zzz " Attribute not known: "@zzz".',
    )
