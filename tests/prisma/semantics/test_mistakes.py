"""Every kind of mistake has Prisma's sentence and Prisma's place, in Prisma's order."""

from __future__ import annotations

import pytest
from tests.prisma.engine import PrismaEngine
from tests.prisma.semantics.places import Mistake, found, line, mistakes

ROWS = mistakes()


@pytest.mark.parametrize("row", ROWS, ids=[row.title for row in ROWS])
def test_a_wrong_schema_is_refused_in_prismas_words(row: Mistake) -> None:
    assert found(row.schema) == row.lines


def test_the_words_are_those_of_the_engine(prisma: PrismaEngine) -> None:
    # The engine's order of unknown attributes and arguments changes from run to run.
    for row in ROWS:
        theirs = [
            line(row.schema, each.start, each.end, each.message, is_warning=each.is_warning)
            for each in prisma.lint(row.schema)
        ]
        assert sorted(theirs) == sorted(row.lines), row.title


def test_titles_are_unique() -> None:
    assert len({row.title for row in ROWS}) == len(ROWS)
