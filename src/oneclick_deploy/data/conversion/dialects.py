"""The families of destinations, and what their types take beyond what a column says."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from oneclick_deploy.data.columns import Kind, TargetColumn


class Dialect(StrEnum):
    """Whose values are written."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    LIBSQL = "libsql"


# Digits of the fraction of a second where the type names none: PostgreSQL's timestamp keeps
# microseconds, MySQL's DATETIME nothing; for libSQL it is what Prisma's adapters write.
_FRACTION = {Dialect.POSTGRESQL: 6, Dialect.MYSQL: 0, Dialect.LIBSQL: 3}

# A decimal without a precision: PostgreSQL's numeric has no limit that a double could reach,
# MySQL's DECIMAL is DECIMAL(10, 0).
_DECIMAL: dict[Dialect, tuple[int, int] | None] = {
    Dialect.POSTGRESQL: None,
    Dialect.MYSQL: (10, 0),
    Dialect.LIBSQL: None,
}

# MySQL's TIMESTAMP is a 32-bit count of seconds of which the first is not a moment.
_TIMESTAMP_RANGE = ("1970-01-01 00:00:01", "2038-01-19 03:14:07.999999")
# What Python and JavaScript can read back.
YEARS: Final = ("0001-01-01 00:00:00", "9999-12-31 23:59:59.999999")


def fraction_digits(column: TargetColumn, dialect: Dialect) -> int:
    """How many digits of a fraction of a second the column keeps; no database has over six."""
    given = column.precision
    return min(_FRACTION[dialect] if given is None else given, 6)


def decimal_limits(column: TargetColumn, dialect: Dialect) -> tuple[int, int] | None:
    """The digits in all and after the point that a decimal keeps; None when all of them."""
    if column.precision is None:
        return _DECIMAL[dialect]
    return column.precision, column.scale or 0


def integer_range(column: TargetColumn) -> tuple[int, int]:
    """The least and the greatest integer of the column that SQLite can hold as well."""
    if column.unsigned:
        return 0, min((1 << column.bits) - 1, (1 << 63) - 1)
    half = 1 << (column.bits - 1)
    return -half, half - 1


def moment_range(column: TargetColumn, dialect: Dialect) -> tuple[str, str]:
    """The first and the last moment of the column, as ``YYYY-MM-DD HH:MM:SS`` text in UTC."""
    is_timestamp = dialect is Dialect.MYSQL and column.type_name.lower().startswith("timestamp")
    return _TIMESTAMP_RANGE if is_timestamp and column.kind is Kind.DATETIME else YEARS


def takes_nul(dialect: Dialect) -> bool:
    """Whether a text may hold the character NUL: everywhere but in PostgreSQL."""
    return dialect is not Dialect.POSTGRESQL


def takes_infinity(column: TargetColumn, dialect: Dialect) -> bool:
    """Whether a float column holds infinities: in PostgreSQL and SQLite."""
    return column.kind is Kind.FLOAT and dialect is not Dialect.MYSQL


def reads_escapes(column: TargetColumn, dialect: Dialect) -> bool:
    """Whether JSON is refused for the characters that its escapes spell.

    Where it is stored parsed, and in MariaDB, whose JSON is a text with a check.
    """
    return column.binary_json or dialect is Dialect.MYSQL
