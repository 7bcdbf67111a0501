"""Blocks: what opens them, what closes them, and what may stand inside."""

from __future__ import annotations

import pytest
from tests.prisma.syntax.reading import mistakes, read

from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.syntax.tree import (
    ConfigBlock,
    EnumBlock,
    ModelBlock,
    Number,
    String,
    TypeBlock,
)
from oneclick_deploy.prisma.syntax.wording import INVALID_LINE


@pytest.mark.parametrize(
    ("keyword", "kind"),
    [
        ("model", ModelBlock),
        ("view", ModelBlock),
        ("type", TypeBlock),
        ("enum", EnumBlock),
        ("datasource", ConfigBlock),
        ("generator", ConfigBlock),
    ],
)
@pytest.mark.parametrize("head", ["{} A {{\n", "{}A{{\r\n", " \t{} \u00a0A {{ ignored {{ }} // \r"])
def test_a_keyword_and_a_name_open_a_block(keyword: str, kind: type, head: str) -> None:
    text = head.format(keyword) + "}"
    (found,) = read(text).blocks
    assert isinstance(found, kind)
    assert found.name.name == "A"
    assert text[found.start : found.end] == text.lstrip()


def test_a_view_is_a_model_that_says_so() -> None:
    tree = read("model A {\n}\nview B {\n}\n")
    assert [block.is_view for block in tree.blocks if isinstance(block, ModelBlock)] == [
        False,
        True,
    ]


def test_blocks_may_follow_on_one_line() -> None:
    tree = read("model A {\n} enum B {\n}/* c */generator C {\n}")
    assert [block.name.name for block in tree.blocks] == ["A", "B", "C"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_of_the_world_is_one(end: str) -> None:
    lines = ["enum E {", "  A", "", "  B // c", "}", "model M {", "  id Int", "}"]
    tree = read(end.join(lines))
    enum, model = tree.blocks
    assert isinstance(enum, EnumBlock)
    assert [each.name.name for each in enum.values] == ["A", "B"]
    assert isinstance(model, ModelBlock)
    assert len(model.fields) == 1


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\r\n\t\r", "// only a comment", "/* and\nthis */"]
)
def test_a_text_may_have_no_blocks(text: str) -> None:
    tree = read(text)
    assert tree.blocks == ()
    assert str(tree) == text


def test_an_enum_has_values_with_attributes() -> None:
    text = 'enum E {\n  A @map("a") @x\n  B-1\n  2\n  @@map("e")\n}\n'
    (found,) = read(text).blocks
    assert isinstance(found, EnumBlock)
    assert [each.name.name for each in found.values] == ["A", "B-1", "2"]
    assert [each.name.name for each in found.values[0].attributes] == ["map", "x"]
    assert [each.name.name for each in found.attributes] == ["map"]


def test_properties_have_values_or_none() -> None:
    text = 'generator g {\n  a = "x" // c\n  b=1\n  c = \n  d = // c\n  é = [ "a", f(b) ]\n}\n'
    (found,) = read(text).blocks
    assert isinstance(found, ConfigBlock)
    assert found.keyword == "generator"
    assert [each.name.name for each in found.properties] == ["a", "b", "c", "d", "é"]
    first, second, third, fourth, _ = (each.value for each in found.properties)
    assert isinstance(first, String)
    assert isinstance(second, Number)
    assert third is None
    assert fourth is None
    assert text[found.properties[0].start : found.properties[0].end] == 'a = "x" // c\n'


def test_of_two_properties_of_one_name_the_last_one_is_found() -> None:
    (found,) = read('datasource d {\n  a = "1"\n  a = "2"\n}\n').blocks
    assert isinstance(found, ConfigBlock)
    last = found.get("a")
    assert last is found.properties[1]
    assert found.get("b") is None


@pytest.mark.parametrize(
    "text",
    [
        "model A {\n  id Int\n",
        "model A {\n  id Int }",
        "model A {}\n",
        "model A {",
        "enum E {\n  A\n  B }\n",
        "datasource d {\n  /* }\n",
    ],
)
def test_a_block_that_nothing_closes_is_invalid_line_by_line(text: str) -> None:
    lines = [line.strip(" ") for line in text.splitlines(keepends=True)]
    assert mistakes(text) == [(line, INVALID_LINE) for line in lines]


def test_a_bracket_closes_a_block_only_where_a_line_begins() -> None:
    tree = read('model A {\n  id Int @default("}") // }\n  /* } */\n  /// }\n\t}\n')
    assert len(tree.blocks) == 1


def test_the_first_bracket_that_begins_a_line_closes_a_block() -> None:
    text = "model A {\n  id Int\nmodel B {\n  id Int @id }\nenum C {\n  D\n}\nmodel E {\n"
    (found,) = parse(text).trees[0].blocks
    assert found.name.name == "A"
    assert [place for place, _ in mistakes(text)] == [
        "model B {\n",
        "id Int @id }\n",
        "enum C {\n",
        "D\n",
        "model E {\n",
    ]
