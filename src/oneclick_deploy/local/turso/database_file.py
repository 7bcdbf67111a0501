"""Check an SQLite file as Turso does before it becomes a database (facts/turso.md, section 4)."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Final

_HEADER: Final = 100
_MAGIC: Final = b"SQLite format 3\x00"
_WAL: Final = 2


def problem_of_file(path: Path) -> str | None:
    """Return why a file cannot be uploaded, or None when it can."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
    return _problem_of_header(header) or _quick_check(path)


def _problem_of_header(header: bytes) -> str | None:
    """Check the fields of https://sqlite.org/fileformat.html#the_database_header."""
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        return "the file is not an SQLite database"
    page_size = int.from_bytes(header[16:18], "big")
    rules = (
        ((header[18], header[19]) == (_WAL, _WAL), "the database must use the WAL journal mode"),
        (page_size == 4096, "the page size must be 4096"),
        (header[20] == 0, "the database must have no reserved bytes"),
        (not any(header[52:56]), "auto_vacuum must be off"),
        (int.from_bytes(header[56:60], "big") in {0, 1}, "the text encoding must be UTF-8"),
    )
    return next((problem for holds, problem in rules if not holds), None)


def _quick_check(path: Path) -> str | None:
    # immutable: the file is complete, and opening it must not leave a -wal beside it.
    uri = f"{path.as_uri()}?mode=ro&immutable=1"
    try:
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        return f"the database is damaged: {error}"
    return None if found == "ok" else f"the database is damaged: {found}"
