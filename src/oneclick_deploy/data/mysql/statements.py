"""The SQL of an import into MySQL."""

from __future__ import annotations

from collections.abc import Sequence

from oneclick_deploy.data.columns import Kind, TargetTable
from oneclick_deploy.data.conversion import ColumnPlan
from oneclick_deploy.data.mysql.catalogue import Reference
from oneclick_deploy.data.mysql.lines import is_bit
from oneclick_deploy.data.mysql.names import quoted


def load_data(table: str, columns: Sequence[ColumnPlan], *, charset: str) -> str:
    """Read lines; bytes come as digits, and bits as a digit."""
    readers = [_reader(column) for column in columns]
    fields, settings = [], []
    for number, (column, reader) in enumerate(zip(columns, readers, strict=True)):
        name = quoted(column.target.name)
        # MariaDB forgets that a counted column was given when other columns are computed.
        is_counted = column.target.is_identity and any(readers)
        if not reader and not is_counted:
            fields.append(name)
            continue
        fields.append(f"@v{number}")
        settings.append(f"{name} = {(reader or '{}').format(f'@v{number}')}")
    # Escapes in this text are MySQL's; the name is not that of a file.
    return (
        f"LOAD DATA LOCAL INFILE 'oneclick' INTO TABLE {quoted(table)} CHARACTER SET {charset} "
        "FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' "
        f"({', '.join(fields)})" + (f" SET {', '.join(settings)}" if settings else "")
    )


def insert(table: str, columns: Sequence[ColumnPlan]) -> str:
    """What comes before the rows of an INSERT."""
    return f"INSERT INTO {quoted(table)} ({_names(columns)}) VALUES "  # noqa: S608 - quoted


def on_duplicate(
    table: TargetTable, columns: Sequence[ColumnPlan], *, update: bool, is_mariadb: bool
) -> str:
    """What comes after the rows, when some are there already."""
    names = [column.target.name for column in columns]
    changes = [name for name in names if name not in table.primary_key] if update else []
    if not changes:
        # Unlike INSERT IGNORE this makes no mistake a warning.
        same = quoted(names[0])
        return f" ON DUPLICATE KEY UPDATE {same} = {quoted(table.name)}.{same}"
    # MySQL calls VALUES() outdated, and MariaDB does not know its successor.
    alias = "" if is_mariadb else " AS arriving"
    form = "VALUES({})" if is_mariadb else "arriving.{}"
    settings = ", ".join(f"{quoted(each)} = {form.format(quoted(each))}" for each in changes)
    return f"{alias} ON DUPLICATE KEY UPDATE {settings}"


def which_hold_rows(tables: Sequence[str]) -> str:
    """Ask for the numbers of the tables that are not empty."""
    return " UNION ALL ".join(
        f"SELECT {number} FROM DUAL WHERE EXISTS (SELECT 1 FROM {quoted(table)})"  # noqa: S608
        for number, table in enumerate(tables)
    )


def orphans(reference: Reference) -> str:
    """Ask for rows that refer to nothing: their number, and the values of one of them."""
    key = reference.key
    own = [f"child.{quoted(name)}" for name in key.columns]
    joined = " AND ".join(
        f"parent.{quoted(other)} = {name}"
        for name, other in zip(own, key.referenced_columns, strict=True)
    )
    present = " AND ".join(f"{name} IS NOT NULL" for name in own)
    parent = f"{quoted(reference.namespace)}.{quoted(key.references)}"
    # A column of the parent that its key needs is NULL only where there is no parent.
    return (
        f"SELECT COUNT(*), MIN(CONCAT_WS(', ', {', '.join(own)})) FROM {quoted(reference.table)} "  # noqa: S608
        f"AS child LEFT JOIN {parent} AS parent ON {joined} "
        f"WHERE {present} AND parent.{quoted(key.referenced_columns[0])} IS NULL"
    )


def greatest(table: str, column: str) -> str:
    """Ask for the greatest number in use."""
    return f"SELECT MAX({quoted(column)}) FROM {quoted(table)}"  # noqa: S608 - quoted


def advance(table: str, following: int) -> str:
    """Let a table's numbers go on from there."""
    return f"ALTER TABLE {quoted(table)} AUTO_INCREMENT = {following}"


def _reader(column: ColumnPlan) -> str:
    """The form of what makes a value of a field's text; empty where the column does."""
    if column.target.kind is Kind.BYTES:
        return "UNHEX({})"
    return "CAST({} AS UNSIGNED)" if is_bit(column) else ""


def _names(columns: Sequence[ColumnPlan]) -> str:
    return ", ".join(quoted(column.target.name) for column in columns)
