"""From relations to foreign keys."""

from __future__ import annotations

from oneclick_deploy.prisma.connectors.constraint_names import foreign_key_name
from oneclick_deploy.prisma.semantics.views import ReferentialAction, RelationKind
from oneclick_deploy.prisma.sql.database import ForeignKey
from oneclick_deploy.prisma.sql.namespaces import namespace_of
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.semantics.views import Relation, RelationField


def foreign_key_of(relation: Relation, connector: Connector) -> ForeignKey | None:
    """The foreign key that ``model_a`` of a relation holds; None when the relation makes none."""
    field = relation.field_a
    if relation.kind is RelationKind.MANY_TO_MANY or field is None:
        return None
    if field.fields is None or field.references is None or touches_view(relation):
        return None
    table = relation.model_a.database_name
    columns = tuple([column.database_name for column in field.fields])
    return ForeignKey(
        field.mapped_name or foreign_key_name(table, columns, connector),
        columns,
        relation.model_b.database_name,
        namespace_of(relation.model_b),
        tuple([column.database_name for column in field.references]),
        field.on_delete or _default_on_delete(field),
        field.on_update or ReferentialAction.CASCADE,
    )


def touches_view(relation: Relation) -> bool:
    """Whether either side is a view, which no foreign key can refer to."""
    return relation.model_a.is_view or relation.model_b.is_view


def _default_on_delete(field: RelationField) -> ReferentialAction:
    """Prisma's choice where the schema makes none: null, unless something is required."""
    arities = {field.arity, *(column.arity for column in field.fields or ())}
    if Arity.REQUIRED in arities:
        return ReferentialAction.RESTRICT
    return ReferentialAction.SET_NULL
