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
from urllib.parse import quote

from oneclick_deploy.data.snapshot import CopyHandler
from oneclick_deploy.data.sources.given import Given, bring, name_of
from oneclick_deploy.data.sources.integrity import check_integrity
from oneclick_deploy.data.sources.reading import reading, stoppable
from oneclick_deploy.data.sources.tables import (
    ROWID_NAMES,
    Row,
    SourceKey,
    SourceReport,
    SourceTable,
    Value,
    read_report,
)
from oneclick_deploy.errors import DataSourceError, EmptyDatabaseError
from oneclick_deploy.providers.libsql.identifiers import quote_identifier
from oneclick_deploy.runtime.cancel import CancelToken

__all__ = [
    "ROWID_NAMES",
    "Given",
    "Row",
    "SourceKey",
    "SourceReport",
    "SourceTable",
    "SqliteSource",
    "Value",
]

READ_ROWS: Final = 500


class SqliteSource:
    """A snapshot of a preview database, open for reading; use it as a context manager.

    The snapshot is made with SQLite's backup, so that an open WAL is included and a file that
    is being written is never read half way.

    Args:
        source: One of: the path of an SQLite file; the path of an app, whose Prisma datasource
            names the file; the bytes of a file, as sql.js's ``export()`` gives them; the text of
            an SQL dump; an open ``sqlite3.Connection`` of this thread, outside a transaction. A
            ``str`` with a line break, or that begins with a statement or a comment of SQL, is a
            dump, and any other a path.
        cancel: Stops the copy and the checks.
        on_copy: Called with the bytes copied and those in all, now and then.

    Raises:
        ConfigurationError: It is none of those.
        NotADatabaseError: It is something else than SQLite.
        EmptyDatabaseError: It has no bytes, or no table.
        EncryptedDatabaseError: It looks encrypted.
        CorruptDatabaseError: It is damaged.
        LockedDatabaseError: Another process holds it for more than two seconds.
        DataSourceError: It does not exist or cannot be read, or a line of the dump cannot be run.
        DeployCancelledError: ``cancel`` was cancelled.
    """

    def __init__(
        self,
        source: Given,
        *,
        cancel: CancelToken | None = None,
        on_copy: CopyHandler | None = None,
    ) -> None:
        self._name = name_of(source)
        self._folder = tempfile.TemporaryDirectory(prefix="oneclick-preview-")
        self._connection: sqlite3.Connection | None = None
        try:
            bring(source, self.path, cancel=cancel, on_copy=on_copy)
            self._connection = self.connect()
            self.report = self._check(cancel)
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
    def path(self) -> Path:
        """The snapshot: one file without a log, which nobody may write."""
        return Path(self._folder.name) / "preview.db"

    @property
    def connection(self) -> sqlite3.Connection:
        """The snapshot, for reading in SQL; it may be used from any thread, one at a time."""
        if self._connection is None:
            raise DataSourceError(f"{self._name} is closed", hint="Open the source again.")
        return self._connection

    def connect(self) -> sqlite3.Connection:
        """Open the snapshot once more, to read it in another thread; the caller closes it.

        Raises:
            DataSourceError: The source is closed.
        """
        if not self.path.exists():
            raise DataSourceError(f"{self._name} is closed", hint="Open the source again.")
        with reading(self._name):
            opened = sqlite3.connect(
                f"file:{quote(str(self.path))}?mode=ro&immutable=1",
                uri=True,
                check_same_thread=False,
            )
            # A damaged or hostile schema may name functions; we call those that we name ourselves.
            opened.execute("PRAGMA trusted_schema = OFF")
            opened.execute("PRAGMA cell_size_check = ON")
        return opened

    def rows(self, table: SourceTable, *, skip: int = 0) -> Iterator[Row]:
        """Yield the rows of a table in the order of its key, after the first ``skip`` ones.

        Raises:
            DataSourceError: A text is not UTF-8, or a page of the file is damaged.
        """
        columns = ", ".join(quote_identifier(name) for name in table.columns)
        order = ", ".join(table.key)
        # Every name went through quote_identifier; the numbers are ours.
        query = f"SELECT {columns} FROM {quote_identifier(table.name)} ORDER BY {order} LIMIT -1 OFFSET {skip}"  # noqa: S608
        with self.reading(table.name):
            cursor = self.connection.execute(query)
            while batch := cursor.fetchmany(READ_ROWS):
                yield from batch

    def reading(self, table: str = "") -> contextlib.AbstractContextManager[None]:
        """Turn what sqlite3 raises inside the block into our errors, which name the table."""
        return reading(f"{self._name}, table {table}" if table else self._name)

    @cached_property
    def fingerprint(self) -> str:
        """Tells this content from that of another or a later preview."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _check(self, cancel: CancelToken | None) -> SourceReport:
        with self.reading(), stoppable(self.connection, cancel):
            check_integrity(self.connection, shown=self._name)
            report = read_report(self.connection, size=self.path.stat().st_size)
        if not report.tables:
            raise EmptyDatabaseError(
                f"{self._name} holds no table",
                hint="Export the preview's database after its tables were made, or leave "
                "preview_data out.",
            )
        return report
