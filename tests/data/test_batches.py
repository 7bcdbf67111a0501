"""Batches: together they are the rows, and each stays within what a server takes."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings, strategies as st

from oneclick_deploy.data import batches as module
from oneclick_deploy.data.batches import MOST_BYTES, MOST_ROWS, MOST_VARIABLES, insert_batches
from oneclick_deploy.data.checksum import TableChecksum
from oneclick_deploy.data.source import SourceTable
from oneclick_deploy.providers.libsql.values import encode_args

VALUE = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=40),
    st.binary(max_size=40),
)


def table(width: int) -> SourceTable:
    return SourceTable(
        name='t"1', columns=tuple(f"c {n}" for n in range(width)), rows=0, key=("rowid",)
    )


def inserted(width: int, made) -> list[tuple]:
    """Run the statements in SQLite, and read the rows back."""
    with closing(sqlite3.connect(":memory:")) as connection:
        columns = ", ".join(f'"c {n}"' for n in range(width))
        connection.execute(f'CREATE TABLE "t""1" ({columns})')
        for batch in made:
            connection.execute(batch.sql, batch.values)
        return connection.execute('SELECT * FROM "t""1" ORDER BY rowid').fetchall()


@given(st.data())
def test_the_batches_together_insert_exactly_the_rows(data):
    width = data.draw(st.integers(1, 4))
    rows = data.draw(st.lists(st.tuples(*[VALUE] * width), max_size=30))
    made = list(insert_batches(table(width), rows))
    assert sum(batch.rows for batch in made) == len(rows)
    assert [list(map(repr, row)) for row in inserted(width, made)] == [
        list(map(repr, row)) for row in rows
    ]


@settings(max_examples=40)
@given(st.data())
def test_no_batch_exceeds_a_limit_that_its_rows_do_not_exceed_alone(data):
    rows_limit = data.draw(st.integers(1, 7))
    bytes_limit = data.draw(st.integers(50, 2000))
    variables_limit = data.draw(st.integers(1, 30))
    width = data.draw(st.integers(1, 4))
    rows = data.draw(st.lists(st.tuples(*[VALUE] * width), max_size=40))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_ROWS", rows_limit)
        patch.setattr(module, "MOST_BYTES", bytes_limit)
        patch.setattr(module, "MOST_VARIABLES", variables_limit)
        made = list(insert_batches(table(width), rows))
    assert sum(batch.rows for batch in made) == len(rows)
    for batch in made:
        assert batch.rows >= 1
        assert batch.rows <= rows_limit
        assert batch.rows == 1 or batch.rows * width <= variables_limit
        if batch.rows > 1:
            sent = json.dumps(encode_args(batch.values), ensure_ascii=False, separators=(",", ":"))
            assert len(sent.encode()) <= bytes_limit + 50


@pytest.mark.parametrize(
    "text", ["x" * 3000, "é" * 3000, "😀" * 3000, "\x00" * 3000, '"\\' * 3000, "\x7f\u2028" * 3000]
)
def test_a_request_of_long_texts_stays_within_the_bytes(text):
    for batch in insert_batches(table(1), [(text,)] * 2000):
        sent = json.dumps(encode_args(batch.values), ensure_ascii=False, separators=(",", ":"))
        assert len(sent.encode()) <= MOST_BYTES
        assert batch.rows <= MOST_ROWS


def test_a_row_that_is_larger_than_a_request_goes_alone():
    big = "x" * (2 * MOST_BYTES)
    made = list(insert_batches(table(1), [("a",), (big,), ("b",)]))
    assert [batch.rows for batch in made] == [1, 1, 1]


def test_wide_tables_stay_within_the_variables():
    rows = [(1,) * 2000] * 40
    made = list(insert_batches(table(2000), rows))
    assert max(len(batch.values) for batch in made) <= MOST_VARIABLES
    assert sum(batch.rows for batch in made) == 40


def test_rows_are_taken_as_they_are_needed():
    taken = []

    def rows():
        for number in range(10_000):
            taken.append(number)
            yield (number,)

    next(iter(insert_batches(table(1), rows())))
    assert len(taken) <= MOST_ROWS + 1


def test_no_rows_make_no_batch():
    assert list(insert_batches(table(3), [])) == []


def test_infinities_are_written_into_the_statement():
    (batch,) = insert_batches(table(3), [(math.inf, 1, -math.inf)])
    assert batch.values == (1,)
    assert inserted(3, [batch]) == [(math.inf, 1, -math.inf)]


# Checksums


def checksum(*rows: tuple) -> str:
    made = TableChecksum()
    for row in rows:
        made.add(row)
    return made.hexdigest()


@given(
    st.lists(st.lists(VALUE, max_size=3).map(tuple), max_size=4),
    st.lists(st.lists(VALUE, max_size=3).map(tuple), max_size=4),
)
def test_checksums_agree_when_the_rows_do(left, right):
    same = [list(map(repr, row)) for row in left] == [list(map(repr, row)) for row in right]
    assert (checksum(*left) == checksum(*right)) == same


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([(1,)], [(1.0,)]),
        ([(1,)], [("1",)]),
        ([("a",)], [(b"a",)]),
        ([(None,)], [("",)]),
        ([("",)], [(b"",)]),
        ([(0.0,)], [(-0.0,)]),
        ([("ab", "c")], [("a", "bc")]),
        ([("a",), ("b",)], [("b",), ("a",)]),
        ([("a", "b")], [("a",), ("b",)]),
        ([("1:t1:a",)], [("1", "a")]),
        ([()], []),
    ],
)
def test_rows_that_look_alike_have_other_checksums(left, right):
    assert checksum(*left) != checksum(*right)
