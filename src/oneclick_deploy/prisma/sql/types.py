"""How each provider writes the type of a column."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics.views import ScalarType
from oneclick_deploy.prisma.sql import quoting
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.sql.database import Column, ColumnType

_SQLITE = {
    ScalarType.INT: "INTEGER",
    ScalarType.BIG_INT: "BIGINT",
    ScalarType.FLOAT: "REAL",
    ScalarType.BOOLEAN: "BOOLEAN",
    ScalarType.STRING: "TEXT",
    ScalarType.DATE_TIME: "DATETIME",
    ScalarType.JSON: "JSONB",
    ScalarType.BYTES: "BLOB",
    ScalarType.DECIMAL: "DECIMAL",
}

_POSTGRESQL_SERIAL = {"SmallInt": "SMALLSERIAL", "Integer": "SERIAL", "BigInt": "BIGSERIAL"}


def sqlite_type(column: Column) -> str:
    """The type of an SQLite column: ``DATETIME``."""
    scalar = column.type.scalar
    return column.type.unsupported or "" if scalar is None else _SQLITE[scalar]


def postgresql_type(column: Column) -> str:
    """The type of a PostgreSQL column: ``TIMESTAMP(3)``, ``SERIAL``, ``"Role"[]``."""
    serial = column.type.native if column.auto_increment else None
    name = _POSTGRESQL_SERIAL.get(serial or "") or _postgresql_name(column.type)
    return f"{name}[]" if column.arity is Arity.LIST else name


def _postgresql_name(column_type: ColumnType) -> str:
    if column_type.enum is not None:
        return quoting.qualified(column_type.enum_namespace, column_type.enum)
    if column_type.native is None:
        return column_type.unsupported or ""
    if column_type.native == "DoublePrecision":
        return "DOUBLE PRECISION"
    arguments = f"({','.join(column_type.arguments)})" if column_type.arguments else ""
    return column_type.native.upper() + arguments


def mysql_type(column: Column) -> str:
    """The type of a MySQL column: ``VARCHAR(191)``, ``ENUM('a', 'b')``, ``INTEGER UNSIGNED``."""
    column_type = column.type
    if column_type.enum is not None:
        return f"ENUM({', '.join(map(quoting.unescaped, column_type.enum_values))})"
    if column_type.native is None:
        return column_type.unsupported or ""
    if column_type.native == "TinyInt" and column_type.scalar is ScalarType.BOOLEAN:
        return "BOOLEAN"
    signed = column_type.native.removeprefix("Unsigned")
    name = "INTEGER" if signed == "Int" else signed.upper()
    arguments = f"({', '.join(column_type.arguments)})" if column_type.arguments else ""
    unsigned = " UNSIGNED" if signed != column_type.native else ""
    return name + arguments + unsigned
