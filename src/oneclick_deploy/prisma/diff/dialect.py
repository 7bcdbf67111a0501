"""What the differ has to know of a database: what it can alter, and what it drags along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from oneclick_deploy.prisma.diff.steps import Cast
    from oneclick_deploy.prisma.sql.database import Column, Index


class Dialect(Protocol):
    """One database's rules, after the flavours of Prisma's schema differ."""

    redefines_tables: bool
    """Tables are altered by copying them; new ones carry their foreign keys inside."""
    renames_indexes: bool
    renames_foreign_keys: bool
    creates_indexes_inside_tables: bool
    """The indexes of a new table are part of ``CREATE TABLE``."""
    names_primary_keys: bool
    loses_indexes_with_columns: bool
    """The indexes on a column that is dropped and added again have to be created again."""
    indexes_foreign_keys: bool
    """A foreign key needs an index, so that one cannot go while the key is there."""
    refuses_null_in_foreign_keys: bool
    """A foreign key is in the way of making one of its columns required."""

    def cast(self, old: Column, new: Column) -> Cast | None:
        """What the change of type does to the values; None when there is no change."""

    def autoincrement_changes(self, old: Column, new: Column) -> bool:
        """Whether the column begins or ceases to number itself, where that is a change."""

    def compares_default(self, old: Column, new: Column) -> bool:
        """Whether the column's default is looked at."""

    def indexes_match(self, old: Index, new: Index) -> bool:
        """Whether two indexes on the same columns are one, as far as this database goes."""

    def is_foreign(self, table: str) -> bool:
        """Whether a table belongs to somebody else, and is passed over."""
