"""Names that may occur once only: those of constraints, of keys in the client, of relations.

Rules: psl-core's names.rs and constraint_namespace.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.connectors import constraint_names
from oneclick_deploy.prisma.connectors.connector import Scope
from oneclick_deploy.prisma.semantics.relations import generated_name
from oneclick_deploy.prisma.semantics.views import RelationKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import (
        Index,
        Model,
        PrimaryKey,
        Relation,
        RelationField,
    )

# The scopes in which Prisma looks for each kind of name, in the order of its messages. The name of
# an index is counted, and not looked for, where those of foreign keys are.
_PRIMARY_KEY_SCOPES = (Scope.GLOBAL_PRIMARY_AND_KEYS, Scope.MODEL_EVERYTHING)
_INDEX_SCOPES = (Scope.GLOBAL_KEYS, Scope.GLOBAL_PRIMARY_AND_KEYS, Scope.MODEL_KEYS)
_FOREIGN_KEY_SCOPES = (Scope.GLOBAL_FOREIGN_KEYS, Scope.MODEL_EVERYTHING)
_IN_ONE_MODEL = (Scope.MODEL_KEYS, Scope.MODEL_EVERYTHING)


class _Place:
    """The names of one scope, and how often each of them occurs."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._is_one_model = scope in _IN_ONE_MODEL
        self._counts: dict[tuple[object, str], int] = {}

    def add(self, model: Model, name: str) -> None:
        """Count a name."""
        key = self._key(model, name)
        self._counts[key] = self._counts.get(key, 0) + 1

    def repeats(self, model: Model, name: str) -> bool:
        """Whether the name is there more than once."""
        return self._counts.get(self._key(model, name), 0) > 1

    def _key(self, model: Model, name: str) -> tuple[object, str]:
        # What is unique in the whole database is so in each of its schemas.
        return (model if self._is_one_model else model.namespace, name)


class Names:
    """How often each name occurs where it should be alone."""

    def __init__(self, context: Context) -> None:
        self._connector = context.connector
        places = {scope: _Place(scope) for scope in context.connector.scopes}
        self._of_primary_keys = [places[each] for each in _PRIMARY_KEY_SCOPES if each in places]
        self._of_indexes = [places[each] for each in _INDEX_SCOPES if each in places]
        self._of_foreign_keys = [places[each] for each in _FOREIGN_KEY_SCOPES if each in places]
        self._of_everything = [places[each] for each in (Scope.MODEL_EVERYTHING,) if each in places]
        self._custom: dict[Model, dict[str, int]] = {}
        self._index_names: dict[Index, str] = {}
        self._alike: dict[RelationField, list[RelationField]] = {}
        for model in context.models_then_views:
            self._count_primary_key(model)
            self._count_indexes(model)
            self._group_relation_fields(model)
        if self._of_foreign_keys:
            self._count_foreign_keys(context.relations)

    def primary_key(self, key: PrimaryKey) -> str | None:
        """The name of a primary key in the database; None where the database gives it none."""
        if not self._connector.has_named_primary_keys:
            return None
        if key.mapped_name is not None:
            return key.mapped_name
        return constraint_names.primary_key_name(key.model.database_name, self._connector)

    def index(self, index: Index) -> str:
        """The name of an index in the database."""
        name = self._index_names.get(index)
        if name is None:
            name = self._index_names[index] = _index_name(index, self._connector)
        return name

    def foreign_key(self, relation: Relation) -> str:
        """The name of the foreign key of a relation that is not many-to-many."""
        return _foreign_key_name(relation, self._connector)

    def where_primary_key_is_taken(self, model: Model, name: str) -> list[str]:
        """The places, as messages name them, in which the name of a primary key is not alone."""
        return _where_taken(self._of_primary_keys, model, name)

    def where_index_is_taken(self, model: Model, name: str) -> list[str]:
        """The places in which the name of an index is not alone."""
        return _where_taken(self._of_indexes, model, name)

    def where_foreign_key_is_taken(self, model: Model, name: str) -> list[str]:
        """The places in which the name of a foreign key is not alone."""
        return _where_taken(self._of_foreign_keys, model, name)

    def custom(self, model: Model) -> Mapping[str, int]:
        """How often each name is given to a key of the model in the client."""
        return self._custom.get(model, _NONE)

    def alike(self, field: RelationField) -> list[RelationField]:
        """The fields of the model that refer to the same model by the same relation name."""
        return self._alike[field]

    def _group_relation_fields(self, model: Model) -> None:
        groups: dict[tuple[Model, str], list[RelationField]] = {}
        for field in model.relation_fields:
            group = groups.setdefault((field.referenced_model, relation_name(field)), [])
            group.append(field)
            self._alike[field] = group

    def _count_primary_key(self, model: Model) -> None:
        key = model.primary_key
        if key is None:
            return
        name = self.primary_key(key)
        if name is not None:
            for place in self._of_primary_keys:
                place.add(model, name)
        if key.name is not None:
            self._count_custom(model, key.name)

    def _count_indexes(self, model: Model) -> None:
        for index in model.indexes:
            for place in self._of_indexes:
                place.add(model, self.index(index))
            for place in self._of_everything:
                place.add(model, self.index(index))
            if index.name is not None:
                self._count_custom(model, index.name)

    def _count_custom(self, model: Model, name: str) -> None:
        counts = self._custom.setdefault(model, {})
        counts[name] = counts.get(name, 0) + 1

    def _count_foreign_keys(self, relations: Iterable[Relation]) -> None:
        for relation in relations:
            if relation.kind is RelationKind.MANY_TO_MANY:
                continue
            name = self.foreign_key(relation)
            # Prisma counts a relation without its first side for the model that does name it.
            writer = relation.model_a if relation.field_a else relation.model_b
            for place in self._of_foreign_keys:
                if place.scope is Scope.GLOBAL_FOREIGN_KEYS:
                    place.add(relation.model_a, name)
                elif not writer.is_view:
                    place.add(writer, name)


_NONE: Mapping[str, int] = {}


def _where_taken(places: Iterable[_Place], model: Model, name: str) -> list[str]:
    return [place.scope.value.format(model.name) for place in places if place.repeats(model, name)]


def _index_name(index: Index, connector: Connector) -> str:
    if index.mapped_name is not None:
        return index.mapped_name
    columns = [each.field.database_name for each in index.fields]
    name = constraint_names.unique_name if index.is_unique else constraint_names.index_name
    return name(index.model.database_name, columns, connector)


def _foreign_key_name(relation: Relation, connector: Connector) -> str:
    field = relation.field_a
    if field is not None and field.mapped_name is not None:
        return field.mapped_name
    fields = field.fields if field is not None and field.fields is not None else ()
    columns = [each.database_name for each in fields]
    return constraint_names.foreign_key_name(relation.model_a.database_name, columns, connector)


def relation_name(field: RelationField) -> str:
    """The name given to the relation, or the one that Prisma makes of the models' names."""
    if field.relation_name is not None:
        return field.relation_name
    return generated_name(field.model.name, field.referenced_model.name)
