"""Edits change what they name and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.prisma.syntax.edits import Edit, apply_edits
from oneclick_deploy.prisma.syntax.source import SourceFile

FILE = SourceFile(path="a.prisma", text="one two\r\nthree")


def edited(*edits: Edit) -> str:
    changed = apply_edits(FILE, edits)
    assert changed.path == FILE.path
    return changed.text


def test_an_edit_replaces_inserts_or_removes() -> None:
    assert edited(Edit(4, 7, "2")) == "one 2\r\nthree"
    assert edited(Edit(0, 0, "zero ")) == "zero one two\r\nthree"
    assert edited(Edit(9, 14, "")) == "one two\r\n"
    assert edited(Edit(14, 14, "!")) == "one two\r\nthree!"


def test_the_order_of_edits_does_not_matter() -> None:
    edits = [Edit(9, 14, "3"), Edit(0, 3, "1"), Edit(4, 7, "2")]
    assert edited(*edits) == edited(*reversed(edits)) == "1 2\r\n3"


def test_insertions_at_one_place_keep_their_order() -> None:
    assert edited(Edit(3, 3, "a"), Edit(3, 3, "b"), Edit(3, 4, "_")) == "oneab_two\r\nthree"


def test_without_edits_the_file_is_the_same() -> None:
    assert apply_edits(FILE, []) is FILE


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 3, ""), Edit(2, 4, "")],
        [Edit(0, 5, ""), Edit(1, 1, "x")],
        [Edit(3, 2, "")],
        [Edit(-1, 0, "")],
        [Edit(0, 15, "")],
        [Edit(15, 15, "")],
    ],
)
def test_edits_that_overlap_or_lie_outside_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match=r"^a\.prisma: cannot replace characters"):
        apply_edits(FILE, edits)


@given(st.text(max_size=30), st.lists(st.integers(0, 30), max_size=6), st.text(max_size=3))
def test_edits_do_what_slicing_does(text: str, places: list[int], new: str) -> None:
    bounds = sorted(min(place, len(text)) for place in places)
    pairs = list(zip(bounds[::2], bounds[1::2], strict=False))
    expected = text
    for start, end in reversed(pairs):
        expected = expected[:start] + new + expected[end:]
    file = SourceFile(path="x", text=text)
    assert apply_edits(file, [Edit(*pair, new) for pair in pairs]).text == expected
