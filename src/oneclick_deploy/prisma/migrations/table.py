"""The statements about ``_prisma_migrations``, in the shape that Prisma's own commands accept.

Columns, their order and their types are those of Prisma's schema engine for each provider. Times
are the database's own, so that a row never ends before it began. Every statement may be sent twice.
"""

from __future__ import annotations

import uuid
from typing import Final, TypeAlias

from attrs import field, frozen

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.prisma.migrations.history import Migration

Args: TypeAlias = tuple[str | int | None, ...]
SqlStatement: TypeAlias = tuple[str, Args]

TABLE: Final = "_prisma_migrations"
_CREATE: Final = {
    "sqlite": """\
CREATE TABLE IF NOT EXISTS {table} (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)""",
    "postgresql": """\
CREATE TABLE IF NOT EXISTS {table} (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)""",
    "mysql": """\
CREATE TABLE IF NOT EXISTS {table} (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             DATETIME(3),
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          DATETIME(3),
    started_at              DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
    applied_steps_count     INTEGER UNSIGNED NOT NULL DEFAULT 0
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci""",
}
# Prisma's libsql adapter writes times as this text.
_NOW: Final = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    "postgresql": "clock_timestamp()",
    "mysql": "UTC_TIMESTAMP(3)",
}
_QUOTE: Final = {"sqlite": '"', "postgresql": '"', "mysql": "`"}
_TABLES: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": (
        "SELECT c.relname FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname = %s"
    ),
    "mysql": (
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_type = 'BASE TABLE' AND table_schema = %s"
    ),
}
# TEXT holds 65,535 bytes on MySQL, where one character may take four of them.
_LONGEST_LOGS: Final = 16_000
# What the servers and their hosts keep beside an app's own tables: SQLite and libSQL, Turso's and
# Cloudflare's replication, this library's ledger, PostGIS (which Prisma ignores as well).
_INTERNAL: Final = ("sqlite_", "libsql_", "_litestream_", "_cf_", "_oneclick_")
_POSTGIS: Final = {"spatial_ref_sys", "geometry_columns", "geography_columns"}


@frozen(kw_only=True)
class Record:
    """The row that a migration gets: made before its script runs."""

    id: str
    name: str
    checksum: str

    @classmethod
    def of(cls, migration: Migration) -> Record:
        """Make the row of a migration, with a new id."""
        return cls(id=str(uuid.uuid4()), name=migration.name, checksum=migration.checksum)


def _check_known(_: object, __: object, provider: str) -> None:
    if provider not in _CREATE:
        raise ConfigurationError(
            f"migrations for {provider!r} cannot be applied",
            hint=f"Use one of {', '.join(_CREATE)}.",
        )


@frozen(kw_only=True)
class MigrationsTable:
    """The statements about the table in one database.

    Args:
        provider: ``sqlite`` (libSQL too), ``postgresql`` or ``mysql``.
        schema: The schema of PostgreSQL, or the database of MySQL, that holds the table: a script
            may change which of them is the current one.
    """

    provider: str = field(validator=_check_known)
    schema: str = ""

    @property
    def name(self) -> str:
        """The table's qualified name."""
        parts = [self.schema, TABLE] if self.schema else [TABLE]
        return ".".join(self._quoted(part) for part in parts)

    @property
    def create(self) -> str:
        """Makes the table, unless it is there."""
        return _CREATE[self.provider].format(table=self.name)

    @property
    def tables(self) -> SqlStatement:
        """Lists the tables of the database, the servers' own ones too."""
        return _TABLES[self.provider], (self.schema,) if self.schema else ()

    @property
    def select(self) -> str:
        """Reads every row, in the order of `AppliedMigration.from_row`."""
        columns = self._list(
            *("id", "checksum", "finished_at", "migration_name", "logs"),
            *("rolled_back_at", "started_at", "applied_steps_count"),
        )
        return f"SELECT {columns} FROM {self.name} ORDER BY {self._list('started_at')}"  # noqa: S608 - quoted

    def started(self, record: Record) -> SqlStatement:
        """A row for a script that is about to run."""
        return self._insert(self._cells(record) | {"started_at": self._now})

    def claimed(self, record: Record) -> SqlStatement:
        """The same as the first statement of a transaction on SQLite; fails when it was applied.

        There is no lock on libSQL: of two processes, the second breaks on the row of the first,
        for a checksum cannot be NULL.
        """
        taken = (
            f"EXISTS (SELECT 1 FROM {self.name} "  # noqa: S608 - quoted
            f"WHERE {self._list('migration_name')} = ? AND {self._list('rolled_back_at')} IS NULL)"
        )
        checksum = f"CASE WHEN {taken} THEN NULL ELSE ? END", (record.name, record.checksum)
        cells = self._cells(record) | {"checksum": checksum, "started_at": self._now}
        return self._insert(cells)

    def finished(self, record: Record) -> SqlStatement:
        """The script ran to its end."""
        return self._update(record.id, {"applied_steps_count": ("1", ()), "finished_at": self._now})

    def applied(self, record: Record, *, began: str) -> SqlStatement:
        """A whole row for a script that ran in the same transaction.

        Args:
            record: The row.
            began: The SQL of the time when the script began.
        """
        times: dict[str, SqlStatement] = {"started_at": (began, ()), "finished_at": self._now}
        return self._insert(self._cells(record) | {"applied_steps_count": ("1", ())} | times)

    def failed(self, record: Record, logs: str) -> SqlStatement:
        """Keep what the database said, whether the row is there already or not."""
        kept = self._argument(logs[:_LONGEST_LOGS])
        sql, args = self._insert(self._cells(record) | {"started_at": self._now, "logs": kept})
        column = self._list("logs")
        if self.provider == "mysql":
            return f"{sql} ON DUPLICATE KEY UPDATE {column} = VALUES({column})", args
        return f'{sql} ON CONFLICT ("id") DO UPDATE SET {column} = excluded.{column}', args

    def marked_applied(self, record: Record) -> SqlStatement:
        """A row for a script that somebody ran by hand: no steps, and empty logs, as Prisma has."""
        cells = self._cells(record) | {"logs": self._argument("")}
        sql, args = self._insert(cells | {"started_at": self._now, "finished_at": self._now})
        if self.provider == "mysql":
            return f"{sql} ON DUPLICATE KEY UPDATE {self._list('logs')} = ''", args
        return f'{sql} ON CONFLICT ("id") DO NOTHING', args

    def rolled_back(self, row_id: str) -> SqlStatement:
        """Mark a failed row as rolled back."""
        return self._update(row_id, {"rolled_back_at": self._now})

    def _cells(self, record: Record) -> dict[str, SqlStatement]:
        values = {"id": record.id, "checksum": record.checksum, "migration_name": record.name}
        return {column: self._argument(value) for column, value in values.items()}

    def _insert(self, cells: dict[str, SqlStatement]) -> SqlStatement:
        values = ", ".join(sql for sql, _ in cells.values())
        args = tuple(value for _, given in cells.values() for value in given)
        sql = f"INSERT INTO {self.name} ({self._list(*cells)}) VALUES ({values})"  # noqa: S608 - quoted
        return sql, args

    def _update(self, row_id: str, cells: dict[str, SqlStatement]) -> SqlStatement:
        changes = ", ".join(f"{self._list(column)} = {sql}" for column, (sql, _) in cells.items())
        mark, args = self._argument(row_id)
        sql = f"UPDATE {self.name} SET {changes} WHERE {self._list('id')} = {mark}"  # noqa: S608 - quoted
        return sql, args

    @property
    def _now(self) -> SqlStatement:
        return _NOW[self.provider], ()

    def _argument(self, value: str) -> SqlStatement:
        return "?" if self.provider == "sqlite" else "%s", (value,)

    def _list(self, *columns: str) -> str:
        return ", ".join(self._quoted(column) for column in columns)

    def _quoted(self, name: str) -> str:
        quote = _QUOTE[self.provider]
        return f"{quote}{name.replace(quote, quote * 2)}{quote}"


def foreign_tables(names: set[str]) -> set[str]:
    """The tables that an app has, of all that a database has: what makes it not empty."""
    return {
        name
        for name in names
        if name != TABLE and not name.lower().startswith(_INTERNAL) and name.lower() not in _POSTGIS
    }
