"""Defaults of type Json are read by the rules, and refused in the words, of Prisma's parser."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.prisma.semantics.checks.json_text import json_mistake

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # Lone surrogates are no text for Prisma.
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_everything_that_python_writes_is_json(
    value: object, ascii_only: bool, indent: int
) -> None:
    assert json_mistake(json.dumps(value, ensure_ascii=ascii_only, indent=indent)) == ""


@given(st.text('[]{}",:0123456789.eE+-tfn \n\\u/'))
def test_what_python_refuses_is_refused(text: str) -> None:
    try:
        json.loads(text, parse_constant=lambda _name: 1 / 0)
        is_json = True
    except (ValueError, ZeroDivisionError):
        is_json = False
    # Python reads numbers that are too large, and halves of characters.
    mistake = json_mistake(text)
    assert is_json or mistake
    assert not is_json or not mistake or "out of range" in mistake or "surrogate" in mistake


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("nul", "EOF while parsing a value at line 1 column 3"),
        ("nuLl", "expected ident at line 1 column 3"),
        ("x", "expected value at line 1 column 1"),
        ("1 2", "trailing characters at line 1 column 3"),
        ("01", "invalid number at line 1 column 2"),
        ("-", "EOF while parsing a value at line 1 column 1"),
        ("-x", "invalid number at line 1 column 2"),
        ("1.", "EOF while parsing a value at line 1 column 2"),
        ("1.x", "invalid number at line 1 column 3"),
        ("1e", "EOF while parsing a value at line 1 column 2"),
        ("1e+x", "invalid number at line 1 column 4"),
        ("1e999", "number out of range at line 1 column 5"),
        ("1e99999999999 ", "number out of range at line 1 column 12"),
        ("[", "EOF while parsing a list at line 1 column 1"),
        ("[1", "EOF while parsing a list at line 1 column 2"),
        ("[1,", "EOF while parsing a value at line 1 column 3"),
        ("[1,]", "trailing comma at line 1 column 4"),
        ("[1 2]", "expected `,` or `]` at line 1 column 4"),
        ("[\n1,\n}", "expected value at line 3 column 1"),
        ("{", "EOF while parsing an object at line 1 column 1"),
        ("{1", "key must be a string at line 1 column 2"),
        ('{"a"', "EOF while parsing an object at line 1 column 4"),
        ('{"a" 1}', "expected `:` at line 1 column 6"),
        ('{"a":1 "b"', "expected `,` or `}` at line 1 column 8"),
        ('{"a":1,}', "trailing comma at line 1 column 8"),
        ('{"a":1,2}', "key must be a string at line 1 column 8"),
        ('"a', "EOF while parsing a string at line 1 column 2"),
        (
            '"\n"',
            "control character (\\u0000-\\u001F) found while parsing a string at line 2 column 0",
        ),
        (r'"\x"', "invalid escape at line 1 column 3"),
        (r'"\u12"', "EOF while parsing a string at line 1 column 6"),
        (r'"\u12x4"', "invalid escape at line 1 column 6"),
        (r'"\ud800"', "unexpected end of hex escape at line 1 column 8"),
        (r'"\ud800\n"', "unexpected end of hex escape at line 1 column 9"),
        (r'"\ud800\u0041"', "lone leading surrogate in hex escape at line 1 column 13"),
        (r'"\udc00"', "lone leading surrogate in hex escape at line 1 column 7"),
        ('"é" x', "trailing characters at line 1 column 6"),
    ],
)
def test_a_mistake_has_its_reason_and_its_place_in_bytes(text: str, mistake: str) -> None:
    assert json_mistake(text) == mistake


@pytest.mark.parametrize(
    "text", ["-0", "1e-400", "0e99999999999", "1e-99999999999", '"\\ud83d\\ude00"']
)
def test_unusual_values_are_values(text: str) -> None:
    assert json_mistake(text) == ""


def test_nesting_has_an_end() -> None:
    assert json_mistake("[" * 127 + "]" * 127) == ""
    assert json_mistake("[" * 128) == "recursion limit exceeded at line 1 column 128"
    assert json_mistake('{"a":' * 100_000) == "recursion limit exceeded at line 1 column 636"
