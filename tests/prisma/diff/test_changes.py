"""Every kind of change gives the script that Prisma prints, for every provider."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.prisma.diff.changes import Change, changes
from tests.prisma.engine import PrismaEngine

from oneclick_deploy.prisma.diff.migration import diff_sql

CHANGES = changes()


@pytest.mark.parametrize(
    "change", CHANGES, ids=[f"{each.title}, {each.provider}" for each in CHANGES]
)
def test_a_change_gives_the_script(change: Change) -> None:
    assert str(diff_sql(change.old, change.new)) == change.sql


def test_the_scripts_are_those_of_the_engine(prisma: PrismaEngine) -> None:
    for change in CHANGES:
        if change.provider != "mysql":
            theirs = prisma.diff(change.provider, change.old, change.new)
            assert theirs == change.sql, change.title


@pytest.mark.parametrize(
    "change", CHANGES, ids=[f"{each.title}, {each.provider}" for each in CHANGES]
)
def test_what_has_been_changed_needs_no_change(change: Change) -> None:
    for side in (change.old, change.new):
        diff = diff_sql(side, side)
        assert str(diff) == "-- This is an empty migration.\n"
        assert diff.is_empty


def test_titles_are_unique() -> None:
    titles = [(each.title, each.provider) for each in CHANGES]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("provider", ["sqlite", "postgresql"])
def test_every_published_pair_comes_out_byte_for_byte(shared: Path, provider: str) -> None:
    pairs = sorted((shared / "prisma-cases" / "_diff").iterdir())
    assert pairs
    for pair in pairs:
        old, new = (pair / name for name in ("from.prisma", "to.prisma"))
        expected = (pair / f"expected.{provider}.sql").read_bytes().decode()
        assert str(diff_sql(old, new, provider=provider)) == expected, pair.name
