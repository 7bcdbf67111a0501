"""Hrana conformance: values, in both directions.

Every test runs against the real sqld and against the own server; where they differ is in
``test_hrana_differences.py``.
"""

from __future__ import annotations

import json
import math

import pytest
from tests.local.turso.stand import CLOSE, Hrana, execute


@pytest.mark.parametrize(
    "number", [0, 1, -1, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)], ids=str
)
def test_integers_are_exact_decimal_strings(db: Hrana, number: int):
    assert db.rows("SELECT ?, typeof(?1)", number) == [[number, "integer"]]


@pytest.mark.parametrize("number", [0.0, -0.0, 0.1, 1.5, 5e-324, 1.7976931348623157e308, 1e15])
def test_floats_keep_every_bit(db: Hrana, number: float):
    ((found, kind),) = db.rows("SELECT ?, typeof(?1)", number)
    assert kind == "real"
    assert math.copysign(1, found) == math.copysign(1, number)
    assert found == number


def test_a_float_may_come_as_a_json_integer(db: Hrana):
    assert db.rows("SELECT typeof(?)", {"type": "float", "value": 3}) == [["real"]]


@pytest.mark.parametrize(
    "text", ["", "a", "ü", "日本", "🦊", "a\0b", "\0", "'\"`", "\r\n\t", "\u2028"]
)
def test_texts_come_back_unchanged(db: Hrana, text: str):
    assert db.rows("SELECT ?, length(CAST(?1 AS BLOB))", text) == [[text, len(text.encode())]]


@pytest.mark.parametrize(
    ("sent", "hexadecimal"),
    [("", ""), ("AA", "00"), ("AA==", "00"), ("AAE", "0001"), ("AAE=", "0001"), ("+/8A", "FBFF00")],
)
def test_blobs_come_with_or_without_padding(db: Hrana, sent: str, hexadecimal: str):
    blob = {"type": "blob", "base64": sent}
    assert db.rows("SELECT hex(?), typeof(?1)", blob) == [[hexadecimal, "blob"]]


def test_blobs_go_out_without_padding(db: Hrana):
    assert db.rows("SELECT x'', x'00', x'0001', x'fbff00'") == [["", "AA", "AAE", "+/8A"]]


def test_infinities_are_floats_without_a_value(db: Hrana):
    (result,) = db.results("SELECT 9e999, -9e999, typeof(9e999)")
    assert result["rows"][0][:2] == [{"type": "float", "value": None}] * 2
    assert result["rows"][0][2]["value"] == "real"


def test_not_a_number_is_null(db: Hrana):
    assert db.rows("SELECT 9e999 - 9e999") == [[None]]


@pytest.mark.parametrize(
    "item",
    [
        {"type": "integer", "value": 1},
        {"type": "integer", "value": "9223372036854775808"},
        {"type": "integer", "value": "-9223372036854775809"},
        {"type": "integer", "value": " 1"},
        {"type": "integer", "value": "1.0"},
        {"type": "integer", "value": "0x1"},
        {"type": "integer", "value": ""},
        {"type": "integer", "value": None},
        {"type": "integer"},
        {"type": "float", "value": "1"},
        {"type": "float", "value": None},
        {"type": "float", "value": True},
        {"type": "text", "value": 1},
        {"type": "text"},
        {"type": "blob", "base64": "_w"},
        {"type": "blob", "base64": "A"},
        {"type": "blob", "base64": "AA=A"},
        {"type": "blob"},
        {"type": "bool", "value": True},
        {"type": None},
        {},
        None,
        5,
        "text",
    ],
    ids=json.dumps,
)
def test_a_malformed_value_refuses_the_whole_request(db: Hrana, item: object):
    answer = db.post(
        execute("CREATE TABLE effect (a)"),
        {"type": "execute", "stmt": {"sql": "SELECT ?", "args": [item]}},
        CLOSE,
    )
    assert answer.status_code == 400
    assert answer.text.startswith("Cannot deserialize client message from JSON")
    assert db.rows("SELECT count(*) FROM sqlite_schema") == [[0]]


@pytest.mark.parametrize("literal", ["1e999", "-1e999", "NaN", "Infinity", "-Infinity"])
def test_numbers_outside_of_json_or_double_are_refused(db: Hrana, literal: str):
    body = json.dumps({"requests": [execute("SELECT ?", 0.5)]}).replace("0.5", literal)
    assert db.http.post("/v3/pipeline", content=body).status_code == 400


def test_half_a_surrogate_pair_is_refused(db: Hrana):
    body = r'{"requests":[{"type":"execute","stmt":{"sql":"SELECT \"\ud83d\""}}]}'
    assert db.http.post("/v3/pipeline", content=body).status_code == 400


def test_text_that_is_not_utf8_fails_the_request(db: Hrana):
    answer = db.post(execute("SELECT CAST(x'ff41' AS TEXT)"), CLOSE)
    assert answer.status_code == 500
    assert "invalid utf-8" in answer.json()["error"]
