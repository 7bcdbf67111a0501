"""Statements, steps and results."""

from __future__ import annotations

from typing import Any, TypeAlias

from attrs import field, frozen

from oneclick_deploy.errors import ConfigurationError, DatabaseError
from oneclick_deploy.providers.libsql.conditions import Condition
from oneclick_deploy.providers.libsql.values import Args

Cell: TypeAlias = int | float | str | bytes | None
Row: TypeAlias = tuple[Cell, ...]


@frozen
class Statement:
    """One SQL statement with its arguments, by position or by name."""

    sql: str
    args: Args = field(default=(), repr=False)


StatementLike: TypeAlias = Statement | str | tuple[str, Args]


def as_statement(given: StatementLike) -> Statement:
    """Read the shapes in which a statement may be passed.

    Raises:
        ConfigurationError: It is none of them.
    """
    if isinstance(given, Statement):
        return given
    if isinstance(given, str):
        return Statement(given)
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], str):
        return Statement(given[0], given[1])
    raise ConfigurationError(
        f"a statement is a text, a pair of text and arguments, or a Statement, not "
        f"{type(given).__name__}",
        hint="Pass for example ('INSERT INTO t VALUES (?)', [1]).",
    )


@frozen(kw_only=True)
class ResultSet:
    """What a statement gave back.

    Args:
        columns: Names of the result's columns.
        decltypes: The declared type of each column; ``None`` for expressions.
        rows: Tuples of ``None``, ``int``, ``float``, ``str`` and ``bytes``.
        affected_row_count: Rows that were inserted, changed or deleted.
        last_insert_rowid: Of the last insert on this stream; ``None`` when the server sent none.
        rows_read: Rows that the provider counts as read.
        rows_written: Rows that the provider counts as written.
    """

    columns: tuple[str, ...] = ()
    decltypes: tuple[str | None, ...] = ()
    rows: tuple[Row, ...] = field(default=(), repr=False)
    affected_row_count: int = 0
    last_insert_rowid: int | None = None
    rows_read: int = 0
    rows_written: int = 0

    def dicts(self) -> list[dict[str, Cell]]:
        """The rows as mappings; of columns with the same name the last one counts."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def scalar(self) -> Cell:
        """The first value of the first row; ``None`` when there is no row."""
        return self.rows[0][0] if self.rows else None


@frozen(kw_only=True)
class Step:
    """A statement of a batch, and when it runs: always, or under a condition."""

    statement: StatementLike
    condition: Condition | None = None


@frozen(kw_only=True)
class StepOutcome:
    """What became of a step: a result, an error, or neither when it was skipped."""

    result: ResultSet | None = None
    error: DatabaseError | None = None


@frozen(kw_only=True)
class Column:
    """A column of a described statement."""

    name: str
    decltype: str | None = None


@frozen(kw_only=True)
class Description:
    """What a statement would do, without running it.

    Args:
        parameters: The names of its parameters with their sign; ``None`` for ``?``.
        columns: The columns it would give.
        is_explain: Whether it is an ``EXPLAIN``.
        is_readonly: Whether it changes nothing.
    """

    parameters: tuple[str | None, ...]
    columns: tuple[Column, ...]
    is_explain: bool
    is_readonly: bool


@frozen(kw_only=True)
class Page:
    """Some rows of a table, in the order of its key."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...] = field(repr=False)


Json: TypeAlias = dict[str, Any]
