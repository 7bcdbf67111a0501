"""PostgreSQL, and Neon."""

from __future__ import annotations

from types import MappingProxyType

from oneclick_deploy.prisma.connectors.connector import (
    ColumnType,
    Connector,
    NativeTypeRule,
    Scope,
    rules,
)
from oneclick_deploy.prisma.semantics.views import ScalarType

_INT = (ScalarType.INT,)
_STRING = (ScalarType.STRING,)
_DECIMAL = (ScalarType.DECIMAL,)
_FLOAT = (ScalarType.FLOAT,)
_DATE_TIME = (ScalarType.DATE_TIME,)
_JSON = (ScalarType.JSON,)

_NATIVE_TYPES = rules(
    NativeTypeRule("SmallInt", _INT),
    NativeTypeRule("Integer", _INT),
    NativeTypeRule("BigInt", (ScalarType.BIG_INT,)),
    NativeTypeRule("Decimal", _DECIMAL, optional=2),
    NativeTypeRule("Money", _DECIMAL),
    NativeTypeRule("Inet", _STRING),
    NativeTypeRule("Oid", _INT),
    NativeTypeRule("Citext", _STRING),
    NativeTypeRule("Real", _FLOAT),
    NativeTypeRule("DoublePrecision", _FLOAT),
    NativeTypeRule("VarChar", _STRING, optional=1),
    NativeTypeRule("Char", _STRING, optional=1),
    NativeTypeRule("Text", _STRING),
    NativeTypeRule("ByteA", (ScalarType.BYTES,)),
    NativeTypeRule("Timestamp", _DATE_TIME, optional=1),
    NativeTypeRule("Timestamptz", _DATE_TIME, optional=1),
    NativeTypeRule("Date", _DATE_TIME),
    NativeTypeRule("Time", _DATE_TIME, optional=1),
    NativeTypeRule("Timetz", _DATE_TIME, optional=1),
    NativeTypeRule("Boolean", (ScalarType.BOOLEAN,)),
    NativeTypeRule("Bit", _STRING, optional=1),
    NativeTypeRule("VarBit", _STRING, optional=1),
    NativeTypeRule("Uuid", _STRING),
    NativeTypeRule("Xml", _STRING),
    NativeTypeRule("Json", _JSON),
    NativeTypeRule("JsonB", _JSON),
)

POSTGRESQL = Connector(
    provider="postgresql",
    name="Postgres",
    # NAMEDATALEN - 1, see "Identifiers and Key Words" in PostgreSQL's manual.
    identifier_limit=63,
    native_types=_NATIVE_TYPES,
    default_types=MappingProxyType(
        {
            ScalarType.INT: ColumnType("Integer"),
            ScalarType.BIG_INT: ColumnType("BigInt"),
            ScalarType.FLOAT: ColumnType("DoublePrecision"),
            ScalarType.DECIMAL: ColumnType("Decimal", ("65", "30")),
            ScalarType.BOOLEAN: ColumnType("Boolean"),
            ScalarType.STRING: ColumnType("Text"),
            ScalarType.DATE_TIME: ColumnType("Timestamp", ("3",)),
            ScalarType.BYTES: ColumnType("ByteA"),
            ScalarType.JSON: ColumnType("JsonB"),
        }
    ),
    scalar_of=MappingProxyType({name: rule.scalars[0] for name, rule in _NATIVE_TYPES.items()}),
    scopes=(Scope.GLOBAL_PRIMARY_AND_KEYS, Scope.MODEL_EVERYTHING),
    algorithms=frozenset({"BTree", "Hash", "Gist", "Gin", "SpGist", "Brin"}),
    has_lists=True,
    has_json_lists=True,
    has_namespaces=True,
    has_named_primary_keys=True,
    has_named_foreign_keys=True,
    has_partial_indexes=True,
    autoincrement_beside_id=True,
    autoincrement_repeated=True,
    autoincrement_unindexed=True,
    sets_null_on_required=True,
)
