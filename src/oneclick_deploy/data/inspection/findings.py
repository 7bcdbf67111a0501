"""What an inspection finds, as values."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from oneclick_deploy.data.inspection import rendering
from oneclick_deploy.data.problems import ProblemCount
from oneclick_deploy.data.source import SourceReport, SourceTable


@frozen(kw_only=True)
class DateForms:
    """In which forms a column holds its dates; NULLs are not counted.

    Args:
        integers: Milliseconds since 1970, as Prisma's own engine writes them.
        iso: ``2024-05-06T07:08…``, as Prisma's driver adapters write them.
        current: ``2024-05-06 07:08:09``, as ``CURRENT_TIMESTAMP`` writes them.
        others: Anything else.
    """

    integers: int = 0
    iso: int = 0
    current: int = 0
    others: int = 0

    @property
    def forms(self) -> int:
        """How many different forms occur."""
        return sum(map(bool, (self.integers, self.iso, self.current, self.others)))


@frozen(kw_only=True)
class ColumnCensus:
    """What the values of one column really are, whatever was declared.

    Args:
        name: The column.
        declared: Its declared type; empty where it has none.
        nulls: How many values are NULL.
        integers: How many are integers.
        reals: How many are floating-point numbers.
        texts: How many are texts.
        blobs: How many are bytes.
        least: The least integer.
        greatest: The greatest integer.
        longest_text: Characters of the longest text, each counted up to its first NUL.
        longest_blob: Bytes of the longest blob.
        dates: The forms of the values, in a column that is declared as one of dates.
    """

    name: str
    declared: str = ""
    nulls: int = 0
    integers: int = 0
    reals: int = 0
    texts: int = 0
    blobs: int = 0
    least: int | None = None
    greatest: int | None = None
    longest_text: int = 0
    longest_blob: int = 0
    dates: DateForms | None = None

    @property
    def is_mixed(self) -> bool:
        """Whether there are values of more than one type, or dates of more than one form."""
        types = sum(map(bool, (self.integers, self.reals, self.texts, self.blobs)))
        return types > 1 or (self.dates is not None and self.dates.forms > 1)


@frozen(kw_only=True)
class TableInspection(SourceTable):
    """One table, with what is in it.

    Args:
        bytes: Bytes of its pages, those of its indexes left out.
        index_bytes: Bytes of the pages of its indexes.
        census: What each of ``columns`` holds.
    """

    bytes: int = 0
    index_bytes: int = 0
    census: tuple[ColumnCensus, ...] = ()

    def column(self, name: str) -> ColumnCensus | None:
        """The census of the column of that name."""
        return next((column for column in self.census if column.name == name), None)


@frozen(kw_only=True)
class KeyViolations:
    """Rows of one table that refer to rows which do not exist.

    Args:
        table: The table.
        columns: The columns of the foreign key.
        references: The table that it refers to.
        rows: How many rows; 0 when the key cannot be checked, as ``reason`` says.
        first: Rowids of the first of them; empty for a table without rowids.
        reason: Why the key cannot be checked: its parent lacks a unique key, mostly.
    """

    table: str
    columns: tuple[str, ...]
    references: str
    rows: int
    first: tuple[int, ...] = ()
    reason: str = ""


@frozen(kw_only=True)
class Inspection(SourceReport):
    """What a preview database holds, in all that matters for moving it. ``str()`` prints it.

    Args:
        tables: The app's tables, in the order of their names.
        sizes_are_estimated: Whether the bytes of tables are estimated from some of their rows, as
            this build of SQLite cannot count pages.
        violations: Foreign keys that are broken, as SQLite does not enforce them by itself.
        problems: Values that the target refuses; empty when no target was given.
        unplaced: Tables that the target has no place for, and why.
        seconds: How long the inspection took.
    """

    tables: tuple[TableInspection, ...]
    sizes_are_estimated: bool = False
    violations: tuple[KeyViolations, ...] = ()
    problems: tuple[ProblemCount, ...] = ()
    unplaced: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0

    def table(self, name: str) -> TableInspection | None:
        """The table of that name."""
        return next((table for table in self.tables if table.name == name), None)

    def __str__(self) -> str:
        return rendering.render(self)


class Step(StrEnum):
    """What an inspection is busy with, in this order."""

    COPY = "copy"
    """Making the snapshot; counted in bytes."""

    CENSUS = "census"
    """Looking at all values; counted in rows."""

    KEYS = "keys"
    """Checking foreign keys; counted in tables."""

    FIT = "fit"
    """Trying the values on the target; counted in tables."""


@frozen(kw_only=True)
class InspectionProgress:
    """How far an inspection has come.

    Args:
        step: What it is busy with.
        table: The table; empty while copying.
        done: Bytes, rows or tables of this step that are done.
        total: And in all.
    """

    step: Step
    table: str
    done: int
    total: int
