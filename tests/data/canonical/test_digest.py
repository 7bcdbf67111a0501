"""Digests tell rows apart, whatever their order, and parts of them add up."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.data.canonical import (
    Digest,
    canonical_text,
    json_text,
    mysql_digest,
    rows_digest,
    unverified,
)
from oneclick_deploy.data.columns import Kind, TargetColumn, TargetTable

TWO = (TargetColumn(name="a", kind=Kind.TEXT), TargetColumn(name="b", kind=Kind.TEXT))
texts = st.none() | st.text("a,:1\0é", max_size=4)
rows = st.lists(st.tuples(texts, texts), max_size=8)


@given(rows, st.randoms())
def test_the_order_of_rows_does_not_matter(given_rows, random):
    shuffled = list(given_rows)
    random.shuffle(shuffled)
    assert rows_digest(shuffled, TWO) == rows_digest(given_rows, TWO)


@given(rows, rows)
def test_parts_add_up(some, others):
    whole = rows_digest([*some, *others], TWO, batch=3)
    assert rows_digest(some, TWO) + rows_digest(others, TWO) == whole
    assert whole - rows_digest(others, TWO) == rows_digest(some, TWO)


@given(st.tuples(texts, texts), st.tuples(texts, texts))
def test_different_rows_have_different_digests(one, other):
    assert (rows_digest([one], TWO) == rows_digest([other], TWO)) == (one == other)


def test_an_empty_table_has_the_digest_that_databases_give_for_nothing():
    assert rows_digest([], TWO) == Digest() == Digest.of_sums(0, None, None)
    assert Digest().hex == "0" * 32
    assert Digest.of_sums(1, -1, Decimal(2)) == Digest(1, (1 << 64) - 1, 2)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.INTEGER, 5, "5"),
        (Kind.BOOLEAN, True, "1"),
        (Kind.BOOLEAN, b"\x01", "1"),
        (Kind.FLOAT, 0.1 + 0.2, "0.30000000000000004"),
        (Kind.FLOAT, 1e14, "100000000000000"),
        (Kind.FLOAT, 1e15, "1e+15"),
        (Kind.FLOAT, 1.5e-5, "1.5e-05"),
        (Kind.FLOAT, 0.0001, "0.0001"),
        (Kind.FLOAT, -0.0, "-0"),
        (Kind.FLOAT, float("-inf"), "-Infinity"),
        (Kind.DECIMAL, Decimal("1.500"), "1.5"),
        (Kind.DECIMAL, "1e3", "1000"),
        (Kind.DECIMAL, "-0.00", "0"),
        (Kind.TEXT, "é", "2:é"),
        (Kind.TEXT, "", "0:"),
        (Kind.TEXT, None, None),
        (Kind.BYTES, memoryview(b"\xff"), "xff"),
        (
            Kind.DATETIME,
            dt.datetime.fromisoformat("2024-01-02T03:04:05.6"),
            "2024-01-02 03:04:05.6",
        ),
        (Kind.DATETIME, dt.datetime(2024, 1, 2, tzinfo=dt.UTC), "2024-01-02 00:00:00"),
        (Kind.DATETIME, "2024-01-02T03:04:05.000+00:00", "2024-01-02 03:04:05"),
        (Kind.DATE, dt.date(2024, 1, 2), "2024-01-02"),
        (Kind.TIME, dt.timedelta(hours=3, milliseconds=5), "03:00:00.005"),
        (Kind.UUID, uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Kind.OTHER, "anything", "?"),
        (Kind.ANY, 1, "1"),
        (Kind.ANY, 1.0, "r1"),
        (Kind.ANY, "1", "1:1"),
        (Kind.ANY, b"1", "x31"),
    ],
)
def test_canonical_texts(kind, value, text):
    assert canonical_text(value, TargetColumn(name="x", kind=kind)) == text


def test_32_bit_floats_have_the_digits_of_32_bits():
    column = TargetColumn(name="x", kind=Kind.FLOAT, bits=32)
    assert canonical_text(0.1, column) == "0.1"
    assert canonical_text(0.10000000149011612, column) == "0.1"
    assert canonical_text(1e6, column) == "1e+06"


@pytest.mark.parametrize(
    ("given_text", "text"),
    [
        ('{"bb": 1, "a": [1,2 ,{}] }', '{"a": [1, 2, {}], "bb": 1}'),
        ('{"a":1,"a":2}', '{"a": 2}'),
        ("[1.50, 1e3, -0, -0.0, 1E-2]", "[1.50, 1000, 0, 0.0, 0.01]"),
        ('"\\u00e9\\/\\n"', '"é/\\n"'),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_documents_read_as_postgresql_writes_them(given_text, text):
    assert json_text(given_text) == text


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_documents_mean_the_same_afterwards(document):
    assert json.loads(json_text(json.dumps(document))) == document


def test_mysql_leaves_floats_to_python():
    table = TargetTable(name="T")
    assert mysql_digest(table, [TargetColumn(name="x", kind=Kind.FLOAT)]) is None
    assert mysql_digest(table, [TargetColumn(name="x", kind=Kind.TEXT)]) is not None


def test_columns_that_nobody_compares_are_named():
    columns = [*TWO, TargetColumn(name="c", kind=Kind.OTHER)]
    columns.append(TargetColumn(name="d", kind=Kind.TEXT, is_list=True))
    assert unverified(columns) == ("c", "d")
