"""The checks that need the whole schema, and know what its database can do.

Names, types and attributes were read without a mistake when these run. The order of the steps is
that of Prisma's messages (psl-core's validations.rs); each module is one subject.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics.checks import (
    autoincrement,
    datasource,
    defaults,
    enums,
    fields,
    indexes,
    models,
    namespaces,
    native_types,
    relation_fields,
)
from oneclick_deploy.prisma.semantics.checks.context import Context
from oneclick_deploy.prisma.semantics.checks.many_to_many import check_many_to_many
from oneclick_deploy.prisma.semantics.checks.names import Names
from oneclick_deploy.prisma.semantics.checks.one_to_many import check_one_to_many
from oneclick_deploy.prisma.semantics.checks.one_to_one import check_one_to_one
from oneclick_deploy.prisma.semantics.checks.relations import check_foreign_key
from oneclick_deploy.prisma.semantics.views import RelationKind, Unsupported
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.views import Model

__all__ = ["Context", "run_checks"]


def run_checks(context: Context) -> None:
    """Note every mistake that Prisma finds after the attributes were read."""
    names = Names(context)
    if context.types:
        from oneclick_deploy.prisma.semantics.checks.composite_types import check_composite_types

        check_composite_types(context)
    defaults.check_functions(context)
    datasource.check_datasource(context)
    models.check_table_names(context)
    for model in context.models_then_views:
        _check_block(model, names, context)
        if not _check_fields(model, names, context):
            # Prisma stops at the first ambiguous relation.
            return
        _check_indexes(model, names, context)
    enums.check_enums(context)
    _check_relations(names, context)


def _check_block(model: Model, names: Names, context: Context) -> None:
    if model.is_view:
        from oneclick_deploy.prisma.semantics.checks.views import check_view

        check_view(model, context)
        return
    models.check_unique_criterion(model, context)
    models.check_primary_key(model, names, context)
    models.check_shard_key(model, context)
    indexes.check_columns(model, context)
    if context.connector.provider == "mysql" and context.relation_mode != "prisma":
        relation_fields.warn_of_set_default(model, context)
    autoincrement.check_autoincrement(model, context)
    namespaces.check_namespace(model, context)
    if model.primary_key is not None:
        indexes.check_lengths(model.primary_key, context)
    models.check_clustering(model, context)


def _check_fields(model: Model, names: Names, context: Context) -> bool:
    """Check scalars, then relations; False when it is unclear which relations there are."""
    custom_names = names.custom(model)
    for field in model.scalar_fields:
        if field.arity is Arity.LIST or field.type in fields.NOT_EVERYWHERE:
            fields.check_type(field, context)
        if field.name in custom_names:
            fields.check_client_name(field, context)
        if field.native_type is not None:
            native_types.check_native_type(field, model.file, context)
        if field.default is not None:
            defaults.check_default(field, context)
        if isinstance(field.type, Unsupported):
            fields.check_unsupported_type(field, context)
    for relation_field in model.relation_fields:
        if relation_fields.is_ambiguous(relation_field, names, context):
            return False
        if relation_field.name in custom_names:
            fields.check_client_name(relation_field, context)
        relation_fields.check_relation_field(relation_field, context)
    return True


def _check_indexes(model: Model, names: Names, context: Context) -> None:
    if model.is_view:
        from oneclick_deploy.prisma.semantics.checks.views import check_view_index

        for index in model.indexes:
            check_view_index(index, context)
        return
    for index in model.indexes:
        indexes.check_index(index, names, context)


def _check_relations(names: Names, context: Context) -> None:
    cycles = None
    if context.relation_mode == "prisma":
        from oneclick_deploy.prisma.semantics.checks.cycles import Cycles

        cycles = Cycles(context)
    for relation in context.relations:
        if relation.kind is RelationKind.MANY_TO_MANY:
            check_many_to_many(relation, context)
            continue
        if cycles is not None:
            cycles.check(relation)
        check_foreign_key(relation, names, context)
        if relation.kind is RelationKind.ONE_TO_ONE:
            check_one_to_one(relation, context)
        else:
            check_one_to_many(relation, context)
