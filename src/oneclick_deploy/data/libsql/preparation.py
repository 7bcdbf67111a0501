"""Makes the copy of a preview that Turso takes as a new database's file.

Write-ahead log, pages of 4,096 bytes, UTF-8, no auto-vacuum, no reserved bytes (facts: turso.md
section 4). A preview that is so already is copied page by page and keeps every rowid; one with
other pages is written anew by VACUUM INTO; one in UTF-16, or with reserved bytes, which VACUUM
keeps, is copied row by row.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from oneclick_deploy.data.libsql.texts import RawText, Value
from oneclick_deploy.errors import CorruptDatabaseError, DataSourceError
from oneclick_deploy.providers.libsql.identifiers import quote_identifier
from oneclick_deploy.providers.turso.uploads import checked_size

_PAGE_BYTES: Final = 4096
_HEADER_BYTES: Final = 100
_ROWS: Final = 500
# What other programs keep in a database for themselves, and no other server knows.
_FOREIGN: Final = ("_litestream_", "_cf_")
_MAIN_FILE: Final = "SELECT file FROM pragma_database_list WHERE name = 'main'"


def prepare(source: sqlite3.Connection, place: Path) -> int:
    """Write the copy, and check it.

    Args:
        source: The preview, which is not changed.
        place: Where the copy goes; what is there is replaced.

    Returns:
        Its size in bytes.

    Raises:
        CorruptDatabaseError: The copy is damaged, as the preview must be.
        DataSourceError: It cannot be written, or is larger than Turso takes.
    """
    for suffix in ("", "-wal", "-shm", "-journal"):
        place.with_name(place.name + suffix).unlink(missing_ok=True)
    try:
        _copy(source, place)
        with contextlib.closing(sqlite3.connect(place, isolation_level=None)) as copy:
            _drop_foreign(copy)
            # Each asked to its end: an open question keeps a lock.
            ((state,),) = copy.execute("PRAGMA integrity_check(1)").fetchall()
            if state != "ok":
                raise _damaged(str(state))
            # Closing the only connection takes the log into the file and removes it.
            copy.execute("PRAGMA journal_mode = WAL").fetchall()
    except (sqlite3.OperationalError, OSError) as error:
        raise DataSourceError(
            f"the preview data cannot be prepared for the upload: {error}",
            hint="Check the space in the folder of the copy; it takes as much as the preview.",
        ) from None
    except sqlite3.DatabaseError as error:
        raise _damaged(str(error)) from None
    return checked_size(place)


def _damaged(words: str) -> CorruptDatabaseError:
    return CorruptDatabaseError(
        f"the preview data is damaged: {words}",
        hint="Export the preview again, or run `sqlite3 FILE .recover` on a copy.",
    )


def _copy(source: sqlite3.Connection, place: Path) -> None:
    header = _header(source)
    pages = int.from_bytes(header[16:18], "big") == _PAGE_BYTES
    vacuumed = not any(header[52:56])
    rewritten = header[20] == 0 and int.from_bytes(header[56:60], "big") == 1
    if pages and vacuumed and rewritten:
        with contextlib.closing(sqlite3.connect(place)) as copy:
            source.backup(copy)
    elif rewritten:
        _vacuum_into(source, place)
    else:
        _copy_rows(source, place)


def _header(source: sqlite3.Connection) -> bytes:
    (path,) = source.execute(_MAIN_FILE).fetchone()
    with Path(path).open("rb") as file:
        return file.read(_HEADER_BYTES)


def _vacuum_into(source: sqlite3.Connection, place: Path) -> None:
    # The pragmas say what the copy will be; on a connection of its own, for they stay.
    (path,) = source.execute(_MAIN_FILE).fetchone()
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as second:
        second.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        second.execute("PRAGMA auto_vacuum = 0")
        second.execute("VACUUM INTO ?", (str(place),))


def _drop_foreign(copy: sqlite3.Connection) -> None:
    names = copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in names:
        if name.startswith(_FOREIGN):
            copy.execute(f"DROP TABLE {quote_identifier(name)}")


# Row by row


def _copy_rows(source: sqlite3.Connection, place: Path) -> None:
    (path,) = source.execute(_MAIN_FILE).fetchone()
    with (
        contextlib.closing(sqlite3.connect(path)) as read,
        contextlib.closing(sqlite3.connect(place, isolation_level=None)) as write,
    ):
        read.text_factory = _text
        write.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        write.execute("PRAGMA encoding = 'UTF-8'")
        write.execute("PRAGMA foreign_keys = 0")
        write.execute("BEGIN")
        tables = _make_tables(read, write)
        for name in tables:
            _fill(read, write, name)
        for (sql,) in read.execute(
            "SELECT sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL ORDER BY rowid"
        ):
            write.execute(sql)
        for pragma in ("user_version", "application_id"):
            (number,) = read.execute(f"PRAGMA {pragma}").fetchone()
            write.execute(f"PRAGMA {pragma} = {number}")
        write.execute("COMMIT")


def _make_tables(read: sqlite3.Connection, write: sqlite3.Connection) -> list[str]:
    """Make the tables; of a virtual one, its entry: its own tables hold what it holds."""
    ordinary = []
    virtual = []
    for name, sql in read.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL "
        "ORDER BY rowid"
    ):
        if sql[:15].lower() == "create virtual ":
            virtual.append((name, sql))
            continue
        if name == "sqlite_sequence":
            ordinary.append(name)
        if not name.startswith("sqlite_"):
            write.execute(sql)
            ordinary.append(name)
    if virtual:
        write.execute("PRAGMA writable_schema = 1")
        write.executemany(
            "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) "
            "VALUES ('table', ?1, ?1, 0, ?2)",
            virtual,
        )
        write.execute("PRAGMA writable_schema = 0")
    return ordinary


def _fill(read: sqlite3.Connection, write: sqlite3.Connection, name: str) -> None:
    quoted = quote_identifier(name)
    columns = [quote_identifier(row[1]) for row in _stored(read, quoted)]
    rowid = _rowid(read, name)
    listed = ", ".join([*rowid, *columns])
    if name == "sqlite_sequence":
        write.execute("DELETE FROM sqlite_sequence")
    # Every name went through quote_identifier.
    rows = read.execute(f"SELECT {listed} FROM {quoted}")  # noqa: S608
    head = f"INSERT INTO {quoted} ({listed}) VALUES"
    marks = ", ".join("?" * (len(columns) + len(rowid)))
    while taken := rows.fetchmany(_ROWS):
        for row in taken:
            if any(type(value) is RawText for value in row):
                write.execute(f"{head} ({', '.join(map(_mark, row))})", [*map(_bound, row)])
            else:
                write.execute(f"{head} ({marks})", row)


def _stored(read: sqlite3.Connection, quoted: str) -> Iterator[tuple[int, str]]:
    for row in read.execute(f"PRAGMA table_xinfo({quoted})"):
        if row[6] == 0:
            yield row


def _rowid(read: sqlite3.Connection, name: str) -> list[str]:
    """A name of the rowid that no column took; none for a table without one."""
    found = read.execute(
        "SELECT l.wr, group_concat(lower(x.name), char(0)) FROM pragma_table_list(?1) AS l, "
        "pragma_table_xinfo(?1) AS x WHERE l.schema = 'main' GROUP BY 1",
        (name,),
    ).fetchone()
    taken = set() if found is None else set(str(found[1]).split("\0"))
    free = [each for each in ("rowid", "_rowid_", "oid") if each not in taken]
    return free[:1] if found is not None and not found[0] else []


def _mark(value: Value) -> str:
    return "CAST(? AS TEXT)" if type(value) is RawText else "?"


def _bound(value: Value) -> Value:
    return bytes(value) if type(value) is RawText else value


def _text(given: bytes) -> str | RawText:
    try:
        return given.decode()
    except UnicodeDecodeError:
        return RawText(given)
