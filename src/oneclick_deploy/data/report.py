"""What an import reports, while it runs and when it is done."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from oneclick_deploy.data.problems import ProblemCount


@frozen(kw_only=True)
class TableReport:
    """One table that came over.

    Args:
        name: The table.
        rows: Rows in the source, all of them present in the destination.
        checksum: One over every value of the table, equal on both sides.
        bytes: Bytes that were sent.
        seconds: How long the rows took to go over, without the comparison.
        skipped_rows: Rows of the source that the destination held already, under ``skip``.
    """

    name: str
    rows: int
    checksum: str
    bytes: int = 0
    seconds: float = 0.0
    skipped_rows: int = 0


@frozen(kw_only=True)
class ImportReport:
    """What came over, table by table.

    Args:
        tables: One report for each table that held rows.
        requests: Write requests that were sent by this process.
        skipped: Tables of the source that were left out, and why.
        problems: Values that were changed or left out, as the policies said.
        seconds: How long it took in all.
        load_seconds: How long of it the rows, keys and indexes took.
        verify_seconds: How long of it the comparison of both sides took.
    """

    tables: tuple[TableReport, ...]
    requests: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    problems: tuple[ProblemCount, ...] = ()
    seconds: float = 0.0
    load_seconds: float = 0.0
    verify_seconds: float = 0.0

    @property
    def rows(self) -> int:
        """Rows that came over, in all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def bytes(self) -> int:
        """Bytes that were sent, for all tables."""
        return sum(table.bytes for table in self.tables)


@frozen(kw_only=True)
class ImportProgress:
    """How far an import has come.

    Args:
        table: The table under way.
        rows_done: Rows that were sent, of all tables.
        rows_total: Rows in all.
        bytes_done: Bytes that were sent.
        seconds: Since the first row.
    """

    table: str
    rows_done: int
    rows_total: int
    bytes_done: int = 0
    seconds: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None while there is none."""
        if not self.rows_done or not self.seconds:
            return None
        return self.seconds * (self.rows_total - self.rows_done) / self.rows_done


ProgressHandler = Callable[[ImportProgress], object]
