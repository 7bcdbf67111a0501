"""Values: numbers, strings, words, calls, arrays, objects."""

from __future__ import annotations

import pytest
from tests.prisma.syntax.reading import field, mistakes, value

from oneclick_deploy.prisma.syntax.strings import quoted
from oneclick_deploy.prisma.syntax.tree import Array, Call, Constant, Number, Object, String
from oneclick_deploy.prisma.syntax.wording import INVALID_FIELD, INVALID_UNICODE, UNKNOWN_ESCAPE


@pytest.mark.parametrize("text", ["0", "007", "-1", "1.50", "-0.0", "123456789012345678901"])
def test_a_number_is_kept_as_written(text: str) -> None:
    found = value(text)
    assert isinstance(found, Number)
    assert found.text == text


@pytest.mark.parametrize("text", ["a", "true", "a.b", "a.", "a..b", "é", "x-y_", "𐐀"])
def test_a_word_may_have_dots(text: str) -> None:
    found = value(text)
    assert isinstance(found, Constant)
    assert found.name == text


@pytest.mark.parametrize(
    "text",
    ["1a", "1.", "1.5.2", "-", "-a", "- 1", "1e5", "0x10", "+1", ".5", "_a", "²", "٣", "'a'"],
)
def test_what_is_neither_number_nor_word_makes_the_line_invalid(text: str) -> None:
    line = f"a Int @x({text})\n"
    assert mistakes(f"model A {{\n{line}}}\n") == [(line, INVALID_FIELD)]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ('""', ""),
        ('"a b"', "a b"),
        ('"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
        ('"\\u00e9\\u0041b"', "éAb"),
        ('"\\ud83d\\ude00!"', "😀!"),
        ('"é 😀 \x7f\u2028"', "é 😀 \x7f\u2028"),
        ('"// no comment"', "// no comment"),
    ],
)
def test_a_string_has_the_escapes_of_json(text: str, meaning: str) -> None:
    found = value(text)
    assert isinstance(found, String)
    assert found.value == meaning


@pytest.mark.parametrize(
    ("text", "place", "message", "meaning"),
    [
        ('"a\\qb"', "\\q", UNKNOWN_ESCAPE, "ab"),
        ('"\\é"', "\\é", UNKNOWN_ESCAPE, ""),
        ('"\\\n"', "\\\n", UNKNOWN_ESCAPE, ""),
        ('"\\u"', "\\u", INVALID_UNICODE, ""),
        ('"\\u1"', "\\u", INVALID_UNICODE, "1"),
        ('"\\u1x"', "\\u1", INVALID_UNICODE, "x"),
        ('"\\u12"', "\\u12", INVALID_UNICODE, ""),
        ('"\\u12g4"', "\\u12", INVALID_UNICODE, "g4"),
        ('"\\ud83d"', "\\ud83d", INVALID_UNICODE, ""),
        ('"\\ud83dx"', "\\ud83d", INVALID_UNICODE, "x"),
        ('"\\ud83d\\u0041"', "\\ud83d\\u0041", INVALID_UNICODE, ""),
        ('"\\ude00\\ude00"', "\\ude00\\ude00", INVALID_UNICODE, ""),
    ],
)
def test_an_escape_that_means_nothing_is_refused_and_left_out(
    text: str, place: str, message: str, meaning: str
) -> None:
    schema = f"model A {{\n  a Int @x({text})\n}}\n"
    assert mistakes(schema) == [(place, message)]


@pytest.mark.parametrize("text", ['"', '"a', '"a\\"', '"a\tb"', '"\x00"', "'a'", '"a" "b"'])
def test_a_string_that_is_none_makes_the_line_invalid(text: str) -> None:
    line = f"a Int @x({text})\n"
    assert mistakes(f"model A {{\n{line}}}\n") == [(line, INVALID_FIELD)]


@pytest.mark.parametrize("text", ["plain", 'q"q', "back\\slash", "new\nline", "\x01", "é😀", ""])
def test_a_quoted_string_means_the_value(text: str) -> None:
    found = value(quoted(text))
    assert isinstance(found, String)
    assert found.value == text


@pytest.mark.parametrize(
    ("text", "name", "count"),
    [("now()", "now", 0), ("a.b ( 1,2 )", "a.b", 2), ("1 (x)", "1", 1), ('f("(")', "f", 1)],
)
def test_a_call_has_a_name_and_arguments(text: str, name: str, count: int) -> None:
    found = value(text)
    assert isinstance(found, Call)
    assert (found.name.name, len(found.arguments.items)) == (name, count)
    assert found.end - found.start == len(text)


@pytest.mark.parametrize(
    ("text", "count"), [("[]", 0), ("[ ]", 0), ("[a]", 1), ("[ a , b ]", 2), ("[[1], [], f()]", 3)]
)
def test_an_array_holds_values(text: str, count: int) -> None:
    found = value(text)
    assert isinstance(found, Array)
    assert len(found.items) == count
    assert found.end - found.start == len(text)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("{}", []),
        ("{ }", []),
        ("{a:1}", ["a"]),
        ("{ a : { not : null } , b: [1], c: f(x) }", ["a", "b", "c"]),
    ],
)
def test_an_object_holds_named_values(text: str, keys: list[str]) -> None:
    (attribute,) = field(f"a Int @x(where: {text})").attributes
    found = attribute.arguments.items[0].value
    assert isinstance(found, Object)
    assert [each.key.name for each in found.members] == keys


@pytest.mark.parametrize(
    "text",
    [
        *("[1,]", "[,]", "[1 2]", "[a: 1]", "[", "]", "[1", "[1)", "[\n]"),
        *("{a: 1,}", "{,}", "{a}", "{a:}", '{"a": 1}', "{a.b: 1}", "{", "{a: 1", "{a: 1]", "{\n}"),
        *(
            "f(",
            "f(1",
            "f(1]",
            "f(1 2)",
            "f(,1)",
            "(1)",
            "f()()",
            "1 2",
            "a: b: c",
            "a = 1",
            "",
            ",",
        ),
    ],
)
def test_brackets_and_commas_must_fit(text: str) -> None:
    schema = f"model A {{\n  a Int\n  @@x(y, {text}, z)\n}}\n"
    assert INVALID_FIELD in [message for _, message in mistakes(schema)]
