"""Copies a preview database into a private folder, and leaves nothing beside the original."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote

LOCK_WAIT: Final = 2.0
# "SQLite Database File Format", section 1.3: the bytes at offset 18 and 19 are 2 for a database
# with a write-ahead log.
_VERSION_BYTES: Final = slice(18, 20)
_WRITE_AHEAD: Final = b"\x02\x02"
# "File Locking And Concurrency In SQLite Version 3", and os.h: the bytes that readers lock.
_SHARED_FIRST: Final = 0x40000002
_SHARED_SIZE: Final = 510
_LOCK_POLL: Final = 0.02
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
        if _nobody_has_it_open(original):
            return
        # Somebody has opened it meanwhile, so that the copies may not fit together.
        _remove(place)
    try:
        _back_up_file(original, place, on_copy)
    except sqlite3.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "")
        if not name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")) or is_open_here(original):
            raise
        _remove(place)
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
    with original.open("rb") as opened:
        _keep_writers_out(opened)
        shutil.copyfile(original, place)
        for suffix in ("-wal", "-journal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(_beside(original, suffix), _beside(place, suffix))


def _keep_writers_out(opened: BinaryIO) -> None:
    """Take SQLite's own lock of readers, which ends with the file.

    A process that has a write-ahead log for itself alone (``locking_mode = EXCLUSIVE``) shares no
    index of it, and shows only by its lock. copyfile() drops ours when it ends, but by then this
    has shown that there is no such process.

    Raises:
        sqlite3.OperationalError: A writer has the database for longer than we wait.
    """
    try:
        import fcntl
    except ImportError:  # where there are other locks
        return
    end = time.monotonic() + LOCK_WAIT
    while True:
        try:
            fcntl.lockf(opened, fcntl.LOCK_SH | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except OSError as error:
            if error.errno not in {errno.EACCES, errno.EAGAIN}:
                return  # a file system without locks
        else:
            return
        if time.monotonic() > end:
            raise sqlite3.OperationalError("database is locked")
        time.sleep(_LOCK_POLL)


def _remove(place: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        _beside(place, suffix).unlink(missing_ok=True)


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
