"""What SQL makes of a value is what Python makes of it, for every form of every kind."""

from __future__ import annotations

import math
import sqlite3
from decimal import Decimal

import pytest
from hypothesis import example, given, settings

from oneclick_deploy.data.columns import Kind, TargetColumn
from oneclick_deploy.data.conversion import Dialect, Undecodable, convert
from oneclick_deploy.data.conversion.float_texts import register
from oneclick_deploy.data.conversion.forms import forms_of
from oneclick_deploy.data.conversion.functions import as_text
from oneclick_deploy.data.conversion.text_check import is_clean

from .stored import values_for


def column(kind: Kind, **limits: object) -> TargetColumn:
    return TargetColumn(name="x", kind=kind, **limits)


COLUMNS = [
    column(Kind.INTEGER),
    column(Kind.INTEGER, bits=32),
    column(Kind.INTEGER, bits=16, unsigned=True),
    column(Kind.INTEGER, bits=64, unsigned=True),
    column(Kind.FLOAT),
    column(Kind.FLOAT, bits=32),
    column(Kind.DECIMAL),
    column(Kind.DECIMAL, precision=65, scale=30),
    column(Kind.DECIMAL, precision=10, scale=2),
    column(Kind.DECIMAL, precision=5, scale=0),
    column(Kind.DECIMAL, precision=20, scale=12),
    column(Kind.BOOLEAN),
    column(Kind.TEXT),
    column(Kind.TEXT, length=5),
    column(Kind.TEXT, most_bytes=7),
    column(Kind.BYTES),
    column(Kind.BYTES, length=3),
    column(Kind.DATETIME),
    column(Kind.DATETIME, precision=3),
    column(Kind.DATETIME, precision=0),
    column(Kind.DATETIME, precision=3, with_timezone=True),
    column(Kind.DATETIME, precision=3, type_name="timestamp(3)"),
    column(Kind.DATE),
    column(Kind.TIME, precision=3),
    column(Kind.JSON),
    column(Kind.JSON, binary_json=True),
    column(Kind.UUID),
    column(Kind.ENUM, values=("USER", "adm", "it's", "1")),
    column(Kind.OTHER),
    column(Kind.TEXT, is_list=True),
    column(Kind.ANY),
]
CASES = [(each, dialect) for each in COLUMNS for dialect in Dialect]


@pytest.fixture(scope="module")
def database():
    connection = sqlite3.connect(":memory:")
    connection.text_factory = bytes
    register(connection)
    yield connection
    connection.close()


def name_of(case: object) -> str:
    return case.value if isinstance(case, Dialect) else f"{case.kind} {case.type_name}"


def put(connection: sqlite3.Connection, value: object, declared: str = "") -> None:
    """Store a value in an only row; SQLite stores a text that is not UTF-8 from its bytes."""
    connection.execute("DROP TABLE IF EXISTS t")
    connection.execute(f"CREATE TABLE t (x {declared})")
    if isinstance(value, Undecodable):
        connection.execute("INSERT INTO t VALUES (CAST(? AS TEXT))", (value.raw,))
    else:
        connection.execute("INSERT INTO t VALUES (?)", (value,))


def same(found: object, expected: object, kind: Kind) -> bool:
    if isinstance(found, bytes) and isinstance(expected, str):
        found = found.decode()
    if isinstance(found, float) and isinstance(expected, float):
        return found == expected and math.copysign(1, found) == math.copysign(1, expected)
    if kind is Kind.DECIMAL:
        # 1e-05 and 0.00001 are one number; an integer needs no quotes.
        return Decimal(str(found)) == Decimal(str(expected))
    # A text takes what an integer spells.
    return found == expected or (isinstance(found, int) and str(found) == expected)


@pytest.mark.parametrize(("target", "dialect"), CASES, ids=name_of)
def test_every_form_gives_exactly_the_value(database, target, dialect):
    forms = forms_of('"x"', target, dialect)
    wanted = ", ".join(
        f"{form.test}, {form.test_of(clean=True)}, {form.sql}, {form.text}" for form in forms
    )

    @settings(max_examples=250, deadline=None)
    @given(values_for(target))
    @example(0.1 + 0.2)
    @example("2024-01-01T24:00:00.000Z")
    @example(-1)
    def check(value: object) -> None:
        if not forms or value is None:
            return
        put(database, value)
        answers = iter(database.execute(f"SELECT {wanted} FROM t").fetchone())
        raw = value.raw if isinstance(value, Undecodable) else value
        octets = raw.encode() if isinstance(raw, str) else raw
        clean = not isinstance(octets, bytes) or is_clean(
            octets, nul_is_clean=dialect is not Dialect.POSTGRESQL
        )
        for _ in forms:
            has_form, seems, sql, text = (next(answers) for _ in range(4))
            if not (has_form or (seems and clean)):
                continue
            outcome = convert(value, target, dialect)
            if target.kind is Kind.ANY and dialect is Dialect.LIBSQL:
                continue
            assert outcome.problems == (), (value, sql)
            assert same(sql, outcome.value, target.kind), (value, sql)
            if isinstance(outcome.value, float):
                assert same(float(text), outcome.value, target.kind), (value, text)
            else:
                assert same(text, as_text(outcome.value), target.kind), (value, text)

    check()
