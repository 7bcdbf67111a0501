# Generated from src/oneclick_deploy/data/mysql/_async.py by tools/unasync.py. Do not edit.
"""The import into MySQL, for its callers: PyMySQL blocks, so the work is done in a thread."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping

from oneclick_deploy.data.mysql.moving import Moving
from oneclick_deploy.data.mysql.request import Names, Request
from oneclick_deploy.data.mysql.tally import Tally
from oneclick_deploy.data.problems import Policies
from oneclick_deploy.data.report import ImportReport, ProgressHandler
from oneclick_deploy.data.source import SqliteSource
from oneclick_deploy.errors import OneClickError
from oneclick_deploy.runtime import threads
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret


class MysqlImport:
    """One import of a preview database into MySQL or MariaDB.

    Everything happens in one transaction: an import that fails, is cancelled or dies leaves the
    database as it was, and one whose last answer was lost finds out whether it was kept. What went
    over is compared with the preview before it is kept, and every foreign key is looked at.

    The tables must exist, with an engine that knows transactions, and be empty or hold the
    preview's rows already, unless ``on_conflict`` says what to do. Their foreign keys may go round
    in circles.

    Args:
        source: The open preview database.
        to: The database's URL, as Prisma writes it.
        tables: Tables of the preview to move; all of them by default.
        where: SQL conditions, in SQLite's words, by table: which rows go over.
        rename: Names in the destination by a table's name, or by ``(table, column)``.
        policies: What to do with values that MySQL refuses; by default, an error names them.
        on_conflict: ``error``, ``skip`` or ``update``: what to do with tables that hold rows.
        local_infile: Whether LOAD DATA LOCAL is tried; where the server refuses it, and without
            it, rows go as large INSERTs.
        on_progress: Called with an `ImportProgress`, ten times a second at most, in the thread of
            the work.
        cancel: Stops the import; nothing of it is kept then.
    """

    def __init__(
        self,
        source: SqliteSource,
        to: Secret | str,
        *,
        tables: Collection[str] | None = None,
        where: Mapping[str, str] | None = None,
        rename: Names | None = None,
        policies: Policies | None = None,
        on_conflict: str = "error",
        local_infile: bool = True,
        on_progress: ProgressHandler | None = None,
        cancel: CancelToken | None = None,
    ) -> None:
        self._cancel = cancel
        # Stops the thread when the caller stops waiting, and leaves the caller's token alone.
        self._stop = CancelToken()
        self._moving = Moving(
            source,
            to,
            request=Request.of(tables=tables, where=where, rename=rename, on_conflict=on_conflict),
            policies=policies or Policies(),
            local_infile=local_infile,
            tally=Tally(on_progress),
            cancel=self._stop,
        )

    def run(self) -> ImportReport:
        """Move the rows, and compare both sides.

        Raises:
            ConfigurationError: PyMySQL is not installed, or the URL cannot be read.
            DataSourceError: The preview does not fit the destination, or differs from it after
                the copy.
            DatabaseError: MySQL refused a statement.
            TransportError: It could not be reached.
            DeployCancelledError: The token was cancelled.
        """
        forget = self._cancel.on_cancel(self._stop.cancel) if self._cancel else None
        work = threads.Background(lambda: threads.to_thread(self._moving.run), name="mysql-import")
        try:
            return work.result()
        except threads.Cancelled:
            self._stop.cancel()
            with contextlib.suppress(OneClickError):
                work.result()
            raise
        finally:
            if forget is not None:
                forget()
