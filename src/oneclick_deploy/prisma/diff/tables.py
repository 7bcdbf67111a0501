"""A table that both sides have, and what differs."""

from __future__ import annotations

from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.defaults import same_default
from oneclick_deploy.prisma.diff.steps import ColumnChanges, ColumnPair
from oneclick_deploy.prisma.semantics.views import Sort
from oneclick_deploy.prisma.syntax.tree import Arity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oneclick_deploy.prisma.diff.dialect import Dialect
    from oneclick_deploy.prisma.sql.database import (
        Column,
        ForeignKey,
        Index,
        KeyColumn,
        PrimaryKey,
        Table,
    )

_by_name = attrgetter("name")


class TablePair:
    """The same table, before and after. Columns come sorted by name, as Prisma keeps them."""

    def __init__(self, old: Table, new: Table, dialect: Dialect) -> None:
        self.old = old
        self.new = new
        self._dialect = dialect

    @cached_property
    def _columns(self) -> tuple[dict[str, Column], dict[str, Column]]:
        return (
            {column.name: column for column in self.old.columns},
            {column.name: column for column in self.new.columns},
        )

    @cached_property
    def kept(self) -> dict[str, ColumnPair]:
        """The columns of both."""
        old, new = self._columns
        return {
            name: ColumnPair(
                old[name], new[name], column_changes(old[name], new[name], self._dialect)
            )
            for name in sorted(old.keys() & new.keys())
        }

    @cached_property
    def added(self) -> tuple[Column, ...]:
        """The columns of the new table alone."""
        old, new = self._columns
        return tuple(new[name] for name in sorted(new.keys() - old.keys()))

    @cached_property
    def dropped(self) -> tuple[Column, ...]:
        """The columns of the old table alone."""
        old, new = self._columns
        return tuple(old[name] for name in sorted(old.keys() - new.keys()))

    @cached_property
    def altered(self) -> tuple[ColumnPair, ...]:
        """The columns of both that differ, in the order of the old table."""
        kept = (self.kept.get(column.name) for column in self.old.columns)
        return tuple(pair for pair in kept if pair is not None and not pair.changes.is_empty)

    @cached_property
    def key_changes(self) -> bool:
        """Whether both have a primary key, and not the same."""
        old, new = self.old.primary_key, self.new.primary_key
        if old is None or new is None:
            return False
        if [_in_key(column) for column in old.columns] != [
            _in_key(column) for column in new.columns
        ]:
            return True
        return any(self.kept[column.name].changes.cast for column in old.columns)

    @property
    def dropped_key(self) -> PrimaryKey | None:
        """The old primary key, if it has to go."""
        return self.old.primary_key if self.key_changes or self.new.primary_key is None else None

    @property
    def added_key(self) -> PrimaryKey | None:
        """The new primary key, if it has to be made."""
        return self.new.primary_key if self.key_changes or self.old.primary_key is None else None

    @cached_property
    def created_indexes(self) -> tuple[Index, ...]:
        """The indexes of the new table that nothing in the old one is equal to."""
        return tuple(
            index
            for index in self.new.indexes
            if not any(self._indexes_match(each, index) for each in self._old_indexes_like(index))
        )

    @cached_property
    def dropped_indexes(self) -> tuple[Index, ...]:
        """The indexes of the old table that nothing in the new one is equal to."""
        return tuple(index for index in self.old.indexes if self._successor(index) is None)

    @cached_property
    def index_pairs(self) -> tuple[tuple[Index, Index], ...]:
        """The indexes of both that may be told apart by what they are, whatever their names."""
        # Prisma never renames one of several indexes on the same columns.
        alone = (index for index in self.old.indexes if len(self._old_indexes_like(index)) == 1)
        pairs = ((index, self._successor(index)) for index in alone)
        return tuple((old, new) for old, new in pairs if new is not None)

    def _successor(self, old: Index) -> Index | None:
        candidates = self._new_indexes_by_shape.get(_shape(old), ())
        return next((new for new in candidates if self._indexes_match(old, new)), None)

    def _old_indexes_like(self, index: Index) -> list[Index]:
        return self._old_indexes_by_shape.get(_shape(index), [])

    @cached_property
    def _old_indexes_by_shape(self) -> dict[object, list[Index]]:
        return _grouped(self.old.indexes)

    @cached_property
    def _new_indexes_by_shape(self) -> dict[object, list[Index]]:
        return _grouped(self.new.indexes)

    def _indexes_match(self, old: Index, new: Index) -> bool:
        return [_in_key(column) for column in old.columns] == [
            _in_key(column) for column in new.columns
        ] and self._dialect.indexes_match(old, new)

    @cached_property
    def foreign_key_pairs(self) -> tuple[tuple[ForeignKey, ForeignKey], ...]:
        """The foreign keys of both, each with a successor of its own."""
        taken: set[int] = set()
        pairs = []
        for old in self.old.foreign_keys:
            for place, new in enumerate(self.new.foreign_keys):
                if place not in taken and self._foreign_keys_match(old, new):
                    taken.add(place)
                    pairs.append((old, new))
                    break
        return tuple(pairs)

    @cached_property
    def created_foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys of the new table that nothing in the old one is equal to."""
        return tuple(
            new
            for new in self.new.foreign_keys
            if not any(self._foreign_keys_match(old, new) for old in self.old.foreign_keys)
        )

    @cached_property
    def dropped_foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys of the old table that nothing in the new one is equal to."""
        return tuple(
            old
            for old in self.old.foreign_keys
            if not any(self._foreign_keys_match(old, new) for new in self.new.foreign_keys)
        )

    def _foreign_keys_match(self, old: ForeignKey, new: ForeignKey) -> bool:
        # The engine compares the names of the tables, and not the schemas they live in.
        return (
            old.columns == new.columns
            and old.referenced_table == new.referenced_table
            and old.referenced_columns == new.referenced_columns
            and old.on_delete is new.on_delete
            and old.on_update is new.on_update
            and all(self._may_keep_foreign_key(self.kept[name]) for name in old.columns)
        )

    def _may_keep_foreign_key(self, pair: ColumnPair) -> bool:
        if pair.changes.cast is not None:
            return False
        return not (
            self._dialect.refuses_null_in_foreign_keys
            and pair.changes.arity
            and pair.new.arity is not Arity.OPTIONAL
        )


def column_changes(old: Column, new: Column, dialect: Dialect) -> ColumnChanges:
    """What differs between a column and its successor."""
    renumbered = old.auto_increment != new.auto_increment
    return ColumnChanges(
        arity=old.arity is not new.arity,
        default=dialect.compares_default(old, new) and not same_default(old, new),
        cast=dialect.cast(old, new),
        autoincrement=renumbered and not dialect.numbers_keys_by_itself,
    )


def _in_key(column: KeyColumn) -> tuple[str, Sort, int | None]:
    return column.name, column.sort or Sort.ASC, column.length


def _shape(index: Index) -> object:
    return index.kind, tuple(map(_by_name, index.columns))


def _grouped(indexes: Iterable[Index]) -> dict[object, list[Index]]:
    groups: dict[object, list[Index]] = {}
    for index in indexes:
        groups.setdefault(_shape(index), []).append(index)
    return groups
