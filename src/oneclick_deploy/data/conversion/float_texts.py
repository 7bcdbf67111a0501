"""Whether SQLite itself can write doubles as texts that read back as the same doubles."""

from __future__ import annotations

import random
import sqlite3
import struct
from functools import cache
from typing import Final

# 17 digits tell doubles apart, but SQLite 3.40 gets the last one wrong near the ends of the range;
# the 18th gives room for its error. Where its arithmetic is only that of doubles (releases before
# 3.43 on machines without a longer type) one text in ten is wrong, so that a few hundred decide.
_FUNCTION: Final = "oneclick_float_text"
_TRIES: Final = 400
_EDGES: Final = (5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 0.1 + 0.2, 1e22, 9e-5)


def sql(x: str) -> str:
    """SQL of the text of a REAL; needs `register`."""
    spelled = f"{_FUNCTION}({x})"
    # printf() writes a negative zero without its sign.
    exact = f"CASE WHEN {x} = 0 THEN {spelled} ELSE printf('%!.18g', {x}) END"
    return exact if are_exact() else spelled


def register(connection: sqlite3.Connection) -> None:
    """Make Python's spelling of floats known to a connection."""
    connection.create_function(_FUNCTION, 1, _spell, deterministic=True)


def _spell(value: float | None) -> str | None:
    return None if value is None else repr(value)


@cache
def are_exact() -> bool:
    """Whether texts of 18 digits read back as the same doubles."""
    some = random.Random(18)  # noqa: S311 - only has to differ from number to number
    bits = [some.getrandbits(64) for _ in range(_TRIES)]
    doubles = [struct.unpack("<d", struct.pack("<Q", each))[0] for each in bits]
    usual = [some.random() * 10.0 ** some.randrange(-9, 10) for _ in range(_TRIES)]
    finite = [each for each in (*_EDGES, *doubles, *usual) if each - each == 0]
    connection = sqlite3.connect(":memory:")
    try:
        spelled = [
            connection.execute("SELECT printf('%!.18g', ?)", (x,)).fetchone() for x in finite
        ]
        return [float(text) for (text,) in spelled] == finite
    finally:
        connection.close()
