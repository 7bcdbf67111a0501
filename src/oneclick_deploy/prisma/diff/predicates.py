"""Whether two conditions of partial indexes mean the same to Prisma.

PostgreSQL gives a condition back in its own words: with brackets, with ``::text`` behind strings,
with quoted names. The engine sees through these when it compares two conditions, whether or not
either came from a database.
"""

from __future__ import annotations

from typing import Any

from oneclick_deploy.prisma.diff.expressions import Node, read_expression
from oneclick_deploy.prisma.diff.tokens import RESERVED, UnreadableError

_VALUES = frozenset({"number", "string", "dollar", "constant"})
_PLAIN_NAME_STARTS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")


def same_predicate(old: str, new: str) -> bool:
    """Whether the conditions are the same, but for what PostgreSQL would add to them."""
    try:
        # The engine holds a condition in brackets: what does not end where they close is no match.
        return _same(read_expression(f"({old})"), read_expression(f"({new})"))
    except (UnreadableError, RecursionError):
        return False


def _same(old: Any, new: Any) -> bool:
    if old == new:
        return True
    if _is_annotation(old, new) or _is_annotation(new, old):
        return True
    for outer, other in ((new, old), (old, new)):
        inner = _annotated(outer)
        if inner is not None and _is_cast(inner):
            return _same(other, inner)
    return _same_kind(old, new)


def _same_kind(old: Any, new: Any) -> bool:
    if old[0] != new[0] or len(old) != len(new):
        return False
    match old[0]:
        case "name":
            same = _same_name(old, new)
        case "path":
            same = all(map(_same_name, old[1:], new[1:]))
        case "binary" | "unary" | "is" | "between":
            same = bool(old[1] == new[1]) and all(map(_same, old[2:], new[2:]))
        case "cast":
            same = bool(old[1] == new[1] and old[3] == new[3]) and _same(old[2], new[2])
        case _:
            same = False
    return same


def _annotated(node: Node) -> Any:
    """What stands before ``::``, if the node is such a cast."""
    return node[2] if node[:2] == ("cast", "::") else None


def _is_cast(node: Any) -> bool:
    return _annotated(node) is not None


def _is_annotation(plain: Node, cast: Node) -> bool:
    """Whether the cast only says what type a bare value has."""
    return plain[0] in _VALUES and _annotated(cast) == plain


def _same_name(old: Any, new: Any) -> bool:
    """Quotes around a name that needs none do not count."""
    if old == new:
        return True
    name = old[1]
    return (
        old[1] == new[1]
        and old[2] != new[2]
        and name[:1] in _PLAIN_NAME_STARTS
        and name.replace("_", "a").replace("$", "a").isalnum()
        and name.upper() not in RESERVED
    )
