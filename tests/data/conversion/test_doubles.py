"""Doubles become texts that read back as the same doubles, in SQLite alone."""

from __future__ import annotations

import random
import sqlite3
import struct

from oneclick_deploy.data.conversion.float_texts import are_exact, register, sql


def doubles() -> list[float]:
    some = random.Random(4)
    bits = [some.getrandbits(64) for _ in range(5_000)]
    bits += [some.getrandbits(52) for _ in range(1_000)]  # subnormal
    wild = [struct.unpack("<d", struct.pack("<Q", each))[0] for each in bits]
    usual = [some.random() * 10.0 ** some.randrange(-12, 16) for _ in range(2_000)]
    edges = [5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1 + 0.2, -0.0]
    return [each for each in (*wild, *usual, *edges) if each - each == 0]


def test_no_double_changes():
    connection = sqlite3.connect(":memory:")
    register(connection)
    query = f"SELECT {sql('?1')}"
    for double in doubles():
        (text,) = connection.execute(query, (double,)).fetchone()
        assert struct.pack("<d", float(text)) == struct.pack("<d", double), text
    connection.close()


def test_sqlite_needs_no_help_on_this_machine_or_gets_it():
    assert are_exact() or "oneclick_float_text" in sql("x")
