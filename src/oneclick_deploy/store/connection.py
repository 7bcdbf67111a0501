"""Opens the SQLite file of the store, and says what is wrong with one that cannot be used."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from oneclick_deploy.errors import StoreError
from oneclick_deploy.store.schema import CREATE, VERSION

BUSY_SECONDS: Final = 15.0


def open_database(path: str) -> sqlite3.Connection:
    """Open or create the store's file, and its tables when it is new.

    Raises:
        StoreError: It is something else, of a newer version, or cannot be created.
    """
    with store_errors(path):
        if path != ":memory:":
            _make_folder(path)
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    connection.row_factory = sqlite3.Row
    return connection


@contextlib.contextmanager
def store_errors(path: str) -> Iterator[None]:
    """Turn the errors of sqlite3 and of the file system into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"the deployment store {path} cannot be used: {error}",
            hint="Check that the path is writable and that the file is a store of this library.",
            retryable="locked" in str(error),
        ) from None
    except OSError as error:
        raise StoreError(
            f"the deployment store {path} cannot be created: {error.strerror}",
            hint="Choose a path in a writable folder.",
        ) from None


def _make_folder(path: str) -> None:
    if not path or "\x00" in path:
        raise StoreError(
            f"{path!r} is no path for the deployment store",
            hint="Choose a path in a writable folder.",
        )
    Path(path).parent.mkdir(parents=True, exist_ok=True)


def _prepare(connection: sqlite3.Connection, path: str) -> None:
    _refuse_strangers(connection, path)
    _use_wal(connection)
    # FULL: a create that left must be in the journal even after the power fails.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        for statement in CREATE.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _refuse_strangers(connection: sqlite3.Connection, path: str) -> None:
    """Leave the databases of other programs, and of newer versions of this one, as they are."""
    connection.execute("BEGIN")  # one transaction: another process may be creating the tables
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.execute("COMMIT")
    ours = "deployed_apps" in tables and version > 0
    if not ours and (tables or version):
        raise StoreError(
            f"{path} is the database of another program",
            hint="Choose another path for the deployment store.",
        )
    if version > VERSION:
        raise StoreError(
            f"{path} has store version {version}, this library writes version {VERSION}",
            hint="Upgrade oneclick-deploy, or use another store file.",
        )


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the journal mode; for that, SQLite itself does not wait for other connections."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return
