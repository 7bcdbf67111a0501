"""The condition of a partial index, as SQL."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics.views import ScalarField
from oneclick_deploy.prisma.sql import quoting
from oneclick_deploy.prisma.syntax.tree import Constant, Number, Object, String

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.views import Index, Model
    from oneclick_deploy.prisma.syntax.tree import Expression


def condition_of(index: Index) -> str | None:
    """The condition of an index, without brackets; None when the index covers every row."""
    where = index.where
    if where is None or isinstance(where, str):
        return where
    return " AND ".join(
        _comparison(quoting.postgresql(_column_name(index.model, member.key.name)), member.value)
        for member in where.members
    )


def _column_name(model: Model, field_name: str) -> str:
    field = model.field(field_name)
    return field.database_name if isinstance(field, ScalarField) else field_name


def _comparison(column: str, value: Expression) -> str:
    """``"a" = 1``, ``"a" IS NULL``; for ``{ not: ... }`` the opposite."""
    negated = isinstance(value, Object)
    if isinstance(value, Object):
        value = value.members[0].value
    if isinstance(value, Constant) and value.name == "null":
        return f"{column} IS {'NOT ' if negated else ''}NULL"
    return f"{column} {'!=' if negated else '='} {_operand(value)}"


def _operand(value: Expression) -> str:
    """A value as Prisma writes it: numbers and dates stay as they were typed."""
    match value:
        case String():
            return quoting.text(value.value)
        case Number():
            return value.text
        case Constant():
            return value.name
    return ""
