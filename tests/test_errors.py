"""The error tree: as documented, catchable by its branches, readable, and ours."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from oneclick_deploy import errors
from oneclick_deploy.errors import (
    ApiError,
    OneClickError,
    RateLimitedError,
    StepError,
    TransportError,
)

CLASSES = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if each.__module__ == errors.__name__
]
every_class = pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)


def made(kind: type[OneClickError], message: str = "It broke", **more) -> OneClickError:
    if issubclass(kind, RateLimitedError):
        return kind(message, provider="acme", **more)
    if issubclass(kind, ApiError):
        return kind(message, provider="acme", status=418, **more)
    if issubclass(kind, StepError):
        return kind("build", OneClickError(message, **more))
    return kind(message, **more)


def test_the_documented_tree_is_the_tree_of_classes():
    documented, path = {}, {}
    for line in inspect.getdoc(errors).splitlines():
        found = re.match(r"^(\s*[|+\- ]*)(\w+Error)\b", line)
        if found:
            depth = len(found[1])
            path = {d: name for d, name in path.items() if d < depth}
            documented[found[2]] = path[max(path)] if path else "Exception"
            path[depth] = found[2]
    assert documented == {kind.__name__: kind.__base__.__name__ for kind in CLASSES}


@every_class
def test_every_error_says_what_it_is_for(kind):
    assert inspect.getdoc(kind)
    assert inspect.getdoc(kind) != inspect.getdoc(kind.__base__)


@every_class
def test_every_error_shows_its_message_and_its_hint(kind):
    error = made(kind, hint="Do this.")
    assert "It broke" in str(error)
    assert str(error).endswith("\n  hint: Do this.")
    assert error.hint == "Do this."
    assert "hint" not in str(made(kind))


@every_class
def test_every_error_is_caught_by_the_library_s_one(kind):
    with pytest.raises(OneClickError):
        raise made(kind)


@every_class
def test_who_asks_whether_to_try_again_gets_an_answer(kind):
    assert isinstance(made(kind).retryable, bool)


def test_failures_of_the_network_may_be_tried_again_and_refusals_not():
    assert made(TransportError).retryable
    assert made(RateLimitedError).retryable
    assert not made(ApiError).retryable
    assert not made(OneClickError).retryable


def test_an_answer_of_a_provider_names_its_facts():
    error = ApiError("no", provider="acme", status=403, code="E1", request_id="r-7", hint="Ask.")
    assert str(error) == "acme: no (HTTP 403, code E1, request r-7)\n  hint: Ask."
    assert str(ApiError("no", provider="acme", status=500)) == "acme: no (HTTP 500)"


def test_a_failed_step_speaks_with_its_cause():
    cause = RateLimitedError("too many", provider="acme", hint="Wait.", retry_after=7.0)
    error = StepError("build", cause, undone=("a",), left=("b",))
    assert error.message == "build failed: too many"
    assert (error.hint, error.retryable, error.cause) == ("Wait.", True, cause)
    assert (error.step, error.undone, error.left) == ("build", ("a",), ("b",))


def test_an_unknown_outcome_is_only_said_when_it_is_so():
    assert not TransportError("x").outcome_unknown
    assert TransportError("x", outcome_unknown=True).outcome_unknown


def test_every_error_survives_a_process_pool() -> None:
    made = [
        errors.ConfigurationError("m", hint="h"),
        errors.ConnectionLostError("m", outcome_unknown=True),
        errors.RateLimitedError("m", provider="p", code="7", request_id="r", retry_after=3.0),
        errors.ConstraintError("m", code="SQLITE_CONSTRAINT", statement=2),
        errors.StepError(
            "verify", errors.VerificationError("m", hint="h"), deployment_id="d", left=("a b",)
        ),
    ]
    for error in made:
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert repr(vars(again)) == repr(vars(error))
