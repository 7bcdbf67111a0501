"""Reads an SQLite preview database through a private snapshot; the original is never written."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from attrs import frozen

from oneclick_deploy.data.filetype import check_file
from oneclick_deploy.data.snapshot import take_snapshot
from oneclick_deploy.errors import (
    ConfigurationError,
    CorruptDatabaseError,
    DataSourceError,
    EmptyDatabaseError,
    LockedDatabaseError,
)
from oneclick_deploy.providers.libsql.identifiers import quote_identifier

Value = int | float | str | bytes | None
Row = tuple[Value, ...]

# The migration history is written by our own runner; the rest is kept by SQLite, Litestream and
# Turso for themselves (facts: turso.md section 7).
INTERNAL: Final = frozenset({"_prisma_migrations", "_litestream_seq", "_litestream_lock"})
INTERNAL_PREFIXES: Final = ("sqlite_", "libsql_", "_oneclick_")
READ_ROWS: Final = 500
_ROWID_NAMES: Final = ("rowid", "_rowid_", "oid")


@frozen(kw_only=True)
class SourceTable:
    """One table of the preview database.

    Args:
        name: The table.
        columns: Its stored columns; generated ones are left out.
        rows: How many rows it holds.
        key: SQL that orders it: the rowid, or the primary key of a table without one. Compared as
            bytes, for a column's own collation may differ between two databases.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    key: tuple[str, ...]


@frozen(kw_only=True)
class SourceReport:
    """What a preview database holds.

    Args:
        tables: The app's tables, in the order of their names.
        size: Bytes of the database.
        sequences: Counters of AUTOINCREMENT tables.
    """

    tables: tuple[SourceTable, ...]
    size: int
    sequences: tuple[tuple[str, int], ...] = ()

    @property
    def rows(self) -> int:
        """Rows in all tables."""
        return sum(table.rows for table in self.tables)


class SqliteSource:
    """A snapshot of a preview database, open for reading; use it as a context manager.

    The snapshot is made with SQLite's backup, so that an open WAL is included and a file that
    is being written is never read half way.

    Args:
        source: The path of an SQLite file, or the bytes of one.

    Raises:
        NotADatabaseError: It is something else.
        EmptyDatabaseError: It has no bytes, or no table.
        EncryptedDatabaseError: It looks encrypted.
        CorruptDatabaseError: It is damaged.
        LockedDatabaseError: Another process holds it for more than two seconds.
        DataSourceError: It does not exist or cannot be read.
    """

    def __init__(self, source: Path | bytes) -> None:
        self._given = source
        self._folder = tempfile.TemporaryDirectory(prefix="oneclick-preview-")
        self._connection: sqlite3.Connection | None = None
        try:
            self._connection = self._snapshot()
            self.report = self._inspect()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the snapshot."""
        if self._connection is not None:
            self._connection.close()
        self._folder.cleanup()

    @property
    def connection(self) -> sqlite3.Connection:
        """The snapshot, for reading in SQL; it may be used from any thread, one at a time."""
        return self._open()

    def rows(self, table: SourceTable, *, skip: int = 0) -> Iterator[Row]:
        """Yield the rows of a table in the order of its key, after the first ``skip`` ones.

        Raises:
            DataSourceError: A text is not UTF-8, or a page of the file is damaged.
        """
        columns = ", ".join(quote_identifier(name) for name in table.columns)
        order = ", ".join(table.key)
        # Every name went through quote_identifier; the numbers are ours.
        query = f"SELECT {columns} FROM {quote_identifier(table.name)} ORDER BY {order} LIMIT -1 OFFSET {skip}"  # noqa: S608
        with self._reading(table.name):
            cursor = self._open().execute(query)
            while batch := cursor.fetchmany(READ_ROWS):
                yield from batch

    @cached_property
    def fingerprint(self) -> str:
        """Tells this content from that of another or a later preview."""
        with self._place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def _place(self) -> Path:
        return Path(self._folder.name) / "preview.db"

    def _snapshot(self) -> sqlite3.Connection:
        if isinstance(self._given, bytes):
            self._place.write_bytes(self._given)
            check_file(self._place, shown=self._name)
            snapshot = sqlite3.connect(self._place, check_same_thread=False)
        else:
            check_file(self._given, shown=self._name)
            with self._reading(""):
                snapshot = take_snapshot(self._given, self._place)
        try:
            with self._reading(""):
                (state,) = snapshot.execute("PRAGMA quick_check(1)").fetchone()
                if state != "ok":
                    raise sqlite3.DatabaseError(str(state))  # noqa: TRY301 - one place maps it
        except BaseException:
            snapshot.close()
            raise
        return snapshot

    def _inspect(self) -> SourceReport:
        with self._reading(""):
            connection = self._open()
            names = [
                name
                for (name,) in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                )
                if name not in INTERNAL and not name.startswith(INTERNAL_PREFIXES)
            ]
            tables = tuple(_table(connection, name) for name in names)
            sequences = _sequences(connection)
        if not tables:
            raise EmptyDatabaseError(
                f"{self._name} holds no table",
                hint="Export the preview's database after its tables were made, or leave "
                "preview_data out.",
            )
        size = self._place.stat().st_size
        return SourceReport(tables=tables, size=size, sequences=sequences)

    @property
    def _name(self) -> str:
        return "the preview data" if isinstance(self._given, bytes) else str(self._given)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise DataSourceError(f"{self._name} is closed")
        return self._connection

    @contextlib.contextmanager
    def _reading(self, table: str) -> Iterator[None]:
        """Turn sqlite3's errors into ours."""
        where = f"{self._name}, table {table}" if table else self._name
        try:
            yield
        except sqlite3.OperationalError as error:
            text = str(error)
            if "locked" in text or "busy" in text:
                raise LockedDatabaseError(
                    f"{where} is locked by another process",
                    hint="Close the program that writes to it, or pass a copy of the file.",
                    retryable=True,
                ) from None
            if "UTF-8" in text:
                raise DataSourceError(
                    f"{where} holds a text that is not UTF-8",
                    hint="Repair the value, or store it as a BLOB (Bytes in Prisma).",
                ) from None
            raise DataSourceError(
                f"{where} cannot be read: {text}",
                hint="Open the file with another SQLite program to see what is wrong with it.",
            ) from None
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            # Names of damaged tables, in the schema and in SQLite's own words, may not be UTF-8.
            raise CorruptDatabaseError(
                f"{where} is damaged: {error}",
                hint="Export the preview again, or run `sqlite3 FILE .recover` on a copy.",
            ) from None
        except OSError as error:
            raise DataSourceError(
                f"{where} cannot be read: {error.strerror}",
                hint="Check the permissions of the file and the space in the temporary folder.",
            ) from None


def inspect(source: str | Path | bytes) -> SourceReport:
    """Look at a preview database without moving anything.

    Args:
        source: The path of an SQLite file, or the bytes of one.

    Raises:
        DataSourceError: It cannot be read; the subclass says why.
    """
    if not isinstance(source, str | Path | bytes):
        raise ConfigurationError(
            f"preview data is a path or bytes, not {type(source).__name__}",
            hint="Pass the path of the SQLite file, or what sql.js's export() gave, as bytes.",
        )
    with SqliteSource(Path(source) if isinstance(source, str) else source) as opened:
        return opened.report


def _table(connection: sqlite3.Connection, name: str) -> SourceTable:
    quoted = quote_identifier(name)
    # hidden: 0 ordinary, 1 of a virtual table, 2 and 3 generated (virtual, stored).
    described = connection.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
    columns = tuple(row[1] for row in described if row[6] == 0)
    (rows,) = connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()  # noqa: S608
    return SourceTable(
        name=name,
        columns=columns,
        rows=rows,
        key=_key(connection, name, described),
    )


def _key(connection: sqlite3.Connection, table: str, described: list[Row]) -> tuple[str, ...]:
    """The rowid under a name that no column took, or the primary key of a table without one."""
    primary = sorted((row for row in described if row[5]), key=lambda row: int(row[5] or 0))
    taken = {str(row[1]).lower() for row in described}
    for alias in _ROWID_NAMES:
        if alias not in taken and _has(connection, table, alias):
            return (alias,)
    if primary:
        return tuple(f"{quote_identifier(str(row[1]))} COLLATE BINARY" for row in primary)
    raise DataSourceError(
        f"the columns of the table {table} take all names of its rowid, so its rows have no order",
        hint=f"Rename one of the columns {', '.join(_ROWID_NAMES)}, or add a primary key.",
    )


def _has(connection: sqlite3.Connection, table: str, alias: str) -> bool:
    try:
        connection.execute(f"SELECT {alias} FROM {quote_identifier(table)} LIMIT 1")  # noqa: S608
    except sqlite3.OperationalError:
        return False
    return True


def _sequences(connection: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    present = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
    ).fetchone()
    if not present:
        return ()
    return tuple(connection.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name"))
