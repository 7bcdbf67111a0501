"""Reports look as Prisma prints them."""

from __future__ import annotations

import pytest

from oneclick_deploy.prisma.diagnostics import Diagnostics, report
from oneclick_deploy.prisma.syntax.source import SourceFile


def reported(text: str, place: str, *, message: str = "Wrong.", start: int | None = None) -> str:
    diagnostics = Diagnostics()
    at = text.index(place) if start is None else start
    file = SourceFile(path="schema.prisma", text=text)
    diagnostics.error(file, at, at + len(place), message)
    return report(diagnostics)


def test_an_excerpt_shows_the_line_and_the_one_before() -> None:
    assert reported("one\ntwo\nthree\nfour\n", "hre") == (
        "error: Wrong.\n"
        "  -->  schema.prisma:3\n"
        "   | \n"
        " 2 | two\n"
        " 3 | three\n"
        "   | \n"
        "\n"
        "Validation Error Count: 1\n"
    )


def test_nothing_stands_before_the_first_line() -> None:
    assert reported("one\ntwo\n", "on").splitlines()[2:6] == ["   | ", "   | ", " 1 | one", "   | "]


def test_a_span_with_its_line_end_shows_the_next_line_too() -> None:
    assert reported("one\ntwo\nthree\n", "two\n").splitlines()[3:7] == [
        " 1 | one",
        " 2 | two",
        " 3 | three",
        "   | ",
    ]


def test_a_span_over_several_lines_shows_all_of_them() -> None:
    assert reported("a\nb\nc\nd\ne\n", "b\nc\nd").splitlines()[3:8] == [
        " 1 | a",
        " 2 | b",
        " 3 | c",
        " 4 | d",
        "   | ",
    ]


def test_a_span_up_to_the_last_line_end_shows_an_empty_line() -> None:
    assert reported("a\nb\n", "b\n").splitlines()[3:7] == [" 1 | a", " 2 | b", " 3 | ", "   | "]


@pytest.mark.parametrize(
    ("line", "shown"),
    [(9, [" 8 | ", " 9 | x"]), (99, ["98 | ", "99 | x"]), (100, ["99 | ", "100 | x"])],
)
def test_line_numbers_take_the_width_that_they_need(line: int, shown: list[str]) -> None:
    lines = reported("\n" * (line - 1) + "x\ny\n", "x").splitlines()
    assert lines[1] == f"  -->  schema.prisma:{line}"
    assert lines[3:5] == shown


def test_tabs_and_returns_are_kept() -> None:
    assert reported("a\r\n\tb\r\n", "b").split("\n")[3:5] == [" 1 | a\r", " 2 | \tb\r"]


def test_a_lone_return_ends_no_line_of_a_report() -> None:
    assert reported("a\rb\nc", "b").split("\n")[1:5] == [
        "  -->  schema.prisma:1",
        "   | ",
        "   | ",
        " 1 | a\rb",
    ]


@pytest.mark.parametrize(("text", "start", "indent"), [("ab", 1, 1), ("éb\n", 1, 2), ("ab", 2, 2)])
def test_where_nothing_stands_a_mark_points_to_it(text: str, start: int, indent: int) -> None:
    lines = reported(text, "", start=start).splitlines()
    assert lines[5] == f"   | {' ' * indent}^ Unexpected token."


def test_findings_of_several_files_follow_each_other() -> None:
    diagnostics = Diagnostics()
    for path in ("a.prisma", "sub/b.prisma"):
        diagnostics.error(SourceFile(path=path, text="x\n"), 0, 1, f"In {path}.")
    assert report(diagnostics) == (
        "error: In a.prisma.\n  -->  a.prisma:1\n   | \n   | \n 1 | x\n   | \n"
        "error: In sub/b.prisma.\n  -->  sub/b.prisma:1\n   | \n   | \n 1 | x\n   | \n"
        "\nValidation Error Count: 2\n"
    )


def test_warnings_are_not_counted() -> None:
    diagnostics = Diagnostics()
    diagnostics.warning(SourceFile(path="a.prisma", text="x"), 0, 1, "Careful.")
    assert report(diagnostics) == (
        "warning: Careful.\n  -->  a.prisma:1\n   | \n   | \n 1 | x\n   | \n"
    )


def test_nothing_found_is_nothing_reported() -> None:
    assert report(()) == ""


def test_a_finding_names_its_place_and_text() -> None:
    diagnostics = Diagnostics()
    file = SourceFile(path="a.prisma", text="one\n  two\n")
    diagnostics.error(file, 6, 9, "Wrong.", "Write 2.")
    (found,) = diagnostics
    assert (found.line, found.column, found.text) == (2, 3, "two")
    assert str(found) == "a.prisma:2:3: error: Wrong.\n  hint: Write 2."


def test_a_lone_surrogate_can_be_reported() -> None:
    assert "\ud800" in reported("\ud800x\n", "", start=1)
