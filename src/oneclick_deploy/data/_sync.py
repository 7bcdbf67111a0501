# Generated from src/oneclick_deploy/data/_async.py by tools/unasync.py. Do not edit.
"""Writes a preview database into a libSQL database, exactly once, and compares what arrived."""

from __future__ import annotations

from collections.abc import Callable

from oneclick_deploy.data.batches import InsertBatch, insert_batches
from oneclick_deploy.data.checksum import TableChecksum
from oneclick_deploy.data.ledger import (
    CREATE_LEDGER,
    DROP_LEDGER,
    READ_LEDGER,
    claim,
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
from oneclick_deploy.data.source import SourceTable, SqliteSource
from oneclick_deploy.errors import ConstraintError, DataSourceError, TransportError
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.runtime import threads

BATCH_TRIES = 4


class LibsqlImport:
    """One import of a preview database into a database whose tables exist and are empty.

    Each request is one transaction that holds its rows and a mark in a ledger table, so a request
    whose answer was lost, or a process that was killed, never leads to a missing or a double row:
    the ledger tells where to go on. The ledger is dropped when everything has arrived.

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
        if not self._arrived_before(tables):
            progress = self._open_ledger(tables)
            for table in tables:
                self._copy_table(table, start=progress.get(table.name, 0))
        reports = tuple([self._verify(table) for table in tables])
        self._finish()
        return ImportReport(tables=reports, requests=self._requests, skipped=skipped)

    def _match_tables(self) -> tuple[list[SourceTable], tuple[tuple[str, str], ...]]:
        """Compare columns before the first row is written."""
        matched, skipped, problems = [], [], []
        for table in self._source.report.tables:
            found = self._client.execute(columns_query(table.name))
            present = {str(row[0]) for row in found.rows}
            missing = [name for name in table.columns if name not in present]
            if not table.rows:
                skipped.append((table.name, "empty"))
            elif missing:
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

    def _arrived_before(self, tables: list[SourceTable]) -> bool:
        """Whether an earlier process finished the copy and dropped the ledger already."""
        ledger = self._client.execute(columns_query("_oneclick_import"))
        if ledger.rows:
            return False
        counts = {table.name: self._count(table) for table in tables}
        if not any(counts.values()):
            return False
        for table in tables:
            if counts[table.name] != table.rows:
                raise DataSourceError(
                    f"the table {table.name} of the destination holds {counts[table.name]} rows "
                    f"already, the preview {table.rows}",
                    hint="Import into an empty database; rows are never mixed or overwritten.",
                )
        return True

    def _open_ledger(self, tables: list[SourceTable]) -> dict[str, int]:
        """Create the ledger, or read how far an interrupted import came."""
        self._client.execute(CREATE_LEDGER, repeatable=True)
        rows = (self._client.execute(READ_LEDGER)).rows
        progress = {str(name): int(str(done)) for name, done in rows}
        self._done = sum(progress.get(table.name, 0) for table in tables)
        return progress

    def _copy_table(self, table: SourceTable, *, start: int) -> None:
        first = start
        for batch in insert_batches(table, self._source.rows(table, skip=start)):
            self._write(table, batch, first)
            first += batch.rows
            self._done += batch.rows
            self._tell(table)

    def _write(self, table: SourceTable, batch: InsertBatch, first: int) -> None:
        """Write one batch; an answer that was lost is looked up in the ledger by sending again."""
        statements = [claim(table.name, first, batch.rows), (batch.sql, batch.values)]
        unknown: TransportError | None = None
        for attempt in range(BATCH_TRIES):
            try:
                self._requests += 1
                self._client.migrate(statements)
            except TransportError as error:
                unknown = error
                threads.sleep(0.2 * 2**attempt)
            except ConstraintError:
                if unknown is not None and self._claimed(table, first + batch.rows):
                    return
                raise
            else:
                return
        if unknown is not None:
            raise unknown

    def _claimed(self, table: SourceTable, end: int) -> bool:
        rows = (self._client.execute(READ_LEDGER)).rows
        return any(str(name) == table.name and int(str(done)) >= end for name, done in rows)

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
                hint="Something else writes to this database; import into one of its own.",
            )
        return TableReport(name=table.name, rows=table.rows, checksum=wanted)

    def _finish(self) -> None:
        """Carry the AUTOINCREMENT counters over and drop the ledger, in one transaction."""
        statements = sequence_statements(self._source.report.sequences)
        self._client.migrate([*statements, (DROP_LEDGER, ())])

    def _count(self, table: SourceTable) -> int:
        rows = (self._client.execute(count_query(table.name))).rows
        return int(str(rows[0][0]))

    def _tell(self, table: SourceTable) -> None:
        if self._on_progress is not None:
            self._on_progress(
                ImportProgress(
                    table=table.name, rows_done=self._done, rows_total=self._source.report.rows
                )
            )


def _source_checksum(source: SqliteSource, table: SourceTable) -> str:
    checksum = TableChecksum()
    add: Callable[..., None] = checksum.add
    for row in source.rows(table):
        add(row)
    return checksum.hexdigest()
