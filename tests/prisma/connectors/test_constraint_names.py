"""Names that Prisma makes of other names, cut where it cuts them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.prisma.connectors import connector_for, constraint_names as names

POSTGRESQL = connector_for("postgresql")
MYSQL = connector_for("mysql")
SQLITE = connector_for("sqlite")
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=90)


def test_a_name_says_what_it_is_of() -> None:
    assert names.primary_key_name("User", POSTGRESQL) == "User_pkey"
    assert names.unique_name("User", ["email"], POSTGRESQL) == "User_email_key"
    assert names.index_name("User", ["a", "b"], POSTGRESQL) == "User_a_b_idx"
    assert names.foreign_key_name("Post", ["authorId"], POSTGRESQL) == "Post_authorId_fkey"


def test_a_foreign_key_without_fields_has_a_name_all_the_same() -> None:
    assert names.foreign_key_name("Post", [], MYSQL) == "Post__fkey"


@pytest.mark.parametrize("length", [57, 58, 59, 70])
def test_a_primary_key_name_is_cut_before_its_ending(length: int) -> None:
    assert names.primary_key_name("t" * length, POSTGRESQL) == "t" * min(length, 58) + "_pkey"


@given(NAMES, st.lists(NAMES, max_size=3))
def test_a_name_fits_and_keeps_its_ending(table: str, columns: list[str]) -> None:
    for make, ending in (
        (names.unique_name, "_key"),
        (names.index_name, "_idx"),
        (names.foreign_key_name, "_fkey"),
    ):
        for connector in (POSTGRESQL, MYSQL):
            name = make(table, columns, connector)
            assert len(name.encode()) <= connector.identifier_limit
            assert name.endswith(ending)
            stem = name.removesuffix(ending)
            whole = f"{table}_{'_'.join(columns)}"
            assert whole.startswith(stem)
            # Not one more character would have fitted.
            if stem != whole:
                more = whole[: len(stem) + 1] + ending
                assert len(more.encode()) > connector.identifier_limit


def test_a_character_is_not_cut_in_two() -> None:
    assert names.primary_key_name("é" * 40, POSTGRESQL) == "é" * 29 + "_pkey"
    assert names.primary_key_name("a" + "é" * 40, POSTGRESQL) == "a" + "é" * 28 + "_pkey"


def test_sqlite_keeps_long_names() -> None:
    assert names.index_name("t" * 300, ["c"], SQLITE) == "t" * 300 + "_c_idx"


def test_a_join_table_and_its_parts_are_named_after_the_relation() -> None:
    found = names.join_table_names("CategoryToPost", POSTGRESQL)
    assert found == (
        "_CategoryToPost",
        "_CategoryToPost_AB_pkey",
        "_CategoryToPost_AB_unique",
        "_CategoryToPost_B_index",
        "_CategoryToPost_A_fkey",
        "_CategoryToPost_B_fkey",
    )


def test_the_parts_of_a_join_table_are_cut_to_fit() -> None:
    found = names.join_table_names("r" * 80, POSTGRESQL)
    assert {len(name) for name in found} == {63}
    assert found.index_b == "_" + "r" * 54 + "_B_index"
    assert names.join_table_names("r" * 80, MYSQL).unique == "_" + "r" * 53 + "_AB_unique"
