"""Conditions of partial indexes are compared by what they mean to Prisma."""

from __future__ import annotations

import pytest
from tests.prisma.diff.changes import schema
from tests.prisma.engine import PrismaEngine

from oneclick_deploy.prisma.diff.migration import diff_sql
from oneclick_deploy.prisma.diff.predicates import same_predicate

SAME = [
    ("a > 1 and b is null", "(a > 1) AND (b IS NULL)"),
    ("(a > 1 and b is null) or a = 2", "a > 1 and b is null or a = 2"),
    ("a + 1 * 2 > 1", "a + (1 * 2) > 1"),
    ("not a > 1", "NOT (a > 1)"),
    ("a=1", "a = 1"),
    ("a <> 1", "a != 1"),
    ("a = -1", "a = (- 1)"),
    ('"a" > 1', "a > 1"),
    ("t.a > 1", 't."a" > 1'),
    ("b = 'x'", "b = 'x'::text"),
    ("b = 'x'", "b = 'x'::varchar(3)"),
    ("b = 'x'::text", "b = ('x'::text)::text"),
    ("lower(b) = 'x'", "lower((b)) = 'x'::text"),
    ("cast(b as text) = 'x'", "CAST(b AS TEXT) = 'x'"),
    ("a in (1,2)", "(a) IN (1 , 2)"),
    ("a not in (1)", "(a NOT IN (1))"),
    ('"a" between 1 and 2', "(a BETWEEN 1 AND 2)"),
    ("b like 'x%'", "b LIKE 'x%'"),
    ("b ~~ 'x%'", "(b ~~ 'x%'::text)"),
    ("b similar to 'x'", "b SIMILAR TO 'x'"),
    ('"a" is not true', "a IS NOT TRUE"),
    ("b notnull", "b IS NOT NULL"),
    ("a = any(array[1,2])", "a = ANY (ARRAY[1, 2])"),
    ("case when (a = 1) then true else false end", "CASE WHEN a = 1 THEN true ELSE false END"),
    ("b->>'x' = 'y'", "(b ->> 'x') = 'y'"),
    ("b = e'x'", "b = E'x'"),
    ("b = $$x$$", "(b = $$x$$)"),
    ("a = 1 /* why */", "a = 1"),
    ("a::int[] = b", "a::INT [] = b"),
    ("a::double precision = b", "a::DOUBLE  PRECISION = b"),
    ("a::timestamp with time zone = b", "a::TIMESTAMP WITH TIME ZONE = b"),
    ("date '2020-01-01' = b", "DATE '2020-01-01' = b"),
    ("b at time zone 'utc' = b", "b AT TIME ZONE 'utc' = b"),
    ("extract(year from b) = 1", "EXTRACT(YEAR FROM b) = 1"),
    ("(b)[1] = 'x'", "b[ 1 ] = 'x'"),
    ("(a, b) = (1, 2)", "( a,b ) = (1,2)"),
    ("a is distinct from 1", "(a IS DISTINCT FROM 1)"),
    ("a is unknown", "(a IS UNKNOWN)"),
    ("current_date > b", "(current_date > b)"),
]
DIFFERENT = [
    ("a > 1", "a > 2"),
    ("a > 1 and (b is null or a = 2)", "a > 1 and b is null or a = 2"),
    ("(a + 1) * 2 > 1", "a + 1 * 2 > 1"),
    ("not a > 1 and b is null", "not (a > 1 and b is null)"),
    ("A > 1", "a > 1"),
    ('"user" > 1', "user > 1"),
    ('"a b" > 1', "a > 1"),
    ("b = 'x'::text", "b = 'x'::varchar"),
    ("cast(b as text) = 'x'", "b::text = 'x'"),
    ("lower(b) = 'x'", "LOWER(b) = 'x'"),
    ('f("a") = 1', "f(a) = 1"),
    ("a in (1,2)", "a in (2,1)"),
    ("a not in (1)", "NOT (a in (1))"),
    ("b like 'x%'", "b ~~ 'x%'"),
    ("not b is null", "b is not null"),
    ("a = 1.0", "a = 1"),
    ("a = 1 and", "a = 1"),
    ("a = 1;", "a = 1"),
    ("((a = 1)", "a = 1"),
    ("a = 1 b", "a = 1"),
    ("a = [", "a = ["[::-1]),
    ("a::int = 1", "a::integer = 1"),
    ("a in", "a IN"),
    ("b is nothing", "b IS nothing"),
    ("a not 1", "a NOT 1"),
    ("select", "SELECT"),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_these_are_the_same(old: str, new: str) -> None:
    assert same_predicate(old, new)
    assert same_predicate(new, old)


@pytest.mark.parametrize(("old", "new"), DIFFERENT)
def test_these_are_not(old: str, new: str) -> None:
    assert not same_predicate(old, new)
    assert not same_predicate(new, old)


def _pair(old: str, new: str) -> tuple[str, str]:
    field = "  a Int\n  b String\n  @@index([a], where: raw({}))\n"
    quoted = ('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in (old, new))
    first, second = (
        schema(
            f"model T {{\n  id Int @id\n{field.format(each)}}}",
            "postgresql",
            preview="partialIndexes",
        )
        for each in quoted
    )
    return first, second


def test_the_engine_thinks_so_too(prisma: PrismaEngine) -> None:
    for pairs, same in ((SAME, True), (DIFFERENT, False)):
        for old, new in pairs:
            script = prisma.diff("postgresql", *_pair(old, new))
            assert (script == "-- This is an empty migration.\n") is same, (old, new)


@pytest.mark.parametrize(
    "text", ["(" * 5000, "a = 1 or " * 5000 + "b", "not " * 5000 + "a", "'" * 99]
)
def test_hostile_conditions_are_compared_in_bounded_depth(text: str) -> None:
    assert not same_predicate(text, text + " ")
    old, new = _pair(text, text)
    assert diff_sql(old, new).is_empty
