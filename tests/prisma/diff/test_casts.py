"""What a change of type does to the values: nothing is cast that the database would not cast."""

from __future__ import annotations

import pytest
from tests.prisma.diff.changes import schema
from tests.prisma.engine import PrismaEngine

from oneclick_deploy.prisma.diff import mysql_casts, postgresql_casts
from oneclick_deploy.prisma.diff.migration import diff_sql
from oneclick_deploy.prisma.diff.steps import Cast
from oneclick_deploy.prisma.sql.database import ColumnType

SAFE, RISKY, NEVER, SAME = Cast.SAFE, Cast.RISKY, Cast.NOT_CASTABLE, None


def native(text: str) -> ColumnType:
    """``VarChar(10)`` as a column's type."""
    name, _, arguments = text.removesuffix(")").partition("(")
    return ColumnType(native=name, arguments=tuple(arguments.split(",")) if arguments else ())


@pytest.mark.parametrize(
    ("old", "new", "cast"),
    [
        ("Integer", "Integer", SAME),
        ("Integer", "BigInt", SAFE),
        ("Integer", "SmallInt", RISKY),
        ("Integer", "VarChar(11)", SAFE),
        ("Integer", "VarChar(10)", RISKY),
        ("Integer", "VarChar", SAFE),
        ("Integer", "Char", RISKY),
        ("Integer", "Boolean", NEVER),
        ("Integer", "Decimal(12,2)", SAFE),
        ("Integer", "Decimal(12,3)", RISKY),
        ("Decimal(9,0)", "Integer", SAFE),
        ("Decimal(10,0)", "Integer", RISKY),
        ("Decimal(3,1)", "Integer", RISKY),
        ("Decimal(8,2)", "Decimal(10,2)", SAFE),
        ("Decimal(8,2)", "Decimal(8,3)", RISKY),
        ("Decimal", "Decimal(1000,2)", RISKY),
        ("Decimal(3,1)", "VarChar(5)", SAFE),
        ("Decimal(3,1)", "VarChar(4)", RISKY),
        ("VarChar(10)", "VarChar(20)", SAFE),
        ("VarChar(20)", "VarChar(10)", RISKY),
        ("VarChar", "VarChar(10)", RISKY),
        ("Char", "Char(3)", SAFE),
        ("Text", "VarChar", SAFE),
        ("Text", "VarChar(9)", RISKY),
        ("Text", "Uuid", NEVER),
        ("Uuid", "Char(32)", SAFE),
        ("Uuid", "Char(31)", NEVER),
        ("Timestamp(3)", "Timestamp", SAME),
        ("Timestamp", "Timestamp(3)", SAME),
        ("Timestamp(3)", "Timestamp(6)", SAFE),
        ("Timestamp(3)", "Date", SAFE),
        ("Time(3)", "Time(6)", NEVER),
        ("Timetz(3)", "Timetz(6)", SAFE),
        ("Boolean", "Char(5)", SAFE),
        ("Boolean", "Char(4)", RISKY),
        ("Boolean", "Char(3)", NEVER),
        ("Bit(3)", "VarBit(2)", NEVER),
        ("VarBit(3)", "Bit(2)", RISKY),
        ("Json", "JsonB", SAFE),
        ("Money", "Boolean", RISKY),
    ],
)
def test_postgresql(old: str, new: str, cast: Cast | None) -> None:
    assert postgresql_casts.cast_of(native(old), native(new)) is cast


@pytest.mark.parametrize(
    ("old", "new", "cast"),
    [
        ("Int", "Int", SAME),
        ("Int", "BigInt", SAFE),
        ("Int", "UnsignedBigInt", RISKY),
        ("Int", "VarChar(1)", SAFE),
        ("Int", "Bit(32)", SAFE),
        ("Int", "Bit(31)", RISKY),
        ("Int", "Json", NEVER),
        ("TinyInt", "VarChar(9)", RISKY),
        ("BigInt", "Decimal(30,10)", SAFE),
        ("BigInt", "Decimal(30,11)", NEVER),
        ("UnsignedSmallInt", "UnsignedInt", SAFE),
        ("UnsignedInt", "UnsignedSmallInt", RISKY),
        ("Float", "Bit(32)", SAFE),
        ("Double", "Bit(63)", NEVER),
        ("Double", "Char(31)", NEVER),
        ("Double", "Char(32)", RISKY),
        ("Decimal(8,2)", "Decimal(10,2)", RISKY),
        ("VarChar(191)", "VarChar(191)", SAME),
        ("VarChar(191)", "VarChar(500)", SAFE),
        ("VarChar(191)", "Char(190)", RISKY),
        ("VarChar(191)", "Text", SAFE),
        ("VarChar(191)", "DateTime(3)", RISKY),
        ("Text", "TinyText", RISKY),
        ("Text", "VarChar(1)", SAFE),
        ("LongBlob", "TinyBlob", SAFE),
        ("LongBlob", "Int", NEVER),
        ("VarBinary(9)", "Binary(10)", SAFE),
        ("VarBinary(9)", "Binary(9)", RISKY),
        ("Bit(8)", "Binary(1)", SAFE),
        ("Bit(8)", "Binary(2)", NEVER),
        ("Binary(2)", "Bit(16)", SAFE),
        ("DateTime(3)", "DateTime(6)", SAFE),
        ("DateTime(3)", "DateTime", RISKY),
        ("DateTime", "DateTime", SAME),
        ("DateTime(3)", "Int", NEVER),
        ("DateTime(3)", "Bit(64)", SAFE),
        ("Time(0)", "Time", SAME),
        ("Time(3)", "Time", SAFE),
        ("Time(3)", "Year", NEVER),
        ("Year", "TinyInt", NEVER),
        ("Json", "VarChar(1)", SAFE),
        ("Json", "Int", NEVER),
    ],
)
def test_mysql(old: str, new: str, cast: Cast | None) -> None:
    assert mysql_casts.cast_of(native(old), native(new)) is cast


SCALARS = {
    "Int": ["", "SmallInt", "Oid"],
    "BigInt": [""],
    "Float": ["", "Real"],
    "Boolean": [""],
    "Bytes": [""],
    "Decimal": ["", "Decimal", "Money", "Decimal(2,0)", "Decimal(10,2)", "Decimal(19,0)"],
    "Json": ["", "Json"],
    "DateTime": [
        "Date",
        *(
            f"{kind}{n}"
            for kind in ("Timestamp", "Timestamptz", "Time", "Timetz")
            for n in ("", "(3)")
        ),
    ],
    "String": [
        *("", "Uuid", "Xml", "Citext", "Inet", "VarChar", "Char", "Bit", "VarBit"),
        *(f"{kind}({n})" for kind in ("Bit", "VarBit") for n in (1, 3)),
        *(f"{kind}({n})" for kind in ("VarChar", "Char") for n in (1, 3, 4, 11, 22, 31, 46, 317)),
    ],
}
TYPES = [
    f"{scalar} @db.{each}" if each else scalar
    for scalar, natives in SCALARS.items()
    for each in natives
]


def test_every_type_of_postgresql_becomes_every_other_as_with_prisma(prisma: PrismaEngine) -> None:
    def table(turn: int) -> str:
        fields = (
            f"  c{place} {TYPES[(place + turn) % len(TYPES)]}\n" for place in range(len(TYPES))
        )
        return schema(f"model T {{\n  id Int @id\n{''.join(fields)}}}", "postgresql")

    old = table(0)
    for turn in range(len(TYPES)):
        new = table(turn)
        assert str(diff_sql(old, new)) == prisma.diff("postgresql", old, new), turn
