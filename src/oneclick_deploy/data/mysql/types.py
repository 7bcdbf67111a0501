"""MySQL's types in the words of `TargetColumn`."""

from __future__ import annotations

import re
from typing import Final

from oneclick_deploy.data.columns import Kind, TargetColumn

# By information_schema's DATA_TYPE. Types that are not here are read by the server itself.
_KINDS: Final = {
    "tinyint": Kind.INTEGER,
    "smallint": Kind.INTEGER,
    "mediumint": Kind.INTEGER,
    "int": Kind.INTEGER,
    "bigint": Kind.INTEGER,
    "year": Kind.INTEGER,
    "float": Kind.FLOAT,
    "double": Kind.FLOAT,
    "decimal": Kind.DECIMAL,
    "char": Kind.TEXT,
    "varchar": Kind.TEXT,
    "tinytext": Kind.TEXT,
    "text": Kind.TEXT,
    "mediumtext": Kind.TEXT,
    "longtext": Kind.TEXT,
    "binary": Kind.BYTES,
    "varbinary": Kind.BYTES,
    "tinyblob": Kind.BYTES,
    "blob": Kind.BYTES,
    "mediumblob": Kind.BYTES,
    "longblob": Kind.BYTES,
    "bit": Kind.BYTES,
    "datetime": Kind.DATETIME,
    "timestamp": Kind.DATETIME,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "json": Kind.JSON,
    "uuid": Kind.UUID,
    "enum": Kind.ENUM,
}
_BITS: Final = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "year": 16, "float": 32}
_WITH_CHARACTERS: Final = {"char", "varchar"}
_WITH_LENGTH: Final = {"binary", "varbinary"}
# What Prisma makes of Boolean: its own spelling, and that of @db.Bit(1).
_BOOLEANS: Final = {"tinyint(1)", "bit(1)"}
_VALUE: Final = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)|''", re.DOTALL)
# sql_string.cc, append_unescaped: how the server spells the values of an enum.
_SPELLED: Final = {"0": "\0", "n": "\n", "r": "\r"}


def column_of(
    name: str,
    *,
    data_type: str,
    column_type: str,
    nullable: bool,
    extra: str,
    characters: int | None,
    octets: int | None,
    precision: int | None,
    scale: int | None,
    fraction: int | None,
    is_document: bool = False,
) -> TargetColumn:
    """Describe a column.

    Args:
        name: The column.
        data_type: The type without its arguments.
        column_type: The type with them.
        nullable: Whether it takes NULL.
        extra: What information_schema calls EXTRA.
        characters: The most characters of a text; the most bytes of bytes.
        octets: The most bytes of a text.
        precision: Digits of a number; bits of a BIT.
        scale: Digits after the point.
        fraction: Digits of the fraction of a second.
        is_document: Whether a check makes a text JSON, as MariaDB's JSON does.
    """
    data_type, column_type = data_type.lower(), column_type.strip()
    shape = column_type.lower()
    is_boolean = shape in _BOOLEANS
    kind = Kind.BOOLEAN if is_boolean else _KINDS.get(data_type, Kind.OTHER)
    if is_document and kind is Kind.TEXT:
        kind = Kind.JSON
    length, most_bytes = _lengths(data_type, characters, octets, precision)
    is_decimal = kind is Kind.DECIMAL
    return TargetColumn(
        name=name,
        kind=kind,
        type_name=column_type,
        nullable=nullable,
        bits=_BITS.get(data_type, 64),
        unsigned="unsigned" in shape or data_type == "year",
        precision=precision if is_decimal else fraction,
        scale=scale if is_decimal else None,
        length=length,
        most_bytes=most_bytes,
        values=_values(column_type) if kind is Kind.ENUM else (),
        with_timezone=data_type == "timestamp",
        is_generated=" GENERATED" in extra.upper(),
        is_identity="auto_increment" in extra.lower(),
        binary_json=data_type == "json",
    )


def _lengths(
    data_type: str, characters: int | None, octets: int | None, bits: int | None
) -> tuple[int | None, int | None]:
    if data_type in _WITH_CHARACTERS or data_type in _WITH_LENGTH:
        return characters, None
    if data_type == "bit":
        return ((bits or 1) + 7) // 8, None
    is_large = data_type.endswith(("text", "blob"))
    return None, octets if is_large else None


def _values(column_type: str) -> tuple[str, ...]:
    """The values in ``enum('a','it''s')``."""
    return tuple(
        _ESCAPE.sub(lambda found: _SPELLED.get(found[1], found[1]) if found[1] else "'", match[1])
        for match in _VALUE.finditer(column_type)
    )
