"""PostgreSQL's operator classes: their names, and which of them it takes by itself.

The names of the schema are those of PostgreSQL in another spelling (``Int4MinMaxMultiOps`` is
``int4_minmax_multi_ops``); PostgreSQL's page "Built-in Operator Classes" lists which class is the
default of an index method.
"""

from __future__ import annotations

_ONE_WORD = {"min_max": "minmax", "var_bit": "varbit", "time_tz": "timetz", "stamp_tz": "stamptz"}
_DEFAULTS = frozenset({"ArrayOps", "InetInclusionOps", "JsonbOps", "TextOps"})


def sql_name(name: str) -> str:
    """The class as PostgreSQL names it."""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    for apart, together in _ONE_WORD.items():
        snake = snake.replace(apart, together)
    return snake.removeprefix("_")


def is_default(name: str, algorithm: str | None) -> bool:
    """Whether PostgreSQL takes the class for an index of that method when none is named."""
    if name == "InetOps":
        return algorithm == "SpGist"
    return name in _DEFAULTS or name.endswith("MinMaxOps")
