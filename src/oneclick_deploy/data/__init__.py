"""Moves the preview's SQLite data into the production database.

`SqliteSource` reads the preview without changing it, `AsyncLibsqlImport` and `LibsqlImport` write
it to a libSQL database in transactions that can be resumed exactly, and compare what arrived.
`inspect` and `copy` are the short ways.
"""

from __future__ import annotations

from oneclick_deploy.data._async import AsyncLibsqlImport
from oneclick_deploy.data._sync import LibsqlImport
from oneclick_deploy.data.inspection import Inspection, inspect
from oneclick_deploy.data.report import (
    ImportProgress,
    ImportReport,
    ProgressHandler,
    TableReport,
)
from oneclick_deploy.data.source import Given, SourceReport, SqliteSource
from oneclick_deploy.providers.libsql import LibsqlClient

__all__ = [
    "AsyncLibsqlImport",
    "ImportProgress",
    "ImportReport",
    "Inspection",
    "LibsqlImport",
    "SourceReport",
    "SqliteSource",
    "TableReport",
    "copy",
    "inspect",
]


def copy(
    source: Given,
    destination: LibsqlClient,
    *,
    on_progress: ProgressHandler | None = None,
) -> ImportReport:
    """Copy all rows of a preview database into a libSQL database with the same tables.

    Called again after an interruption, it goes on where it was.

    Args:
        source: What `SqliteSource` takes: a path, bytes, an SQL dump, or a connection.
        destination: The database; its tables exist, and are empty or hold the same rows.
        on_progress: Called after each batch.

    Raises:
        DataSourceError: The source cannot be read, or does not fit the destination.
        DatabaseError: The destination refused a statement.
        TransportError: It could not be reached.
    """
    with SqliteSource(source) as opened:
        return LibsqlImport(opened, destination, on_progress=on_progress).run()
