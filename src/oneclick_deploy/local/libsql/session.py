"""One connection to one database: what a Hrana stream runs its statements on."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from oneclick_deploy.local.libsql.arguments import Arguments, bind
from oneclick_deploy.local.libsql.columns import declared_types
from oneclick_deploy.local.libsql.errors import is_busy, translate
from oneclick_deploy.local.libsql.refusals import StatementRefusedError
from oneclick_deploy.local.libsql.statements import Statement, StatementKind
from oneclick_deploy.local.libsql.turn import WriteTurn
from oneclick_deploy.local.libsql.values import encode_value, encoded_size

# sqld's --max-response-size, counted per statement (facts/turso.md, section 3).
MAX_RESULT_BYTES: Final = 10_000_000
# Cursors have no limit at sqld, which does not collect their rows.
MAX_CURSOR_BYTES: Final = 256_000_000
# The longest text, blob or row that sqld 0.24.32 takes, found by trying.
MAX_VALUE_BYTES: Final = 5_000_000
_BUSY_SECONDS: Final = 0.02
_INTERRUPT_SECONDS: Final = 0.01


@frozen(kw_only=True)
class Result:
    """What a statement returned, rows already in Hrana's encoding."""

    columns: list[dict[str, str | None]]
    rows: list[list[dict[str, Any]]]
    affected_row_count: int
    last_insert_rowid: str | None
    rows_read: int
    rows_written: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The result object of the Hrana protocol, with the extra counters that sqld adds."""
        return {
            "cols": self.columns,
            "rows": self.rows,
            "affected_row_count": self.affected_row_count,
            "last_insert_rowid": self.last_insert_rowid,
            "replication_index": None,
            "rows_read": self.rows_read,
            "rows_written": self.rows_written,
            "query_duration_ms": round(self.seconds * 1000, 3),
        }


class Session:
    """A connection with its transaction. Statements run one at a time, on any thread."""

    def __init__(
        self,
        path: Path,
        turn: WriteTurn,
        types: dict[Any, list[str | None]],
        *,
        on_rows: Callable[[int, int], None],
    ) -> None:
        self._turn = turn
        self._types = types
        self._on_rows = on_rows
        self._lock = threading.RLock()
        self._timed_out = False
        self._schema_changed = False
        self._closed = False
        # mode=rw: a database that was deleted meanwhile is not created again.
        self._connection = sqlite3.connect(
            f"{path.as_uri()}?mode=rw",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        # Behind the refusal of ATTACH and VACUUM INTO: nothing outside this file can be opened.
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        # In WAL mode this waits for the disk at checkpoints only, as sqld does.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        # Turso's servers enforce foreign keys unless a stream turns them off.
        self._connection.execute("PRAGMA foreign_keys = ON")

    @property
    def is_autocommit(self) -> bool:
        """Whether no transaction is open."""
        return not self._connection.in_transaction

    def execute(
        self,
        statement: Statement,
        arguments: Arguments,
        *,
        want_rows: bool = True,
        max_bytes: float = MAX_RESULT_BYTES,
    ) -> Result:
        """Run one statement.

        Args:
            statement: The statement.
            arguments: Its arguments.
            want_rows: Whether the client wants to see the rows.
            max_bytes: The limit for the rows.

        Raises:
            StatementRefusedError: The statement failed.
            RequestRefusedError: Its answer cannot be sent at all.
        """
        statement.check()
        bound = bind(statement, arguments, longest=MAX_VALUE_BYTES)
        waiting_since = time.monotonic()
        while True:
            with self._lock:
                self._check_alive()
                got_lock = True
                try:
                    return self._run(*bound, statement, want_rows, max_bytes)
                except sqlite3.Error as error:
                    got_lock = not is_busy(error)
                    if got_lock or self._timed_out:
                        raise self._explain(error, statement) from error
                    refusal = translate(error, statement)
                finally:
                    self._follow_transaction(statement, got_lock=got_lock)
            if not self._turn.wait(self, since=waiting_since):
                raise refusal

    def describe(self, statement: Statement) -> dict[str, Any]:
        """Answer a describe request."""
        from oneclick_deploy.local.libsql.description import describe

        with self._lock:
            self._check_alive()
            try:
                return describe(self._connection, statement)
            except sqlite3.Error as error:
                raise translate(error, statement, describing=True) from error

    def give_way(self) -> None:
        """Lose the open transaction to somebody who waited long enough for it."""
        with self._stopped():
            if not self._closed and self._connection.in_transaction:
                self._connection.rollback()
                self._timed_out = True

    def interrupt(self) -> None:
        """Stop the running statement, from another thread."""
        with contextlib.suppress(sqlite3.ProgrammingError):
            self._connection.interrupt()

    def close(self) -> None:
        """Roll back and close. A running statement is stopped first."""
        with self._stopped():
            self._closed = True
            self._connection.close()
        self._turn.release(self)

    @contextlib.contextmanager
    def _stopped(self) -> Iterator[None]:
        """Hold the session while nothing runs on it."""
        # A statement may have started right behind an interruption: interrupt until it is over.
        while not self._lock.acquire(timeout=_INTERRUPT_SECONDS):
            self.interrupt()
        try:
            yield
        finally:
            self._lock.release()

    def _check_alive(self) -> None:
        if self._closed:
            raise StatementRefusedError("The stream has been closed", "STREAM_CLOSED")
        if self._timed_out:
            self._timed_out = False
            raise StatementRefusedError("Transaction timed out", "TRANSACTION_TIMEOUT")

    def _explain(self, error: sqlite3.Error, statement: Statement) -> Exception:
        if self._timed_out:
            self._timed_out = False
            return StatementRefusedError("Transaction timed out", "TRANSACTION_TIMEOUT")
        return translate(error, statement)

    def _follow_transaction(self, statement: Statement, *, got_lock: bool) -> None:
        if not self._connection.in_transaction:
            self._schema_changed = False
            self._turn.release(self)
            return
        if statement.takes_lock and got_lock:
            self._turn.take(self)
        if statement.kind is StatementKind.SCHEMA:
            self._schema_changed = True

    def _run(
        self,
        sql: str,
        values: Sequence[Any] | dict[str, Any],
        statement: Statement,
        want_rows: bool,
        max_bytes: float,
    ) -> Result:
        started = time.perf_counter()
        with contextlib.closing(self._connection.execute(sql, values)) as cursor:
            names = [column[0] for column in cursor.description or ()]
            rows, count = _encode_rows(cursor, want_rows, max_bytes)
            row_id = cursor.lastrowid
        changes = self._changes() if statement.is_change else 0
        self._on_rows(count, changes)
        return Result(
            columns=self._columns(statement, names),
            rows=rows,
            affected_row_count=changes,
            last_insert_rowid=str(row_id) if statement.is_insert else None,
            rows_read=count,
            rows_written=changes,
            seconds=time.perf_counter() - started,
        )

    def _changes(self) -> int:
        changes: int = self._connection.execute("SELECT changes()").fetchone()[0]
        return changes

    def _columns(self, statement: Statement, names: list[str]) -> list[dict[str, str | None]]:
        if not names:
            return []
        types = self._declared_types(statement, len(names))
        return [
            {"name": name, "decltype": declared}
            for name, declared in zip(names, types, strict=True)
        ]

    def _declared_types(self, statement: Statement, count: int) -> list[str | None]:
        """The declared types, remembered per text and version of the schema."""
        if self._schema_changed:
            return declared_types(self._connection, statement, count)
        version = self._connection.execute("PRAGMA schema_version").fetchone()[0]
        key = (version, statement.sql)
        types = self._types.get(key)
        if types is None:
            types = declared_types(self._connection, statement, count)
            if len(self._types) > 2000:
                self._types.clear()
            self._types[key] = types
        return types


def _encode_rows(
    cursor: sqlite3.Cursor, want_rows: bool, max_bytes: float
) -> tuple[list[list[dict[str, Any]]], int]:
    rows: list[list[dict[str, Any]]] = []
    count = size = 0
    for row in cursor:
        count += 1
        size += sum(map(encoded_size, row))
        if size > max_bytes:
            raise StatementRefusedError("Response is too large", "RESPONSE_TOO_LARGE")
        if want_rows:
            rows.append([encode_value(value) for value in row])
    return rows, count
