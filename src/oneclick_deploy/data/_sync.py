# Generated from src/oneclick_deploy/data/_async.py by tools/unasync.py. Do not edit.
"""Writes a preview database into a libSQL database, exactly once, and compares what arrived."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from oneclick_deploy.data.batches import InsertBatch, insert_batches
from oneclick_deploy.data.checksum import TableChecksum
from oneclick_deploy.data.ledger import (
    CREATE_LEDGER,
    DROP_LEDGER,
    READ_LEDGER,
    Statement,
    claim,
    clearing_statements,
    columns_query,
    count_query,
    sequence_statements,
)
from oneclick_deploy.data.report import (
    ImportProgress,
    ImportReport,
    ProgressHandler,
    TableReport,
)
from oneclick_deploy.data.source import Row, SourceTable, SqliteSource
from oneclick_deploy.errors import (
    ConstraintError,
    DatabaseError,
    DataSourceError,
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
    the ledger tells where to go on. The ledger is dropped when everything has arrived.

    A table of the destination must be empty, or hold exactly the preview's rows already, as one
    does that a migration fills. When an interrupted import was one of other preview data, what it
    wrote is taken back first.

    Args:
        source: The open preview database.
        client: The destination.
        on_progress: Called after each batch.
    """

    def __init__(
        self,
        source: SqliteSource,
        client: LibsqlClient,
        *,
        on_progress: ProgressHandler | None = None,
    ) -> None:
        self._source = source
        self._client = client
        self._on_progress = on_progress
        self._done = 0
        self._requests = 0

    def run(self) -> ImportReport:
        """Move all rows, or the rest of them after an interruption, and compare both sides.

        Raises:
            DataSourceError: The destination lacks a table or column that holds data, holds other
                rows already, or does not hold afterwards what the source does.
            DatabaseError: The destination refused a statement.
            TransportError: It could not be reached.
        """
        tables, skipped = self._match_tables()
        claimed = self._claimed_before()
        present = self._present_before([t for t in tables if t.name not in claimed])
        waiting = [table for table in tables if table.name not in present]
        self._done = sum(claimed.values()) + sum(report.rows for report in present.values())
        if waiting:
            self._client.execute(CREATE_LEDGER, repeatable=True)
        for table in waiting:
            self._copy_table(table, start=claimed.get(table.name, 0))
        reports = [present.get(table.name) or self._verify(table) for table in tables]
        self._finish()
        return ImportReport(tables=tuple(reports), requests=self._requests, skipped=skipped)

    def _match_tables(self) -> tuple[list[SourceTable], tuple[tuple[str, str], ...]]:
        """Compare columns before the first row is written."""
        matched, problems = [], []
        tables = [table for table in self._source.report.tables if table.rows]
        skipped = [(table.name, "empty") for table in self._source.report.tables if not table.rows]
        answers = self._ask([columns_query(table.name) for table in tables])
        for table, rows in zip(tables, answers, strict=True):
            present = {str(row[0]) for row in rows}
            missing = [name for name in table.columns if name not in present]
            if missing:
                what = f"columns {', '.join(missing)}" if present else "table"
                problems.append(f"{table.name} ({table.rows} rows): no such {what}")
            else:
                matched.append(table)
        if problems:
            raise DataSourceError(
                "the migrations do not make what the preview data needs: " + "; ".join(problems),
                hint="Add a migration (`npx prisma migrate dev`), or clear those tables in the "
                "preview.",
            )
        return matched, tuple(skipped)

    def _claimed_before(self) -> dict[str, int]:
        """Read how far an interrupted import of the same preview came, table by table."""
        if not (self._client.execute(columns_query("_oneclick_import"))).rows:
            return {}
        rows = (self._client.execute(READ_LEDGER)).rows
        if all(str(source) == self._source.fingerprint for _, _, source in rows):
            return {str(name): int(str(done)) for name, done, _ in rows}
        self._write(clearing_statements({str(name) for name, _, _ in rows}))
        return {}

    def _present_before(self, tables: list[SourceTable]) -> dict[str, TableReport]:
        """Find the tables that hold the preview's rows already, and refuse all other rows."""
        reports = {}
        answers = self._ask([count_query(table.name) for table in tables])
        for table, rows in zip(tables, answers, strict=True):
            count = int(str(rows[0][0]))
            if count not in {0, table.rows}:
                raise _not_empty(table, count)
            if count:
                try:
                    reports[table.name] = self._verify(table)
                except DataSourceError:
                    raise _not_empty(table, count) from None
        return reports

    def _copy_table(self, table: SourceTable, *, start: int) -> None:
        first = start
        for batch in insert_batches(table, self._source.rows(table, skip=start)):
            self._copy_batch(table, batch, first)
            first += batch.rows
            self._done += batch.rows
            self._tell(table)

    def _copy_batch(self, table: SourceTable, batch: InsertBatch, first: int) -> None:
        """Write one batch; an answer that was lost is looked up in the ledger by sending again."""
        mark = claim(table.name, first, batch.rows, source=self._source.fingerprint)
        try:
            self._write([mark, (batch.sql, batch.values)])
        except ConstraintError:
            rows = (self._client.execute(READ_LEDGER)).rows
            end = first + batch.rows
            if not any(str(name) == table.name and int(str(done)) == end for name, done, _ in rows):
                raise

    def _write(self, statements: Sequence[Statement]) -> None:
        """Write in one transaction, again while its outcome is unknown or the database is busy."""
        for attempt in range(1, WRITE_TRIES + 1):
            try:
                self._requests += 1
                self._client.migrate(statements)
            except (TransportError, ServerError, DatabaseError) as error:
                if attempt == WRITE_TRIES or not (
                    error.retryable or isinstance(error, TransportError)
                ):
                    raise
                threads.sleep(0.1 * 2**attempt)
            else:
                return

    def _verify(self, table: SourceTable) -> TableReport:
        wanted = threads.to_thread(_source_checksum, self._source, table)
        found = TableChecksum()
        for page in self._client.read_table(table.name, columns=table.columns):
            for row in page.rows:
                found.add(row)
        if found.hexdigest() != wanted:
            raise DataSourceError(
                f"the table {table.name} differs after the copy: {table.rows} rows were sent, "
                f"{found.rows} read back, and their values are not the same",
                hint="Something else writes to this database, a trigger perhaps, or its columns "
                "have other types than the preview's.",
            )
        return TableReport(name=table.name, rows=table.rows, checksum=wanted)

    def _finish(self) -> None:
        """Carry the AUTOINCREMENT counters over and drop the ledger, in one transaction."""
        present = (self._client.execute(columns_query("sqlite_sequence"))).rows
        sequences = self._source.report.sequences if present else ()
        self._write([*sequence_statements(sequences), (DROP_LEDGER, ())])

    def _ask(self, queries: Sequence[str]) -> list[tuple[Row, ...]]:
        """Read with all queries in one request: a round trip for each table would be felt."""
        return [found.rows for found in self._client.batch(queries, mode="deferred")]

    def _tell(self, table: SourceTable) -> None:
        if self._on_progress is not None:
            self._on_progress(
                ImportProgress(
                    table=table.name, rows_done=self._done, rows_total=self._source.report.rows
                )
            )


def _not_empty(table: SourceTable, count: int) -> DataSourceError:
    return DataSourceError(
        f"the table {table.name} of the destination holds {count} rows that are not the "
        f"{table.rows} of the preview",
        hint="Import into an empty database; rows are never mixed or overwritten. Rows that a "
        "migration inserts must be the same in the preview.",
    )


def _source_checksum(source: SqliteSource, table: SourceTable) -> str:
    checksum = TableChecksum()
    add: Callable[..., None] = checksum.add
    for row in source.rows(table):
        add(row)
    return checksum.hexdigest()
