"""Running statements on the SQLite file of a D1 database, within D1's rules."""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

# D1 ends a query after 30 seconds.
TIME_LIMIT = 30.0
_STEPS_BETWEEN_CHECKS = 100_000

# Transactions belong to D1; files and other databases are out of reach.
_DENIED_ACTIONS = frozenset(
    {
        sqlite3.SQLITE_ATTACH,
        sqlite3.SQLITE_DETACH,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
    }
)
_ALLOWED_PRAGMAS = frozenset(
    {
        "case_sensitive_like",
        "defer_foreign_keys",
        "foreign_key_check",
        "foreign_key_list",
        "foreign_keys",
        "ignore_check_constraints",
        "index_info",
        "index_list",
        "index_xinfo",
        "integrity_check",
        "legacy_alter_table",
        "optimize",
        "quick_check",
        "recursive_triggers",
        "reverse_unordered_selects",
        "table_info",
        "table_list",
        "table_xinfo",
    }
)


class StatementError(Exception):
    """SQLite refused a statement; the message is written as D1 writes it."""


@frozen(kw_only=True)
class Statement:
    """A statement with its parameters; a list of numbers is a blob."""

    sql: str
    params: Sequence[Any] = ()


@frozen(kw_only=True)
class ResultSet:
    """What a statement gave."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    meta: dict[str, Any]

    def objects(self) -> list[dict[str, Any]]:
        """The rows as objects."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class D1File:
    """One database. Calls block; the API runs them in a thread.

    Args:
        path: The SQLite file; made when it is absent.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._deadline = math.inf
        self._guarding = False
        # No statement cache: a cached COMMIT of ours would pass the authorizer when a caller sends it.
        self._connection = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None, cached_statements=0
        )
        self._connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        # D1 enforces foreign keys.
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.set_authorizer(self._authorize)
        self._connection.set_progress_handler(self._overdue, _STEPS_BETWEEN_CHECKS)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def run(self, statements: Sequence[Statement]) -> list[ResultSet]:
        """Run statements in one transaction: all of them, or none.

        Raises:
            StatementError: One of them failed.
        """
        with self._lock:
            self._deadline = time.monotonic() + TIME_LIMIT
            self._connection.execute("BEGIN")
            try:
                self._guarding = True
                results = [self._run_one(statement) for statement in statements]
                self._guarding = False
                self._connection.execute("COMMIT")
            except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
                raise StatementError(_message(error)) from error
            finally:
                self._guarding = False
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
        return results

    def count_tables(self) -> int:
        """The number of tables."""
        counted = self.run([Statement(sql="SELECT count(*) FROM sqlite_master WHERE type='table'")])
        return int(counted[0].rows[0][0])

    def size(self) -> int:
        """The size in bytes."""
        return self._path.stat().st_size

    def _run_one(self, statement: Statement) -> ResultSet:
        started = time.perf_counter()
        changes_before = self._connection.total_changes
        cursor = self._connection.execute(statement.sql, [_bound(p) for p in statement.params])
        rows = tuple(tuple(map(_shown, row)) for row in cursor.fetchall())
        changes = self._connection.total_changes - changes_before
        duration = (time.perf_counter() - started) * 1000
        return ResultSet(
            columns=tuple(column[0] for column in cursor.description or ()),
            rows=rows,
            meta={
                "served_by": "oneclick-local",
                "served_by_primary": True,
                "duration": duration,
                "changes": changes,
                "last_row_id": cursor.lastrowid or 0,
                "changed_db": changes > 0 or not rows,
                "size_after": self.size(),
                # SQLite for Python does not count what it read; these are lower bounds.
                "rows_read": len(rows),
                "rows_written": changes,
            },
        )

    def _authorize(self, action: int, first: str | None, *_: str | None) -> int:
        if not self._guarding:
            return sqlite3.SQLITE_OK
        if action in _DENIED_ACTIONS:
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() not in _ALLOWED_PRAGMAS:
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    def _overdue(self) -> int:
        return int(time.monotonic() > self._deadline)


def split_statements(script: str) -> list[str]:
    """Split a script into its statements; those that are only comments are dropped.

    Raises:
        StatementError: It holds a NUL, at which SQLite would stop reading.
    """
    if "\0" in script:
        raise StatementError("the query contains a null character")
    return [text for text in _pieces(script) if not _is_empty(text)]


def _pieces(script: str) -> Iterator[str]:
    pending = ""
    for part in script.split(";"):
        pending += part
        if sqlite3.complete_statement(pending + ";"):
            yield pending.strip()
            pending = ""
        else:
            pending += ";"
    if pending.strip("; \t\r\n"):
        yield pending.removesuffix(";").strip()


def _is_empty(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    return all(not line or line.startswith("--") for line in lines)


def _bound(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(byte, int) for byte in value):
        return bytes(value)
    if value is None or isinstance(value, int | float | str):
        return value
    raise ValueError(f"Type '{type(value).__name__}' not supported for value")


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _message(error: Exception) -> str:
    if str(error) == "interrupted":
        return "D1 DB exceeded its CPU time limit and was reset."
    if str(error) == "not authorized" or "authorization denied" in str(error):
        return "not authorized: SQLITE_AUTH"
    name = getattr(error, "sqlite_errorname", None)
    # The extended name is told as its first two words: SQLITE_CONSTRAINT.
    return f"{error}: {'_'.join(name.split('_')[:2])}" if name else str(error)
