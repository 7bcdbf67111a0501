"""What may be bound, and how it travels."""

from __future__ import annotations

import base64
import decimal
import enum
import json
import math
import sqlite3
import uuid
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings, strategies as st

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.providers.libsql import place
from oneclick_deploy.providers.libsql.values import decode, encode, encode_args

SQLITE_VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.binary(),
)


@settings(deadline=None)
@given(SQLITE_VALUES)
def test_every_sqlite_value_survives_the_wire_unchanged(value):
    back = decode(json.loads(json.dumps(encode(value))))

    assert type(back) is type(value)
    assert back == value
    if isinstance(value, float):
        assert math.copysign(1, back) == math.copysign(1, value)


@settings(deadline=None)
@given(st.binary())
def test_blobs_are_read_with_and_without_padding(value):
    padded = base64.b64encode(value).decode()

    assert decode({"type": "blob", "base64": padded}) == value
    assert decode({"type": "blob", "base64": padded.rstrip("=")}) == value


def test_integers_travel_as_text_so_that_no_digit_is_lost():
    assert encode(2**63 - 1) == {"type": "integer", "value": "9223372036854775807"}
    assert encode(-(2**63)) == {"type": "integer", "value": "-9223372036854775808"}


def test_booleans_become_one_and_zero():
    assert encode(True) == {"type": "integer", "value": "1"}
    assert encode(False) == {"type": "integer", "value": "0"}


def test_enums_travel_as_their_values():
    class Number(enum.IntEnum):
        SEVEN = 7

    class Word(enum.StrEnum):
        YES = "yes"

    assert encode(Number.SEVEN) == {"type": "integer", "value": "7"}
    assert json.dumps(encode(Word.YES)) == '{"type": "text", "value": "yes"}'


@pytest.mark.parametrize(
    "value", [2**63, -(2**63) - 1, 1 << 99_999], ids=["above", "below", "huge"]
)
def test_integers_beyond_64_bits_are_refused_before_sending(value):
    with pytest.raises(ConfigurationError, match="64 bits"):
        encode(value)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "isoformat"),
        (date(2026, 1, 1), "isoformat"),
        (decimal.Decimal("1.10"), "every digit"),
        (uuid.UUID(int=1), "str"),
        ([1], "json.dumps"),
        ({"a": 1}, "json.dumps"),
        (object(), "SQLite has"),
        (1j, "SQLite has"),
    ],
)
def test_other_types_are_refused_with_the_conversion_to_make(value, hint):
    with pytest.raises(ConfigurationError, match=type(value).__name__) as caught:
        encode(value)

    assert hint in caught.value.hint


def test_nan_is_refused_because_sqlite_would_store_null():
    with pytest.raises(ConfigurationError, match="NULL"):
        encode(math.nan)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_infinities_cannot_be_bound_but_placed_as_literals(value):
    with pytest.raises(ConfigurationError, match="infinity") as caught:
        encode(value)
    mark, args = place(value)

    assert "9e999" in caught.value.hint
    assert args == ()
    with sqlite3.connect(":memory:") as database:
        assert database.execute(f"SELECT {mark}").fetchone() == (value,)
    database.close()


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(ConfigurationError, match="surrogate"):
        encode("a\ud800")


def test_a_name_that_is_not_unicode_is_refused():
    with pytest.raises(ConfigurationError, match="surrogate"):
        encode_args({"\ud800": 1})


def test_an_error_about_a_value_does_not_show_the_value():
    with pytest.raises(ConfigurationError) as caught:
        encode("hunter2\ud800")

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("args", ["abc", b"abc", {1, 2}, 7, iter([1])])
def test_arguments_are_a_sequence_or_a_mapping(args):
    with pytest.raises(ConfigurationError, match="sequence or a mapping"):
        encode_args(args)


def test_named_arguments_keep_their_names():
    assert encode_args({":a": 1}) == {
        "named_args": [{"name": ":a", "value": {"type": "integer", "value": "1"}}]
    }
    assert encode_args(()) == encode_args({}) == {}


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "text",
        [],
        {},
        {"type": "date"},
        {"type": "integer"},
        {"type": "integer", "value": "x"},
        {"type": "integer", "value": 1.5},
        {"type": "integer", "value": True},
        {"type": "float", "value": "1"},
        {"type": "text", "value": 1},
        {"type": "blob", "base64": "*"},
        {"type": "blob", "base64": 1},
        {"type": ["null"]},
        {"type": "float", "value": 10**400},
    ],
    ids=str,
)
def test_what_is_not_a_hrana_value_is_named_as_such(value):
    with pytest.raises(ValueError, match="readable value"):
        decode(value)
