"""What may be sent again, and after which wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.errors import (
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineExceededError,
)
from oneclick_deploy.http import CallKind, Headers, Request, Response, RetryPolicy
from oneclick_deploy.http.retry import retry_after

POLICY = RetryPolicy(jitter=lambda: 0.0)
NOT_PROCESSED = {408, 425, 429}
FAILING = {500, 502, 503, 504, 520, 521, 522, 523, 524}
STATUSES = sorted({*map(int, HTTPStatus), *range(520, 530), 299, 499, 599})


def request(kind: CallKind) -> Request:
    return Request(method="POST", url="https://host.test/", kind=kind)


def response(status: int = 429, **headers: str) -> Response:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=Headers(fields))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", list(CallKind))
def test_which_statuses_are_repeated(kind, status):
    expected = status in NOT_PROCESSED or (kind is not CallKind.CREATE and status in FAILING)
    assert POLICY.repeats(request(kind), response(status)) is expected


@pytest.mark.parametrize(
    ("error", "read", "replace", "create"),
    [
        (ConnectionFailedError("x"), True, True, True),
        (ConnectionLostError("x", outcome_unknown=True), True, True, False),
        (DeadlineExceededError("x"), True, True, False),
        (DeadlineExceededError("x", retryable=False), False, False, False),
    ],
)
def test_which_failures_are_repeated(error, read, replace, create):
    expected = {CallKind.READ: read, CallKind.REPLACE: replace, CallKind.CREATE: create}
    assert {kind: POLICY.repeats(request(kind), error) for kind in CallKind} == expected


NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("1000000000", 1e9),
        (format_datetime(NOW + timedelta(seconds=30), usegmt=True), 30.0),
        ("Fri, 20 Nov 2026 12:01:00 -0000", 60.0),
        ("Fri, 20 Nov 2026 13:00:10 +0100", 610.0 - 600.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("", None),
        ("   ", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("1e999", None),
        ("7 seconds", None),
        ("Fri, 99 Nov 2026 12:00:00 GMT", None),
        ("Fri, 20 Nov 99999 12:00:00 GMT", None),
        ("\x00", None),
        ("1" * 5000, None),
    ],
)
def test_the_wish_of_an_answer_is_seconds_or_a_date(text, seconds):
    assert retry_after(response(Retry_After=text), now=NOW.timestamp) == seconds


def test_an_answer_without_a_wish_has_none():
    assert retry_after(response()) is None


@given(st.text(alphabet=st.characters(codec="latin-1")))
def test_no_text_is_a_wish_that_breaks(text):
    wish = retry_after(response(Retry_After=text))
    assert wish is None or 0.0 <= wish < float("inf")


@pytest.mark.parametrize("kind", list(CallKind))
def test_a_wish_within_the_cap_is_waited_for(kind):
    outcome = response(429, Retry_After="60")
    assert POLICY.repeats(request(kind), outcome)
    assert POLICY.wait(1, outcome) == 60.0


@pytest.mark.parametrize("wish", ["60.1", "3600", "1000000000", "Fri, 20 Nov 3026 12:00:00 GMT"])
def test_a_wish_over_the_cap_ends_the_call(wish):
    for kind in CallKind:
        assert not POLICY.repeats(request(kind), response(429, Retry_After=wish))
        assert not POLICY.repeats(request(kind), response(503, Retry_After=wish))


def test_garbage_as_a_wish_means_the_usual_wait():
    assert POLICY.repeats(request(CallKind.READ), response(429, Retry_After="nan"))
    assert POLICY.wait(1, response(429, Retry_After="nan")) == 0.25


def test_waits_double_up_to_the_cap():
    waits = [POLICY.wait(attempt, ConnectionLostError("x")) for attempt in range(1, 9)]
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


@given(st.integers(1, 10_000), st.floats(0.0, 1.0, exclude_max=True))
def test_jitter_keeps_a_wait_between_half_and_all_of_it(attempt, jitter):
    outcome = response(503)
    least = RetryPolicy(jitter=lambda: 0.0).wait(attempt, outcome)
    drawn = RetryPolicy(jitter=lambda: jitter).wait(attempt, outcome)
    assert least <= drawn <= 2 * least
    assert drawn <= 20.0


def test_waits_differ_by_default():
    policy = RetryPolicy()
    assert len({policy.wait(5, response(503)) for _ in range(50)}) > 1
