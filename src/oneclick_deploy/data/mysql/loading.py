"""Sends the rows of one table, by LOAD DATA or by INSERTs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from oneclick_deploy.data.columns import Kind
from oneclick_deploy.data.conversion import TablePlan
from oneclick_deploy.data.mysql.lines import (
    UncleanTextError,
    as_file,
    as_values,
    ordered,
    read_blocks,
    select_lines,
)
from oneclick_deploy.data.mysql.request import Job
from oneclick_deploy.data.mysql.session import Session
from oneclick_deploy.data.mysql.statements import insert, load_data, on_duplicate
from oneclick_deploy.data.mysql.tally import Tally
from oneclick_deploy.errors import ConstraintError, DatabaseError, DataSourceError
from oneclick_deploy.runtime.cancel import CancelToken

_FILE_BLOCK: Final = 1 << 17
_STATEMENT_BLOCK: Final = 1 << 19
# An escaped value grows to twice its size, what stands between values to three times.
_GROWTH: Final = 4
# The head of a statement, and of its packet.
_ROOM: Final = 1 << 10
# Types that the server does not make out of bytes without a character set.
_NEEDS_CHARSET: Final = {Kind.ENUM, Kind.UUID, Kind.OTHER}
# ER_NOT_ALLOWED_COMMAND, ER_CLIENT_LOCAL_FILES_DISABLED, ER_LOAD_INFILE_CAPABILITY_DISABLED.
_FORBIDDEN: Final = {"1148", "3948", "4166"}
# ER_DUP_ENTRY.
_DUPLICATE: Final = 1062


@frozen(kw_only=True)
class Loaded:
    """A table whose rows were sent.

    Args:
        job: The table.
        plan: How it went.
        rows: Rows that were sent.
        bytes: Bytes that were sent.
        seconds: How long it took.
        present: Rows that were there already, under ``skip``.
    """

    job: Job
    plan: TablePlan
    rows: int
    bytes: int = 0
    seconds: float = 0.0
    present: int = 0


class TableLoader:
    """Loads tables on one session.

    Args:
        session: Where the rows go, with a transaction open.
        connection: Where they come from.
        tally: Counts them.
        cancel: Stops it.
        local_infile: Whether LOAD DATA LOCAL may be used.
    """

    def __init__(
        self,
        session: Session,
        connection: sqlite3.Connection,
        *,
        tally: Tally,
        cancel: CancelToken,
        local_infile: bool,
    ) -> None:
        self._session = session
        self._connection = connection
        self._tally = tally
        self._cancel = cancel
        self._local_infile = local_infile
        self._bytes = self._rows = 0
        self._is_unclean = False

    def load(self, job: Job, plan: TablePlan, *, update: bool = False) -> Loaded:
        """Send a table's rows.

        Raises:
            UncleanTextError: The plan is a guess, and a text is not UTF-8.
            DataSourceError: A row is too large for one statement.
            ConstraintError: The server found a key that is there twice, or another rule broken.
            DatabaseError: The server refused a value.
        """
        started = time.perf_counter()
        self._bytes = self._rows = 0
        by_file = self._local_infile and not job.merges
        written = self._load_data(job, plan) if by_file else None
        if written is None:
            written = self._insert(job, plan, update=update)
        self._tally.tell(job.source.name)
        if not job.merges and written != self._rows:
            raise DatabaseError(
                f"MySQL wrote {written} of {self._rows} rows into {job.target.name}",
                hint="A trigger of the destination may interfere.",
            )
        return Loaded(
            job=job,
            plan=plan,
            rows=self._rows,
            bytes=self._bytes,
            seconds=time.perf_counter() - started,
            present=self._rows - written if job.merges and not update else 0,
        )

    def _load_data(self, job: Job, plan: TablePlan) -> int | None:
        """Send a file; None where the server takes none."""
        kinds = {column.target.kind for column in plan.columns}
        parsed = any(column.target.binary_json for column in plan.columns)
        # Texts that need no other character set need not be read character by character.
        plain = job.is_utf8 and not parsed and not kinds & _NEEDS_CHARSET
        sql = load_data(job.target.name, ordered(plan), charset="binary" if plain else "utf8mb4")
        self._is_unclean = False
        try:
            answer = self._session.load(sql, self._file(job, plan))
        except DatabaseError as error:
            if error.code in _FORBIDDEN:
                self._local_infile = False
                return None
            if not self._is_unclean:
                raise
            raise UncleanTextError from None
        if self._is_unclean:
            raise UncleanTextError
        if answer.warnings:
            raise self._refusal(job)
        return answer.rows

    def _file(self, job: Job, plan: TablePlan) -> Iterator[bytes]:
        query, columns = select_lines(plan), len(plan.columns)
        try:
            for block in read_blocks(
                self._connection, query, as_file, columns=columns, size=_FILE_BLOCK
            ):
                self._cancel.check()
                yield block.data
                self._count(job, block.rows, len(block.data))
        except UncleanTextError:
            # The file ends here; an error would cost the connection.
            self._is_unclean = True

    def _insert(self, job: Job, plan: TablePlan, *, update: bool) -> int:
        columns = ordered(plan)
        head, tail = insert(job.target.name, columns).encode(), b""
        if job.merges:
            tail = on_duplicate(
                job.target, columns, update=update, is_mariadb=self._session.is_mariadb
            ).encode()
        ((most,),) = self._session.fetch("SELECT @@max_allowed_packet")
        size = min(_STATEMENT_BLOCK, (int(most) - _ROOM) // _GROWTH)
        written = 0
        for block in read_blocks(
            self._connection, select_lines(plan), as_values, columns=len(columns), size=size
        ):
            self._cancel.check()
            statement = b"".join((head, block.data, tail))
            if len(statement) >= int(most):
                raise _too_large(job, len(statement), int(most))
            answer = self._session.send(statement)
            if answer.warnings:
                raise self._refusal(job)
            written += answer.rows
            self._count(job, block.rows, len(statement))
        return written

    def _count(self, job: Job, rows: int, size: int) -> None:
        self._rows += rows
        self._bytes += size
        self._tally.add(job.source.name, rows=rows, size=size)

    def _refusal(self, job: Job) -> DatabaseError:
        """The error for warnings: LOAD DATA LOCAL makes warnings of all mistakes."""
        shown = self._session.fetch("SHOW WARNINGS LIMIT 3")
        code = int(shown[0][1]) if shown else 0
        words = "; ".join(str(row[2]) for row in shown)
        kind = ConstraintError if code == _DUPLICATE else DatabaseError
        return kind(
            f"MySQL would change or leave out rows of {job.target.name}: {words}", code=str(code)
        )


def _too_large(job: Job, size: int, most: int) -> DataSourceError:
    return DataSourceError(
        f"a row of {job.source.name} takes a statement of {size} bytes, and the server reads "
        f"{most} at most",
        hint="Raise max_allowed_packet of the server, or allow local_infile there.",
    )
