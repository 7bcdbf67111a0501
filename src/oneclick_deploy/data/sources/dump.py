"""Runs an SQL dump into a private database, with everything refused that is no data of a table."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from pathlib import Path
from typing import Final

from oneclick_deploy.data.sources.dump_rules import MODULES, Rules, unistr
from oneclick_deploy.data.sources.virtual import module_of
from oneclick_deploy.errors import DataSourceError, NotADatabaseError
from oneclick_deploy.providers.libsql.statements import first_keyword, statement_spans
from oneclick_deploy.runtime.cancel import CancelToken

MOST_CHARACTERS: Final = 1 << 30
_PAGE: Final = 4096
# A row is no longer in a database than in a dump, but for its index entries.
_MOST_GROWTH: Final = 16
_LEAST_ROOM: Final = 64 << 20
_MOST_SECONDS: Final = 60.0
_SECONDS_PER_MEGABYTE: Final = 5.0
_STEPS_BETWEEN_LOOKS: Final = 100_000
_SHOWN: Final = 60

_BEGINNING: Final = re.compile(
    r"[\ufeff\s]*(?:--|/\*|(?:PRAGMA|BEGIN|CREATE|INSERT|REPLACE|DROP|ANALYZE|SAVEPOINT)\b[^;]*;)",
    re.IGNORECASE,
)
_OTHER_DUMPS: Final = {
    "-- PostgreSQL database dump": "PostgreSQL",
    "-- MySQL dump": "MySQL",
    "-- MariaDB dump": "MariaDB",
    "/*!40101 SET": "MySQL",
}
# As the shell writes virtual tables: their own tables follow, so that CREATE would be too much.
_VIRTUAL: Final = re.compile(
    r"INSERT\s+INTO\s+\"?sqlite_(?:schema|master)\"?\s*\(type,\s*name,\s*tbl_name,\s*rootpage,"
    r"\s*sql\)\s*VALUES\s*\('table','((?:[^']|'')*)','(?:[^']|'')*',0,'((?:[^']|'')*)'\)",
    re.IGNORECASE,
)
_INSERT: Final = re.compile(r"INSERT\s+INTO\s+(?:\"((?:[^\"]|\"\")*)\"|(\w+))", re.IGNORECASE)
# As Python's iterdump prints an infinity; what is quoted stays as it is.
_INFINITY: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\bInf\b")
_TRIGGER: Final = re.compile(r"(?:CREATE|DROP)\s+TRIGGER\b", re.IGNORECASE)
_SEQUENCE: Final = re.compile(
    r"(?:INSERT\s+INTO|REPLACE\s+INTO|INSERT\s+OR\s+REPLACE\s+INTO|DELETE\s+FROM|UPDATE)"
    r"\s+[\"'`\[]?sqlite_sequence\b",
    re.IGNORECASE,
)


def is_dump(text: str) -> bool:
    """Whether a text is a dump, and not the path of a file.

    A text with a line break is a dump, and so is one that begins with a statement or a comment of
    SQL. Everything else is a path; a path with a line break is given as a ``Path``.
    """
    return "\n" in text or "\r" in text or _BEGINNING.match(text) is not None


def run_dump(sql: str, place: Path, *, shown: str, cancel: CancelToken | None = None) -> None:
    """Make the database that a dump describes.

    The dump's transactions and the settings of its session are left out: it is run as one
    transaction, triggers last, as they would change rows.

    Args:
        sql: The dump.
        place: The file to make.
        shown: How to name the dump in errors.
        cancel: Stops the run.

    Raises:
        NotADatabaseError: It is a dump of another database.
        DataSourceError: A statement fails or is not allowed in a dump; the line is named.
    """
    _check_text(sql, shown)
    with contextlib.closing(sqlite3.connect(place, isolation_level=None)) as connection:
        _Run(connection, sql, shown, cancel).run()


def _check_text(sql: str, shown: str) -> None:
    other = next((name for mark, name in _OTHER_DUMPS.items() if mark in sql[:500]), "")
    if other:
        raise NotADatabaseError(
            f"{shown} is one of {other}, not of SQLite",
            hint="Pass the preview's SQLite file, or what `sqlite3 FILE .dump` prints.",
        )
    if len(sql) > MOST_CHARACTERS:
        raise DataSourceError(
            f"{shown} has more than {MOST_CHARACTERS >> 20} million characters",
            hint="Run it into a file with `sqlite3 FILE < DUMP` and pass the file.",
        )
    position = sql.find("\x00")
    if position >= 0:
        raise DataSourceError(
            f"line {_line(sql, position)} of {shown} holds a NUL character, where SQLite would "
            "stop reading",
            hint="Save the dump as UTF-8 (NUL characters are a sign of UTF-16).",
        )


class _Run:
    """One dump on its way into one database."""

    def __init__(
        self, connection: sqlite3.Connection, sql: str, shown: str, cancel: CancelToken | None
    ) -> None:
        self._connection = connection
        self._sql = sql
        self._shown = shown
        self._cancel = cancel
        self._rules = Rules()
        self._deferred: list[tuple[int, str]] = []
        self._virtual: list[tuple[str, str]] = []
        self._opened = ""
        self._end = time.monotonic() + _MOST_SECONDS + len(sql) / 1e6 * _SECONDS_PER_MEGABYTE

    def run(self) -> None:
        """Run all statements, those that have to wait at the end."""
        self._limit()
        self._connection.execute("BEGIN")
        self._connection.set_authorizer(self._rules.authorize)
        line, position = 1, 0
        for start, end in statement_spans(self._sql):
            line += self._sql.count("\n", position, start)
            position = start
            self._take(line, self._sql[start:end])
        for each in self._deferred:
            self._execute(*each)
        if self._opened == "BEGIN":
            raise DataSourceError(
                f"{self._shown} ends inside its transaction, at line {line}: it was cut off",
                hint="Print the dump again, and pass all of it.",
            )
        self._connection.set_authorizer(None)
        self._connection.set_progress_handler(None, 0)
        self._list_virtual()
        self._connection.execute("COMMIT")

    def _limit(self) -> None:
        most = (_LEAST_ROOM + len(self._sql) * _MOST_GROWTH) // _PAGE
        for setting in (
            f"page_size = {_PAGE}",
            f"max_page_count = {most}",
            "journal_mode = OFF",
            "synchronous = OFF",
            "trusted_schema = OFF",
            "foreign_keys = OFF",
        ):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._connection.setlimit(
            sqlite3.SQLITE_LIMIT_LENGTH, max(1 << 20, min(1_000_000_000, 4 * len(self._sql)))
        )
        self._connection.create_function("unistr", 1, unistr, deterministic=True)
        self._connection.set_progress_handler(self._is_over, _STEPS_BETWEEN_LOOKS)

    def _is_over(self) -> bool:
        return time.monotonic() > self._end or (self._cancel is not None and self._cancel.cancelled)

    def _take(self, line: int, statement: str) -> None:
        """Run a statement now, later or never."""
        keyword = first_keyword(statement)
        if keyword in {"BEGIN", "COMMIT", "END", "SAVEPOINT", "RELEASE"}:
            self._opened = "BEGIN" if keyword == "BEGIN" else ""
        elif keyword == "ROLLBACK":
            raise DataSourceError(
                f"line {line} of {self._shown} takes everything back (ROLLBACK): the tool that "
                "printed it met an error",
                hint="Look for the error in the dump, or run `sqlite3 FILE .recover` on a copy.",
            )
        elif keyword == "PRAGMA" and self._rules.leaves_out(statement):
            return
        elif virtual := _VIRTUAL.fullmatch(statement):
            self._note_virtual(line, *(each.replace("''", "'") for each in virtual.groups()))
        elif self._virtual and self._fills_virtual(statement):
            return
        elif _TRIGGER.match(statement) or _SEQUENCE.match(statement):
            self._deferred.append((line, statement))
        else:
            self._execute(line, statement)

    def _note_virtual(self, line: int, name: str, sql: str) -> None:
        if module_of(sql) not in MODULES:
            self._rules.refused = "it writes into the list of all tables"
            raise self._failed(line, sql, "")
        self._virtual.append((name, sql))

    def _fills_virtual(self, statement: str) -> bool:
        """Whether a row is one of a virtual table, whose own tables hold it as well.

        Python's ``iterdump`` prints both.
        """
        found = _INSERT.match(statement)
        name = next((each for each in found.groups() if each), "") if found else ""
        return any(name.replace('""', '"') == known for known, _ in self._virtual)

    def _list_virtual(self) -> None:
        """Add the virtual tables to the list of all tables: SQLite finds them when it opens it."""
        self._connection.execute("PRAGMA writable_schema = ON")
        for name, sql in self._virtual:
            self._connection.execute(
                "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) "
                "VALUES ('table', ?, ?, 0, ?)",
                (name, name, sql),
            )
        self._connection.execute("PRAGMA writable_schema = OFF")

    def _execute(self, line: int, statement: str) -> None:
        self._rules.refused = ""
        try:
            try:
                self._connection.execute(statement)
            except sqlite3.OperationalError as error:
                if str(error) != "no such column: Inf":
                    raise
                self._connection.execute(_INFINITY.sub(_number, statement))
        except sqlite3.Error as error:
            raise self._failed(line, statement, str(error)) from None
        except UnicodeEncodeError:
            raise self._failed(line, statement, "a lone surrogate is no text") from None

    def _failed(self, line: int, statement: str, said: str) -> DataSourceError:
        if self._cancel is not None:
            self._cancel.check()
        cut = statement[:_SHOWN].splitlines()[0].encode(errors="backslashreplace").decode()
        cut += "…" if len(statement) > _SHOWN else ""
        if self._rules.refused:
            return DataSourceError(
                f"line {line} of {self._shown} is refused: {self._rules.refused} ({cut})",
                hint="A dump makes and fills tables; take other statements out of it.",
            )
        if time.monotonic() > self._end:
            said = "it takes too long"
        elif "full" in said:
            said = "it makes far more than the dump holds"
        return DataSourceError(
            f"line {line} of {self._shown} cannot be run: {said} ({cut})",
            hint="Pass what `sqlite3 FILE .dump` prints, or the SQLite file itself.",
        )


def _number(found: re.Match[str]) -> str:
    return "9e999" if found.group() == "Inf" else found.group()


def _line(sql: str, position: int) -> int:
    return sql.count("\n", 0, position) + 1
