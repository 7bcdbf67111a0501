"""Tables of schemas with what Prisma says of them, one table for each subject.

A row is a title after ``===``, a schema, ``---``, and one line for each finding: its place, the
text that it is about, and Prisma's sentence. A row without lines is a schema that Prisma takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from tests.prisma.semantics.places import found

TABLES = Path(__file__).with_name("tables")


@frozen
class Row:
    """One schema of a table."""

    subject: str
    title: str
    schema: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.subject}: {self.title}"


def rows() -> list[Row]:
    """Every row of every table."""
    return [row for table in sorted(TABLES.glob("*.txt")) for row in _rows(table)]


def _rows(table: Path) -> Iterator[Row]:
    for text in table.read_text("utf-8").removeprefix("=== ").split("\n=== "):
        head, _rule, lines = text.partition("---\n")
        title, _newline, schema = head.partition("\n")
        yield Row(table.stem, title, schema, tuple(lines.split("\n")[:-1]))


def one_line(text: str) -> str:
    """A sentence as the tables write it: some of Prisma's have several lines."""
    return text.replace("\n", "\\n")


def findings(schema: str) -> tuple[str, ...]:
    """What we find in a schema, as the tables write it."""
    return tuple(map(one_line, found(schema)))
