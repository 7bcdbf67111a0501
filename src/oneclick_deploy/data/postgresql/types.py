"""PostgreSQL's types in the words of `TargetColumn`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from oneclick_deploy.data.columns import Kind, TargetColumn

# By the names of pg_type. Types that are not here, or only behave like one of these under some
# setting (money), are read by the server itself.
_KINDS: Final = {
    "int2": Kind.INTEGER,
    "int4": Kind.INTEGER,
    "int8": Kind.INTEGER,
    "oid": Kind.INTEGER,
    "float4": Kind.FLOAT,
    "float8": Kind.FLOAT,
    "numeric": Kind.DECIMAL,
    "bool": Kind.BOOLEAN,
    "text": Kind.TEXT,
    "varchar": Kind.TEXT,
    "bpchar": Kind.TEXT,
    "citext": Kind.TEXT,
    "bytea": Kind.BYTES,
    "timestamp": Kind.DATETIME,
    "timestamptz": Kind.DATETIME,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "json": Kind.JSON,
    "jsonb": Kind.JSON,
    "uuid": Kind.UUID,
}
_BITS: Final = {"int2": 16, "int4": 32, "int8": 64, "oid": 32, "float4": 32, "float8": 64}
_WITH_LENGTH: Final = {"varchar", "bpchar"}
_WITH_FRACTION: Final = {"timestamp", "timestamptz", "time"}
# VARHDRSZ: modifiers of types with a length count the header of a stored value.
_HEADER: Final = 4


def column_of(
    name: str,
    shown: str,
    base: str,
    type_type: str,
    modifier: int,
    is_list: bool,
    nullable: bool,
    is_generated: bool,
    is_identity: bool,
    values: Sequence[str],
) -> TargetColumn:
    """Describe a column.

    Args:
        name: The column.
        shown: The type as the server prints it.
        base: The name in pg_type of the type itself, of an array's elements, under a domain.
        type_type: ``e`` for an enum.
        modifier: The type's modifier, -1 for none.
        is_list: Whether it is an array.
        nullable: Whether it takes NULL.
        is_generated: Whether it is computed.
        is_identity: Whether it is ``GENERATED AS IDENTITY``.
        values: An enum's values.
    """
    kind = Kind.ENUM if type_type == "e" else _KINDS.get(base, Kind.OTHER)
    precision, scale = _digits(base, modifier)
    return TargetColumn(
        name=name,
        kind=kind,
        type_name=shown,
        nullable=nullable,
        bits=_BITS.get(base, 64),
        unsigned=base == "oid",
        precision=precision,
        scale=scale,
        length=modifier - _HEADER if base in _WITH_LENGTH and modifier >= _HEADER else None,
        values=tuple(values),
        with_timezone=base == "timestamptz",
        is_list=is_list,
        is_generated=is_generated,
        is_identity=is_identity,
        binary_json=base == "jsonb",
    )


def _digits(base: str, modifier: int) -> tuple[int | None, int | None]:
    """Precision and scale of a number, or the digits of a second's fraction."""
    if base in _WITH_FRACTION:
        return (modifier if modifier >= 0 else 6), None
    if base != "numeric" or modifier < _HEADER:
        return None, None
    digits = modifier - _HEADER
    # numeric.c: 16 bits of precision over 11 bits of scale, which has a sign since release 15.
    return (digits >> 16) & 0xFFFF, ((digits & 0x7FF) ^ 0x400) - 0x400
