"""What MySQL can alter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.dialect import Dialect
from oneclick_deploy.prisma.diff.mysql_casts import cast_of
from oneclick_deploy.prisma.diff.steps import Cast
from oneclick_deploy.prisma.semantics.views import ScalarType

if TYPE_CHECKING:
    from oneclick_deploy.prisma.sql.database import Column


class MysqlDialect(Dialect):
    """MySQL's rules, those of version 8."""

    creates_indexes_inside_tables = True
    indexes_foreign_keys = True
    refuses_null_in_foreign_keys = True

    def cast(self, old: Column, new: Column) -> Cast | None:
        """An enum is a list of values on each column; whether one is lost decides."""
        if old.type.enum is not None and new.type.enum is not None:
            return _cast_of_enum(old.type.enum_values, new.type.enum_values)
        if old.type.enum is not None or new.type.enum is not None:
            return Cast.RISKY
        if old.type.native is None or new.type.native is None:
            return None
        return cast_of(old.type, new.type)

    def compares_default(self, old: Column, new: Column) -> bool:
        """MySQL takes no default for JSON."""
        return ScalarType.JSON not in (old.type.scalar, new.type.scalar)


def _cast_of_enum(old: tuple[str, ...], new: tuple[str, ...]) -> Cast | None:
    if old == new:
        return None
    return Cast.SAFE if set(old) <= set(new) else Cast.RISKY
