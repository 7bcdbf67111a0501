"""What PostgreSQL can alter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.diff.dialect import Dialect
from oneclick_deploy.prisma.diff.postgresql_casts import cast_of
from oneclick_deploy.prisma.diff.steps import Cast
from oneclick_deploy.prisma.syntax.tree import Arity

if TYPE_CHECKING:
    from oneclick_deploy.prisma.sql.database import Column, Index, KeyColumn


class PostgresqlDialect(Dialect):
    """PostgreSQL's rules."""

    renames_foreign_keys = True
    names_primary_keys = True
    loses_indexes_with_columns = True

    def cast(self, old: Column, new: Column) -> Cast | None:
        """Enums are cast to nothing; a list becomes a text, and no list becomes one."""
        enums = [(column.type.enum_namespace, column.type.enum) for column in (old, new)]
        if enums[0] != enums[1]:
            return Cast.NOT_CASTABLE
        if old.type.enum is not None:
            return None
        if (old.arity is Arity.LIST) != (new.arity is Arity.LIST):
            return _cast_of_list(new)
        if old.type.native is None and new.type.native is None:
            # The engine compares an unsupported type with itself here, so that none ever changes.
            return None
        if old.type.native is None or new.type.native is None:
            return Cast.RISKY
        return cast_of(old.type, new.type)

    def indexes_match(self, old: Index, new: Index) -> bool:
        """Compare methods, operator classes and what the conditions mean."""
        return (
            old.algorithm == new.algorithm
            and all(map(_classes_match, old.columns, new.columns))
            and _conditions_match(old.where, new.where)
        )


def _cast_of_list(new: Column) -> Cast:
    """A list that becomes a value; the other way there is no cast."""
    if new.arity is Arity.LIST or new.type.native not in {"Text", "VarChar", "Char"}:
        return Cast.NOT_CASTABLE
    unlimited = new.type.native == "Text" or (
        new.type.native == "VarChar" and not new.type.arguments
    )
    return Cast.SAFE if unlimited else Cast.RISKY


def _classes_match(old: KeyColumn, new: KeyColumn) -> bool:
    if old.operator_class == new.operator_class:
        return old.is_raw_operator_class == new.is_raw_operator_class
    if old.operator_class is None:
        return new.is_default_operator_class
    return new.operator_class is None and old.is_default_operator_class


def _conditions_match(old: str | None, new: str | None) -> bool:
    if old == new:
        return True
    if old is None or new is None:
        return False
    from oneclick_deploy.prisma.diff.predicates import same_predicate

    return same_predicate(old, new)
