"""Names in every script: which characters they may have."""

from __future__ import annotations

import unicodedata

import pytest
from tests.prisma.syntax.reading import field, mistakes, model, read

from oneclick_deploy.prisma.syntax.letters import simplified
from oneclick_deploy.prisma.syntax.tree import Constant


@pytest.mark.parametrize(
    "name", ["a", "Z9", "a_b-", "é", "naïve", "中文", "ﬁ", "ª", "ʰ", "𐐀", "ǅ", "한글"]
)
def test_a_name_is_letters_and_digits(name: str) -> None:
    found = field(f"{name} {name}[] @{name}({name}: {name}.{name})")
    assert found.name.name == name
    assert found.type.name == name
    (attribute,) = found.attributes
    (argument,) = attribute.arguments.items
    assert attribute.name.name == name
    assert argument.name is not None
    assert argument.name.name == name
    assert isinstance(argument.value, Constant)
    assert argument.value.name == f"{name}.{name}"


@pytest.mark.parametrize(
    "name", ["_a", "-a", "²", "Ⅷ", "½", "٣", "a٣", "a\u0301", "a²", "😀", "a$"]
)
def test_other_digits_marks_and_signs_are_no_letters(name: str) -> None:
    assert len(mistakes(f"model A {{\n  {name} Int\n}}\n")) == 1


@pytest.mark.parametrize("code", [0x1C89, 0xA7DC, 0x10D65, 0x16ED3, 0x2EBF0, 0x33479])
def test_letters_that_python_does_not_know_yet_are_letters(code: int) -> None:
    assert field(f"{chr(code)} Int").name.name == chr(code)


@pytest.mark.parametrize("code", [0x1C8B, 0x16EBA, 0x3347A, 0x10FFFF, 0xE000, 0x378])
def test_characters_without_a_meaning_are_no_letters(code: int) -> None:
    assert len(mistakes(f"model A {{\n  {chr(code)} Int\n}}\n")) == 1


@pytest.mark.parametrize(
    "space", ["\u00a0", "\u1680", "\u2003", "\u202f", "\u205f", "\u3000", "\t"]
)
def test_every_space_of_unicode_separates(space: str) -> None:
    found = field(f"a{space}Int{space}@x({space}1{space}){space}")
    assert (found.name.name, found.type.name) == ("a", "Int")


@pytest.mark.parametrize("space", ["\u200b", "\u180e", "\ufeff", "\x0b", "\x0c", "\x85", "\u2028"])
def test_other_white_characters_do_not(space: str) -> None:
    assert mistakes(f"model A {{\n  a{space}Int\n}}\n")


@pytest.mark.parametrize("keyword", ["é", "mødel", "модель"])
def test_foreign_letters_make_no_keyword(keyword: str) -> None:
    assert mistakes(f"{keyword} A {{\n}}\n")[0][0] == f"{keyword} A {{\n"


def test_a_foreign_letter_is_never_taken_for_a_latin_one() -> None:
    found = model("x Int", "é Int", "中 Int")
    assert [each.name.name for each in found.fields] == ["x", "é", "中"]
    (block,) = read("modelé {\n}\n").blocks
    assert block.name.name == "é"


def test_only_letters_and_spaces_are_shown_as_others() -> None:
    text = "".join(map(chr, range(0x800))) + "中𐐀\u3000😀\ud800\U0010ffff"
    shown = simplified(text)
    assert len(shown) == len(text)
    for character, stand_in in zip(text, shown, strict=True):
        if character.isascii() or not character.isalpha():
            assert stand_in in (character, " ")
        else:
            assert stand_in == "x"
            assert unicodedata.category(character)[0] == "L"


def test_a_plain_text_is_simplified_to_itself() -> None:
    text = "model A {\n}\n"
    assert simplified(text) is text
