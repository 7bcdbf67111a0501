"""What is no schema is refused in Prisma's words, with its places, and a hint of ours."""

from __future__ import annotations

import pytest
from tests.prisma.syntax.reading import hints, mistakes

from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.syntax import wording
from oneclick_deploy.prisma.syntax.expressions import DEEPEST


def in_model(*lines: str) -> str:
    return "model A {\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("a: Int", ":", wording.COLON),
        ("a:Int", ":", wording.COLON),
        ('a : Int! @x("\\q")', ":", wording.COLON),
        ("a: ", ":", wording.COLON),
        ("a Int!", "Int!", wording.EXCLAMATION),
        ('a Int ! @x("\\q")', "Int !", wording.EXCLAMATION),
        ('a Unsupported("\\q")!', 'Unsupported("\\q")!', wording.EXCLAMATION),
        ("a [Int]", "[Int]", wording.BRACKETS),
        ('a [ Unsupported("x") ] // c', '[ Unsupported("x") ]', wording.BRACKETS),
        ("a Int[]?", "Int[]?", wording.OPTIONAL_LIST),
        ("a Int[] ?", "Int[] ?", wording.OPTIONAL_LIST),
        ("a", "a\n", wording.incomplete_field("model", "A")),
        ("a @id // c", "a @id // c\n", wording.incomplete_field("model", "A")),
    ],
)
def test_old_and_incomplete_fields_are_dropped(line: str, place: str, message: str) -> None:
    schema = in_model("x Int", line, "y Int")
    assert mistakes(schema) == [(place, message)]
    assert [each.name.name for each in parse(schema).trees[0].blocks[0].fields] == ["x", "y"]


def test_an_incomplete_field_names_its_kind_of_block() -> None:
    assert mistakes("view V {\n  a\n}\n") == [("a\n", wording.incomplete_field("view", "V"))]
    assert mistakes("type T {\n  a\n}\n") == [("a\n", wording.incomplete_field("type", "T"))]


@pytest.mark.parametrize(
    "line",
    [
        *(
            "a.b Int",
            "a Int b",
            "a Int??",
            "a Int[ ]",
            "a Int[]!",
            "_a Int",
            "a Int @",
            "a Int @@x",
        ),
        *("a Int = 1", "a Int,", "a Unsupported(x)", 'a Unsupported ("x")', "a Unsupported()"),
        *("@id", "@@", "@@@x", "@@x @@y", "@@x(1", "a Int @x(1", "# a", "a /* b */ Int", "-", "?"),
        *("a Int /* b */ // c", "a Int /* b */ @id", "a Int @_x", "a Int @.x", "{", "a Int }"),
    ],
)
def test_lines_of_models_that_are_neither_field_nor_attribute(line: str) -> None:
    assert mistakes(in_model(line)) == [(f"{line}\n", wording.INVALID_FIELD)]


@pytest.mark.parametrize("line", ["A B", "_A", "@id", "A = 1", "A @@x", "A, B", "A:", "A?"])
def test_lines_of_enums_that_are_no_values(line: str) -> None:
    assert mistakes(f"enum E {{\n{line}\n}}\n") == [(f"{line}\n", wording.INVALID_VALUE)]


@pytest.mark.parametrize("keyword", ["datasource", "generator"])
@pytest.mark.parametrize("line", ["a", "a 1", "a = 1,", "a = 1 2", "= 1", "a == 1", "@@x", "a: 1"])
def test_lines_of_configuration_that_are_no_properties(keyword: str, line: str) -> None:
    found = mistakes(f"{keyword} k {{\n{line}\n}}\n")
    assert found == [(f"{line}\n", wording.INVALID_PROPERTIES[keyword])]


@pytest.mark.parametrize(
    "line",
    ["x", "}", "model", "model A", "Model A {", "# a", "@@map", '"', "/*", "a = 1", "model.A"],
)
@pytest.mark.parametrize("end", ["\n", "\r", ""])
def test_lines_outside_blocks(line: str, end: str) -> None:
    assert mistakes(line + end) == [(line + end, wording.INVALID_LINE)]


def test_a_block_without_a_keyword_is_refused_as_a_whole() -> None:
    block = "table {\n  id Int\n  }"
    assert mistakes(f"{block} \nmodel {{\n}}\n") == [
        (block, wording.INVALID_BLOCK),
        ("model {\n}", wording.INVALID_BLOCK),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("type A = Int\n", "type A = Int"),
        ("typeA=Int // c\n", "typeA=Int "),
        ("type A = Int @id @x(1) \n", "type A = Int @id @x(1)"),
        ('type A = Unsupported("x")\n', 'type A = Unsupported("x")'),
    ],
)
def test_names_for_types_are_refused(text: str, place: str) -> None:
    assert mistakes(text) == [(place, wording.INVALID_TYPE)]


def test_what_follows_the_name_of_a_type_is_read_on_its_own() -> None:
    assert mistakes("type A = Int?\n") == [
        ("type A = Int", wording.INVALID_TYPE),
        ("?\n", wording.INVALID_LINE),
    ]


def test_composite_types_refuse_what_needs_a_table() -> None:
    schema = (
        'type T {\n  a Int @id\n  @@map("t")\n  @@other // c\n  b Int @unique @relation @x\n}\n'
    )
    assert mistakes(schema) == [
        ("a Int @id\n", wording.attribute_in_type("id")),
        ('@@map("t")', wording.attribute_of_type("map")),
        ("@@other // c", wording.attribute_of_type("other")),
        ("b Int @unique @relation @x\n", wording.attribute_in_type("unique")),
        ("b Int @unique @relation @x\n", wording.attribute_in_type("relation")),
    ]


def test_mistakes_come_in_the_order_of_the_text() -> None:
    schema = 'x\nmodel A {\n  a: Int\n  b Int @x("\\q")\n  c\n  ?\n}\ny\n'
    assert [place for place, _ in mistakes(schema)] == ["x\n", ":", "\\q", "c\n", "?\n", "y\n"]


def test_what_stands_in_an_unclosed_block_is_refused_once() -> None:
    schema = 'model A {\n  a: Int\n  b Int @x("\\q")\n'
    assert {message for _, message in mistakes(schema)} == {wording.INVALID_LINE}
    assert len(mistakes(schema)) == 3


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("f(", ")"), ("{a: ", "}")])
def test_values_may_be_nested_only_so_deep(opening: str, closing: str) -> None:
    def line(depth: int) -> str:
        return f"a Int @x({opening * depth}1{closing * depth})\n"

    assert mistakes(f"model A {{\n{line(DEEPEST - 1)}}}\n") == []
    for depth in (DEEPEST, 100_000):
        text = f"model A {{\n{line(depth)}}}\n"
        assert mistakes(text) == [(line(depth), wording.TOO_DEEP)]
        assert str(DEEPEST) in hints(text)[0]
    unclosed = f"a Int @x({opening * 100_000}\n"
    assert len(mistakes(f"model A {{\n{unclosed}  b\n}}\n")) == 2


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("# a\n", "Comments begin with `//`."),
        (in_model("-- a"), "Comments begin with `//`."),
        ("/* a", "Close the comment with `*/`."),
        ("\ufeffmodel A {\n", "byte order mark"),
        ("prisma/schema.prisma", "pass a pathlib.Path"),
        ("schema.prisma\n", "pass a pathlib.Path"),
        ("}\n", "No block is open here"),
        ("Model A {\n", "Write the keyword in small letters: `model`."),
        ("model A\n", "Open the block with `{` on this line."),
        ("model A {}\n", "Go on to a new line after `{`"),
        ("model A {\n  a Int\n", "Nothing closes this block"),
        ("table {\n}\n", "`model User {`"),
        ("type A = Int\n", "Write the type itself at each field"),
        (in_model("_a Int"), "`@map`"),
        (in_model("a Int,"), "remove the last character"),
        (in_model("a Int;"), "remove the last character"),
        (in_model("a String @default('x')"), "double quotes"),
        (in_model('a String @default("x)'), "A string ends on the line on which it begins."),
        (in_model("a Int[] @default([1,])"), "Remove the comma before the closing bracket."),
        (in_model("a B @relation(", "fields: [b])"), "up to its last bracket"),
        (in_model("a Int }"), "on a line of its own"),
        (in_model("a: Int"), "Write the type after a space"),
        (in_model("a"), "Write the name and the type"),
        (in_model('a Int @x("\\u1")'), "Four hexadecimal digits"),
        ("enum E {\n  A,\n}\n", "remove the last character"),
        ("generator g {\n  a = 'x'\n}\n", "double quotes"),
    ],
)
def test_a_hint_says_what_to_write_instead(text: str, hint: str) -> None:
    assert hint in hints(text)[0]


@pytest.mark.parametrize("text", ["x\n", in_model("a Int b"), in_model("a Int!")])
def test_there_is_no_hint_where_the_message_says_it_or_nobody_knows(text: str) -> None:
    assert hints(text) == [""]
