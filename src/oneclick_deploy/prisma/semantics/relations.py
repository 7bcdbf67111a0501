"""The relations pass: pairs relation fields and says which side holds the foreign key.

Nothing is refused here; pairs that make no sense are found by the checks.
Rules: psl/parser-database/src/relations.rs.
"""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_deploy.prisma.frozen import fill
from oneclick_deploy.prisma.semantics.views import (
    Model,
    Relation,
    RelationField,
    RelationKind,
    ScalarField,
)
from oneclick_deploy.prisma.syntax.tree import Arity


def infer_relations(models: Iterable[Model]) -> tuple[Relation, ...]:
    """The relations in Prisma's order: fields in the order of the text, at the owning side."""
    fields = [field for model in models for field in model.relation_fields]
    pairs = _Pairs(fields)
    relations: list[Relation] = []
    for field in fields:
        opposite = pairs.opposite(field)
        kind = pairs.kind(field, opposite)
        if kind is not None:
            relations.append(_relation(field, opposite, kind))
    return tuple(relations)


def generated_name(first: str, second: str) -> str:
    """The name of a relation between two models that gives none: ``PostToUser``."""
    return f"{first}To{second}" if first < second else f"{second}To{first}"


class _Pairs:
    """Finds the field on the other side, and what the two make together."""

    def __init__(self, fields: Iterable[RelationField]) -> None:
        self._fields: dict[tuple[Model, Model, str | None], list[RelationField]] = {}
        self._unique: dict[Model, set[tuple[ScalarField, ...]]] = {}
        for field in fields:
            key = (field.model, field.referenced_model, field.relation_name)
            self._fields.setdefault(key, []).append(field)

    def opposite(self, field: RelationField) -> RelationField | None:
        """The first field of the other model that refers back under the same name."""
        key = (field.referenced_model, field.model, field.relation_name)
        for other in self._fields.get(key, ())[:2]:
            if other is not field:
                return other
        return None

    def kind(self, field: RelationField, opposite: RelationField | None) -> RelationKind | None:
        """The kind of the relation; None when the other field is the place to record it."""
        if opposite is None:
            is_single = field.arity is not Arity.LIST and self._are_unique(field)
            return RelationKind.ONE_TO_ONE if is_single else RelationKind.ONE_TO_MANY
        if field.arity is Arity.LIST:
            is_first = opposite.arity is Arity.LIST and _is_first_of_lists(field, opposite)
            return RelationKind.MANY_TO_MANY if is_first else None
        if opposite.arity is Arity.LIST:
            return RelationKind.ONE_TO_MANY
        return RelationKind.ONE_TO_ONE if _holds_key(field, opposite) else None

    def _are_unique(self, field: RelationField) -> bool:
        if field.fields is None:
            return False
        if field.model not in self._unique:
            self._unique[field.model] = {
                tuple(part.field for part in index.fields)
                for index in field.model.indexes
                if index.is_unique and not any(part.path for part in index.fields)
            }
        return field.fields in self._unique[field.model]


def _is_first_of_lists(field: RelationField, opposite: RelationField) -> bool:
    if field.model.name > opposite.model.name:
        return False
    return field.model is not opposite.model or field.name <= opposite.name


def _holds_key(field: RelationField, opposite: RelationField) -> bool:
    if field.arity is not opposite.arity:
        return field.arity is Arity.REQUIRED
    # Two required sides are refused later, whatever the fields say.
    if field.arity is Arity.OPTIONAL and (field.fields is not None or opposite.fields is not None):
        return field.fields is not None
    return (field.model.name, field.name) <= (opposite.model.name, opposite.name)


def _relation(field: RelationField, opposite: RelationField | None, kind: RelationKind) -> Relation:
    # A list that nobody refers back to stands for a foreign key that was not written.
    is_back = opposite is None and field.arity is Arity.LIST
    here, there = field.model, field.referenced_model
    name = field.relation_name
    relation = Relation(
        kind=kind,
        name=generated_name(here.name, there.name) if name is None else name,
        is_named=name is not None,
        model_a=there if is_back else here,
        model_b=here if is_back else there,
        field_a=None if is_back else field,
        field_b=field if is_back else opposite,
    )
    # A field that several fields refer to belongs to the relation that was recorded first.
    for each in relation.both:
        if each.relation is None:
            fill(each, relation=relation)
    return relation
