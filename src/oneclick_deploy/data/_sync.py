# Generated from src/oneclick_deploy/data/_async.py by tools/unasync.py. Do not edit.
"""Writes a preview database into a libSQL database, exactly once, and compares what arrived."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from oneclick_deploy.data.batches import InsertBatch, OnConflict, insert_batches
from oneclick_deploy.data.ledger import (
    CREATE_LEDGER,
    DROP_LEDGER,
    READ_LEDGER,
    Statement,
    claim,
    clearing_statements,
    sequence_statements,
)
from oneclick_deploy.data.libsql.comparing._sync import Comparison
from oneclick_deploy.data.libsql.destination import (
    APPENDING,
    Move,
    Scope,
    count_query,
    matched,
    place_query,
    read_place,
)
from oneclick_deploy.data.libsql.reading import RowReader
from oneclick_deploy.data.report import (
    ImportProgress,
    ImportReport,
    ProgressHandler,
    TableReport,
)
from oneclick_deploy.data.source import Row, SqliteSource
from oneclick_deploy.errors import (
    ConstraintError,
    DatabaseError,
    DataSourceError,
    OneClickError,
    ServerError,
    TransportError,
)
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.runtime import threads

WRITE_TRIES = 4


class LibsqlImport:
    """One import of a preview database into a database whose tables exist.

    Each request is one transaction that holds its rows and a mark in a ledger table, so a request
    whose answer was lost, or a process that was killed, never leads to a missing or a double row:
    the ledger tells where to go on. The ledger is dropped when everything has arrived. While the
    server works on a request, the next one is written.

    A table of the destination must be empty, or hold exactly the preview's rows already, as one
    does that a migration fills. When an interrupted import was one of other preview data, what it
    wrote is taken back first.

    Args:
        source: The open preview database.
        client: The destination.
        on_progress: Called after each batch.
        tables: The tables to move; all of them when ``None``.
        where: SQL conditions by table; only rows that meet theirs are moved.
        rename: Names of the destination by those of the preview, of tables (``Post``) or columns
            (``Post.title``).
        on_conflict: ``error`` moves into empty tables only. ``skip`` and ``update`` add to what a
            table holds: a row whose key is taken is left out, or replaces the other one's values.
    """

    def __init__(
        self,
        source: SqliteSource,
        client: LibsqlClient,
        *,
        on_progress: ProgressHandler | None = None,
        tables: Sequence[str] | None = None,
        where: Mapping[str, str] = MappingProxyType({}),
        rename: Mapping[str, str] = MappingProxyType({}),
        on_conflict: OnConflict = "error",
    ) -> None:
        self._source = source
        self._client = client
        self._on_progress = on_progress
        self._scope = Scope(
            tables=None if tables is None else tuple(tables),
            where=where,
            rename=rename,
            on_conflict=on_conflict,
        )
        self._comparison = Comparison(source, client)
        self._done = self._total = self._requests = self._bytes = 0
        self._sent: dict[str, tuple[int, float, int]] = {}
        self._begun = 0.0

    def run(self) -> ImportReport:
        """Move all rows, or the rest of them after an interruption, and compare both sides.

        Raises:
            DataSourceError: The destination lacks a table or column that holds data, holds other
                rows already, or does not hold afterwards what the source does.
            DatabaseError: The destination refused a statement.
            TransportError: It could not be reached.
        """
        self._begun = time.monotonic()
        moves, skipped = self._match_tables()
        claimed = self._claimed_before()
        present = self._present_before([m for m in moves if m.name not in claimed])
        waiting = [move for move in moves if move.name not in present]
        self._total = sum(move.rows for move in moves)
        self._done = sum(claimed.values()) + sum(report.rows for report in present.values())
        if waiting:
            self._client.execute(CREATE_LEDGER, repeatable=True)
        for move in waiting:
            self._copy_table(move, start=claimed.get(move.name, 0))
        loaded = time.monotonic()
        reports = [present.get(move.name) or self._verify(move) for move in moves]
        verified = time.monotonic()
        self._finish(moves)
        return ImportReport(
            tables=tuple(reports),
            requests=self._requests,
            skipped=skipped,
            seconds=time.monotonic() - self._begun,
            load_seconds=loaded - self._begun,
            verify_seconds=verified - loaded,
        )

    def _match_tables(self) -> tuple[list[Move], tuple[tuple[str, str], ...]]:
        """Compare columns before the first row is written."""
        every = {each: each.count(self._source) for each in self._scope.selections(self._source)}
        holding = {each: rows for each, rows in every.items() if rows}
        names = [self._scope.target_name(each.table) for each in holding]
        answers = self._ask([place_query(name) for name in names])
        places = [read_place(name, rows) for name, rows in zip(names, answers, strict=True)]
        skipped = tuple((each.table.name, "empty") for each, rows in every.items() if not rows)
        return matched(self._scope, holding, places), skipped

    def _claimed_before(self) -> dict[str, int]:
        """Read how far an interrupted import of the same preview came, table by table."""
        if not (self._client.execute(place_query("_oneclick_import"))).rows:
            return {}
        rows = (self._client.execute(READ_LEDGER)).rows
        if all(str(source) == self._mark for _, _, source in rows):
            return {str(name): int(str(done)) for name, done, _ in rows}
        if any(str(source).startswith(APPENDING) for _, _, source in rows):
            raise DataSourceError(
                "an import of other data into this database was interrupted, and cannot be taken "
                "back: it added to rows that were there",
                hint="Run that import again first, or drop the table _oneclick_import to leave its "
                "rows as they are.",
            )
        self._write(clearing_statements({str(name) for name, _, _ in rows}))
        return {}

    def _present_before(self, moves: list[Move]) -> dict[str, TableReport]:
        """Find the tables that hold the preview's rows already, and refuse all other rows."""
        reports: dict[str, TableReport] = {}
        if self._scope.on_conflict != "error":
            return reports
        answers = self._ask([count_query(move.name) for move in moves])
        for move, rows in zip(moves, answers, strict=True):
            count = int(str(rows[0][0]))
            if count not in {0, move.rows}:
                raise _not_empty(move, count)
            if count:
                try:
                    reports[move.name] = self._verify(move)
                except DataSourceError:
                    raise _not_empty(move, count) from None
        return reports

    def _copy_table(self, move: Move, *, start: int) -> None:
        """Send batch after batch, each while the next one is written."""
        begun, first, before = time.monotonic(), start, self._bytes
        inserted = 0
        with RowReader(self._source, move.selection, skip=start) as reader:
            batches = insert_batches(move.target, reader)
            batch = threads.to_thread(next, batches, None)
            while batch is not None:
                sending = threads.Background(self._sender(move, batch, first), name="import")
                following = self._beside(sending, batches)
                inserted += sending.result()
                first += batch.rows
                self._done += batch.rows
                self._bytes += len(batch.args)
                self._tell(move)
                batch = following
        sent = self._bytes - before
        self._sent[move.name] = (sent, time.monotonic() - begun, -1 if start else inserted)

    def _beside(
        self, sending: threads.Background[int], batches: Iterator[InsertBatch]
    ) -> InsertBatch | None:
        """Write the next batch, and see the one before to its end whatever happens."""
        try:
            return threads.to_thread(next, batches, None)
        except BaseException:
            with contextlib.suppress(OneClickError):
                sending.result()
            raise

    def _sender(self, move: Move, batch: InsertBatch, first: int) -> Callable[[], int]:
        def send() -> int:
            return self._copy_batch(move, batch, first)

        return send

    def _copy_batch(self, move: Move, batch: InsertBatch, first: int) -> int:
        """Write one batch; an answer that was lost is looked up in the ledger by sending again.

        Returns:
            How many rows the database changed.
        """
        mark = claim(move.name, first, batch.rows, source=self._mark)
        try:
            return self._repeat(lambda: self._insert(mark, batch))
        except ConstraintError:
            rows = (self._client.execute(READ_LEDGER)).rows
            end = first + batch.rows
            if not any(str(name) == move.name and int(str(done)) == end for name, done, _ in rows):
                raise
            return batch.rows

    def _insert(self, mark: tuple[str, str], batch: InsertBatch) -> int:
        results = self._client.migrate_written([mark, (batch.sql, batch.args)])
        return results[1].affected_row_count

    def _write(self, statements: Sequence[Statement]) -> None:
        def send() -> int:
            self._client.migrate(statements)
            return 0

        self._repeat(send)

    def _repeat(self, send: Callable[[], int]) -> int:
        """Write in one transaction, again while its outcome is unknown or the database is busy."""
        for attempt in range(1, WRITE_TRIES + 1):
            try:
                self._requests += 1
                return send()
            except (TransportError, ServerError, DatabaseError) as error:
                if attempt == WRITE_TRIES or not (
                    error.retryable or isinstance(error, TransportError)
                ):
                    raise
                threads.sleep(0.1 * 2**attempt)
        raise AssertionError  # the last attempt returns or raises

    def _verify(self, move: Move) -> TableReport:
        sent, seconds, inserted = self._sent.get(move.name, (0, 0.0, -1))
        if self._scope.on_conflict == "error":
            checksum, missing = self._comparison.whole(move), 0
        else:
            checksum, missing = self._comparison.within(move)
        if missing and (
            self._scope.on_conflict == "update" or move.rows - missing < max(0, inserted)
        ):
            raise DataSourceError(
                f"the table {move.name} lacks {missing} of the {move.rows} rows that were sent",
                hint="Something else writes to this database, or two rows had the same key.",
            )
        return TableReport(
            name=move.name,
            rows=move.rows,
            checksum=checksum,
            bytes=sent,
            seconds=seconds,
            skipped_rows=missing,
        )

    def _finish(self, moves: Sequence[Move]) -> None:
        """Carry the AUTOINCREMENT counters over and drop the ledger, in one transaction."""
        names = {move.selection.table.name: move.name for move in moves}
        counters = {
            name: value
            for name, value in self._source.report.sequences
            if name in names or (self._scope.tables is None and name not in self._scope.rename)
        }
        present = (self._client.execute(place_query("sqlite_sequence"))).rows
        sequences = [(names.get(name, name), value) for name, value in counters.items()]
        self._write([*(sequence_statements(sequences) if present else ()), (DROP_LEDGER, ())])

    def _ask(self, queries: Sequence[str]) -> list[tuple[Row, ...]]:
        """Read with all queries in one request: a round trip for each table would be felt."""
        return [found.rows for found in self._client.batch(queries, mode="deferred")]

    @property
    def _mark(self) -> str:
        return self._scope.mark(self._source.fingerprint)

    def _tell(self, move: Move) -> None:
        if self._on_progress is not None:
            self._on_progress(
                ImportProgress(
                    table=move.name,
                    rows_done=self._done,
                    rows_total=self._total,
                    bytes_done=self._bytes,
                    seconds=time.monotonic() - self._begun,
                )
            )


def _not_empty(move: Move, count: int) -> DataSourceError:
    return DataSourceError(
        f"the table {move.name} of the destination holds {count} rows that are not the "
        f"{move.rows} of the preview",
        hint="Import into an empty database, or pass on_conflict to add to the rows that are "
        "there. Rows that a migration inserts must be the same in the preview.",
    )
