"""A wrong cell is found by halving the range of keys."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from oneclick_deploy.data.canonical import Answer, Digest, Question, drive, rows_digest, search
from oneclick_deploy.data.columns import Kind, TargetColumn

COLUMNS = (
    TargetColumn(name="id", kind=Kind.INTEGER),
    TargetColumn(name="score", kind=Kind.FLOAT),
)


def table(keys):
    return {key: (key, key / 3) for key in keys}


def locate(source, destination, *, first=0, last=100_000):
    asked = []

    def part(rows, question: Question):
        some = {key: row for key, row in rows.items() if question.first <= key <= question.last}
        return some if question.wants_rows else rows_digest(some.values(), COLUMNS)

    def answer(question: Question) -> Answer:
        asked.append(question)
        return Answer(source=part(source, question), destination=part(destination, question))

    return drive(search("T", COLUMNS, first=first, last=last), answer), asked


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, 100_000), min_size=1, max_size=300), st.data())
def test_the_first_wrong_cell_is_named(keys, data):
    wrong = data.draw(st.sets(st.sampled_from(sorted(keys)), min_size=1, max_size=3))
    destination = {key: (key, -1.0) if key in wrong else row for key, row in table(keys).items()}
    found, _ = locate(table(keys), destination)
    assert found is not None
    assert (found.key, found.column, found.destination) == (min(wrong), "score", "-1")


def test_few_questions_are_asked():
    rows = table(range(0, 100_000, 50))
    found, asked = locate(rows, {**rows, 50_050: (50_050, 0.5)})
    assert str(found) == "T, row 50050, column score: '16683.333333333332' became '0.5'"
    assert len(asked) < 15
    assert sum(question.wants_rows for question in asked) == 1


@pytest.mark.parametrize(("missing", "side"), [(True, "destination"), (False, "source")])
def test_a_row_of_one_side_only_is_named(missing, side):
    rows = table(range(1000))
    fewer = {key: row for key, row in rows.items() if key != 777}
    found, _ = locate(rows, fewer) if missing else locate(fewer, rows)
    assert found is not None
    assert (found.key, found.missing_in) == (777, side)
    assert str(found) == f"T, row 777 is missing in the {side}"


def test_equal_sides_need_one_question():
    rows = table(range(500))
    found, asked = locate(rows, rows)
    assert found is None
    assert len(asked) == 1


def test_an_answer_of_the_wrong_sort_is_refused():
    def answer(question: Question) -> Answer:
        return Answer(source=Digest(1), destination=Digest(2))

    with pytest.raises(TypeError):
        drive(search("T", COLUMNS, first=0, last=5), answer)
