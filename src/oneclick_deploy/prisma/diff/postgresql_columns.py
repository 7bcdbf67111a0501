"""What it takes to alter a column of PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.records import Record
from oneclick_deploy.prisma.sql.database import Sequence
from oneclick_deploy.prisma.sql.postgresql import table_name
from oneclick_deploy.prisma.sql.quoting import postgresql as quoted, unescaped
from oneclick_deploy.prisma.sql.types import postgresql_type
from oneclick_deploy.prisma.syntax.tree import Arity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.diff.steps import AlterColumn, AlterTable
    from oneclick_deploy.prisma.sql.database import Database, Table


class Alteration(Record):
    """Clauses of an ``ALTER TABLE``, and statements before and after it."""

    before: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def __add__(self, other: tuple[object, ...]) -> Alteration:
        """Both, one after the other."""
        return Alteration(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))  # type: ignore[operator]


def alteration_of(change: AlterColumn, step: AlterTable, *, has_sequences: bool) -> Alteration:
    """How one column changes, in the order in which Prisma names the differences.

    Args:
        change: What differs.
        step: The change of the whole table.
        has_sequences: Whether any column of the new database numbers itself.
    """
    prefix = f"ALTER COLUMN {quoted(change.old.name)}"
    clauses = Alteration(clauses=tuple(f"{prefix} {each}" for each in _plain_clauses(change)))
    if change.changes.autoincrement:
        if change.old.auto_increment:
            clauses += _without_sequence(prefix, is_last=not has_sequences)
        else:
            clauses += _with_sequence(change, step)
    if _sets_type(change):
        clauses += Alteration(clauses=(f"{prefix} SET DATA TYPE {postgresql_type(change.new)}",))
    return clauses


def _plain_clauses(change: AlterColumn) -> Iterator[str]:
    if change.changes.arity:
        if change.new.arity is Arity.REQUIRED:
            yield "SET NOT NULL"
        elif change.new.arity is Arity.OPTIONAL:
            yield "DROP NOT NULL"
    if change.changes.default:
        default = change.new.default
        yield "DROP DEFAULT" if default is None else f"SET DEFAULT {default.sql or ''}"


def _sets_type(change: AlterColumn) -> bool:
    lists = [column.arity is Arity.LIST for column in (change.old, change.new)]
    return change.changes.cast is not None or lists[0] != lists[1]


def _with_sequence(change: AlterColumn, step: AlterTable) -> Alteration:
    """What ``SERIAL`` would have made."""
    name = _sequence_name(step.new, change.new.name)
    column = quoted(change.old.name)
    return Alteration(
        (f"CREATE SEQUENCE {name}",),
        (f"ALTER COLUMN {column} SET DEFAULT nextval({unescaped(name)})",),
        (f"ALTER SEQUENCE {name} OWNED BY {table_name(step.old)}.{column}",),
    )


def _sequence_name(table: Table, column: str) -> str:
    namespace = "" if table.namespace is None else f"{quoted(table.namespace)}."
    return f"{namespace}{table.name}_{column}_seq".lower()


def _without_sequence(prefix: str, *, is_last: bool) -> Alteration:
    # A schema does not know the names of its sequences, so that all of them are called "": Prisma
    # spares the one that goes as long as any other column has one.
    after = ('DROP SEQUENCE ""',) if is_last else ()
    return Alteration(clauses=(f"{prefix} DROP DEFAULT",), after=after)


def has_sequences(database: Database) -> bool:
    """Whether any column numbers itself."""
    columns = (column for table in database.tables for column in table.columns)
    return any(isinstance(column.default, Sequence) for column in columns)
