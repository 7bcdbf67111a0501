"""MySQL, and the databases that speak its language."""

from __future__ import annotations

from types import MappingProxyType

from oneclick_deploy.prisma.connectors.connector import (
    ColumnType,
    Connector,
    NativeTypeRule,
    Scope,
    rules,
)
from oneclick_deploy.prisma.semantics.views import ReferentialAction, ScalarType

_INT = (ScalarType.INT,)
_BIG_INT = (ScalarType.BIG_INT,)
_FLOAT = (ScalarType.FLOAT,)
_STRING = (ScalarType.STRING,)
_BYTES = (ScalarType.BYTES,)
_DATE_TIME = (ScalarType.DATE_TIME,)
_TINY = (ScalarType.BOOLEAN, ScalarType.INT)

_NATIVE_TYPES = rules(
    NativeTypeRule("Int", _INT),
    NativeTypeRule("UnsignedInt", _INT),
    NativeTypeRule("SmallInt", _INT),
    NativeTypeRule("UnsignedSmallInt", _INT),
    NativeTypeRule("TinyInt", _TINY),
    NativeTypeRule("UnsignedTinyInt", _TINY),
    NativeTypeRule("MediumInt", _INT),
    NativeTypeRule("UnsignedMediumInt", _INT),
    NativeTypeRule("BigInt", _BIG_INT),
    NativeTypeRule("Decimal", (ScalarType.DECIMAL,), optional=2),
    NativeTypeRule("UnsignedBigInt", _BIG_INT),
    NativeTypeRule("Float", _FLOAT),
    NativeTypeRule("Double", _FLOAT),
    NativeTypeRule("Bit", (ScalarType.BOOLEAN, ScalarType.BYTES), required=1),
    NativeTypeRule("Char", _STRING, required=1),
    NativeTypeRule("VarChar", _STRING, required=1),
    NativeTypeRule("Binary", _BYTES, required=1),
    NativeTypeRule("VarBinary", _BYTES, required=1),
    NativeTypeRule("TinyBlob", _BYTES),
    NativeTypeRule("Blob", _BYTES),
    NativeTypeRule("MediumBlob", _BYTES),
    NativeTypeRule("LongBlob", _BYTES),
    NativeTypeRule("TinyText", _STRING),
    NativeTypeRule("Text", _STRING),
    NativeTypeRule("MediumText", _STRING),
    NativeTypeRule("LongText", _STRING),
    NativeTypeRule("Date", _DATE_TIME),
    NativeTypeRule("Time", _DATE_TIME, optional=1),
    NativeTypeRule("DateTime", _DATE_TIME, optional=1),
    NativeTypeRule("Timestamp", _DATE_TIME, optional=1),
    NativeTypeRule("Year", _INT),
    NativeTypeRule("Json", (ScalarType.JSON,)),
)

MYSQL = Connector(
    provider="mysql",
    name="MySQL",
    # "Identifier Length Limits" in MySQL's manual; Prisma counts bytes, not characters.
    identifier_limit=64,
    native_types=_NATIVE_TYPES,
    default_types=MappingProxyType(
        {
            ScalarType.INT: ColumnType("Int"),
            ScalarType.BIG_INT: ColumnType("BigInt"),
            ScalarType.FLOAT: ColumnType("Double"),
            ScalarType.DECIMAL: ColumnType("Decimal", ("65", "30")),
            # Printed as BOOLEAN, which is another name of TINYINT(1).
            ScalarType.BOOLEAN: ColumnType("TinyInt"),
            ScalarType.STRING: ColumnType("VarChar", ("191",)),
            ScalarType.DATE_TIME: ColumnType("DateTime", ("3",)),
            ScalarType.BYTES: ColumnType("LongBlob"),
            ScalarType.JSON: ColumnType("Json"),
        }
    ),
    scalar_of=MappingProxyType(
        {
            **{name: rule.scalars[0] for name, rule in _NATIVE_TYPES.items()},
            "TinyInt": ScalarType.INT,
            "UnsignedTinyInt": ScalarType.INT,
            "Bit": ScalarType.BYTES,
        }
    ),
    scopes=(Scope.GLOBAL_FOREIGN_KEYS, Scope.MODEL_KEYS),
    emulated_actions=(
        ReferentialAction.CASCADE,
        ReferentialAction.RESTRICT,
        ReferentialAction.NO_ACTION,
        ReferentialAction.SET_NULL,
    ),
    has_named_foreign_keys=True,
    has_index_lengths=True,
    has_fulltext=True,
    has_shard_keys=True,
    autoincrement_beside_id=True,
)
