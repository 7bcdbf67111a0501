"""Which of MySQL's types become which, and at what risk.

After the engine's ``native_type_change`` of MySQL. Per type: what it becomes safely, what at a
risk, and the rules that look at lengths and precisions; everything else is dropped and added again.
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
    rule = _RULES[old.native or ""].get(new.native or "", NEVER)
    if isinstance(rule, Cast):
        same = old.native == new.native and old.arguments == new.arguments
        return None if same else rule
    return rule(_numbers(old), _numbers(new))


def _numbers(column_type: ColumnType) -> _Arguments:
    return tuple(map(int, column_type.arguments))


def _rules(safe: str = "", risky: str = "", **others: _Rule) -> dict[str, _Rule]:
    return {**dict.fromkeys(safe.split(), SAFE), **dict.fromkeys(risky.split(), RISKY), **others}


def _longer(old: _Arguments, new: _Arguments) -> Cast | None:
    """The same type with another length."""
    if old == new:
        return None
    return SAFE if new > old else RISKY


def _as_long(old: _Arguments, new: _Arguments) -> Cast:
    """A type with a length that should be no shorter."""
    return SAFE if new >= old else RISKY


def _width(smallest: int, *, wide: Cast, narrow: Cast) -> _Rule:
    """A type with a length that should be no less than that."""
    return lambda _, new: wide if new[0] >= smallest else narrow


def _precision(old: _Arguments, new: _Arguments) -> Cast | None:
    """The same kind of date with another precision; none at all is less than any."""
    if old == new:
        return None
    return SAFE if old < new else RISKY


def _time(old: _Arguments, new: _Arguments) -> Cast | None:
    if not new and old in {(), (0,)}:
        return None
    return None if old == new else SAFE


def _decimal(old: _Arguments, new: _Arguments) -> Cast | None:
    return None if old == new else RISKY


def _wide_decimal(_: _Arguments, new: _Arguments) -> Cast:
    return SAFE if new and new[0] - new[1] >= 20 else NEVER


_SIGNED = "TinyInt SmallInt MediumInt Int BigInt"
_UNSIGNED = "UnsignedTinyInt UnsignedSmallInt UnsignedMediumInt UnsignedInt UnsignedBigInt"
_BLOBS = "TinyBlob Blob MediumBlob LongBlob"
_TEXTS = "TinyText Text MediumText LongText"
_LIMITED = "Char VarChar Binary VarBinary"
_STRINGS = f"{_BLOBS} {_TEXTS} {_LIMITED}"
_FLOATS = "Float Double"
_DATES = "Date DateTime Timestamp"

_IN_32_BITS = _width(32, wide=SAFE, narrow=RISKY)
_FLOAT_TEXT: dict[str, _Rule] = dict.fromkeys(
    _LIMITED.split(), _width(32, wide=RISKY, narrow=NEVER)
)
_FLOAT_RULES = (
    _rules(f"{_SIGNED} {_UNSIGNED} Decimal Json Year {_BLOBS} {_TEXTS} Time {_FLOATS}")
    | _FLOAT_TEXT
)
_LONG_TEXT_RULES = _rules(
    safe=f"Bit {_LIMITED} Blob MediumBlob LongBlob Text MediumText LongText",
    risky=f"{_SIGNED} {_UNSIGNED} Decimal {_FLOATS} TinyText TinyBlob {_DATES} Json Time Year",
)
_BLOB_RULES = _rules(safe=_BLOBS, risky=f"{_LIMITED} Bit {_TEXTS}")
_DATE_TIME_RULES = _rules(
    f"{_STRINGS} BigInt UnsignedBigInt Time {_DATES}", Bit=_width(64, wide=SAFE, narrow=NEVER)
)
_UNSIGNED_RULES = _rules(
    risky=f"{_STRINGS} {_SIGNED} {_UNSIGNED} Bit {_FLOATS} Time Year",
)
_LIMITED_RULES: dict[str, _Rule] = dict.fromkeys(_LIMITED.split(), _as_long)
_CHARACTER_RULES = _rules(
    safe=f"{_BLOBS} {_TEXTS}",
    risky=f"{_SIGNED} {_UNSIGNED} Decimal {_FLOATS} Bit Json {_DATES} Time Year",
)

_RULES: dict[str, dict[str, _Rule]] = {
    "TinyInt": _rules(
        safe="TinyInt SmallInt MediumInt Int BigInt Time",
        risky=f"{_STRINGS} Bit {_FLOATS} Year {_UNSIGNED}",
    ),
    "SmallInt": _rules(
        safe="SmallInt MediumInt Int BigInt Time",
        risky=f"{_STRINGS} Bit TinyInt {_FLOATS} Year {_UNSIGNED}",
    ),
    "MediumInt": _rules(
        safe=f"MediumInt BigInt {_STRINGS}",
        risky=f"TinyInt SmallInt Int Year {_FLOATS} Decimal {_UNSIGNED}",
        Bit=_IN_32_BITS,
    ),
    "Int": _rules(
        safe=f"Int BigInt {_STRINGS}",
        risky=f"TinyInt SmallInt MediumInt Year {_FLOATS} Decimal {_UNSIGNED}",
        Bit=_IN_32_BITS,
    ),
    "BigInt": _rules(
        safe=f"BigInt Bit {_FLOATS} {_STRINGS} Time",
        risky=f"TinyInt SmallInt MediumInt Int {_UNSIGNED} Year",
        Decimal=_wide_decimal,
    ),
    "UnsignedTinyInt": _UNSIGNED_RULES | _rules(_UNSIGNED),
    "UnsignedSmallInt": _UNSIGNED_RULES
    | _rules("UnsignedSmallInt UnsignedMediumInt UnsignedInt UnsignedBigInt"),
    "UnsignedMediumInt": _UNSIGNED_RULES,
    "UnsignedInt": _UNSIGNED_RULES,
    "UnsignedBigInt": _UNSIGNED_RULES,
    "Float": _FLOAT_RULES | {"Bit": _width(32, wide=SAFE, narrow=NEVER)},
    "Double": _FLOAT_RULES | {"Bit": lambda _, new: SAFE if new == (64,) else NEVER},
    "Decimal": _rules(
        safe=_STRINGS,
        risky=f"{_SIGNED} {_UNSIGNED} Bit Time {_FLOATS} Year Json",
        Decimal=_decimal,
    ),
    "Bit": _rules(
        safe=f"{_BLOBS} {_TEXTS} Char VarChar VarBinary Year TinyInt SmallInt MediumInt Int "
        "UnsignedTinyInt UnsignedSmallInt UnsignedMediumInt UnsignedInt",
        risky=f"Decimal {_FLOATS}",
        Bit=_longer,
        BigInt=lambda old, _: SAFE if old == (64,) else RISKY,
        UnsignedBigInt=lambda old, _: SAFE if old == (64,) else RISKY,
        Binary=lambda old, new: SAFE if old[0] >= 8 * new[0] else NEVER,
    ),
    "Binary": _rules(
        safe=f"{_BLOBS} {_TEXTS} Char VarChar VarBinary Decimal {_FLOATS} MediumInt",
        risky=f"TinyInt SmallInt Int BigInt {_UNSIGNED} Time Year",
        Binary=_longer,
        Bit=lambda old, new: SAFE if new[0] >= old[0] * 8 else RISKY,
    ),
    "VarBinary": _rules(
        safe="Blob MediumBlob LongBlob",
        risky=f"Bit Char VarChar TinyBlob {_TEXTS}",
        VarBinary=_longer,
        Binary=lambda old, new: SAFE if new > old else RISKY,
    ),
    "Char": _CHARACTER_RULES | _LIMITED_RULES | {"Char": _longer},
    "VarChar": _CHARACTER_RULES | _LIMITED_RULES | {"VarChar": _longer},
    "TinyText": _LONG_TEXT_RULES,
    "Text": _LONG_TEXT_RULES,
    "MediumText": _LONG_TEXT_RULES,
    "LongText": _LONG_TEXT_RULES,
    "TinyBlob": _BLOB_RULES,
    "Blob": _BLOB_RULES,
    "MediumBlob": _BLOB_RULES,
    "LongBlob": _BLOB_RULES,
    "Json": _rules(_STRINGS + " Json"),
    "Date": _rules(
        f"Date DateTime Int BigInt UnsignedInt UnsignedBigInt Decimal {_FLOATS} Bit {_STRINGS}"
    ),
    "DateTime": _DATE_TIME_RULES | {"DateTime": _precision},
    "Timestamp": _DATE_TIME_RULES | {"Timestamp": _precision},
    "Time": _rules(
        safe=f"{_STRINGS} Decimal {_SIGNED} {_UNSIGNED} Bit {_FLOATS}",
        risky=_DATES,
        Time=_time,
    ),
    "Year": _rules(
        safe=f"Year {_STRINGS} SmallInt MediumInt Int BigInt UnsignedSmallInt UnsignedMediumInt "
        f"UnsignedInt UnsignedBigInt Bit {_FLOATS}",
        risky="Decimal Json",
    ),
}
