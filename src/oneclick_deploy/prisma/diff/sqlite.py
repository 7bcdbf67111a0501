"""What SQLite can alter, which is next to nothing: tables are copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.dialect import Dialect
from oneclick_deploy.prisma.diff.steps import Cast
from oneclick_deploy.prisma.semantics.views import ScalarType

if TYPE_CHECKING:
    from oneclick_deploy.prisma.sql.database import Column, Index


class SqliteDialect(Dialect):
    """SQLite's rules."""

    redefines_tables = True
    renames_indexes = False
    numbers_keys_by_itself = True

    def cast(self, old: Column, new: Column) -> Cast | None:
        """Everything has a text; the rest is SQLite's affinity, and may or may not work."""
        if old.type == new.type:
            return None
        return Cast.SAFE if new.type.scalar is ScalarType.STRING else Cast.RISKY

    def indexes_match(self, old: Index, new: Index) -> bool:
        """Compare the conditions letter by letter."""
        return old.where == new.where
