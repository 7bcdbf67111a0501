"""The tables of a destination where nothing describes them but the types declared in SQLite."""

from __future__ import annotations

import sqlite3
from typing import Final

from oneclick_deploy.data.columns import Kind, TargetColumn, TargetTable
from oneclick_deploy.data.conversion.dialects import Dialect
from oneclick_deploy.data.source import SourceTable
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

# The words that Prisma and other tools declare, looked for in this order in the declared type.
# SQLite itself knows five affinities only ("Datatypes In SQLite", section 3.1), whose rules follow.
_WORDS: Final = (
    ("BOOL", Kind.BOOLEAN),
    ("DATETIME", Kind.DATETIME),
    ("TIMESTAMP", Kind.DATETIME),
    ("JSON", Kind.JSON),
    ("UUID", Kind.UUID),
    ("DECIMAL", Kind.DECIMAL),
    ("NUMERIC", Kind.DECIMAL),
    ("DATE", Kind.DATE),
    ("INT", Kind.INTEGER),
    ("CHAR", Kind.TEXT),
    ("CLOB", Kind.TEXT),
    ("TEXT", Kind.TEXT),
    ("STRING", Kind.TEXT),
    ("BLOB", Kind.BYTES),
    ("BYTE", Kind.BYTES),
    ("BINARY", Kind.BYTES),
    ("REAL", Kind.FLOAT),
    ("FLOA", Kind.FLOAT),
    ("DOUB", Kind.FLOAT),
)
# The widest type of each kind, for SQLite's own limits are none.
_TYPES: Final[dict[Dialect, dict[Kind, str]]] = {
    Dialect.POSTGRESQL: {
        Kind.BOOLEAN: "boolean",
        Kind.DATETIME: "timestamp(3)",
        Kind.JSON: "jsonb",
        Kind.UUID: "uuid",
        Kind.DECIMAL: "numeric",
        Kind.DATE: "date",
        Kind.INTEGER: "bigint",
        Kind.TEXT: "text",
        Kind.OTHER: "text",
        Kind.BYTES: "bytea",
        Kind.FLOAT: "double precision",
    },
    Dialect.MYSQL: {
        Kind.BOOLEAN: "boolean",
        Kind.DATETIME: "datetime(3)",
        Kind.JSON: "json",
        Kind.UUID: "char(36)",
        Kind.DECIMAL: "decimal(65,30)",
        Kind.DATE: "date",
        Kind.INTEGER: "bigint",
        Kind.TEXT: "longtext",
        Kind.OTHER: "longtext",
        Kind.BYTES: "longblob",
        Kind.FLOAT: "double",
    },
}


def targets_from_source(
    connection: sqlite3.Connection, table: SourceTable, dialect: Dialect | str
) -> TargetTable:
    """A table for the rows of one of SQLite's, by the types that its columns declare.

    For libSQL every column takes whatever SQLite holds.

    Args:
        connection: The source.
        table: Its table.
        dialect: The family of the destination.
    """
    known = Dialect(dialect)
    described = list(connection.execute(f"PRAGMA table_xinfo({quote_identifier(table.name)})"))
    wanted = set(table.columns)
    columns = [
        _column(str(name), str(declared or ""), known, required=bool(required or key))
        for _, name, declared, required, _, key, _ in described
        if name in wanted
    ]
    keyed = sorted((row[5], row[1]) for row in described if row[5])
    return TargetTable(
        name=table.name,
        columns=tuple(columns),
        primary_key=tuple(name for _, name in keyed),
    )


def kind_of_declared(declared: str) -> Kind:
    """The kind that a declared type asks for; a column without a type holds anything."""
    upper = declared.upper()
    found = next((kind for word, kind in _WORDS if word in upper), None)
    if found is None:
        return Kind.TIME if upper == "TIME" else Kind.OTHER
    return found


def _column(name: str, declared: str, dialect: Dialect, *, required: bool) -> TargetColumn:
    if dialect is Dialect.LIBSQL:
        return TargetColumn(name=name, kind=Kind.ANY, type_name=declared, nullable=not required)
    kind = kind_of_declared(declared)
    on_mysql = dialect is Dialect.MYSQL
    is_decimal = kind is Kind.DECIMAL and on_mysql
    return TargetColumn(
        name=name,
        kind=kind,
        type_name=_TYPES[dialect].get(kind, "time(3)"),
        nullable=not required,
        precision=65 if is_decimal else (3 if kind in {Kind.DATETIME, Kind.TIME} else None),
        scale=30 if is_decimal else None,
        binary_json=kind is Kind.JSON,
    )
