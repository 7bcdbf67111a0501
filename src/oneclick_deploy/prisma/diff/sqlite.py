"""What SQLite can alter, which is next to nothing: tables are copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.steps import Cast
from oneclick_deploy.prisma.semantics.views import ScalarType

if TYPE_CHECKING:
    from oneclick_deploy.prisma.sql.database import Column, Index


class SqliteDialect:
    """SQLite's rules."""

    redefines_tables = True
    renames_indexes = False
    renames_foreign_keys = False
    creates_indexes_inside_tables = False
    names_primary_keys = False
    loses_indexes_with_columns = False
    indexes_foreign_keys = False
    refuses_null_in_foreign_keys = False

    def cast(self, old: Column, new: Column) -> Cast | None:
        """Everything has a text; the rest is SQLite's affinity, and may or may not work."""
        if old.type == new.type:
            return None
        return Cast.SAFE if new.type.scalar is ScalarType.STRING else Cast.RISKY

    def autoincrement_changes(self, old: Column, new: Column) -> bool:  # noqa: ARG002 - others need them
        """Never: every integer that is a whole key numbers itself."""
        return False

    def compares_default(self, old: Column, new: Column) -> bool:  # noqa: ARG002 - others need them
        """Always."""
        return True

    def indexes_match(self, old: Index, new: Index) -> bool:
        """Compare the conditions letter by letter."""
        return old.where == new.where

    def is_foreign(self, table: str) -> bool:  # noqa: ARG002 - others need them
        """None but the migrations table, which the differ knows."""
        return False
