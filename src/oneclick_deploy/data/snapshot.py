"""Copies a preview database into a private folder, and leaves nothing beside the original."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

LOCK_WAIT: Final = 2.0
# "SQLite Database File Format", section 1.3: the bytes at offset 18 and 19 are 2 for a database
# with a write-ahead log.
_VERSION_BYTES: Final = slice(18, 20)
_WRITE_AHEAD: Final = b"\x02\x02"


def take_snapshot(original: Path, place: Path) -> sqlite3.Connection:
    """Copy the database and open the copy.

    The copy is made with SQLite's backup, so that a file that is being written is never read half
    way. A reader of a write-ahead log creates files, though, and a journal that a crash left
    behind must be rolled back, which is writing too: where no process can have the database open,
    its files are copied, and SQLite does this to the copies.

    Raises:
        sqlite3.Error: It cannot be read; another process may hold it for over two seconds.
        OSError: A file cannot be read or written.
    """
    if _nobody_has_it_open(original):
        return _copied(original, place)
    try:
        return _backed_up(original, place)
    except sqlite3.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "")
        if not name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise
    return _copied(original, place)


def _nobody_has_it_open(original: Path) -> bool:
    """Whether the database has a write-ahead log, and no process the index that readers share."""
    with original.open("rb") as file:
        write_ahead = file.read(100)[_VERSION_BYTES] == _WRITE_AHEAD
    return write_ahead and not _beside(original, "-shm").exists()


def _backed_up(original: Path, place: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(original.resolve()))}?mode=ro"
    snapshot = sqlite3.connect(place, check_same_thread=False)
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=LOCK_WAIT)) as opened:
            # backup() alone would wait for a lock for ever; a read transaction waits LOCK_WAIT and
            # then keeps writers out until the copy is whole.
            opened.execute("BEGIN")
            opened.execute("SELECT 1 FROM sqlite_master").fetchone()
            opened.backup(snapshot)
    except BaseException:
        snapshot.close()
        raise
    return snapshot


def _copied(original: Path, place: Path) -> sqlite3.Connection:
    shutil.copyfile(original, place)
    for suffix in ("-wal", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(_beside(original, suffix), _beside(place, suffix))
    snapshot = sqlite3.connect(place, check_same_thread=False)
    try:
        # Takes the log's pages, or those of the journal, into the one file.
        snapshot.execute("PRAGMA journal_mode = DELETE")
    except BaseException:
        snapshot.close()
        raise
    return snapshot


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
