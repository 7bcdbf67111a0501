"""The digest of a table of MySQL: computed there as far as MySQL spells values as we do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import evolve

from oneclick_deploy.data.canonical import Digest, mysql_digest, ordered, rows_digest
from oneclick_deploy.data.columns import Kind, TargetColumn, TargetTable
from oneclick_deploy.data.mysql.names import quoted
from oneclick_deploy.data.mysql.session import Session

# MySQL writes doubles of this range as everybody does, without an exponent and with the fewest
# digits that read back; it hides the sign of a zero, which ATAN2 shows.
_LEAST: Final = "1e-4"
_GREATEST: Final = "1e14"
# Otherwise MariaDB merges the two levels of the query, and computes every hash twice.
_COMPUTE_ONCE: Final = f"LIMIT {(1 << 64) - 1}"


def table_digest(
    session: Session, table: TargetTable, columns: Sequence[TargetColumn], *, where: str = ""
) -> Digest:
    """The digest of a table, or of some of its rows.

    The server computes it; rows with doubles that it spells in a way of its own are read, and so
    are tables with parsed JSON and 32-bit floats.

    Args:
        session: Where the table is.
        table: The table.
        columns: Those that were written.
        where: SQL of some rows, in MySQL's words.
    """
    in_order = [columns[at] for at in ordered(columns)]
    doubles = [each for each in in_order if each.kind is Kind.FLOAT and each.bits == 64]
    sql_columns = [
        evolve(each, kind=Kind.INTEGER) if each in doubles else each for each in in_order
    ]
    usual = " AND ".join(_is_usual(quoted(each.name)) for each in doubles)
    taken = _both(where, usual) or "TRUE"
    sql = mysql_digest(table, sql_columns, where=f"{taken} {_COMPUTE_ONCE}")
    if sql is None:
        return read_digest(session, table, columns, where=where)
    digest = Digest.of_sums(*session.fetch(sql)[0])
    if not doubles:
        return digest
    return digest + read_digest(session, table, columns, where=_both(where, f"NOT ({usual})"))


def read_digest(
    session: Session, table: TargetTable, columns: Sequence[TargetColumn], *, where: str = ""
) -> Digest:
    """The same digest, of rows that are read."""
    return rows_digest(session.stream(select_rows(table, columns, where=where)), columns)


def select_rows(table: TargetTable, columns: Sequence[TargetColumn], *, where: str = "") -> str:
    """A query for rows in which no digit is missing."""
    clause = f" WHERE {where}" if where else ""
    wanted = ", ".join(map(_exact, columns))
    return f"SELECT {wanted} FROM {quoted(table.name)}{clause}"  # noqa: S608 - quoted


def _exact(column: TargetColumn) -> str:
    x = quoted(column.name)
    if column.kind is Kind.FLOAT:
        # As a double a 32-bit float shows all of its digits; by itself only six.
        return f"IF({x} = 0 AND ATAN2(0, {x}) > 1, '-0', CAST({x} + 0e0 AS CHAR))"
    return f"CAST({x} AS CHAR)" if column.kind is Kind.JSON and column.binary_json else x


def _is_usual(x: str) -> str:
    return (
        f"({x} IS NULL OR ABS({x}) >= {_LEAST} AND ABS({x}) < {_GREATEST}"
        f" OR {x} = 0 AND ATAN2(0, {x}) = 0)"
    )


def _both(*conditions: str) -> str:
    return " AND ".join(f"({each})" for each in conditions if each)
