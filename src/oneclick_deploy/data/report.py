"""What an import reports, while it runs and when it is done."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen


@frozen(kw_only=True)
class TableReport:
    """One table that came over.

    Args:
        name: The table.
        rows: Rows in the source, all of them present in the destination.
        checksum: SHA-256 over every value of the table, equal on both sides.
    """

    name: str
    rows: int
    checksum: str


@frozen(kw_only=True)
class ImportReport:
    """What came over, table by table.

    Args:
        tables: One report for each table that held rows.
        requests: Write requests that were sent by this process.
        skipped: Tables of the source that were left out, and why.
    """

    tables: tuple[TableReport, ...]
    requests: int = 0
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def rows(self) -> int:
        """Rows that came over, in all tables."""
        return sum(table.rows for table in self.tables)


@frozen(kw_only=True)
class ImportProgress:
    """How far an import has come."""

    table: str
    rows_done: int
    rows_total: int


ProgressHandler = Callable[[ImportProgress], object]
