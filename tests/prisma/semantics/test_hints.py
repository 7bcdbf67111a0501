"""The nearest known name, at a bounded price."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics.hints import nearest


def test_a_name_that_differs_in_case_only_is_the_nearest() -> None:
    assert nearest("POST", ["Posts", "Post"]) == "Did you mean `Post`?"


def test_a_typing_mistake_is_seen_through() -> None:
    assert nearest("Pots", ["User", "Post"]) == "Did you mean `Post`?"
    assert nearest("idnex", ["id", "index"], "@@{}") == "Did you mean `@@index`?"


def test_a_stranger_has_no_neighbour() -> None:
    assert nearest("zzz", ["Post", "User"]) == ""
    assert nearest("zzz", []) == ""


def test_a_name_is_not_its_own_neighbour() -> None:
    assert nearest("Post", ["Post"]) == ""


def test_endless_names_are_not_compared_in_full() -> None:
    assert nearest("a" * 100_000, ["a" * 99_999, "b"]) == ""
