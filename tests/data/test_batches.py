"""Batches: together they are the rows, and each stays within what a server takes."""

from __future__ import annotations

import base64
import json
import math
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings, strategies as st

from oneclick_deploy.data import batches as module
from oneclick_deploy.data.batches import (
    MOST_BYTES,
    MOST_ROWS,
    MOST_VARIABLES,
    InsertTarget,
    insert_batches,
)
from oneclick_deploy.data.checksum import TableChecksum
from oneclick_deploy.data.libsql.texts import RawText

VALUE = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.floats(0, 1000),
    st.text(max_size=40),
    st.binary(max_size=40),
)
PLAIN = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.text(max_size=9), st.floats(1, 9))


class Rows:
    """A reader of given rows, in pieces of at most ``piece``."""

    def __init__(self, rows, piece: int = 256) -> None:
        self.rows = iter(rows)
        self.piece = piece

    def take(self, most: int) -> list[tuple]:
        return [row for _, row in zip(range(min(most, self.piece)), self.rows, strict=False)]


def target(width: int, **more) -> InsertTarget:
    return InsertTarget(table='t"1', columns=tuple(f"c {n}" for n in range(width)), **more)


def batches(width: int, rows, **more) -> list:
    return list(insert_batches(target(width, **more), Rows(rows)))


def args(batch) -> list:
    """The arguments of a batch as the server reads them."""
    read = {
        "null": lambda _: None,
        "integer": lambda each: int(each["value"]),
        "float": lambda each: float(each["value"]),
        "text": lambda each: each["value"],
        "blob": lambda each: base64.b64decode(each["base64"] + "=="),
    }
    return [read[each["type"]](each) for each in json.loads(f"[{batch.args}]")]


def inserted(width: int, made, schema: str = "") -> list[tuple]:
    """Run the statements in SQLite, and read the rows back."""
    with closing(sqlite3.connect(":memory:")) as connection:
        columns = ", ".join(f'"c {n}"' for n in range(width))
        connection.execute(f'CREATE TABLE "t""1" ({schema or columns})')
        for batch in made:
            connection.execute(batch.sql, args(batch))
        return connection.execute('SELECT * FROM "t""1" ORDER BY rowid').fetchall()


def shown(rows) -> list[list[str]]:
    return [list(map(repr, row)) for row in rows]


@pytest.mark.parametrize("values", [VALUE, PLAIN])
@given(data=st.data())
def test_the_batches_together_insert_exactly_the_rows(values, data):
    width = data.draw(st.integers(1, 4))
    rows = data.draw(st.lists(st.tuples(*[values] * width), max_size=30))
    made = list(insert_batches(target(width), Rows(rows, data.draw(st.integers(1, 30)))))
    assert sum(batch.rows for batch in made) == len(rows)
    assert shown(inserted(width, made)) == shown(rows)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=50))
def test_every_double_arrives_bit_for_bit(values):
    rows = [(value,) for value in values]
    assert shown(inserted(1, batches(1, rows))) == shown(rows)


def test_ordinary_rows_are_one_argument():
    rows = [(n, f"text {n}", n / 7, None) for n in range(1000)]
    (batch,) = batches(4, rows)
    assert len(args(batch)) == 1
    assert inserted(4, [batch]) == rows


@pytest.mark.parametrize(
    "value", [b"blob", -0.0, 1e300, 5e-324, 1e-20, "nul\x00", math.inf, RawText(b"\xff")]
)
def test_rows_without_an_exact_form_in_a_document_are_bound(value):
    (batch,) = batches(2, [(1, value), (2, value)])
    assert "json_each" not in batch.sql


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
        made = batches(width, rows)
    assert sum(batch.rows for batch in made) == len(rows)
    for batch in made:
        assert 1 <= batch.rows <= rows_limit
        assert batch.rows == 1 or len(args(batch)) <= variables_limit
        assert batch.rows == 1 or len(batch.args.encode()) <= bytes_limit + 50


@pytest.mark.parametrize(
    "text",
    ["x" * 3000, "é" * 3000, "😀" * 3000, "\x00" * 3000, '"\\' * 3000, "\x7f\u2028" * 3000],
)
def test_a_request_of_long_texts_stays_within_the_bytes(text):
    for batch in batches(1, [(text,)] * 2000):
        assert len(batch.args.encode()) <= MOST_BYTES + 50
        assert batch.rows <= MOST_ROWS


def test_a_row_that_is_larger_than_a_request_goes_alone():
    big = "x" * (2 * MOST_BYTES)
    assert [batch.rows for batch in batches(1, [("a",), (big,), ("b",)])] == [1, 1, 1]


def test_wide_tables_stay_within_the_variables():
    made = batches(2000, [(1,) * 2000] * 40)
    assert max(len(args(batch)) for batch in made) <= MOST_VARIABLES
    assert sum(batch.rows for batch in made) == 40


def test_rows_are_taken_as_they_are_needed():
    taken = []

    def rows():
        for number in range(100_000):
            taken.append(number)
            yield (number,)

    next(insert_batches(target(1), Rows(rows())))
    assert len(taken) <= MOST_ROWS + 256


def test_no_rows_make_no_batch():
    assert batches(3, []) == []


def test_infinities_are_written_into_the_statement():
    (batch,) = batches(3, [(math.inf, 1, -math.inf)])
    assert args(batch) == [1]
    assert inserted(3, [batch]) == [(math.inf, 1, -math.inf)]


def test_texts_that_are_not_utf8_stay_texts():
    (batch,) = batches(2, [(RawText(b"a\xff"), "é"), (None, b"\xff")])
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute('CREATE TABLE "t""1" ("c 0", "c 1")')
        connection.execute(batch.sql, args(batch))
        found = connection.execute(
            'SELECT typeof("c 0"), hex("c 0"), typeof("c 1"), hex("c 1") FROM "t""1"'
        ).fetchall()
    assert found == [("text", "61FF", "text", "C3A9"), ("null", "", "blob", "FF")]


@pytest.mark.parametrize("others", [2, b"2"])
def test_rows_whose_key_is_taken_are_left_out_or_replace_the_values(others):
    schema = '"c 0" INTEGER PRIMARY KEY, "c 1"'
    first = batches(2, [(1, "old"), (2, "old")])
    rows = [(2, others), (3, others)]
    for conflict, wanted in (("skip", "old"), ("update", others)):
        made = batches(2, rows, on_conflict=conflict, key=("c 0",))
        assert inserted(2, first + made, schema) == [(1, "old"), (2, wanted), (3, others)]


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
    same = sorted(list(map(repr, row)) for row in left) == sorted(
        list(map(repr, row)) for row in right
    )
    assert (checksum(*left) == checksum(*right)) == same


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([(1,)], [(1.0,)]),
        ([(1,)], [("1",)]),
        ([("a",)], [(RawText(b"a"),)]),
        ([(b"a",)], [(RawText(b"a"),)]),
        ([(math.inf,)], [(-math.inf,)]),
        ([(math.inf,)], [("inf",)]),
        ([(1,), (1,)], [(1,)]),
        ([("a",)], [(b"a",)]),
        ([(None,)], [("",)]),
        ([("",)], [(b"",)]),
        ([(0.0,)], [(-0.0,)]),
        ([("ab", "c")], [("a", "bc")]),
        ([("a", "b")], [("a",), ("b",)]),
        ([("1:t1:a",)], [("1", "a")]),
        ([(None,)], []),
    ],
)
def test_rows_that_look_alike_have_other_checksums(left, right):
    assert checksum(*left) != checksum(*right)


def test_the_order_of_rows_does_not_count():
    assert checksum((1,), (2,)) == checksum((2,), (1,))
