"""Which fields of a model tell its rows apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.semantics.views import Unsupported
from oneclick_deploy.prisma.syntax.tree import Arity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.semantics.views import IndexField, Model


def unique_criteria(model: Model) -> Iterator[tuple[IndexField, ...]]:
    """The primary key, then every unique index."""
    if model.primary_key is not None:
        yield model.primary_key.fields
    for index in model.indexes:
        if index.is_unique:
            yield index.fields


def is_strict(criterion: tuple[IndexField, ...]) -> bool:
    """Whether every row has the values, and the client can write them down."""
    return not any(
        each.field.arity is Arity.OPTIONAL or isinstance(each.field.type, Unsupported)
        for each in criterion
    )


def names_of(criterion: tuple[IndexField, ...]) -> list[str]:
    """The names of the fields, in order."""
    return [(each.path[-1] if each.path else each.field).name for each in criterion]
