"""Names that are taken, reserved or unfit, and what to do about them."""

from __future__ import annotations

import pytest
from tests.prisma.semantics.places import found, hint, messages, model


def test_of_two_fields_of_one_name_the_later_one_counts() -> None:
    schema = model("b Int", "b A[]", "@@index([b])")
    assert found(schema)[:2] == (
        '4:3 "b" Field "b" is already defined on model "A".',
        (
            '5:3 "@@index([b])" Error validating model "A": The index definition refers to the '
            "relation fields b. Index definitions must reference only scalar fields."
        ),
    )


def test_of_two_models_of_one_name_the_later_one_counts() -> None:
    related = "model B {\n  id Int @id\n  a A @relation(fields: [id], references: [id])\n}\n"
    schema = f"{model()}model A {{\n  key Int @id\n}}\n{related}"
    assert "do not exist in the related model: id" in messages(schema)[1]


def test_configuration_and_models_have_names_of_their_own() -> None:
    schema = (
        'datasource a {\n  provider = "sqlite"\n}\n'
        'generator a {\n  provider = "prisma-client"\n}\n'
        "model a {\n  id Int @id\n}\n"
    )
    assert messages(schema) == []


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            "model a-b {\n  id Int @id\n}\n",
            'Choose another name here and keep this one in the database with `@@map("a-b")`.',
        ),
        (
            model("1st Int"),
            'Choose another name here and keep this one in the database with `@map("1st")`.',
        ),
        (
            "model delete {\n  id Int @id\n}\n",
            'Choose another name and add `@@map("delete")` if the database already uses this one.',
        ),
    ],
)
def test_the_hint_keeps_the_name_in_the_database(schema: str, expected: str) -> None:
    assert hint(schema) == expected


def test_letters_of_other_scripts_are_letters() -> None:
    assert messages(model("名前 String", "größe Int")) == []
