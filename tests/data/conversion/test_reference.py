"""The library's conversions against a slow reference."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from oneclick_deploy.data.columns import Kind, TargetColumn
from oneclick_deploy.data.conversion import Undecodable, convert
from oneclick_deploy.data.problems import Problem

from . import reference
from .stored import documents, floats, integers, moment_texts, number_texts, texts, values

many = settings(max_examples=500, deadline=None)


def column(kind: Kind, **limits: object) -> TargetColumn:
    return TargetColumn(name="x", kind=kind, **limits)


def seconds_of(text: str) -> Fraction:
    whole, _, digits = text.partition(".")
    moment = dt.datetime.fromisoformat(whole).replace(tzinfo=dt.UTC)
    seconds = (moment - reference.EPOCH) // dt.timedelta(seconds=1)
    return Fraction(seconds) + Fraction(int(digits or 0), 10 ** len(digits))


@many
@given(st.one_of(moment_texts, integers, floats, values), st.sampled_from([0, 3, 6]))
def test_dates(value, precision):
    if value is None:
        return
    outcome = convert(value, column(Kind.DATETIME, precision=precision), "postgresql")
    expected = reference.moment(value)
    if expected is None:
        assert outcome.problems
        return
    unit = Fraction(1, 10**precision)
    if expected % unit == 0:
        assert not outcome.problems
        assert seconds_of(outcome.value) == expected
    elif outcome.has_nearest:
        assert outcome.problems == (Problem.LOSES_DIGITS,)
        assert abs(seconds_of(outcome.value) - expected) <= unit / 2


@many
@given(st.one_of(number_texts, integers, floats, values))
def test_decimals(value):
    if value is None:
        return
    outcome = convert(value, column(Kind.DECIMAL, precision=65, scale=30), "postgresql")
    expected = reference.number(value)
    if expected is None:
        assert outcome.problems
    elif abs(expected) < 10**35 and (expected * 10**30).denominator == 1:
        assert not outcome.problems
        assert Fraction(outcome.value) == expected
    else:
        assert outcome.problems[0] in {Problem.OUT_OF_RANGE, Problem.LOSES_DIGITS}
        assert abs(Fraction(outcome.value)) < 10**35


@many
@given(st.one_of(number_texts, integers, floats, values), st.sampled_from([16, 32, 64]))
def test_integers(value, bits):
    if value is None:
        return
    outcome = convert(value, column(Kind.INTEGER, bits=bits), "postgresql")
    expected = reference.number(value, whole=True)
    half = 1 << (bits - 1)
    if expected is not None and expected.denominator == 1 and -half <= expected < half:
        assert outcome == (int(expected), (), True)
    else:
        assert outcome.problems
        assert not outcome.has_nearest or -half <= outcome.value < half


@many
@given(st.one_of(texts, values))
def test_texts(value):
    if value is None:
        return
    outcome = convert(value, column(Kind.TEXT, length=5), "postgresql")
    good = isinstance(value, str) and "\0" not in value and len(value) <= 5
    assert not good or outcome == (value, (), True)
    assert len(outcome.value) <= 5
    assert "\0" not in outcome.value
    if isinstance(value, Undecodable):
        assert Problem.NOT_UTF8 in outcome.problems


@many
@given(documents)
def test_documents(text):
    outcome = convert(text, column(Kind.JSON, binary_json=True), "postgresql")
    try:
        loaded = json.loads(text, parse_constant=lambda _: 1 / 0)
        json.dumps(loaded, ensure_ascii=False).encode()
        good = "\0" not in json.dumps(loaded, ensure_ascii=False).replace("\\u0000", "\0")
    except (ValueError, ZeroDivisionError):
        good = False
    if good:
        assert outcome == (text, (), True)
    elif '"\\\\u0000"' not in text:
        assert outcome.problems == (Problem.NOT_JSON,)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (Kind.BOOLEAN, "true", 1),
        (Kind.BOOLEAN, "F", 0),
        (Kind.BOOLEAN, 1.0, 1),
        (Kind.BYTES, "é", b"\xc3\xa9"),
        (Kind.BYTES, Undecodable(b"\xff"), b"\xff"),
        (Kind.UUID, b"\0" * 16, str(uuid.UUID(int=0))),
        (Kind.JSON, 12, "12"),
        (Kind.JSON, 0.1, "0.1"),
        (Kind.TEXT, 0.1, "0.1"),
        (Kind.DATE, "2024-01-02", "2024-01-02"),
        (Kind.TIME, "12:30", "12:30:00.000"),
        (Kind.DATETIME, "2024-01-01 03:04:59.9999", "2024-01-01 03:04:59.9999"),
    ],
)
def test_values_that_go_over_in_another_form(kind, value, expected):
    assert convert(value, column(kind), "postgresql") == (expected, (), True)


@pytest.mark.parametrize(
    ("kind", "value", "problem", "nearest"),
    [
        (Kind.BOOLEAN, 2, Problem.NOT_A_BOOLEAN, 1),
        (Kind.INTEGER, 1.5, Problem.NOT_A_NUMBER, 2),
        (Kind.BYTES, 7, Problem.NOT_BYTES, b"7"),
        (Kind.TEXT, b"a\xff", Problem.BYTES_IN_TEXT, "a\ufffd"),
        (Kind.JSON, "no", Problem.NOT_JSON, '"no"'),
        (Kind.DATE, 1, Problem.LOSES_DIGITS, "1970-01-01"),
        (Kind.DATETIME, "1700000000123", Problem.NOT_A_DATE, "2023-11-14 22:13:20.123"),
        (Kind.FLOAT, "1e400", Problem.OUT_OF_RANGE, 1.7976931348623157e308),
    ],
)
def test_the_nearest_value(kind, value, problem, nearest):
    assert convert(value, column(kind), "postgresql") == (nearest, (problem,), True)


def test_rounding_carries_into_the_next_second():
    outcome = convert("2024-12-31 23:59:59.9999", column(Kind.DATETIME, precision=3), "mysql")
    assert outcome.value == "2025-01-01 00:00:00.000"


def test_null_needs_a_column_that_takes_it():
    assert convert(None, column(Kind.TEXT), "mysql").problems == ()
    assert convert(None, column(Kind.TEXT, nullable=False), "mysql").problems == (Problem.IS_NULL,)
