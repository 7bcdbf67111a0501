"""Random and damaged texts: nothing crashes, nothing is lost, and every span fits."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.prisma.syntax.reading import check_gaps, check_tree
from tests.prisma.syntax.schema_texts import (
    SMALL_SCHEMAS,
    damaged,
    damaged_texts,
    random_text,
    schema_texts,
)

from oneclick_deploy.prisma.diagnostics import report
from oneclick_deploy.prisma.parsing import parse

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def check(text: str) -> None:
    """Everything that holds for any text at all."""
    schema = parse(text)
    assert str(schema) == text
    for found in schema.trees:
        check_tree(found)
    check_gaps(schema)
    for error in schema.errors:
        assert 0 <= error.start <= error.end <= len(text)
        assert error.line >= 1
        assert error.column >= 1
    assert report(schema.errors).startswith("error: ") or not schema.errors


@given(schema_texts())
@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
def test_what_the_grammar_allows_has_no_syntax_errors(text: str) -> None:
    assert parse(text).syntax_errors == ()
    check(text)


@given(damaged_texts())
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
def test_damaged_schemas_are_parsed_all_the_same(text: str) -> None:
    check(text)


@given(st.text(alphabet=st.characters(codec=None), max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_parsed(text: str) -> None:
    check(text)


@pytest.mark.parametrize("part", range(10))
def test_thousands_of_random_texts_are_parsed(part: int) -> None:
    for seed in range(part * 750, (part + 1) * 750):
        random = Random(seed)
        text = random_text(random)
        assert parse(text).syntax_errors == (), f"seed {seed}"
        check(text)
        check(damaged(random, text))


@pytest.mark.parametrize("part", range(5))
def test_thousands_of_damaged_schemas_are_parsed(part: int) -> None:
    for seed in range(part * 900, (part + 1) * 900):
        random = Random(seed)
        check(damaged(random, random.choice(SMALL_SCHEMAS)))


def test_damaged_worked_examples_are_parsed(shared) -> None:
    texts = [
        path.read_bytes().decode()
        for path in sorted((shared / "prisma-cases").rglob("*.prisma"))
        if path.stat().st_size < 4000
    ]
    assert len(texts) > 40
    for seed in range(500):
        random = Random(seed)
        check(damaged(random, random.choice(texts)))
