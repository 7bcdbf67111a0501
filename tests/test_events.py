"""Events: numbered values, one line each."""

from __future__ import annotations

import inspect
import pickle
from datetime import UTC, datetime

import pytest
from attrs import fields
from attrs.exceptions import FrozenInstanceError
from hypothesis import given, strategies as st

from oneclick_deploy import events
from oneclick_deploy.events import Event, RunStarted, StepProgress, one_line

COMMON = {
    "sequence": 7,
    "at": datetime(2026, 11, 20, tzinfo=UTC),
    "deployment_id": "d1",
    "elapsed": 12.34,
    "percent": 41.6,
}
FACTS = {
    "Event": {},
    "RunStarted": {"app": "guestbook", "steps": (("a", "A"), ("b", "B"))},
    "StepStarted": {"step": "build", "title": "collect the site"},
    "StepProgress": {"step": "build", "message": "hashing"},
    "StepFinished": {"step": "build", "seconds": 1.234, "summary": "2 files"},
    "StepFailed": {"step": "build", "seconds": 1.0, "error": "no", "hint": "do"},
    "ResourceChanged": {"change": "created", "kind": "turso.database", "name": "g"},
    "Notice": {"message": "look", "step": "build"},
    "RunFinished": {"status": "active", "url": "https://x.test", "seconds": 3.0},
}
LINES = {
    "Event": "Event",
    "RunStarted": "deploying guestbook: 2 steps",
    "StepStarted": "build: collect the site",
    "StepProgress": "build: hashing",
    "StepFinished": "build: done in 1.23 s (2 files)",
    "StepFailed": "build: FAILED: no - do",
    "ResourceChanged": "created turso.database g",
    "Notice": "note (build): look",
    "RunFinished": "active: https://x.test (3.0 s)",
}
CLASSES = {
    name: each
    for name, each in inspect.getmembers(events, inspect.isclass)
    if issubclass(each, Event)
}
every_class = pytest.mark.parametrize("name", sorted(CLASSES))


def made(name: str, **more) -> Event:
    return CLASSES[name](**COMMON, **(FACTS[name] | more))


def test_every_event_is_covered_here():
    assert CLASSES.keys() == FACTS.keys() == LINES.keys()


@every_class
def test_an_event_is_one_line_with_percent_and_time(name):
    assert str(made(name)) == f"[ 42%   12.3s] {LINES[name]}"


@every_class
def test_an_event_is_a_value(name):
    event = made(name)
    assert event == made(name)
    assert event != made(name).__class__(**COMMON | {"sequence": 8}, **FACTS[name])
    with pytest.raises(FrozenInstanceError):
        event.sequence = 8
    assert pickle.loads(pickle.dumps(event)) == event


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"rows_done": 5, "rows_total": 9}, "build: hashing, 5/9 rows"),
        ({"bytes_done": 5, "bytes_total": 9}, "build: hashing, 5/9 bytes"),
        ({"remaining": 2.6}, "build: hashing, about 3 s left"),
        ({"rows_done": 5}, "build: hashing"),
        ({"step_percent": 50.0}, "build: hashing"),
    ],
)
def test_progress_tells_what_is_known(facts, line):
    assert made("StepProgress", **facts).describe() == line


def test_the_rest_of_the_words():
    assert made("RunStarted", resumed=True).describe() == "resuming guestbook: 2 steps"
    assert made("StepFinished", reused=True).describe() == "build: kept (2 files)"
    assert made("StepFinished", summary="").describe() == "build: done in 1.23 s"
    assert made("Notice", step="").describe() == "note: look"
    assert (
        made("RunFinished", status="failed", url="", error="no").describe() == "failed: no (3.0 s)"
    )
    assert made("RunFinished", status="cancelled", url="").describe() == "cancelled (3.0 s)"


@given(st.text(alphabet=st.characters()))
def test_no_text_makes_more_than_one_harmless_line(text):
    for event in (
        RunStarted(**COMMON, app=text, steps=()),
        StepProgress(**COMMON, step=text, message=text),
    ):
        assert str(event).isprintable()
        assert len(str(event).splitlines()) == 1


@given(st.text(alphabet=st.characters()))
def test_what_is_printable_stays_as_it_is(text):
    line = one_line(text)
    assert line.isprintable()
    if text.isprintable():
        assert line == text
    assert one_line(line) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\nb\tc\r\nd", "a b c  d"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\u2028b\u00a0c", "a b c"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("caf\udce9", "caf\\udce9"),
        ("é 日本 😀", "é 日本 😀"),
    ],
)
def test_how_odd_characters_are_written(text, line):
    assert one_line(text) == line


def test_no_event_has_a_place_for_a_secret():
    for each in CLASSES.values():
        assert not any("ecret" in str(item.type) for item in fields(each))
