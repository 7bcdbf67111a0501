"""The request budget: never more than the limit in any window, from any number of threads."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.http.budget import LIMITS, RequestBudget, shared_budget

PERIOD = 10.0
# Quarters of seconds are exact in binary, so that no rounding blurs the edges of a window.
MOMENTS = st.integers(0, 80).map(lambda quarters: quarters / 4)
STEPS = st.one_of(
    st.tuples(st.just("ask"), MOMENTS),
    st.tuples(st.just("impatient"), MOMENTS),
    st.tuples(st.just("block"), MOMENTS),
    st.tuples(st.just("pass"), MOMENTS),
)


@given(st.integers(1, 6), st.lists(STEPS, max_size=120))
def test_no_window_ever_holds_more_than_the_limit(limit, steps):
    now = [0.0]
    budget = RequestBudget(limit, PERIOD, clock=lambda: now[0])
    starts, blocked_until = [], 0.0
    for action, number in steps:
        match action:
            case "ask":
                wait = budget.reserve()
                assert now[0] + wait >= blocked_until
                starts.append(now[0] + wait)
            case "impatient":
                wait = budget.reserve(within=number)
                if wait is not None:
                    assert wait <= number
                    starts.append(now[0] + wait)
            case "block":
                budget.block(number)
                blocked_until = max(blocked_until, now[0] + number)
            case "pass":
                now[0] += number
    starts.sort()
    for first in starts:
        assert sum(first <= start < first + PERIOD for start in starts) <= limit


@given(st.integers(1, 5), st.integers(0, 30))
def test_requests_are_not_held_back_longer_than_the_limit_demands(limit, count):
    budget = RequestBudget(limit, PERIOD, clock=lambda: 0.0)
    assert [budget.reserve() for _ in range(count)] == [n // limit * PERIOD for n in range(count)]


def test_who_cannot_wait_takes_no_place():
    now = [0.0]
    budget = RequestBudget(1, PERIOD, clock=lambda: now[0])
    assert budget.reserve() == 0.0
    assert [budget.reserve(within=9.0) for _ in range(100)] == [None] * 100
    assert budget.reserve(within=10.0) == 10.0


def test_what_is_left_is_told():
    now = [0.0]
    budget = RequestBudget(3, PERIOD, clock=lambda: now[0])
    assert budget.remaining == 3
    for _ in range(5):
        budget.reserve()
    assert budget.remaining == 0
    now[0] = 10.0
    assert budget.remaining == 1
    now[0] = 100.0
    assert budget.remaining == 3


def test_a_block_holds_everything_back_until_its_end():
    now = [0.0]
    budget = RequestBudget(3, PERIOD, clock=lambda: now[0])
    budget.block(30.0)
    budget.block(5.0)
    assert budget.remaining == 0
    assert budget.reserve() == 30.0
    now[0] = 30.0
    assert budget.remaining == 2


def test_threads_share_the_places():
    budget = RequestBudget(50, 1000.0, clock=lambda: 0.0)
    waits, lock = [], threading.Lock()

    def ask() -> None:
        for _ in range(20):
            wait = budget.reserve()
            with lock:
                waits.append(wait)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [n // 50 * 1000.0 for n in range(160)]


def test_clients_of_one_account_share_a_budget(monkeypatch):
    monkeypatch.setattr("oneclick_deploy.http.budget._budgets", {})
    assert shared_budget("cloudflare", "a") is shared_budget("cloudflare", "a")
    assert shared_budget("cloudflare", "a") is not shared_budget("cloudflare", "b")


@pytest.mark.parametrize("provider", ["turso", "unknown"])
def test_a_provider_without_a_published_limit_has_no_budget(provider):
    assert shared_budget(provider, "a") is None


def test_cloudflares_budget_stays_under_its_limit():
    # 1200 requests in 5 minutes, and other tools use the token too.
    limit, period = LIMITS["cloudflare"]
    assert limit < 1200
    assert period == 300.0
