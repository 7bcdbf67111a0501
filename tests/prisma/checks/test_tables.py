"""Each subject's mistakes have Prisma's sentence and Prisma's place, in Prisma's order."""

from __future__ import annotations

import pytest
from tests.prisma.checks.rows import Row, findings, one_line, rows
from tests.prisma.engine import PrismaEngine
from tests.prisma.semantics.places import line

ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_schema_is_judged_as_prisma_judges_it(row: Row) -> None:
    assert findings(row.schema) == row.lines


def test_the_tables_say_what_the_engine_says(prisma: PrismaEngine) -> None:
    for row in ROWS:
        theirs = prisma.lint(row.schema)
        in_order = sorted(theirs, key=lambda each: each.is_warning)
        lines = [
            one_line(
                line(row.schema, each.start, each.end, each.message, is_warning=each.is_warning)
            )
            for each in in_order
        ]
        assert tuple(lines) == row.lines, str(row)


def test_titles_are_unique() -> None:
    assert len({str(row) for row in ROWS}) == len(ROWS)
