"""A secret never shows itself, whatever a program does to print, copy or store it."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import pprint
import traceback

import pytest
from attrs import frozen
from hypothesis import given, strategies as st

from oneclick_deploy.errors import SecretError
from oneclick_deploy.secrets import MASK, Secret, Vault

CANARY = "sk_live_canary_51Jx"


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        format,
        ascii,
        pprint.pformat,
        lambda s: f"{s}",
        lambda s: f"{s!r}",
        lambda s: f"{s!s:>40}",
        lambda s: "%s %r %a" % (s, s, s),  # noqa: UP031 - the old way of formatting is the subject
        lambda s: f"{s:x<60}",
        lambda s: str([s]) + str({"token": s}) + str((s,)),
        lambda s: repr(copy.copy(s)) + repr(copy.deepcopy({"a": [s]})),
        lambda s: repr(Secret(s)),
        lambda s: repr(dir(s)),
        lambda s: json.dumps({"token": s}, default=str),
    ],
)
def test_no_way_of_showing_a_secret_gives_its_value(show):
    shown = show(Secret(CANARY))
    assert CANARY not in shown


def test_a_secret_shows_as_its_mask():
    assert str(Secret(CANARY)) == MASK
    assert repr(Secret(CANARY)) == f"Secret({MASK!r})"


def test_a_value_object_that_holds_a_secret_does_not_show_it():
    @frozen
    class Holder:
        token: Secret

    assert CANARY not in repr(Holder(Secret(CANARY)))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_cannot_be_pickled_with_any_protocol(protocol):
    with pytest.raises(SecretError, match="pickled") as caught:
        pickle.dumps({"a": [Secret(CANARY)]}, protocol)
    assert CANARY not in str(caught.value)
    assert "Vault" in caught.value.hint


def test_the_state_of_a_secret_is_not_handed_to_other_serialisers():
    with pytest.raises(SecretError):
        Secret(CANARY).__getstate__()
    assert not hasattr(Secret(CANARY), "__dict__")


def test_json_refuses_a_secret_instead_of_writing_it():
    with pytest.raises(TypeError) as caught:
        json.dumps({"token": Secret(CANARY)})
    assert CANARY not in str(caught.value)


def test_a_copy_of_a_secret_is_the_secret_itself():
    secret = Secret(CANARY)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_a_logged_secret_is_masked(caplog):
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger("tests.secrets")
    logger.info("token %s %r", Secret(CANARY), Secret(CANARY))
    try:
        fail_with(Secret(CANARY))
    except RuntimeError:
        logger.exception("failed with %s", {"token": Secret(CANARY)})
    assert caplog.records
    assert MASK in caplog.text
    assert CANARY not in caplog.text


def fail_with(secret: Secret) -> None:
    headers = {"Authorization": secret}
    raise RuntimeError(f"could not send {headers}")


def test_the_locals_of_a_traceback_show_the_mask():
    try:
        fail_with(Secret(CANARY))
    except RuntimeError as error:
        shown = "".join(
            traceback.TracebackException.from_exception(error, capture_locals=True).format()
        )
    assert "headers" in shown
    assert MASK in shown
    assert CANARY not in shown


def locals_of(error: BaseException) -> str:
    """The traceback with the locals of every frame but the test's own."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(
        f"{frame.name} {frame.locals}" for frame in told.stack if frame.filename != __file__
    )


def test_a_secret_of_the_wrong_type_is_refused_without_showing_it():
    with pytest.raises(SecretError, match="not bytes") as caught:
        Secret(CANARY.encode())  # type: ignore[arg-type]
    assert CANARY not in str(caught.value)
    assert CANARY not in locals_of(caught.value)


@pytest.mark.parametrize("wrong", [None, 7, 1.5, b"x", ["x"], object()])
def test_only_texts_become_secrets(wrong):
    with pytest.raises(SecretError):
        Secret(wrong)


@pytest.mark.parametrize("rest", ["", f",{Vault.generate_key().reveal()}"], ids=["alone", "two"])
def test_the_locals_of_a_refused_key_do_not_show_it(monkeypatch, rest):
    short = "c2hvcnQta2V5LWNhbmFyeQ=="
    monkeypatch.setenv("CREDENTIALS_ENCRYPTION_KEY", f" {short}{rest}")
    with pytest.raises(SecretError) as caught:
        Vault.from_env()
    shown = locals_of(caught.value)
    assert "from_env" in shown
    assert "__init__" in shown
    assert short not in shown
    assert "short-key-canary" not in shown


def test_a_secret_cannot_be_changed():
    secret = Secret(CANARY)
    with pytest.raises(SecretError):
        secret._value = "other"
    with pytest.raises(AttributeError):
        del secret.other
    assert secret.reveal() == CANARY


@given(st.text(alphabet=st.characters()), st.text(alphabet=st.characters()))
def test_secrets_are_equal_when_their_values_are(left, right):
    assert (Secret(left) == Secret(right)) == (left == right)
    assert Secret(left) == Secret(Secret(left))
    assert hash(Secret(left)) == hash(Secret(left))


def test_a_secret_equals_no_plain_text():
    assert Secret("a") != "a"
    assert Secret("\ud800") == Secret("\ud800")


def test_an_empty_secret_is_false():
    assert not Secret("")
    assert Secret(" ")
