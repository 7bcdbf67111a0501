"""Values as SQLite may hold them, with a taste for those that are nearly something else."""

from __future__ import annotations

import datetime as dt
import json

from hypothesis import strategies as st

from oneclick_deploy.data.columns import Kind, TargetColumn
from oneclick_deploy.data.conversion import Undecodable

integers = st.one_of(
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.integers(-3, 3),
    st.integers(-62_135_596_800_002, 253_402_300_800_002),
    st.sampled_from(
        [
            -(1 << 63),
            (1 << 63) - 1,
            -62_135_596_800_000,
            -62_135_596_800_001,
            253_402_300_799_999,
            253_402_300_800_000,
            1 << 31,
            -(1 << 31) - 1,
            (1 << 53) + 1,
            86_400_000,
            999,
            1_000,
            2_147_483_647_999,
            2_147_483_648_000,
        ]
    ),
)
floats = st.one_of(
    st.floats(allow_nan=False),
    st.floats(-1e15, 1e15),
    st.integers(-20, 25).map(lambda n: 10.0**n),
    st.integers(-(10**15), 10**15).map(lambda n: n / 100),
    st.integers(-(10**7), 10**7).map(lambda n: n / 10_000),
    st.integers(-(10**15), 10**15).map(lambda n: n / 10**9),
    st.sampled_from([0.1 + 0.2, 5e-324, 1e22, -0.0, 1e15, 2.5, 1e-5, 9007199254740993.0, 3e38]),
    st.integers(-(10**6), 10**6).map(float),
)
moments = st.datetimes()
_zones = st.sampled_from(
    ["", "Z", "+00:00", " +00:00", "+02:00", "-11:30", "z", "+15:00", "+24:00", "+0200"]
)
_shapes = st.sampled_from(
    [
        "%Y-%m-%dT%H:%M:%S.%f",
        "%Y-%m-%d %H:%M:%S.%f",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d",
        "%H:%M:%S",
        "%H:%M",
    ]
)


def _moment_text(moment: dt.datetime, shape: str, zone: str, cut: int) -> str:
    text = moment.strftime(shape)
    text = text.zfill(len(text) + 4 - text.index("-")) if "-" in text else text
    return (text[:-cut] if cut and "." in text else text) + zone


moment_texts = st.one_of(
    st.builds(_moment_text, moments, _shapes, _zones, st.sampled_from([0, 3, 3, 3])),
    moments.map(lambda m: _moment_text(m, "%Y-%m-%dT%H:%M:%S.%f", "Z", 3)),
    st.sampled_from(
        [
            "now",
            "12:00",
            "24:00:00",
            "2024-02-30",
            "2023-02-29T00:00:00.000Z",
            "2024-02-29T00:00:00.000Z",
            "2024-01-01 24:00:00",
            "2024-01-01T23:59:60.000Z",
            "2024-13-01 00:00:00",
            "0000-01-01 00:00:00",
            "0000-12-31T23:30:00-01:00",
            "9999-12-31T23:30:00-01:00",
            "+010000-01-01T00:00:00.000Z",
            "2024",
            "1700000000000",
            "2024-01-01 03:04:59.9999",
            "2024-01-01T03:04:59.9995Z",
            "2024-01-01 03:04:05.0000",
            "2024-01-01 00:00:00\0",
            "2024-01-01T00:00:00.000Z ",
            "٢٠٢٤-01-01 00:00:00",
            "2024-01-01T00:00:00.000+00:00\n",
            "1969-12-31 23:59:59",
            "2460000.5",
        ]
    ),
)
number_texts = st.one_of(
    integers.map(str),
    floats.map(repr),
    st.sampled_from(
        [
            "1.10",
            "1e400",
            "-1e400",
            "0x10",
            "1_000",
            "",
            " 12 ",
            "12abc",
            "+5",
            ".5",
            "5.",
            "nan",
            "9223372036854775808",
            "inf",
            "-Infinity",
            "1e-400",
            "0.1000",
            "١٢",
            "1e20",
            "1.5e1",
        ]
    ),
)
documents = st.one_of(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    ).map(json.dumps),
    st.sampled_from(
        [
            "",
            "NaN",
            "[1,]",
            '{"a": Infinity}',
            '"\\u0000"',
            '"\\\\u0000"',
            '"\\ud800"',
            '"\\ud83d\\ude00"',
            "{",
            '{"a":1,"a":2}',
            "-",
            '"a\tb"',
            " 1 ",
            "[" * 20 + "]" * 20,
            '"\\\\\\u0000x"',
            '"\\u0000\\u0000"',
            '"\\udc00\\ud800"',
            "\ufeff1",
            "01",
            "1.",
            "'a'",
        ]
    ),
)
_words = st.sampled_from(
    ["true", "FALSE", "t", "F", "yes", "off", "on", " 1 ", "2", "USER", "user", "adm", "ADM"]
)
_uuids = st.one_of(
    st.uuids().map(str),
    st.uuids().map(lambda each: str(each).upper()),
    st.uuids().map(lambda each: "{" + each.hex + "}"),
    st.uuids().map(lambda each: str(each) + "\0"),
    st.uuids().map(lambda each: str(each)[:-1]),
)
texts = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.text("ab\0é\U0001f600", max_size=8),
    st.text("abc", max_size=12),
    number_texts,
    moment_texts,
    documents,
    _words,
    _uuids,
)
blobs = st.one_of(st.binary(max_size=20), st.uuids().map(lambda each: each.bytes))


def _is_undecodable(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return True
    return False


undecodable = st.one_of(
    st.binary(min_size=1, max_size=12).filter(_is_undecodable),
    st.sampled_from([b"\xff", b"a\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\x80", b"2024-01-01\xff"]),
).map(Undecodable)
values = st.one_of(st.none(), integers, floats, texts, blobs, undecodable)


# Values that a kind is likely to take, beside everything else.
_usual = {
    Kind.INTEGER: integers,
    Kind.FLOAT: floats,
    Kind.DECIMAL: floats | number_texts,
    Kind.BOOLEAN: st.integers(0, 1) | _words,
    Kind.TEXT: texts,
    Kind.OTHER: texts,
    Kind.BYTES: blobs,
    Kind.DATETIME: integers | moment_texts,
    Kind.DATE: st.integers(-700_000, 2_900_000).map(lambda day: day * 86_400_000) | moment_texts,
    Kind.TIME: st.integers(0, 86_399_999) | moment_texts,
    Kind.JSON: documents,
    Kind.UUID: _uuids,
    Kind.ENUM: _words,
    Kind.ANY: values,
}


def values_for(column: TargetColumn) -> st.SearchStrategy[object]:
    """Values for a column, most of which it takes."""
    return st.one_of(_usual[column.kind], _usual[column.kind], values)
