"""Tells what preview data was given as, and brings it into one file of our own."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from oneclick_deploy.data import snapshot
from oneclick_deploy.data.filetype import check_file, check_size
from oneclick_deploy.data.sources.app_folder import find_database
from oneclick_deploy.data.sources.dump import is_dump, run_dump
from oneclick_deploy.data.sources.reading import reading
from oneclick_deploy.errors import ConfigurationError, DataSourceError, NotADatabaseError
from oneclick_deploy.runtime.cancel import CancelToken

Given = str | Path | bytes | bytearray | memoryview | sqlite3.Connection


def name_of(given: Given) -> str:
    """How errors call what was given.

    Raises:
        ConfigurationError: It is nothing that holds preview data.
    """
    if isinstance(given, bytes | bytearray | memoryview):
        return "the preview data"
    if isinstance(given, sqlite3.Connection):
        return "the open connection's database"
    if isinstance(given, str) and is_dump(given):
        return "the SQL dump"
    if isinstance(given, str | Path):
        return str(given)
    raise ConfigurationError(
        f"preview data is a path, bytes, an SQL dump or a connection, not {type(given).__name__}",
        hint="Pass the path of the SQLite file or of the app, what sql.js's export() gave, as "
        "bytes, the text of a dump, or an open sqlite3.Connection.",
    )


def bring(
    given: Given,
    place: Path,
    *,
    cancel: CancelToken | None = None,
    on_copy: snapshot.CopyHandler | None = None,
) -> None:
    """Make a file of our own from what was given, which stays as it is.

    Args:
        given: What `name_of` has a name for.
        place: The file to make.
        cancel: Stops it.
        on_copy: Called now and then.

    Raises:
        DataSourceError: It cannot be read; the subclass says why.
    """
    shown = name_of(given)

    def copied(done: int, total: int) -> None:
        if cancel is not None:
            cancel.check()
        if on_copy is not None:
            on_copy(done, total)

    with reading(shown):
        if isinstance(given, sqlite3.Connection):
            _bring_connection(given, place, shown, copied)
        elif isinstance(given, str) and is_dump(given):
            run_dump(given, place, shown=shown, cancel=cancel)
        elif isinstance(given, str | Path):
            _bring_path(Path(given), place, shown, copied)
        else:
            place.write_bytes(bytes(given) if isinstance(given, memoryview) else given)
            check_file(place, shown=shown)
        snapshot.settle(place)


def _bring_path(path: Path, place: Path, shown: str, on_copy: snapshot.CopyHandler) -> None:
    with contextlib.suppress(ValueError):  # a NUL in it: check_file says so
        if path.is_dir():
            path = find_database(path)
            shown = str(path)
    if snapshot.is_open_here(path):
        check_size(path, shown=shown)
    else:
        check_file(path, shown=shown)
    with reading(shown):
        try:
            snapshot.take_snapshot(path, place, on_copy=on_copy)
        except sqlite3.DatabaseError as error:
            # What this process has open was not looked at: reading it would drop locks.
            named = getattr(error, "sqlite_errorname", "")
            if named != "SQLITE_NOTADB" or not snapshot.is_open_here(path):
                raise
            raise NotADatabaseError(
                f"{shown} is not an SQLite database, or an encrypted one",
                hint="Pass the .db file or the bytes of sql.js's export(), without encryption.",
            ) from None


def _bring_connection(
    given: sqlite3.Connection, place: Path, shown: str, on_copy: snapshot.CopyHandler
) -> None:
    """Copy the main database of a connection.

    Only what was committed is moved: a connection inside a transaction is refused, as nobody can
    tell whether that will be committed.
    """
    try:
        if given.in_transaction:
            raise DataSourceError(
                "the open connection has a transaction that is not committed",
                hint="Call commit() or rollback() on it first (with autocommit=False, which is "
                "always inside a transaction, pass the path of its file).",
            )
        snapshot.back_up(given, place, on_copy)
    except sqlite3.ProgrammingError as error:
        raise DataSourceError(
            f"{shown} cannot be read: {error}",
            hint="Pass a connection that is open, in the thread that made it.",
        ) from None
