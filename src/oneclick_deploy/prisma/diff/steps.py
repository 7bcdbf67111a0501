"""The steps of a migration, as values.

A step's class bears the name that Prisma writes above its SQL (``-- CreateTable``). Steps hold the
tables and columns they are about, so that printing and judging them needs no look-up.
"""

from __future__ import annotations

from enum import StrEnum

from oneclick_deploy.prisma.records import Record, by_type_and_value
from oneclick_deploy.prisma.sql.database import (
    Column,
    EnumType,
    Extension,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
)


class Cast(StrEnum):
    """What becomes of the values of a column whose type changes."""

    SAFE = "safe"
    RISKY = "risky"
    NOT_CASTABLE = "not castable"


class ColumnChanges(Record):
    """What differs between a column and its successor.

    Args:
        arity: Whether it became required, optional or a list.
        default: Whether another default has to be set, or none.
        cast: What the change of type does to values; None when the type stays.
        autoincrement: Whether it began or ceased to number itself.
    """

    arity: bool = False
    default: bool = False
    cast: Cast | None = None
    autoincrement: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the column stays as it is."""
        return not any(self)

    @property
    def is_only_default(self) -> bool:
        """Whether nothing but the default differs."""
        return self == _ONLY_DEFAULT

    @property
    def is_only_cast(self) -> bool:
        """Whether nothing but the type differs."""
        return self.cast is not None and not (self.arity or self.default or self.autoincrement)


_ONLY_DEFAULT = ColumnChanges(default=True)


class ColumnPair(Record):
    """A column that both sides have."""

    old: Column
    new: Column
    changes: ColumnChanges


@by_type_and_value
class AddColumn(Record):
    """A column that only the new table has."""

    column: Column


@by_type_and_value
class DropColumn(Record):
    """A column that only the old table has."""

    column: Column


@by_type_and_value
class AlterColumn(Record):
    """A column that keeps its values."""

    old: Column
    new: Column
    changes: ColumnChanges


@by_type_and_value
class RecreateColumn(Record):
    """A column whose values no cast can save: it is dropped and added again."""

    old: Column
    new: Column
    changes: ColumnChanges


@by_type_and_value
class DropPrimaryKey(Record):
    """The old key goes."""

    key: PrimaryKey


@by_type_and_value
class RenamePrimaryKey(Record):
    """The key's constraint gets another name."""

    old: PrimaryKey
    new: PrimaryKey


@by_type_and_value
class AddPrimaryKey(Record):
    """The new key comes."""

    key: PrimaryKey


TableChange = (
    AddColumn
    | DropColumn
    | AlterColumn
    | RecreateColumn
    | DropPrimaryKey
    | RenamePrimaryKey
    | AddPrimaryKey
)


@by_type_and_value
class CreateSchema(Record):
    """``CREATE SCHEMA``, PostgreSQL only."""

    name: str


@by_type_and_value
class DropExtension(Record):
    """``DROP EXTENSION``, before it is created again with another version or schema."""

    extension: Extension


@by_type_and_value
class CreateExtension(Record):
    """``CREATE EXTENSION``."""

    extension: Extension


@by_type_and_value
class CreateEnum(Record):
    """``CREATE TYPE ... AS ENUM``."""

    enum: EnumType


class EnumDefault(Record):
    """A column whose default is a value of an enum that changes.

    Args:
        table: The old table.
        column: The old column.
        successor: The column that takes its place, when that has the enum and a default too.
    """

    table: Table
    column: Column
    successor: Column | None


@by_type_and_value
class AlterEnum(Record):
    """Values are added; or, when some go, the type is made anew.

    Args:
        columns: Where the new database uses the enum, each with its table.
        defaults: The columns whose defaults stand in the way of a new type.
    """

    old: EnumType
    new: EnumType
    added: tuple[str, ...]
    removed: tuple[str, ...]
    columns: tuple[tuple[Table, Column], ...]
    defaults: tuple[EnumDefault, ...]


@by_type_and_value
class DropForeignKey(Record):
    """``DROP CONSTRAINT`` of a foreign key."""

    table: Table
    key: ForeignKey


@by_type_and_value
class DropIndex(Record):
    """``DROP INDEX``."""

    table: Table
    definition: Index


@by_type_and_value
class AlterTable(Record):
    """``ALTER TABLE``."""

    old: Table
    new: Table
    changes: tuple[TableChange, ...]


@by_type_and_value
class DropTable(Record):
    """``DROP TABLE``."""

    table: Table


@by_type_and_value
class DropEnum(Record):
    """``DROP TYPE``."""

    enum: EnumType


@by_type_and_value
class CreateTable(Record):
    """``CREATE TABLE``."""

    table: Table


class RedefinedTable(Record):
    """A table of SQLite that is copied into a new one, which then takes its name.

    Args:
        kept: The columns that are copied, by name.
        added: The columns that only the new table has.
        dropped: The columns that only the old table has.
        key_changes: Whether the old primary key goes.
    """

    old: Table
    new: Table
    kept: tuple[ColumnPair, ...]
    added: tuple[Column, ...]
    dropped: tuple[Column, ...]
    key_changes: bool


@by_type_and_value
class RedefineTables(Record):
    """What ``ALTER TABLE`` of SQLite cannot do, for all tables at once."""

    tables: tuple[RedefinedTable, ...]


@by_type_and_value
class CreateIndex(Record):
    """``CREATE INDEX``.

    Args:
        on_new_table: Whether the table is new, too.
        again: Whether it went with a column that is dropped and added again.
    """

    table: Table
    definition: Index
    on_new_table: bool = False
    again: bool = False


@by_type_and_value
class RenameForeignKey(Record):
    """``RENAME CONSTRAINT`` of a foreign key."""

    table: Table
    old: ForeignKey
    new: ForeignKey


@by_type_and_value
class AddForeignKey(Record):
    """``ADD CONSTRAINT`` of a foreign key."""

    table: Table
    key: ForeignKey


@by_type_and_value
class RenameIndex(Record):
    """``ALTER INDEX ... RENAME``."""

    table: Table
    old: Index
    new: Index


@by_type_and_value
class RedefineIndex(Record):
    """An index that is dropped and created under another name, where none can be renamed."""

    table: Table
    old: Index
    new: Index


Step = (
    CreateSchema
    | DropExtension
    | CreateExtension
    | CreateEnum
    | AlterEnum
    | DropForeignKey
    | DropIndex
    | AlterTable
    | DropTable
    | DropEnum
    | CreateTable
    | RedefineTables
    | CreateIndex
    | RenameForeignKey
    | AddForeignKey
    | RenameIndex
    | RedefineIndex
)
