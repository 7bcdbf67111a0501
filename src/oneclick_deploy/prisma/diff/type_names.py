"""What Prisma calls the type of a column in its warnings."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.semantics.views import ScalarType

if TYPE_CHECKING:
    from oneclick_deploy.prisma.sql.database import Column, Database, Table

_Place = tuple[str | None, str, str]


class TypeNames:
    """Names the types of two databases: natively (``VarChar(10)``), or as the engine knows them."""

    def __init__(self, old: Database, new: Database) -> None:
        self._old = old
        self._new = new

    def of_old(self, table: Table, column: Column) -> str:
        """The type of a column of the old database."""
        return _name(column) or f"Enum(EnumId({self._old_enums[_place(table, column)]}))"

    def of_new(self, table: Table, column: Column) -> str:
        """The type of a column of the new database, whose table has the same name."""
        return _name(column) or f"Enum(EnumId({self._new_enums[_place(table, column)]}))"

    @cached_property
    def _old_enums(self) -> dict[_Place, int]:
        return _numbered(self._old)

    @cached_property
    def _new_enums(self) -> dict[_Place, int]:
        return _numbered(self._new)


def _name(column: Column) -> str | None:
    """The name; None for an enum, which the engine only numbers."""
    kind = column.type
    if kind.native is not None:
        return kind.native + (f"({','.join(kind.arguments)})" if kind.arguments else "")
    if kind.unsupported is not None:
        return f'Unsupported("{kind.unsupported}")'
    if kind.scalar is not None:
        return "Binary" if kind.scalar is ScalarType.BYTES else str(kind.scalar)
    return None


def _place(table: Table, column: Column) -> _Place:
    return table.namespace, table.name, column.name


def _numbered(database: Database) -> dict[_Place, int]:
    """The number of each enum column of MySQL, where every such column is an enum of its own."""
    columns = (
        _place(table, column)
        for table in database.tables
        for column in table.columns
        if column.type.enum is not None
    )
    return {place: number for number, place in enumerate(columns)}
