"""Moves the preview's SQLite data into the production database.

`SqliteSource` reads the preview without changing it, `AsyncLibsqlImport` and `LibsqlImport` write
it to a libSQL database in transactions that can be resumed exactly, and compare what arrived.
"""

from oneclick_deploy.data._async import AsyncLibsqlImport
from oneclick_deploy.data._sync import LibsqlImport
from oneclick_deploy.data.report import ImportProgress, ImportReport, TableReport
from oneclick_deploy.data.source import SourceReport, SqliteSource, inspect

__all__ = [
    "AsyncLibsqlImport",
    "ImportProgress",
    "ImportReport",
    "LibsqlImport",
    "SourceReport",
    "SqliteSource",
    "TableReport",
    "inspect",
]
