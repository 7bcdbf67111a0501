"""The tables of a destination as a Prisma schema describes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from oneclick_deploy.data.columns import Kind, TargetColumn, TargetKey, TargetTable
from oneclick_deploy.prisma.semantics.views import ScalarType
from oneclick_deploy.prisma.sql.database import Column, ColumnType, Provider, Table
from oneclick_deploy.prisma.syntax.tree import Arity

if TYPE_CHECKING:
    from oneclick_deploy.prisma.schema import Schema

_SCALARS: Final[dict[ScalarType, Kind]] = {
    ScalarType.INT: Kind.INTEGER,
    ScalarType.BIG_INT: Kind.INTEGER,
    ScalarType.FLOAT: Kind.FLOAT,
    ScalarType.BOOLEAN: Kind.BOOLEAN,
    ScalarType.STRING: Kind.TEXT,
    ScalarType.DATE_TIME: Kind.DATETIME,
    ScalarType.JSON: Kind.JSON,
    ScalarType.BYTES: Kind.BYTES,
    ScalarType.DECIMAL: Kind.DECIMAL,
}
# Native types that hold something else than their scalar says, or that only the server reads.
_NATIVES: Final[dict[str, Kind]] = {
    "Uuid": Kind.UUID,
    "Date": Kind.DATE,
    "Time": Kind.TIME,
    "Timetz": Kind.TIME,
    **dict.fromkeys(("Inet", "Bit", "VarBit", "Xml", "Money", "Citext"), Kind.OTHER),
}
_BITS: Final = {
    "TinyInt": 8,
    "SmallInt": 16,
    "MediumInt": 24,
    "Integer": 32,
    "Int": 32,
    "Oid": 32,
    "Real": 32,
    "Float": 32,
    "Year": 16,
}
# "Data Type Storage Requirements" in MySQL's manual.
_MOST_BYTES: Final = {
    "TinyText": 255,
    "TinyBlob": 255,
    "Text": 65_535,
    "Blob": 65_535,
    "MediumText": 16_777_215,
    "MediumBlob": 16_777_215,
    "LongText": 4_294_967_295,
    "LongBlob": 4_294_967_295,
}
_WITH_LENGTH: Final = frozenset({"VarChar", "Char", "Binary", "VarBinary"})


def targets_from_schema(
    schema: str | Mapping[str, str] | Path | Schema, provider: str
) -> tuple[TargetTable, ...]:
    """The tables that a Prisma schema makes in a database: models in order, then join tables.

    Of ``sqlite``, the kinds are those of the schema, so that values are written in the forms of
    Prisma's adapters; a copy that changes nothing takes `Kind.ANY` instead.

    Args:
        schema: A schema: text, files or parsed.
        provider: ``postgresql``, ``mysql`` or ``sqlite``, also by their other names.

    Raises:
        InvalidSchemaError: Prisma would refuse the schema for that provider.
        ConfigurationError: There is no such provider.
    """
    from oneclick_deploy.prisma.parsing import parse
    from oneclick_deploy.prisma.sql.calculate import database_of
    from oneclick_deploy.prisma.sql.dialects import dialect_of

    known = dialect_of(provider)
    database = database_of(parse(schema).with_provider(known).check(), known)
    return tuple(_table(table, known) for table in database.tables)


def _table(table: Table, provider: Provider) -> TargetTable:
    namespace = table.namespace or ("public" if provider is Provider.POSTGRESQL else "")
    key = table.primary_key
    return TargetTable(
        name=table.name,
        namespace=namespace,
        columns=tuple(_column(column, provider) for column in table.columns),
        primary_key=tuple(each.name for each in key.columns) if key else (),
        foreign_keys=tuple(
            TargetKey(
                name=each.name,
                columns=each.columns,
                references=each.referenced_table,
                referenced_columns=each.referenced_columns,
            )
            for each in table.foreign_keys
        ),
    )


def _column(column: Column, provider: Provider) -> TargetColumn:
    kind = _kind(column.type)
    return TargetColumn(
        name=column.name,
        kind=kind,
        type_name=(column.type.native or column.type.enum or column.type.unsupported or "").lower(),
        # PostgreSQL's arrays are never NOT NULL in what Prisma prints.
        nullable=column.arity is not Arity.REQUIRED,
        is_list=column.arity is Arity.LIST,
        is_identity=column.auto_increment,
        values=column.type.enum_values,
        **_limits(column.type, kind, provider),
    )


def _kind(given: ColumnType) -> Kind:
    if given.enum is not None:
        return Kind.ENUM
    if given.scalar is None:
        return Kind.OTHER
    if given.native in _NATIVES and given.scalar is not ScalarType.BOOLEAN:
        return _NATIVES[given.native]
    return _SCALARS[given.scalar]


def _limits(given: ColumnType, kind: Kind, provider: Provider) -> dict[str, Any]:
    """What the native type and its arguments say of the size of values."""
    native = given.native or ""
    numbers = [int(each) for each in given.arguments if each.isdigit()]
    if kind is Kind.INTEGER:
        signed = native.removeprefix("Unsigned")
        is_unsigned = signed != native or native in {"Oid", "Year"}
        return {"bits": _BITS.get(signed, 64), "unsigned": is_unsigned}
    if kind is Kind.FLOAT:
        return {"bits": _BITS.get(native, 64)}
    if kind is Kind.DECIMAL and numbers:
        return {"precision": numbers[0], "scale": numbers[1] if len(numbers) > 1 else 0}
    if kind in {Kind.DATETIME, Kind.TIME}:
        is_moment = native in {"Timestamptz", "Timetz"}
        return {"precision": numbers[0] if numbers else None, "with_timezone": is_moment}
    if kind is Kind.JSON:
        return {"binary_json": native == "JsonB" or provider is Provider.MYSQL}
    return _text_limits(native, numbers, provider) if kind in {Kind.TEXT, Kind.BYTES} else {}


def _text_limits(native: str, numbers: list[int], provider: Provider) -> dict[str, Any]:
    if native in _WITH_LENGTH:
        # CHAR alone is CHAR(1); VARCHAR alone has no limit.
        length = numbers[0] if numbers else (1 if native == "Char" else None)
        return {"length": length}
    return {"most_bytes": _MOST_BYTES.get(native) if provider is Provider.MYSQL else None}
