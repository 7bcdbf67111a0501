"""Reads an SQLite preview database through a private snapshot; the original is never written."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

from attrs import frozen

from oneclick_deploy.data.filetype import check_file
from oneclick_deploy.errors import (
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
LOCK_WAIT: Final = 2.0
READ_ROWS: Final = 500


@frozen(kw_only=True)
class SourceTable:
    """One table of the preview database.

    Args:
        name: The table.
        columns: Its stored columns; generated ones are left out.
        rows: How many rows it holds.
        key: The columns that order it: ``rowid``, or the primary key of a table without one.
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

    def rows(self, table: SourceTable, *, skip: int = 0) -> Iterator[Row]:
        """Yield the rows of a table in the order of its key, after the first ``skip`` ones.

        Raises:
            DataSourceError: A text is not UTF-8, or a page of the file is damaged.
        """
        columns = ", ".join(quote_identifier(name) for name in table.columns)
        order = ", ".join(
            table.key if table.key == ("rowid",) else map(quote_identifier, table.key)
        )
        # Every name went through quote_identifier; the numbers are ours.
        query = f"SELECT {columns} FROM {quote_identifier(table.name)} ORDER BY {order} LIMIT -1 OFFSET {skip}"  # noqa: S608
        with self._reading(table.name):
            cursor = self._open().execute(query)
            while batch := cursor.fetchmany(READ_ROWS):
                yield from batch

    def _snapshot(self) -> sqlite3.Connection:
        place = Path(self._folder.name) / "preview.db"
        if isinstance(self._given, bytes):
            original = Path(self._folder.name) / "given.db"
            original.write_bytes(self._given)
        else:
            original = self._given
        check_file(original, shown=self._name)
        snapshot = sqlite3.connect(place, check_same_thread=False)
        try:
            with self._reading(""), contextlib.closing(_read_only(original)) as opened:
                # backup() alone would wait for a lock for ever; a read transaction waits
                # LOCK_WAIT and then keeps writers out until the copy is whole.
                opened.execute("BEGIN")
                opened.execute("SELECT 1 FROM sqlite_master").fetchone()
                opened.backup(snapshot)
                broken = snapshot.execute("PRAGMA quick_check(1)").fetchone()[0]
                if broken != "ok":
                    raise sqlite3.DatabaseError(str(broken))  # noqa: TRY301 - one place maps it
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
        size = (Path(self._folder.name) / "preview.db").stat().st_size
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
            raise DataSourceError(f"{where} cannot be read: {text}") from None
        except sqlite3.DatabaseError as error:
            raise CorruptDatabaseError(
                f"{where} is damaged: {error}",
                hint="Export the preview again, or run `sqlite3 FILE .recover` on a copy.",
            ) from None


def inspect(source: str | Path | bytes) -> SourceReport:
    """Look at a preview database without moving anything.

    Args:
        source: The path of an SQLite file, or the bytes of one.

    Raises:
        DataSourceError: It cannot be read; the subclass says why.
    """
    with SqliteSource(Path(source) if isinstance(source, str) else source) as opened:
        return opened.report


def _read_only(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=LOCK_WAIT)


def _table(connection: sqlite3.Connection, name: str) -> SourceTable:
    quoted = quote_identifier(name)
    # hidden: 0 ordinary, 1 of a virtual table, 2 and 3 generated (virtual, stored).
    described = connection.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
    columns = tuple(row[1] for row in described if row[6] == 0)
    primary = tuple(row[1] for row in sorted(described, key=lambda row: row[5]) if row[5])
    (rows,) = connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()  # noqa: S608
    return SourceTable(
        name=name,
        columns=columns,
        rows=rows,
        key=("rowid",) if _has_rowid(connection, quoted) else primary,
    )


def _has_rowid(connection: sqlite3.Connection, quoted: str) -> bool:
    try:
        connection.execute(f"SELECT rowid FROM {quoted} LIMIT 1")  # noqa: S608
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
