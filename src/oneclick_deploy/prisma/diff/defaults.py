"""Whether two defaults are the same for Prisma, which is not always whether they read the same."""

from __future__ import annotations

from typing import Any

from oneclick_deploy.prisma.semantics.views import ScalarType
from oneclick_deploy.prisma.sql.database import (
    Column,
    ColumnDefault,
    DatabaseGenerated,
    Literal,
    LiteralKind,
    Now,
    Sequence,
)

_TEXTS = frozenset({LiteralKind.STRING, LiteralKind.ENUM})
_NUMBERS = frozenset({LiteralKind.INT, LiteralKind.BIG_INT})
_JSON = frozenset({LiteralKind.STRING, LiteralKind.JSON})


def same_default(old_column: Column, new_column: Column) -> bool:
    """Whether the old default may stay.

    The rules are those of the engine's column differ, with what it cannot compare: it takes any two
    dates for equal, and believes a database that is said to generate the value.
    """
    old, new = old_column.default, new_column.default
    if isinstance(old, Literal) and isinstance(new, Literal):
        return _literals_match(old, new)
    if old == new or _are_dates_and_expression(old_column, new_column) or _is_one_date(old, new):
        return True
    if isinstance(new, Sequence) or _is_unknown(new):
        # Sequences come and go by a change of their own.
        return True
    if isinstance(old, DatabaseGenerated) and isinstance(new, DatabaseGenerated):
        return _folded(old.text) == _folded(new.text)
    if isinstance(old, Sequence):
        return new is None
    # MySQL writes the precision of the column into now(); it is the same function all the same.
    return isinstance(old, Now) and isinstance(new, Now)


def _are_dates_and_expression(old: Column, new: Column) -> bool:
    """Whether one is a list of dates, and the other an expression that may well be the same."""
    if ScalarType.DATE_TIME not in (old.type.scalar, new.type.scalar):
        return False
    if _is_list(old.default):
        return isinstance(new.default, DatabaseGenerated)
    return isinstance(old.default, DatabaseGenerated) and _is_list(new.default)


def _is_list(default: ColumnDefault | None) -> bool:
    return isinstance(default, Literal) and default.kind is LiteralKind.LIST


def _is_one_date(old: ColumnDefault | None, new: ColumnDefault | None) -> bool:
    """Whether one is a date, and the other anything at all."""
    dates = [_is_date(each) for each in (old, new)]
    return any(dates) and old is not None and new is not None


def _is_date(default: ColumnDefault | None) -> bool:
    return isinstance(default, Literal) and default.kind is LiteralKind.DATE_TIME


def _is_unknown(default: ColumnDefault | None) -> bool:
    return isinstance(default, DatabaseGenerated) and not default.text


def _folded(text: str) -> str:
    """Lower the letters of ASCII, and no others."""
    return text.translate(_LOWER)


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _literals_match(old: Literal, new: Literal) -> bool:
    kinds = {old.kind, new.kind}
    if kinds == {LiteralKind.LIST}:
        return _lists_match(old.value, new.value)
    if LiteralKind.JSON in kinds and kinds <= _JSON:
        return _json_matches(old.value, new.value)
    if LiteralKind.DATE_TIME in kinds:
        return True
    if kinds <= _NUMBERS or kinds <= _TEXTS:
        return old.value == new.value
    return len(kinds) == 1 and old.value == new.value


def _lists_match(old: Any, new: Any) -> bool:
    return len(old) == len(new) and all(map(_items_match, old, new))


def _items_match(old: Literal, new: Literal) -> bool:
    # Here numbers of different kinds differ, and so do texts: the engine's rules for lists are
    # stricter than those for single values.
    if LiteralKind.DATE_TIME in (old.kind, new.kind):
        return True
    if {old.kind, new.kind} == _JSON:
        return _json_matches(old.value, new.value)
    return old.kind is new.kind and old.value == new.value


def _json_matches(old: Any, new: Any) -> bool:
    """Compare what the texts mean; texts that mean nothing are left alone."""
    import json

    try:
        return _same_json(json.loads(old), json.loads(new))
    except (ValueError, RecursionError):
        return True


def _same_json(old: Any, new: Any) -> bool:
    # 1 and 1.0 and true are equal in Python, not in JSON as Prisma compares it.
    if type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(_same_json(old[key], new[key]) for key in old)
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_same_json, old, new))
    return bool(old == new)
