"""The steps from one database to another, in the order in which Prisma takes them.

Prisma collects steps of every kind and sorts them, first by kind, then by the place of what they
are about. Here each kind is collected in its order, and the kinds are joined in theirs. Two kinds
stand where they do for a reason: tables are dropped before indexes are created, because the names
of new indexes may be those of old ones; and enums after the tables that use them, but before new
tables, which may have their names.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.enums import altered_enums, created_enums, dropped_enums
from oneclick_deploy.prisma.diff.extensions import extension_steps
from oneclick_deploy.prisma.diff.steps import (
    AddColumn,
    AddForeignKey,
    AddPrimaryKey,
    AlterColumn,
    AlterTable,
    Cast,
    CreateIndex,
    CreateSchema,
    CreateTable,
    DropColumn,
    DropForeignKey,
    DropIndex,
    DropPrimaryKey,
    DropTable,
    RecreateColumn,
    RedefinedTable,
    RedefineIndex,
    RedefineTables,
    RenameForeignKey,
    RenameIndex,
    RenamePrimaryKey,
    Step,
    TableChange,
)
from oneclick_deploy.prisma.diff.tables import TablePair
from oneclick_deploy.prisma.sql.database import IndexKind
from oneclick_deploy.prisma.sql.foreign_tables import is_foreign
from oneclick_deploy.prisma.sql.namespaces import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oneclick_deploy.prisma.diff.dialect import Dialect
    from oneclick_deploy.prisma.diff.steps import ColumnPair
    from oneclick_deploy.prisma.sql.database import Database, ForeignKey, Index, Table

_Key = tuple[str | None, str]


class Differ:
    """Two databases side by side."""

    def __init__(self, old: Database, new: Database, dialect: Dialect) -> None:
        self._old = old
        self._new = new
        self._dialect = dialect
        before, after = self._tables_of(old), self._tables_of(new)
        self._created = [table for key, table in after.items() if key not in before]
        self._dropped = [table for key, table in before.items() if key not in after]
        self._pairs = [
            TablePair(table, after[key], dialect) for key, table in before.items() if key in after
        ]
        self._redefined = [
            pair for pair in self._pairs if dialect.redefines_tables and _needs_copying(pair)
        ]
        copied = set(map(id, self._redefined))
        self._altered = [pair for pair in self._pairs if id(pair) not in copied]

    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        steps: Iterable[Step] = chain(
            self._create_schemas(),
            extension_steps(self._old, self._new),
            created_enums(self._old, self._new),
            altered_enums(self._old, self._new, dropped=self._dropped, pairs=self._pairs),
            self._drop_foreign_keys(),
            self._drop_indexes(),
            self._alter_tables(),
            map(DropTable, self._dropped),
            dropped_enums(self._old, self._new),
            map(CreateTable, self._created),
            self._redefine_tables(),
            self._create_indexes(),
            self._rename_foreign_keys(),
            self._add_foreign_keys(),
            self._rename_indexes(),
        )
        return tuple(_with_indexes_kept_for_keys(list(steps)))

    def _tables_of(self, database: Database) -> dict[_Key, Table]:
        return {
            (table.namespace, table.name): table
            for table in database.tables
            if not is_foreign(table.name, database.provider)
        }

    def _create_schemas(self) -> Iterator[CreateSchema]:
        known = {*self._old.known_namespaces, *self._old.namespaces}
        needed = {enum.namespace or DEFAULT for enum in self._new.enums}
        needed.update(namespace or DEFAULT for namespace, _ in self._tables_of(self._new))
        names = (name for name in self._new.namespaces if name in needed)
        return (CreateSchema(name) for name in names if name not in known)

    def _drop_foreign_keys(self) -> Iterator[DropForeignKey]:
        if self._dialect.redefines_tables:
            return iter(())
        keys: list[tuple[Table, ForeignKey]] = []
        for table in self._dropped:
            keys.extend((table, key) for key in table.foreign_keys)
        for pair in self._altered:
            keys.extend((pair.old, key) for key in pair.dropped_foreign_keys)
            keys.extend((pair.old, old) for old, _ in self._made_again(pair))
        return (DropForeignKey(table, key) for table, key in _in_order(keys, self._old))

    def _add_foreign_keys(self) -> Iterator[AddForeignKey]:
        if self._dialect.redefines_tables:
            return iter(())
        keys: list[tuple[Table, ForeignKey]] = []
        for table in self._created:
            keys.extend((table, key) for key in table.foreign_keys)
        for pair in self._altered:
            keys.extend((pair.new, key) for key in pair.created_foreign_keys)
            keys.extend((pair.new, new) for _, new in self._made_again(pair))
        return (AddForeignKey(table, key) for table, key in _in_order(keys, self._new))

    def _made_again(self, pair: TablePair) -> Iterator[tuple[ForeignKey, ForeignKey]]:
        """The foreign keys that stay, but cannot stay where they are."""
        needed = self._dialect.indexes_foreign_keys
        for old, new in pair.foreign_key_pairs:
            if (not self._dialect.renames_foreign_keys and _is_renamed(pair, old, new)) or (
                needed and any(_covers(index, old) for index in pair.dropped_indexes)
            ):
                yield old, new

    def _rename_foreign_keys(self) -> Iterator[RenameForeignKey]:
        if self._dialect.redefines_tables or not self._dialect.renames_foreign_keys:
            return
        renamed = {
            (id(pair.old), old.name): (pair.old, old, new)
            for pair in self._altered
            for old, new in pair.foreign_key_pairs
            if _is_renamed(pair, old, new)
        }
        for table, key in _in_order(
            [(table, old) for table, old, _ in renamed.values()], self._old
        ):
            yield RenameForeignKey(*renamed[id(table), key.name])

    def _drop_indexes(self) -> Iterator[DropIndex]:
        indexes = {id(pair.old): pair.dropped_indexes for pair in self._altered}
        if self._redefined:
            # SQLite: the copies create their indexes at once, and the names have to be free.
            indexes |= {id(table): table.indexes for table in self._dropped}
        for table in self._old.tables:
            for index in indexes.get(id(table), ()):
                yield DropIndex(table, index)

    def _create_indexes(self) -> Iterator[CreateIndex]:
        if not self._dialect.creates_indexes_inside_tables:
            for table in self._created:
                yield from (CreateIndex(table, each, on_new_table=True) for each in table.indexes)
        for pair in self._altered:
            created = set(pair.created_indexes)
            again = set(self._lost_with_columns(pair))
            for index in pair.new.indexes:
                if index in created:
                    yield CreateIndex(pair.new, index)
                elif index in again:
                    yield CreateIndex(pair.new, index, again=True)

    def _lost_with_columns(self, pair: TablePair) -> Iterator[Index]:
        if not self._dialect.loses_indexes_with_columns:
            return
        lost = {old.name for old, _, changes in pair.altered if changes.cast is Cast.NOT_CASTABLE}
        for _, new in pair.index_pairs:
            if any(column.name in lost for column in new.columns):
                yield new

    def _rename_indexes(self) -> Iterator[RenameIndex | RedefineIndex]:
        kind = RenameIndex if self._dialect.renames_indexes else RedefineIndex
        for pair in self._altered:
            for old, new in pair.index_pairs:
                if old.name != new.name:
                    yield kind(pair.old, old, new)

    def _alter_tables(self) -> Iterator[AlterTable]:
        for pair in self._altered:
            changes = tuple(self._changes_of(pair))
            if changes:
                yield AlterTable(pair.old, pair.new, changes)

    def _changes_of(self, pair: TablePair) -> Iterator[TableChange]:
        if pair.dropped_key is not None:
            yield DropPrimaryKey(pair.dropped_key)
        old, new = pair.old.primary_key, pair.new.primary_key
        if self._dialect.names_primary_keys and old and new and old.name != new.name:
            yield RenamePrimaryKey(old, new)
        yield from map(DropColumn, pair.dropped)
        yield from map(AddColumn, pair.added)
        yield from map(_alteration, pair.altered)
        if pair.added_key is not None:
            yield AddPrimaryKey(pair.added_key)

    def _redefine_tables(self) -> Iterator[RedefineTables]:
        if self._redefined:
            yield RedefineTables(
                tuple(
                    RedefinedTable(
                        pair.old,
                        pair.new,
                        kept=tuple(pair.kept.values()),
                        added=pair.added,
                        dropped=pair.dropped,
                        key_changes=pair.dropped_key is not None,
                    )
                    for pair in self._redefined
                )
            )


def _needs_copying(pair: TablePair) -> bool:
    """Whether SQLite has no ``ALTER TABLE`` for what changes."""
    return bool(
        pair.dropped_key
        or pair.added_key
        or pair.dropped
        or any(column.is_required for column in pair.added)
        or pair.altered
        or pair.created_foreign_keys
        or pair.dropped_foreign_keys
    )


def _alteration(pair: ColumnPair) -> AlterColumn | RecreateColumn:
    kind = RecreateColumn if pair.changes.cast is Cast.NOT_CASTABLE else AlterColumn
    return kind(*pair)


def _is_renamed(pair: TablePair, old: ForeignKey, new: ForeignKey) -> bool:
    # The keys of join tables had other names once; they are left alone.
    return old.name != new.name and not (_is_join_table(pair.old) and _is_join_table(pair.new))


def _is_join_table(table: Table) -> bool:
    return {column.name for column in table.columns} == {"A", "B"}


def _covers(index: Index, key: ForeignKey) -> bool:
    """Whether MySQL may rest the foreign key on the index."""
    names = tuple(column.name for column in index.columns[: len(key.columns)])
    return index.kind is not IndexKind.FULLTEXT and names == key.columns


def _in_order(
    keys: Iterable[tuple[Table, ForeignKey]], database: Database
) -> list[tuple[Table, ForeignKey]]:
    """Sort foreign keys as the database has them, each once."""
    wanted = {((table.namespace, table.name), key.name): (table, key) for table, key in keys}
    order = (((table.namespace, table.name), key.name) for table, key in database.foreign_keys)
    return [wanted[place] for place in order if place in wanted]


def _with_indexes_kept_for_keys(steps: list[Step]) -> list[Step]:
    """Drop a unique index after the primary key that takes its place has been made.

    Otherwise a table that has no primary key would be left without any identity in between.
    """
    makers = {
        (step.old.namespace, step.old.name): step
        for step in steps
        if isinstance(step, AlterTable) and _makes_key(step)
    }
    replaced: dict[int, list[Step]] = {}
    rest: list[Step] = []
    for step in steps:
        if isinstance(step, DropIndex):
            maker = makers.get((step.table.namespace, step.table.name))
            if maker is not None and _replaces(maker, step):
                # The engine moves each of them right behind the key, the last one comes first.
                replaced.setdefault(id(maker), []).insert(0, step)
                continue
        rest.append(step)
    return [each for step in rest for each in (step, *replaced.get(id(step), ()))]


def _makes_key(step: AlterTable) -> bool:
    return step.old.primary_key is None and any(isinstance(c, AddPrimaryKey) for c in step.changes)


def _replaces(maker: AlterTable, dropped: DropIndex) -> bool:
    index, key = dropped.definition, maker.new.primary_key
    names = [column.name for column in index.columns]
    lost = {
        change.old.name if isinstance(change, RecreateColumn) else change.column.name
        for change in maker.changes
        if isinstance(change, DropColumn | RecreateColumn)
    }
    return (
        index.kind is IndexKind.UNIQUE
        and key is not None
        and names == [column.name for column in key.columns]
        and lost.isdisjoint(names)
    )


def steps_between(old: Database, new: Database, dialect: Dialect) -> tuple[Step, ...]:
    """The steps that lead from one database to the other."""
    return Differ(old, new, dialect).steps()
