"""Copies a preview database into a private folder, and leaves nothing beside the original."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

LOCK_WAIT: Final = 2.0
# "SQLite Database File Format", section 1.3: the bytes at offset 18 and 19 are 2 for a database
# with a write-ahead log.
_VERSION_BYTES: Final = slice(18, 20)
_WRITE_AHEAD: Final = b"\x02\x02"
_STEP_BYTES: Final = 8 * 1024 * 1024
_OPEN_FILES: Final = "/dev/fd"

CopyHandler = Callable[[int, int], object]
"""Called with the bytes that were copied, and with those in all; what it raises ends the copy."""


def take_snapshot(original: Path, place: Path, *, on_copy: CopyHandler | None = None) -> None:
    """Copy a database.

    The copy is made with SQLite's backup, so that a file that is being written is never read half
    way. A reader of a write-ahead log creates files, though, and a journal that a crash left
    behind must be rolled back, which is writing too: where no process can have the database open,
    its files are copied, and SQLite does this to the copies.

    Raises:
        sqlite3.Error: It cannot be read; another process may hold it for over two seconds.
        OSError: A file cannot be read or written.
    """
    if not is_open_here(original) and _nobody_has_it_open(original):
        _copy_files(original, place)
        return
    try:
        _back_up_file(original, place, on_copy)
    except sqlite3.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "")
        if not name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")) or is_open_here(original):
            raise
        place.unlink(missing_ok=True)
        _copy_files(original, place)


def back_up(opened: sqlite3.Connection, place: Path, on_copy: CopyHandler | None = None) -> None:
    """Copy what a connection reads into a file, in one transaction.

    Raises:
        sqlite3.Error: It cannot be read, or is locked for longer than the connection waits.
    """
    # backup() alone would wait for a lock for ever; a read transaction waits as long as the
    # connection wants, and then keeps writers out until the copy is whole.
    opened.execute("BEGIN")
    try:
        opened.execute("SELECT 1 FROM sqlite_master").close()
        _copy_pages(opened, place, on_copy)
    finally:
        opened.rollback()


def _copy_pages(opened: sqlite3.Connection, place: Path, on_copy: CopyHandler | None) -> None:
    # The connection may be the caller's, who may want rows to be dictionaries.
    asking = opened.cursor()
    asking.row_factory = None
    (page,) = asking.execute("PRAGMA page_size").fetchone()
    tell = on_copy or (lambda _done, _total: None)
    with contextlib.closing(sqlite3.connect(place)) as snapshot:
        # Nobody needs the copy after a crash.
        snapshot.execute("PRAGMA synchronous = OFF")
        opened.backup(
            snapshot,
            pages=max(1, _STEP_BYTES // page),
            progress=lambda _, left, total: tell((total - left) * page, total * page),
        )


def is_open_here(path: Path) -> bool:
    """Whether this process has a file open already.

    The system drops a process's locks on a file as soon as the process closes any of its handles
    of it ("How To Corrupt An SQLite Database File", section 2.2): a file that the caller has open
    in SQLite is opened in SQLite alone, which knows this.
    """
    try:
        wanted = path.stat()
        numbers = [int(name) for name in os.listdir(_OPEN_FILES)]  # noqa: PTH208 - numbers
    except (OSError, ValueError):
        return False
    for number in numbers:
        with contextlib.suppress(OSError):
            found = os.fstat(number)
            if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
                return True
    return False


def _nobody_has_it_open(original: Path) -> bool:
    """Whether the database has a write-ahead log, and no process the index that readers share."""
    with original.open("rb") as file:
        write_ahead = file.read(100)[_VERSION_BYTES] == _WRITE_AHEAD
    return write_ahead and not _beside(original, "-shm").exists()


def _back_up_file(original: Path, place: Path, on_copy: CopyHandler | None) -> None:
    address = f"file:{quote(str(original.resolve()))}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=LOCK_WAIT)) as opened:
        back_up(opened, place, on_copy)


def _copy_files(original: Path, place: Path) -> None:
    shutil.copyfile(original, place)
    for suffix in ("-wal", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(_beside(original, suffix), _beside(place, suffix))


def settle(place: Path) -> None:
    """Take the pages of a log, or those of a journal, into the one file.

    Raises:
        sqlite3.Error: SQLite cannot read it.
    """
    with contextlib.closing(sqlite3.connect(place)) as snapshot:
        snapshot.execute("PRAGMA synchronous = OFF")
        snapshot.execute("PRAGMA journal_mode = DELETE")
        snapshot.execute("SELECT 1 FROM sqlite_master").fetchone()


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
