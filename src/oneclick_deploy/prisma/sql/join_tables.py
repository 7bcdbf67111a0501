"""The tables that stand behind implicit many-to-many relations."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics.views import ReferentialAction
from oneclick_deploy.prisma.sql.database import (
    Column,
    ForeignKey,
    Index,
    IndexKind,
    KeyColumn,
    PrimaryKey,
    Provider,
    Table,
)
from oneclick_deploy.prisma.sql.namespaces import namespace_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.views import Model, Relation, ScalarField
    from oneclick_deploy.prisma.sql.columns import Columns

_A, _B = KeyColumn("A"), KeyColumn("B")


def join_table_of(
    relation: Relation, columns: Columns, provider: Provider, *, limit: int, has_foreign_keys: bool
) -> Table:
    """The table of a many-to-many relation.

    Args:
        relation: The relation; both models have a key of one column.
        columns: Makes the two columns like those keys.
        provider: Whose keys these are.
        limit: The longest name that the provider allows.
        has_foreign_keys: Whether the columns refer to the models' tables.
    """
    # Prisma cuts these names by characters, though the limit counts bytes.
    name = f"_{relation.name}"[:limit]
    index = Index(f"{name[: limit - len('_B_index')]}_B_index", IndexKind.NORMAL, (_B,))
    primary_key = None
    indexes: tuple[Index, ...] = (index,)
    if provider is Provider.POSTGRESQL:
        primary_key = PrimaryKey(f"{name[: limit - len('_AB_pkey')]}_AB_pkey", (_A, _B))
    else:
        unique = f"{name[: limit - len('_AB_unique')]}_AB_unique"
        indexes = (Index(unique, IndexKind.UNIQUE, (_A, _B)), index)
    return Table(
        name,
        (_column("A", relation.model_a, columns), _column("B", relation.model_b, columns)),
        namespace_of(relation.model_a),
        primary_key,
        indexes,
        _foreign_keys(name, relation, limit) if has_foreign_keys else (),
    )


def _column(name: str, model: Model, columns: Columns) -> Column:
    like = columns.column(_key_field(model))
    return Column(name, like.type, like.arity)


def _foreign_keys(table: str, relation: Relation, limit: int) -> tuple[ForeignKey, ...]:
    # These two are cut by bytes. Prisma itself stops when that splits a character.
    kept = table.encode()[: limit - len("_A_fkey")].decode(errors="ignore")
    return (
        _foreign_key(f"{kept}_A_fkey", "A", relation.model_a),
        _foreign_key(f"{kept}_B_fkey", "B", relation.model_b),
    )


def _foreign_key(name: str, column: str, model: Model) -> ForeignKey:
    return ForeignKey(
        name=name,
        columns=(column,),
        referenced_table=model.database_name,
        referenced_namespace=namespace_of(model),
        referenced_columns=(_key_field(model).database_name,),
        on_delete=ReferentialAction.CASCADE,
        on_update=ReferentialAction.CASCADE,
    )


def _key_field(model: Model) -> ScalarField:
    """The only field of a model's key; a correct schema has no other at such a relation."""
    if model.primary_key is None:
        raise AssertionError(f"{model.name} stands in a many-to-many relation without a key")
    return model.primary_key.fields[0].field
