"""The passes run in Prisma's order, look at everything they can, and never raise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from tests.prisma.semantics.places import found, messages, model, postgresql

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.parsing import parse

BROKEN = """
datasource db {
  provider = "oracle"
}

model Post {
  id     Int    @id
  this is no field
  id     String
  title  Sting
  author Int    @updatedAt
}
"""


def test_every_pass_notes_its_mistakes_even_after_syntax_errors() -> None:
    assert messages(BROKEN) == [
        "Error validating: This line is not a valid field or attribute definition.",
        'Field "id" is already defined on model "Post".',
        (
            'Type "Sting" is neither a built-in type, nor refers to another model, composite type, '
            "or enum."
        ),
        (
            'Error parsing attribute "@updatedAt": Fields that are marked with @updatedAt must be of '
            "type DateTime."
        ),
        'Datasource provider not known: "oracle".',
    ]


def test_the_schema_as_a_whole_is_checked_only_when_its_parts_are_right() -> None:
    without_key = "model A {\n  b Int\n}\n"
    assert "at least one unique criteria" in messages(without_key)[0]
    assert messages(without_key.replace("Int", "Int @foo")) == ['Attribute not known: "@foo".']


def test_relation_fields_are_read_before_the_rest() -> None:
    schema = model("b Int @foo", "c A? @bar")
    assert messages(schema) == ['Attribute not known: "@bar".', 'Attribute not known: "@foo".']


def test_files_are_read_in_their_order_and_errors_know_their_file() -> None:
    files = {
        "a.prisma": 'generator g {\n  provider = "x"\n  previewFeatures = ["fullTextSearch"]\n}\n',
        "b.prisma": 'datasource db {\n  provider = "postgresql"\n}\nmodel A {\n  id Int @id\n}\n',
        "c.prisma": "model A {\n  id Int @id\n  b B\n}\n",
        "d.prisma": "enum B {\n}\n",
    }
    schema = parse(files)
    assert [(each.path, each.line, each.column) for each in schema.errors] == [
        ("c.prisma", 1, 7),
        ("d.prisma", 1, 1),
    ]
    # The provider is not known in the file of the generator, so nothing was renamed there.
    (warning,) = schema.warnings
    assert warning.message.startswith('Preview feature "fullTextSearch" is deprecated.')


def test_a_schema_with_mistakes_still_has_views() -> None:
    schema = parse(postgresql("b Foo", "c String", more="model B {\n  id Int @id @foo\n}\n"))
    assert [each.name for each in schema.models] == ["A", "B"]
    assert [each.name for each in schema.models[0].fields] == ["id", "c"]
    assert schema.models[0].primary_key is not None


def test_places_count_characters() -> None:
    schema = "// 🎉 ü\nmodel A {\n  id Int @id // é\n  b Foo /* 日本 */\n}\n"
    assert found(schema) == (
        (
            '4:5 "Foo" Type "Foo" is neither a built-in type, nor refers to another model, composite '
            "type, or enum."
        ),
    )


def test_all_mistakes_are_raised_at_once() -> None:
    with pytest.raises(InvalidSchemaError) as caught:
        parse(BROKEN).check()
    assert len(caught.value.diagnostics) == 5


def test_an_empty_schema_is_right() -> None:
    schema = parse("")
    assert (schema.errors, schema.models, schema.datasource) == ((), (), None)


WORDS = st.sampled_from(
    [
        "model",
        "enum",
        "type",
        "view",
        "datasource",
        "generator",
        "A",
        "B",
        "id",
        "Int",
        "String",
        "A?",
        "B[]",
        "@id",
        "@unique",
        "@default",
        "@relation",
        "@map",
        "@db.Text",
        "@@id",
        "@@unique",
        "@@index",
        "@@map",
        "@@ignore",
        "@updatedAt",
        "fields:",
        "references:",
        "map:",
        "name:",
        "where:",
        "sort:",
        "ops:",
        "length:",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "=",
        '"x"',
        "1",
        "-1.5",
        "true",
        "null",
        "now()",
        "uuid(4)",
        "raw(",
        "provider",
        '"sqlite"',
        "env(",
        "//",
        "/*",
        "*/",
        "previewFeatures",
        "schemas",
        'Unsupported("x")',
        ".",
    ]
) | st.just("\n")


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_no_text_raises_anything(text: str) -> None:
    schema = parse(text)
    assert all(each.message and each.path for each in (*schema.errors, *schema.warnings))


def test_mistakes_by_the_thousand_take_no_time_of_their_own() -> None:
    fields = "".join(f"  f{number} Fo{number} @foo\n" for number in range(3000))
    schema = parse(f"model A {{\n{fields}  @@index([{', '.join('xyz')}])\n}}\n")
    assert len(schema.errors) == 3001
    assert sum(bool(each.hint) for each in schema.errors) < 60


def test_every_case_is_a_right_schema(shared: Path) -> None:
    for path in sorted((shared / "prisma-cases").rglob("*.prisma")):
        if "multi-file" not in path.parts:
            assert parse(path).errors == (), path
