"""What the differ has to know of a database: what it can alter, and what it drags along."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oneclick_deploy.prisma.diff.steps import Cast
    from oneclick_deploy.prisma.sql.database import Column, Index


class Dialect(ABC):
    """One database's rules, after the flavours of Prisma's schema differ."""

    redefines_tables = False
    """Tables are altered by copying them; new ones carry their foreign keys inside."""
    renames_indexes = True
    renames_foreign_keys = False
    creates_indexes_inside_tables = False
    """The indexes of a new table are part of ``CREATE TABLE``."""
    names_primary_keys = False
    loses_indexes_with_columns = False
    """The indexes on a column that is dropped and added again have to be created again."""
    indexes_foreign_keys = False
    """A foreign key needs an index, so that one cannot go while the key is there."""
    refuses_null_in_foreign_keys = False
    """A foreign key is in the way of making one of its columns required."""

    numbers_keys_by_itself = False
    """Whether a key numbers itself is no property of a column that could change."""

    @abstractmethod
    def cast(self, old: Column, new: Column) -> Cast | None:
        """What the change of type does to the values; None when there is no change."""

    def compares_default(self, _old: Column, _new: Column) -> bool:
        """Whether the column's default is looked at."""
        return True

    def indexes_match(self, _old: Index, _new: Index) -> bool:
        """Whether two indexes on the same columns are one, as far as this database goes."""
        return True
