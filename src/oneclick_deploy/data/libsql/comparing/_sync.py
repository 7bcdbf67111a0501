# Generated from src/oneclick_deploy/data/libsql/comparing/_async.py by tools/unasync.py. Do not edit.
"""Compares tables of a destination with the rows that were sent."""

from __future__ import annotations

from collections.abc import Callable

from oneclick_deploy.data.batches import insert_batches
from oneclick_deploy.data.checksum import TableChecksum
from oneclick_deploy.data.libsql.comparison import (
    CarefulReader,
    ExpectedPage,
    Presence,
    expected_pages,
)
from oneclick_deploy.data.libsql.destination import Move
from oneclick_deploy.data.libsql.reading import RowReader
from oneclick_deploy.data.libsql.texts import hrana_rows
from oneclick_deploy.data.source import SqliteSource
from oneclick_deploy.errors import DataSourceError
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.runtime import threads


class Comparison:
    """Reads back what an import wrote.

    Args:
        source: The open preview database.
        client: The destination.
    """

    def __init__(self, source: SqliteSource, client: LibsqlClient) -> None:
        self._source = source
        self._client = client

    def whole(self, move: Move) -> str:
        """Compare a table that must hold the moved rows and no others.

        Returns:
            The checksum of both sides.

        Raises:
            DataSourceError: They differ.
        """
        checksum = TableChecksum()
        if self._as_expected(move, checksum):
            return checksum.hexdigest()
        wanted = threads.to_thread(self._source_checksum, move)
        found = self._careful_checksum(move)
        if found.hexdigest() != wanted.hexdigest() or found.rows != wanted.rows:
            raise DataSourceError(
                f"the table {move.name} differs after the copy: {move.rows} rows were sent, "
                f"{found.rows} read back, and their values are not the same",
                hint="Something else writes to this database, a trigger perhaps, or its columns "
                "have other types than the preview's.",
            )
        return wanted.hexdigest()

    def within(self, move: Move) -> tuple[str, int]:
        """Look for the moved rows in a table that may hold others as well.

        Returns:
            The checksum of the source's rows, and how many of them the table does not hold.
        """
        missing = move.rows
        with RowReader(self._source, move.selection) as reader:
            for batch in insert_batches(Presence(move=move), reader):
                (found,) = self._client.migrate_written([(batch.sql, batch.args)])
                missing -= int(str(found.scalar()))
        checksum = threads.to_thread(self._source_checksum, move)
        return checksum.hexdigest(), missing

    def _as_expected(self, move: Move, checksum: TableChecksum) -> bool:
        """Read while the next page is written; false as soon as an answer is another one."""
        with RowReader(self._source, move.selection) as reader:
            pages = expected_pages(move, reader, checksum)
            if pages is None:
                return False
            page = threads.to_thread(next, pages, None)
            while page is not None:
                if not page.is_sure:
                    return False
                asked = threads.Background(self._asker(page), name="compare")
                following = threads.to_thread(next, pages, None)
                if not page.is_in(asked.result()):
                    return False
                page = following
        return True

    def _asker(self, page: ExpectedPage) -> Callable[[], bytes]:
        def ask() -> bytes:
            return self._client.read_unparsed(page.sql, page.args)

        return ask

    def _source_checksum(self, move: Move) -> TableChecksum:
        checksum = TableChecksum()
        with RowReader(self._source, move.selection) as reader:
            for rows in reader.pieces():
                checksum.add_written(hrana_rows(rows))
        return checksum

    def _careful_checksum(self, move: Move) -> TableChecksum:
        checksum = TableChecksum()
        reader = CarefulReader(place=move.place, columns=move.target.columns)
        while not reader.done:
            asked = reader.statement()
            rows = reader.accept(self._client.read_unparsed(asked.sql, asked.args))
            if rows is not None:
                checksum.add_written(hrana_rows(rows))
            elif not reader.shrink():
                self._client.execute(asked)  # says what is wrong
                raise DataSourceError(f"the table {move.name} cannot be read back")
        return checksum
