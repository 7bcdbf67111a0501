"""Known secrets disappear from text in every spelling."""

from __future__ import annotations

import base64
import html
import json
import threading
import urllib.parse

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.http import Redactor
from oneclick_deploy.secrets import MASK, Secret

HOSTILE = 'pä/ss "w\\ord"&<x>\n%20+=é😀'
FORMS = {
    "itself": HOSTILE,
    "percent-encoded": urllib.parse.quote(HOSTILE, safe=""),
    "percent-encoded but slashes": urllib.parse.quote(HOSTILE),
    "form-encoded": urllib.parse.quote_plus(HOSTILE),
    "urlencoded pair": urllib.parse.urlencode({"k": HOSTILE})[2:],
    "JSON": json.dumps(HOSTILE)[1:-1],
    "JSON in UTF-8": json.dumps(HOSTILE, ensure_ascii=False)[1:-1],
    "JSON with escaped slashes": json.dumps(HOSTILE)[1:-1].replace("/", "\\/"),
    "repr": repr(HOSTILE)[1:-1],
    "repr of bytes": repr(HOSTILE.encode())[2:-1],
    "HTML": html.escape(HOSTILE),
    "HTML but quotes": html.escape(HOSTILE, quote=False),
    "base64": base64.b64encode(HOSTILE.encode()).decode(),
    "URL-safe base64": base64.urlsafe_b64encode(HOSTILE.encode()).decode().rstrip("="),
}
FORMS["percent-encoded, lowercase"] = "".join(
    c if c.isalnum() and c.isascii() else "".join(f"%{b:02x}" for b in c.encode()) for c in HOSTILE
)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_spelling_of_a_secret_is_masked(form):
    cleaned = Redactor([Secret(HOSTILE)]).clean(f"before {form} after")
    assert form not in cleaned
    assert cleaned.startswith(f"before {MASK}")
    assert cleaned.endswith("after")


@given(st.text(alphabet=st.characters(), min_size=4), st.text(), st.text())
def test_a_secret_never_survives(secret, before, after):
    redactor = Redactor([Secret(secret)])
    cleaned = redactor.clean(before + secret + after)
    assert MASK in cleaned
    assert secret not in cleaned.replace(MASK, "\x01") or secret in MASK


def test_text_without_a_secret_is_unchanged():
    text = "GET https://host.test/?a=b"
    assert Redactor([Secret("not-in-here")]).clean(text) is text
    assert Redactor().clean(text) is text


@pytest.mark.parametrize("short", ["", "a", "abc"])
def test_values_that_are_too_short_leave_text_alone(short):
    assert Redactor([Secret(short)]).clean("abc abcabc") == "abc abcabc"


def test_the_longest_of_nested_secrets_is_masked_whole():
    redactor = Redactor([Secret("tokn"), Secret("tokn-and-more")])
    assert redactor.clean("tokn-and-more tokn") == f"{MASK} {MASK}"


def test_a_secret_is_plain_text_and_no_pattern():
    assert Redactor([Secret("a.*b")]).clean("a.*b axxb") == f"{MASK} axxb"


def test_secrets_can_be_added_later():
    redactor = Redactor()
    redactor.add(Secret("later-token"))
    redactor.add()
    assert redactor.clean("x later-token x") == f"x {MASK} x"


def test_threads_may_add_and_clean_at_once():
    redactor, failures = Redactor(), []

    def work(number: int) -> None:
        try:
            for turn in range(20):
                value = f"secret-{number}-{turn}-value"
                redactor.add(Secret(value))
                assert redactor.clean(value) == MASK
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
