"""Comments, and which of them document what."""

from __future__ import annotations

import pytest
from tests.prisma.syntax.reading import read

from oneclick_deploy.prisma.syntax.tree import ConfigBlock, EnumBlock, ModelBlock


def of_model(text: str) -> str | None:
    """What documents the last block of a text, a model."""
    found = read(f"{text}model A {{\n}}\n").blocks[-1]
    assert isinstance(found, ModelBlock)
    return found.documentation


def of_fields(lines: str) -> list[str | None]:
    """What documents the fields of a model."""
    (found,) = read(f"model A {{\n{lines}}}\n").blocks
    assert isinstance(found, ModelBlock)
    return [each.documentation for each in found.fields]


@pytest.mark.parametrize(
    ("text", "documentation"),
    [
        ("/// a\n", "a"),
        ("/// a\n/// b\n", "a\nb"),
        ("///\n", ""),
        ("///   a  \n", "a  "),
        ("//// a\n", "/ a"),
        ("/// a\n// not this\n/// b\r\n", "a\nb"),
        ("// nothing\n", None),
        ("/* a */", "a"),
        ("/* a\n * b */\n", "a\n * b"),
        ("/**/", ""),
        ("/// a\n\n", None),
        ("/// a\n \t\n", None),
        ("/* a */ \n", None),
        ("/// a\n  ", "a"),
        ("/// far away\n\n/// a\n", "a"),
        ("/// a\nenum E {\n}\n", None),
    ],
)
def test_comments_directly_above_a_block_document_it(text: str, documentation: str | None) -> None:
    assert of_model(text) == documentation


def test_a_block_comment_after_spaces_loses_what_prisma_drops() -> None:
    # The engine takes two characters off, be they spaces or the comment's own.
    assert of_model("/// a\n  /* b */") == "a\n/* b"
    assert of_model("/// a\n /* b */") == "a\n* b"


def test_what_stands_above_a_generator_waits_for_the_next_model() -> None:
    generator = "generator g {\n}\n"
    assert of_model(f"/// a\n{generator}") == "a"
    assert of_model(f"/// a\n{generator}\n// other\n\n{generator}") == "a"
    assert of_model(f"/// a\n{generator}/// b\n") == "b"
    assert of_model(f"/// a\n{generator}// b\n") is None


def test_the_last_comment_inside_documents_a_datasource_or_generator() -> None:
    (found,) = read("generator g {\n  /// a\n  x = 1 /// no\n  /// b\n}\n").blocks
    assert isinstance(found, ConfigBlock)
    assert found.documentation == "b"


@pytest.mark.parametrize(
    ("lines", "documentation"),
    [
        ("/// a\nx Int\n", ["a"]),
        ("x Int /// a\n", ["a"]),
        ("/// a\n/// b\nx Int /// c\n", ["a\nb\nc"]),
        ("/// a\nx Int // b\n", ["a"]),
        ("x Int /* a */\n", ["a"]),
        ("x Int /* a\n b */ \ny Int\n", ["a\n b", None]),
        ("/// a\n\n\nx Int\n", ["a"]),
        ("/// a\n@@map\nx Int\n", ["a"]),
        ("/// a\n\n// b\nx Int\n", [None]),
        ("x Int\n/// a\n", [None]),
        ("/// a\nx Int\ny Int\n", ["a", None]),
    ],
)
def test_comments_above_and_after_a_field_document_it(
    lines: str, documentation: list[str | None]
) -> None:
    assert of_fields(lines) == documentation


def test_comments_document_the_values_of_an_enum() -> None:
    (found,) = read("/// e\nenum E {\n  /// a\n  A /// b\n  B @x // no\n  C /// c\n}\n").blocks
    assert isinstance(found, EnumBlock)
    assert found.documentation == "e"
    assert [each.documentation for each in found.values] == ["a\nb", None, "c"]
