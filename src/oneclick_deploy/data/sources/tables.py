"""What tables a preview database holds, and which of its tables are not the app's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from oneclick_deploy.data.sources.virtual import module_of, shadows_of, skipped_module
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

Value = int | float | str | bytes | None
Row = tuple[Value, ...]

# The migration history is written by our own runner; the rest is kept by SQLite, Litestream, Turso
# and D1 for themselves (facts: turso.md section 7).
INTERNAL: Final = {"_prisma_migrations": "Prisma's history of migrations"}
INTERNAL_PREFIXES: Final = {
    "sqlite_": "kept by SQLite",
    "libsql_": "kept by libSQL",
    "_litestream_": "kept by Litestream",
    "_cf_": "kept by Cloudflare D1",
    "_oneclick_": "kept by an import",
}
ROWID_NAMES: Final = ("rowid", "_rowid_", "oid")


@frozen(kw_only=True)
class SourceKey:
    """A foreign key of a preview table.

    Args:
        columns: Its columns.
        references: The table that it refers to.
        referenced_columns: The columns there; empty where the key names none.
    """

    columns: tuple[str, ...]
    references: str
    referenced_columns: tuple[str, ...] = ()


@frozen(kw_only=True)
class SourceTable:
    """One table of the preview database.

    Args:
        name: The table.
        columns: Its stored columns; generated ones are left out.
        rows: How many rows it holds.
        key: SQL that orders it: the rowid, or the primary key of a table without one. Compared as
            bytes, for a column's own collation may differ between two databases. Both the values
            and their types of all columns, where their names hide the rowid.
        declared: The declared type of each of ``columns``; empty where it has none.
        primary_key: Columns of its primary key, in order.
        foreign_keys: What it refers to.
        module: Of a virtual table: ``fts5``, ``rtree``, ...
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    key: tuple[str, ...]
    declared: tuple[str, ...] = ()
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[SourceKey, ...] = ()
    module: str = ""

    @property
    def has_rowid_key(self) -> bool:
        """Whether ``key`` is the rowid alone."""
        return len(self.key) == 1 and self.key[0] in ROWID_NAMES


@frozen(kw_only=True)
class SourceReport:
    """What a preview database holds.

    Args:
        tables: The app's tables, in the order of their names.
        size: Bytes of the database.
        sequences: Counters of AUTOINCREMENT tables.
        skipped: Tables and views that are not moved, and why.
    """

    tables: tuple[SourceTable, ...]
    size: int
    sequences: tuple[tuple[str, int], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def rows(self) -> int:
        """Rows in all tables."""
        return sum(table.rows for table in self.tables)

    def table(self, name: str) -> SourceTable | None:
        """The table of that name."""
        return next((table for table in self.tables if table.name == name), None)


def read_report(connection: sqlite3.Connection, *, size: int) -> SourceReport:
    """Read what a database holds.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    found = connection.execute(
        "SELECT name, type, coalesce(sql, '') FROM sqlite_master WHERE type IN ('table', 'view') "
        "ORDER BY name"
    ).fetchall()
    skipped = dict(_skipped(found))
    tables = []
    for name, _, sql in found:
        if name in skipped:
            continue
        try:
            tables.append(_table(connection, name, module_of(sql)))
        except sqlite3.OperationalError as error:
            if not str(error).startswith("no such module"):
                raise
            skipped[name] = f"SQLite has no {module_of(sql)} here"
    return SourceReport(
        tables=tuple(tables),
        size=size,
        sequences=_sequences(connection),
        skipped=tuple(sorted(skipped.items())),
    )


def _skipped(found: Iterable[tuple[str, str, str]]) -> Iterable[tuple[str, str]]:
    found = list(found)
    names = {name for name, kind, _ in found if kind == "table"}
    for name, kind, sql in found:
        lower = name.lower()
        prefix = next((each for each in INTERNAL_PREFIXES if lower.startswith(each)), "")
        if kind == "view":
            yield name, "a view"
        elif name in INTERNAL:
            yield name, INTERNAL[name]
        elif prefix:
            yield name, INTERNAL_PREFIXES[prefix]
        elif module := module_of(sql):
            for shadow in shadows_of(name, module, names):
                yield shadow, f"belongs to the {module} table {name}"
            if reason := skipped_module(sql, module):
                yield name, reason


def _table(connection: sqlite3.Connection, name: str, module: str) -> SourceTable:
    quoted = quote_identifier(name)
    # hidden: 0 ordinary, 1 of a virtual table, 2 and 3 generated (virtual, stored).
    described = connection.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
    stored = [row for row in described if row[6] == 0]
    # An index may need a collation that only the app has; the table itself does not.
    hint = "" if module else "NOT INDEXED"
    (rows,) = connection.execute(f"SELECT count(*) FROM {quoted} {hint}").fetchone()  # noqa: S608
    primary = sorted((row for row in described if row[5]), key=lambda row: int(row[5]))
    return SourceTable(
        name=name,
        columns=tuple(row[1] for row in stored),
        rows=rows,
        key=_key(connection, name, described, primary),
        declared=tuple(row[2] or "" for row in stored),
        primary_key=tuple(row[1] for row in primary),
        foreign_keys=_foreign_keys(connection, quoted),
        module=module,
    )


def _key(
    connection: sqlite3.Connection, table: str, described: list[Row], primary: list[Row]
) -> tuple[str, ...]:
    """The rowid under a name that no column took, or the primary key of a table without one."""
    taken = {str(row[1]).lower() for row in described}
    for alias in ROWID_NAMES:
        if alias not in taken and _has(connection, table, alias):
            return (alias,)
    if primary:
        return tuple(f"{quote_identifier(str(row[1]))} COLLATE BINARY" for row in primary)
    # Rows that are equal in all of these are the same, so that their order does not matter.
    names = [quote_identifier(str(row[1])) for row in described if row[6] == 0]
    return tuple(f"{name} COLLATE BINARY" for name in names) + tuple(
        f"typeof({name})" for name in names
    )


def _has(connection: sqlite3.Connection, table: str, alias: str) -> bool:
    try:
        connection.execute(f"SELECT {alias} FROM {quote_identifier(table)} LIMIT 1")  # noqa: S608
    except sqlite3.OperationalError:
        return False
    return True


def _foreign_keys(connection: sqlite3.Connection, quoted: str) -> tuple[SourceKey, ...]:
    keys: dict[int, list[Row]] = {}
    for row in connection.execute(f"PRAGMA foreign_key_list({quoted})"):
        keys.setdefault(row[0], []).append(row)
    return tuple(
        SourceKey(
            columns=tuple(str(row[3]) for row in keys[number]),
            references=str(keys[number][0][2]),
            referenced_columns=tuple(str(row[4]) for row in keys[number] if row[4] is not None),
        )
        for number in sorted(keys, reverse=True)
    )


def _sequences(connection: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    present = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
    ).fetchone()
    if not present:
        return ()
    # The table has no types: what somebody wrote there by hand is no counter.
    return tuple(
        connection.execute(
            "SELECT name, max(seq) FROM sqlite_sequence WHERE typeof(seq) = 'integer' "
            "AND typeof(name) = 'text' GROUP BY name ORDER BY name"
        )
    )
