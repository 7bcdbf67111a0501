"""Numbers, times and bytes of defaults are refused in the words of the libraries behind Prisma."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.prisma.semantics.checks.literals import (
    base64_mistake,
    date_time_mistake,
    decimal_mistake,
    integer_mistake,
)

OFFSETS = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-1439, 1439))


@given(st.integers(-(2**63), 2**63 - 1))
def test_64_bits_hold_an_integer(number: int) -> None:
    assert integer_mistake(str(number)) == ""


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "cannot parse integer from empty string"),
        ("-", "invalid digit found in string"),
        ("1.5", "invalid digit found in string"),
        ("9223372036854775808", "number too large to fit in target type"),
        ("-9223372036854775809", "number too small to fit in target type"),
        ("9" * 5000, "number too large to fit in target type"),
        ("0" * 5000 + "1", ""),
    ],
)
def test_an_integer_is_refused_for_a_reason(text: str, mistake: str) -> None:
    assert integer_mistake(text) == mistake


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_a_decimal(number: Decimal) -> None:
    assert decimal_mistake(str(number)) == ""


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("1_000.5_", ""),
        (".5", ""),
        ("5.", ""),
        ("+1.5e+3", ""),
        ("", "Failed to parse empty string"),
        ("e5", "Failed to parse empty string"),
        ("-", "cannot parse integer from empty string"),
        (".", "cannot parse integer from empty string"),
        ("1e", "cannot parse integer from empty string"),
        ("_1", "invalid digit found in string"),
        ("1.2.3", "invalid digit found in string"),
        ("--1", "invalid digit found in string"),
        ("-+1", "invalid digit found in string"),
        ("NaN", "invalid digit found in string"),
        ("１", "invalid digit found in string"),
        ("1e99999999999999999999x", "number too large to fit in target type"),
    ],
)
def test_a_decimal_is_refused_for_a_reason(text: str, mistake: str) -> None:
    assert decimal_mistake(text) == mistake


@given(st.binary())
def test_encoded_bytes_are_base64(data: bytes) -> None:
    assert base64_mistake(base64.b64encode(data).decode()) == ""


@pytest.mark.parametrize("text", ["aGk", "aGk==", "a", "aG k=", "aGl=", "!!!!", "é", "aGk=aGk="])
def test_what_no_encoder_writes_is_not_base64(text: str) -> None:
    assert (
        base64_mistake(text)
        == "Could not convert from `base64 encoded bytes` to `PrismaValue::Bytes`"
    )


@given(st.datetimes(timezones=OFFSETS), st.sampled_from("Tt "))
def test_what_python_writes_is_a_time(moment: datetime, separator: str) -> None:
    assert date_time_mistake(moment.isoformat(sep=separator)) == ""


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("2020-02-29T23:59:60.1234567890123z", ""),
        ("0000-02-29T00:00:00-23:59", ""),
        ("2020-01-01T00:00:00\N{MINUS SIGN}01:00", ""),
        ("", "premature end of input"),
        ("2020-01-01", "premature end of input"),
        ("2020-01-01T00:00:00", "premature end of input"),
        ("2020-01-01T00:00:00+01", "premature end of input"),
        ("20-01-01T00:00:00Z", "input contains invalid characters"),
        ("2020-01-01_00:00:00Z", "input contains invalid characters"),
        ("2020-01-01T00:00:00.Z", "input contains invalid characters"),
        ("2020-01-01T00:00:00+0100", "input contains invalid characters"),
        ("2020-13-01T00:00:00Z", "input is out of range"),
        ("2019-02-29T00:00:00Z", "input is out of range"),
        ("1900-02-29T00:00:00Z", "input is out of range"),
        ("2020-04-31T00:00:00Z", "input is out of range"),
        ("2020-01-01T24:00:00Z", "input is out of range"),
        ("2020-01-01T00:00:61Z", "input is out of range"),
        ("2020-01-01T00:00:00+24:00", "input is out of range"),
        ("2020-01-01T00:00:00+01:60", "input is out of range"),
        ("2019-02-29T00:00:00Z!", "trailing input"),
    ],
)
def test_a_time_is_refused_for_a_reason(text: str, mistake: str) -> None:
    assert date_time_mistake(text) == mistake
