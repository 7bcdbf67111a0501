# Generated from tests/http/_async/test_client.py by tools/unasync.py. Do not edit.
"""What the client does around a send: repeats, waits, budgets, cancellation, observers."""

from __future__ import annotations

import threading

import httpx
import pytest
from tests.http.loopback import foreign_parts

from oneclick_deploy.errors import (
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineExceededError,
    DeployCancelledError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http import (
    CallKind,
    Http,
    HttpSettings,
    Request,
    RequestBudget,
    Response,
    RetryPolicy,
)
from oneclick_deploy.http.observe import observed
from oneclick_deploy.http.settings import user_agent
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret

URL = "https://api.example.test/v1/things?token=canary"
QUICK = RetryPolicy(attempts=3, first_wait=0.0)
UNAVAILABLE = httpx.Response(503)


def client(*answers, policy=QUICK, timeout=5.0, **more):
    """A client whose network gives these answers in turn; the last one stays."""
    waiting, asked = list(answers), []

    def network(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(found, Exception):
            raise found
        found = found(request) if callable(found) else found
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)

    settings = HttpSettings(retry=policy, timeout=timeout)
    return Http(settings, transport=httpx.MockTransport(network), **more), asked


def sent(http: Http, request: Request) -> Response:
    """Send one request and close the client."""
    with http:
        return http.send(request)


def get(kind: CallKind = CallKind.READ, **more) -> Request:
    return Request(method="GET", url=URL, kind=kind, **more)


def test_an_answer_of_any_status_is_returned():
    for status in (200, 204, 302, 400, 404, 501):
        http, _ = client(httpx.Response(status, content=b"x", headers={"X-One": "1"}))
        with http:
            answer = http.send(get())
        assert (answer.status, answer.content) == (status, b"x")
        assert answer.headers["x-one"] == "1"


def test_redirects_are_not_followed():
    http, asked = client(httpx.Response(307, headers={"Location": "https://evil.test/"}))
    with http:
        assert (http.send(get())).status == 307
    assert len(asked) == 1


def test_a_request_carries_its_secrets_and_our_name():
    http, asked = client(httpx.Response(200))
    with http:
        http.send(get(headers={"Authorization": Secret("Bearer abc"), "X-Plain": "y"}))
    assert asked[0].headers["authorization"] == "Bearer abc"
    assert asked[0].headers["x-plain"] == "y"
    assert asked[0].headers["user-agent"] == user_agent()


def test_a_given_user_agent_is_kept():
    http, asked = client(httpx.Response(200))
    with http:
        http.send(get(headers={"User-Agent": "other/1"}))
    assert asked[0].headers["user-agent"] == "other/1"


def test_a_failing_server_is_asked_again_up_to_the_limit():
    http, asked = client(UNAVAILABLE)
    with http:
        assert (http.send(get())).status == 503
    assert len(asked) == 3


def test_the_first_good_answer_ends_the_repeats():
    http, asked = client(UNAVAILABLE, httpx.ReadError("reset"), httpx.Response(200))
    with http:
        assert (http.send(get(CallKind.REPLACE))).status == 200
    assert len(asked) == 3


@pytest.mark.parametrize("failure", [UNAVAILABLE, httpx.Response(500), httpx.Response(524)])
def test_a_create_is_not_repeated_after_a_failure_of_the_server(failure):
    http, asked = client(failure)
    with http:
        assert (http.send(get(CallKind.CREATE))).status == failure.status_code
    assert len(asked) == 1


def test_a_create_whose_answer_was_lost_is_not_repeated():
    http, asked = client(httpx.ReadError("reset"))
    with pytest.raises(ConnectionLostError) as caught:
        sent(http, get(CallKind.CREATE))
    assert caught.value.outcome_unknown
    assert len(asked) == 1


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.PoolTimeout("busy"),
        httpx.ProxyError("407"),
    ],
)
def test_a_create_that_never_left_is_repeated(failure):
    http, asked = client(failure, failure, httpx.Response(201))
    with http:
        assert (http.send(get(CallKind.CREATE))).status == 201
    assert len(asked) == 3


def test_a_connection_that_never_came_about_is_told_so():
    http, asked = client(httpx.ConnectError("refused"))
    with pytest.raises(ConnectionFailedError) as caught:
        sent(http, get(CallKind.CREATE))
    assert not caught.value.outcome_unknown
    assert len(asked) == 3


@pytest.mark.parametrize("status", [408, 425, 429])
def test_a_create_that_was_refused_unseen_is_repeated(status):
    http, asked = client(httpx.Response(status), httpx.Response(201))
    with http:
        assert (http.send(get(CallKind.CREATE))).status == 201
    assert len(asked) == 2


def test_the_wait_that_the_server_asks_for_is_kept(monkeypatch):
    waits = []

    def recorded(seconds, *, cancel=None):
        waits.append(seconds)

    monkeypatch.setattr("oneclick_deploy.runtime.threads.sleep", recorded)
    http, _ = client(httpx.Response(429, headers={"Retry-After": "2"}), httpx.Response(200))
    with http:
        assert (http.send(get())).status == 200
    assert waits == [2.0]


def test_each_wait_is_drawn_once_and_used_as_drawn(monkeypatch):
    drawn, waits = [], []

    def recorded(seconds, *, cancel=None):
        waits.append(seconds)

    def jitter():
        drawn.append(len(drawn) / 10)
        return drawn[-1]

    monkeypatch.setattr("oneclick_deploy.runtime.threads.sleep", recorded)
    http, _ = client(UNAVAILABLE, policy=RetryPolicy(attempts=4, first_wait=1.0, jitter=jitter))
    with http:
        http.send(get())
    assert waits == [0.5, 2 * 0.55, 4 * 0.6]


def test_a_wait_that_is_too_long_fails_at_once_with_the_wish():
    http, asked = client(httpx.Response(429, headers={"Retry-After": "3600"}))
    with http:
        answer = http.send(get())
    assert answer.status == 429
    assert answer.headers["retry-after"] == "3600"
    assert len(asked) == 1


def test_a_wait_beyond_the_deadline_gives_the_last_answer_instead():
    http, asked = client(httpx.Response(503, headers={"Retry-After": "30"}), timeout=5.0)
    with http:
        assert (http.send(get())).status == 503
    assert len(asked) == 1


def test_a_calls_own_timeout_replaces_the_clients():
    http, asked = client(httpx.Response(503, headers={"Retry-After": "2"}), timeout=60.0)
    with http:
        assert (http.send(get(timeout=1.0))).status == 503
    assert len(asked) == 1


# Answers that are too large


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_an_answer_over_the_limit_ends_the_call(encoding):
    import gzip

    body = bytes(2_000_000)
    headers = {"Content-Encoding": encoding} if encoding else {}
    content = gzip.compress(body) if encoding else body
    settings = HttpSettings(retry=QUICK, largest_answer=1_000_000)
    asked = []

    def network(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, headers=headers, content=content)

    http = Http(settings, transport=httpx.MockTransport(network))
    with pytest.raises(UnexpectedAnswerError, match="more than 1000000 bytes") as caught:
        sent(http, get())
    assert len(asked) == 1
    assert "largest_answer" in caught.value.hint
    assert "canary" not in str(caught.value)


def test_an_answer_of_exactly_the_limit_is_taken():
    http, _ = client(httpx.Response(200, content=bytes(1000)))
    http.settings = HttpSettings(largest_answer=1000)
    with http:
        assert len((http.send(get())).content) == 1000


# Cancellation


def test_a_cancelled_client_sends_nothing():
    token = CancelToken()
    token.cancel()
    http, asked = client(httpx.Response(200), cancel=token)
    with pytest.raises(DeployCancelledError):
        sent(http, get())
    assert not asked


@pytest.mark.parametrize("delay", [0.0, 0.05])
def test_cancelling_ends_the_wait_before_the_next_try(delay):
    token = CancelToken()
    timer = threading.Timer(delay, token.cancel)

    def busy(request):
        timer.start()
        return httpx.Response(429, headers={"Retry-After": "50"})

    http, asked = client(busy, cancel=token, timeout=300.0)
    with pytest.raises(DeployCancelledError):
        sent(http, get())
    timer.join()
    assert len(asked) == 1


def test_cancelling_ends_the_wait_for_the_budget():
    token, budget = CancelToken(), RequestBudget(1, 50.0)
    http, asked = client(httpx.Response(200), cancel=token, budget=budget, timeout=300.0)
    timer = threading.Timer(0.05, token.cancel)
    with http:
        http.send(get())
        timer.start()
        with pytest.raises(DeployCancelledError):
            http.send(get())
    timer.join()
    assert len(asked) == 1


# Budgets


def test_a_request_waits_for_its_place_in_the_budget(monkeypatch):
    waits, now = [], [1000.0]

    def recorded(seconds, *, cancel=None):
        waits.append(seconds)

    monkeypatch.setattr("oneclick_deploy.runtime.threads.sleep", recorded)
    budget = RequestBudget(2, 10.0, clock=lambda: now[0])
    http, asked = client(httpx.Response(200), budget=budget, timeout=60.0)
    with http:
        for _ in range(5):
            http.send(get())
            now[0] += 1.0
    assert len(asked) == 5
    assert waits == [8.0, 8.0, 16.0]


def test_a_budget_that_is_used_up_for_too_long_fails_before_sending():
    budget = RequestBudget(1, 500.0)
    http, asked = client(httpx.Response(200), budget=budget)
    with http:
        http.send(get())
        for _ in range(3):
            with pytest.raises(DeadlineExceededError, match="request budget") as caught:
                http.send(get())
    assert not caught.value.retryable
    assert not caught.value.outcome_unknown
    assert len(asked) == 1


def test_every_repeat_takes_a_place_in_the_budget():
    budget = RequestBudget(10, 500.0)
    http, _ = client(UNAVAILABLE, budget=budget)
    with http:
        http.send(get())
    assert budget.remaining == 7


def test_a_refusal_for_too_many_requests_blocks_the_whole_budget():
    budget = RequestBudget(10, 500.0)
    http, _ = client(httpx.Response(429, headers={"Retry-After": "3600"}), budget=budget)
    with http:
        http.send(get())
    assert budget.remaining == 0


# Observers


def test_observers_see_every_exchange_in_order():
    seen = []
    http, _ = client(UNAVAILABLE, httpx.ReadError("reset"), httpx.Response(200, content=b"x"))
    with observed(lambda request, response: seen.append((request, response))):
        sent(http, get())
    assert [response and response.status for _, response in seen] == [503, None, 200]
    assert all(request == get() for request, _ in seen)
    assert seen[2][1].content == b"x"


def test_an_observer_is_removed_with_its_block():
    seen = []
    http, _ = client(httpx.Response(200))
    with pytest.raises(KeyError), observed(lambda *pair: seen.append(pair)):
        raise KeyError
    with http:
        assert isinstance(http.send(get()), Response)
    assert not seen


# Requests that cannot be sent


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "ftp://host.test/",
        "http:///nohost",
        "http://[::1",
        "http://host.test:port/",
        "http://host.test/\x00",
        "http://\ud800.test/",
        "http://host.test/" + "a" * 70_000,
    ],
)
def test_an_address_that_is_none_is_a_mistake_of_the_configuration(url):
    http = Http(HttpSettings(retry=QUICK))
    with pytest.raises(ConfigurationError, match="cannot be sent") as caught:
        sent(http, Request(method="GET", url=url))
    assert foreign_parts(caught.value) == []


def test_credentials_in_an_address_stay_out_of_the_message():
    http, _ = client(httpx.ConnectError("refused"))
    request = Request(method="GET", url="https://me:canary@host.test/a?b=canary#canary")
    with pytest.raises(ConnectionFailedError) as caught:
        sent(http, request)
    assert "canary" not in str(caught.value)
    assert "GET https://host.test/a" in str(caught.value)


def test_a_closed_client_opens_again():
    http, asked = client(httpx.Response(200))
    http.send(get())
    http.close()
    http.close()
    http.send(get())
    http.close()
    assert len(asked) == 2
