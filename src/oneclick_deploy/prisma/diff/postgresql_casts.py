"""Which of PostgreSQL's types become which, and at what risk.

The engine's ``postgres_native_type_change_riskyness`` decides: what it casts in no way is dropped
and added again. A rule is a cast, or a function of both types' arguments that finds one, or none
when the two are the same type after all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.steps import Cast

if TYPE_CHECKING:
    from oneclick_deploy.prisma.sql.database import ColumnType

_Arguments = tuple[int, ...]
_Rule = Cast | Callable[[_Arguments, _Arguments], "Cast | None"]

SAFE, RISKY, NEVER = Cast.SAFE, Cast.RISKY, Cast.NOT_CASTABLE


def cast_of(old: ColumnType, new: ColumnType) -> Cast | None:
    """What the change from one native type to another does to the values."""
    if old.native == new.native and old.arguments == new.arguments:
        return None
    rules, otherwise = _RULES[old.native or ""]
    rule = rules.get(new.native or "", otherwise)
    if isinstance(rule, Cast):
        return rule
    return rule(_numbers(old), _numbers(new))


def _numbers(column_type: ColumnType) -> _Arguments:
    return tuple(map(int, column_type.arguments))


def _all(cast: Cast, names: str) -> dict[str, _Rule]:
    return dict.fromkeys(names.split(), cast)


def _text_of(width: int) -> dict[str, _Rule]:
    """Texts that should hold so many characters; a bare ``Char`` holds one."""

    def fits(_: _Arguments, new: _Arguments) -> Cast:
        return SAFE if new[0] >= width else RISKY

    return {
        "Text": SAFE,
        "VarChar": lambda old, new: fits(old, new) if new else SAFE,
        "Char": lambda old, new: fits(old, new) if new else RISKY,
    }


def _text_from(width: int, *, cast: Cast = SAFE) -> dict[str, _Rule]:
    """Texts that must hold so many characters, or nothing is cast."""

    def fits(_: _Arguments, new: _Arguments) -> Cast:
        return cast if new[0] >= width else NEVER

    return {
        "Text": SAFE,
        "VarChar": lambda old, new: fits(old, new) if new else SAFE,
        "Char": lambda old, new: fits(old, new) if new else NEVER,
    }


def _any_text(limited: Cast) -> dict[str, _Rule]:
    """Texts; those with a limit, and every ``Char``, may be too short."""
    return {
        "Text": SAFE,
        "VarChar": lambda _, new: limited if new else SAFE,
        "Char": limited,
    }


def _decimal_of(digits: int) -> _Rule:
    """A decimal that should hold so many digits before the point."""
    return lambda _, new: RISKY if new and new[0] - new[1] < digits else SAFE


def _whole_of(digits: int) -> _Rule:
    """An integer that holds so many digits, made of a decimal."""
    return lambda old, _: SAFE if old and old[1] == 0 and old[0] <= digits else RISKY


def _decimal(old: _Arguments, new: _Arguments) -> Cast:
    if not new:
        return SAFE
    if not old:
        return RISKY if new[0] < 131072 or new[1] < 16383 else SAFE
    loses_digits = old[0] - old[1] > new[0] - new[1]
    return RISKY if loses_digits or old[1] > new[1] else SAFE


def _decimal_text(old: _Arguments, new: _Arguments) -> Cast:
    """The digits, perhaps a sign, and a point if there is anything behind it."""
    if not old:
        return RISKY if new[0] < 131073 else SAFE
    needed = old[0] + (2 if old[1] else 1)
    return RISKY if needed > new[0] else SAFE


def _character(old: _Arguments, new: _Arguments) -> Cast:
    """To ``Char``, from a text with another limit."""
    if not new:
        return SAFE if old == (1,) else RISKY
    return SAFE if old and old[0] <= new[0] else RISKY


def _limited_text(old: _Arguments, new: _Arguments) -> Cast:
    """To ``VarChar``, from a ``VarChar``."""
    if not new:
        return SAFE
    return SAFE if old and old[0] <= new[0] else RISKY


def _precision(cast: Cast) -> _Rule:
    """The same kind of time: without a precision it has the largest, which is no change."""
    return lambda old, new: cast if old and new else None


def _bits_as_text(old: _Arguments, new: _Arguments) -> Cast:
    return SAFE if not old or not new or new[0] >= old[0] else NEVER


_INTEGERS = "SmallInt Integer BigInt"
_TIMES = "Timestamp Timestamptz Date Time Timetz"

_RULES: dict[str, tuple[dict[str, _Rule], Cast]] = {
    "Inet": (_all(SAFE, "Citext Text VarChar"), NEVER),
    "Money": (_all(SAFE, "Citext Text VarChar"), RISKY),
    "Citext": (_all(SAFE, "Text VarChar"), RISKY),
    "Oid": (_all(SAFE, "Text VarChar BigInt Integer"), NEVER),
    "SmallInt": (
        _all(SAFE, "Integer BigInt Real DoublePrecision")
        | _text_of(4)
        | {"Decimal": _decimal_of(3)},
        NEVER,
    ),
    "Integer": (
        _all(RISKY, "SmallInt")
        | _all(SAFE, "BigInt Real DoublePrecision")
        | _text_of(11)
        | {"Decimal": _decimal_of(10)},
        NEVER,
    ),
    "BigInt": (
        _all(RISKY, "SmallInt Integer")
        | _all(SAFE, "Real DoublePrecision")
        | _text_of(20)
        | {"Decimal": _decimal_of(19)},
        NEVER,
    ),
    "Decimal": (
        _all(RISKY, "Real DoublePrecision")
        | {
            "SmallInt": _whole_of(2),
            "Integer": _whole_of(9),
            "BigInt": _whole_of(18),
            "Decimal": _decimal,
            "Text": SAFE,
            "VarChar": lambda old, new: _decimal_text(old, new) if new else SAFE,
            "Char": lambda old, new: _decimal_text(old, new) if new else RISKY,
        },
        NEVER,
    ),
    "Real": (
        _all(RISKY, f"{_INTEGERS} Decimal") | _all(SAFE, "DoublePrecision") | _text_of(47),
        NEVER,
    ),
    "DoublePrecision": (_all(RISKY, f"{_INTEGERS} Decimal Real") | _text_of(317), NEVER),
    "VarChar": ({"Text": SAFE, "VarChar": _limited_text, "Char": _character}, NEVER),
    "Char": (
        {
            "Text": SAFE,
            "VarChar": lambda old, new: _limited_text(old, new) if old else SAFE,
            "Char": lambda old, new: _character(old, new) if old else SAFE,
        },
        NEVER,
    ),
    "Text": (_any_text(RISKY) | _all(SAFE, "Citext"), NEVER),
    "ByteA": (_text_from(3, cast=RISKY), NEVER),
    "Timestamp": (_all(SAFE, _TIMES) | _text_from(23) | {"Timestamp": _precision(SAFE)}, NEVER),
    "Timestamptz": (_all(SAFE, _TIMES) | _text_from(28) | {"Timestamptz": _precision(SAFE)}, NEVER),
    "Date": (_all(SAFE, "Timestamp Timestamptz") | _text_from(28), NEVER),
    "Time": (_all(SAFE, "Timetz") | _text_from(14) | {"Time": _precision(NEVER)}, NEVER),
    "Timetz": (_all(SAFE, "Time") | _text_from(19) | {"Timetz": _precision(SAFE)}, NEVER),
    "Boolean": (
        _all(SAFE, "Text VarChar")
        | {
            "Char": lambda _, new: NEVER if not new or new[0] < 4 else SAFE if new[0] > 4 else RISKY
        },
        NEVER,
    ),
    "Bit": (
        {
            "Text": SAFE,
            "VarChar": _bits_as_text,
            "VarBit": _bits_as_text,
            "Char": lambda old, new: _bits_as_text(old, new) if new or not old else NEVER,
        },
        NEVER,
    ),
    "VarBit": (
        {
            "Text": SAFE,
            "VarChar": lambda old, new: SAFE if not new or (old and new[0] >= old[0]) else RISKY,
            "Char": lambda old, new: SAFE if new and old and new[0] >= old[0] else RISKY,
            "Bit": lambda old, new: RISKY if not new or not old or new[0] <= old[0] else NEVER,
            "VarBit": lambda old, new: SAFE if old and (not new or new[0] > old[0]) else NEVER,
        },
        NEVER,
    ),
    "Uuid": (_text_from(32), NEVER),
    "Xml": (_any_text(RISKY), NEVER),
    "Json": (_any_text(RISKY) | _all(SAFE, "JsonB"), NEVER),
    "JsonB": (_any_text(RISKY) | _all(SAFE, "Json"), NEVER),
}
