"""The relations pass: pairs relation fields and says which side holds the foreign key.

Nothing is refused here; pairs that make no sense are found by the checks.
Rules: psl/parser-database/src/relations.rs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from oneclick_deploy.prisma.frozen import fill
from oneclick_deploy.prisma.semantics.views import (
    IndexKind,
    Model,
    Relation,
    RelationField,
    RelationKind,
)
from oneclick_deploy.prisma.syntax.tree import Arity

Meeting = tuple[Model, Model, str | None]


class _Side(NamedTuple):
    """How a relation looks from the field that it is recorded at."""

    kind: RelationKind
    is_back: bool = False


def infer_relations(models: Iterable[Model]) -> tuple[Relation, ...]:
    """The relations in Prisma's order: fields in the order of the text, at the owning side."""
    fields = [field for model in models for field in model.relation_fields]
    meetings: dict[Meeting, list[RelationField]] = {}
    for field in fields:
        key = (field.model, field.referenced_model, field.relation_name)
        meetings.setdefault(key, []).append(field)
    relations: list[Relation] = []
    for field in fields:
        opposite = _opposite(field, meetings)
        side = _side(field, opposite)
        if side is not None:
            relations.append(_relation(field, opposite, side))
    return tuple(relations)


def generated_name(first: str, second: str) -> str:
    """The name of a relation between two models that gives none: ``PostToUser``."""
    return f"{min(first, second)}To{max(first, second)}"


def _opposite(
    field: RelationField, meetings: dict[Meeting, list[RelationField]]
) -> RelationField | None:
    """The first field of the other model that refers back under the same name."""
    key = (field.referenced_model, field.model, field.relation_name)
    for other in meetings.get(key, ())[:2]:
        if other is not field:
            return other
    return None


def _side(field: RelationField, opposite: RelationField | None) -> _Side | None:
    """What to record at this field; None when the other field is the place."""
    if opposite is None:
        return _lone_side(field)
    if field.arity is Arity.LIST:
        if opposite.arity is not Arity.LIST:
            return None
        return _Side(RelationKind.MANY_TO_MANY) if _is_first_of_lists(field, opposite) else None
    if opposite.arity is Arity.LIST:
        return _Side(RelationKind.ONE_TO_MANY)
    return _Side(RelationKind.ONE_TO_ONE) if _holds_key(field, opposite) else None


def _lone_side(field: RelationField) -> _Side:
    if field.arity is Arity.LIST:
        return _Side(RelationKind.ONE_TO_MANY, is_back=True)
    if field.fields is not None and _are_unique(field):
        return _Side(RelationKind.ONE_TO_ONE)
    return _Side(RelationKind.ONE_TO_MANY)


def _are_unique(field: RelationField) -> bool:
    return any(
        index.kind is IndexKind.UNIQUE
        and tuple(each.field for each in index.fields) == field.fields
        and not any(each.path for each in index.fields)
        for index in field.model.indexes
    )


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


def _relation(field: RelationField, opposite: RelationField | None, side: _Side) -> Relation:
    name = field.relation_name
    given = field.model, field.referenced_model
    relation = Relation(
        kind=side.kind,
        name=generated_name(given[0].name, given[1].name) if name is None else name,
        is_named=name is not None,
        model_a=given[1] if side.is_back else given[0],
        model_b=given[0] if side.is_back else given[1],
        field_a=None if side.is_back else field,
        field_b=field if side.is_back else opposite,
    )
    # A field that several fields refer to belongs to the relation that was recorded first.
    for each in relation.both:
        if each.relation is None:
            fill(each, relation=relation)
    return relation
