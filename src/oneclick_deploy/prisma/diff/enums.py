"""The enum types of PostgreSQL: which are new, which change, and who is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.steps import AlterEnum, CreateEnum, DropEnum, EnumDefault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oneclick_deploy.prisma.diff.tables import TablePair
    from oneclick_deploy.prisma.sql.database import Column, Database, EnumType, Table


def created_enums(old: Database, new: Database) -> Iterator[CreateEnum]:
    """The enums of the new side alone."""
    known = {_key(enum) for enum in old.enums}
    return (CreateEnum(enum) for enum in new.enums if _key(enum) not in known)


def dropped_enums(old: Database, new: Database) -> Iterator[DropEnum]:
    """The enums of the old side alone."""
    known = {_key(enum) for enum in new.enums}
    return (DropEnum(enum) for enum in old.enums if _key(enum) not in known)


def altered_enums(
    old: Database, new: Database, *, dropped: Sequence[Table], pairs: Sequence[TablePair]
) -> Iterator[AlterEnum]:
    """The enums of both that gain or lose values; another order of the same values is nothing."""
    successors = {_key(enum): enum for enum in new.enums}
    for enum in old.enums:
        successor = successors.get(_key(enum))
        if successor is None or set(enum.values) == set(successor.values):
            continue
        yield AlterEnum(
            enum,
            successor,
            added=_without(successor.values, enum.values),
            removed=_without(enum.values, successor.values),
            columns=tuple(_columns_of(successor, new)),
            defaults=tuple(_defaults_of(enum, dropped, pairs)),
        )


def _key(enum: EnumType) -> tuple[str | None, str]:
    return enum.namespace, enum.name


def _without(values: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    known = set(others)
    return tuple(value for value in values if value not in known)


def _columns_of(enum: EnumType, database: Database) -> Iterator[tuple[Table, Column]]:
    for table in database.tables:
        for column in table.columns:
            if (column.type.enum_namespace, column.type.enum) == _key(enum):
                yield table, column


def _defaults_of(
    enum: EnumType, dropped: Sequence[Table], pairs: Sequence[TablePair]
) -> Iterator[EnumDefault]:
    # The engine goes by the enum's name alone, and looks first at the tables that go, then at the
    # columns that go from those that stay, then at the others.
    for table in dropped:
        yield from (
            EnumDefault(table, each, None) for each in table.columns if _falls_to(enum, each)
        )
    for pair in pairs:
        for column in pair.dropped:
            if _falls_to(enum, column):
                yield EnumDefault(pair.old, column, None)
        for old, new, _ in pair.kept.values():
            if _falls_to(enum, old):
                yield EnumDefault(pair.old, old, new if _falls_to(enum, new) else None)


def _falls_to(enum: EnumType, column: Column) -> bool:
    """Whether the column is of the enum and has a default."""
    return column.type.enum == enum.name and column.default is not None
