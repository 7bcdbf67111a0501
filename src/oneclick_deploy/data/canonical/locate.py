"""Finds the first cell that differs, by asking both sides about ever fewer rows.

Nothing here talks to a database: `search` asks questions about ranges of an integer key, and
whoever drives it, with or without ``await``, answers them for both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from oneclick_deploy.data.canonical.digest import Digest
from oneclick_deploy.data.canonical.texts import canonical_text
from oneclick_deploy.data.columns import TargetColumn

Row = Sequence[Any]
_FEW: Final = 200


@frozen(kw_only=True)
class Question:
    """Rows whose key is between two numbers, both included.

    Args:
        first: The least key.
        last: The greatest key.
        wants_rows: Whether the rows themselves are asked for, rather than their digest.
    """

    first: int
    last: int
    wants_rows: bool = False


@frozen(kw_only=True)
class Answer:
    """What both sides hold of the rows that were asked for.

    Args:
        source: The digest of the rows, or the rows by their keys.
        destination: The same of the destination.
    """

    source: Digest | Mapping[Any, Row]
    destination: Digest | Mapping[Any, Row]


@frozen(kw_only=True)
class Difference:
    """A cell that differs, or a row that only one side has.

    Args:
        table: The table.
        key: The key of the row.
        column: The column; empty when one side has no such row.
        source: The canonical text of the value in the source; None for NULL.
        destination: That in the destination.
        missing_in: ``source`` or ``destination`` when one has no such row.
    """

    table: str
    key: Any
    column: str = ""
    source: str | None = None
    destination: str | None = None
    missing_in: str = ""

    def __str__(self) -> str:
        place = f"{self.table}, row {self.key}"
        if self.missing_in:
            return f"{place} is missing in the {self.missing_in}"
        return f"{place}, column {self.column}: {self.source!r} became {self.destination!r}"


def search(
    table: str, columns: Sequence[TargetColumn], *, first: int, last: int
) -> Generator[Question, Answer, Difference | None]:
    """Find the difference with the least key, in a table whose key is one integer column.

    Args:
        table: The table's name.
        columns: Its columns, in the order of the rows that are given.
        first: The least key of either side.
        last: The greatest.

    Yields:
        Questions, to be answered with `Answer`.

    Returns:
        The difference; None when there is none.
    """
    if not (yield from _differs(first, last)):
        return None
    while last - first >= _FEW:
        middle = (first + last) // 2
        if (yield from _differs(first, middle)):
            last = middle
        else:
            first = middle + 1
    answer = yield Question(first=first, last=last, wants_rows=True)
    if isinstance(answer.source, Digest) or isinstance(answer.destination, Digest):
        raise TypeError("a question for rows was answered with a digest")
    return compare(table, columns, answer.source, answer.destination)


def drive(
    steps: Generator[Question, Answer, Difference | None],
    answer: Callable[[Question], Answer],
) -> Difference | None:
    """Run a search with a function that answers."""
    try:
        question = next(steps)
        while True:
            question = steps.send(answer(question))
    except StopIteration as done:
        found: Difference | None = done.value
        return found


def compare(
    table: str,
    columns: Sequence[TargetColumn],
    source: Mapping[Any, Row],
    destination: Mapping[Any, Row],
) -> Difference | None:
    """The first difference between rows by their keys."""
    for key in sorted({*source, *destination}):
        if key not in source or key not in destination:
            missing = "source" if key not in source else "destination"
            return Difference(table=table, key=key, missing_in=missing)
        pairs = zip(columns, source[key], destination[key], strict=True)
        for column, ours, theirs in pairs:
            texts = canonical_text(ours, column), canonical_text(theirs, column)
            if texts[0] != texts[1]:
                return Difference(
                    table=table,
                    key=key,
                    column=column.name,
                    source=texts[0],
                    destination=texts[1],
                )
    return None


def _differs(first: int, last: int) -> Generator[Question, Answer, bool]:
    answer = yield Question(first=first, last=last)
    return answer.source != answer.destination
