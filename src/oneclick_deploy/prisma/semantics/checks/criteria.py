"""Which fields of a model tell its rows apart."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics.views import Unsupported
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oneclick_deploy.prisma.semantics.views import IndexField, Model, ScalarField


def unique_criteria(model: Model) -> Iterator[tuple[IndexField, ...]]:
    """The primary key, then every unique index."""
    if model.primary_key is not None:
        yield model.primary_key.fields
    for index in model.indexes:
        if index.is_unique:
            yield index.fields


def is_strict(criterion: tuple[IndexField, ...]) -> bool:
    """Whether every row has the values, and the client can write them down."""
    for each in criterion:
        if each.field.arity is Arity.OPTIONAL or isinstance(each.field.type, Unsupported):
            return False
    return True


def names_of(criterion: tuple[IndexField, ...]) -> list[str]:
    """The names of the fields, in order."""
    return [(each.path[-1] if each.path else each.field).name for each in criterion]


class Criteria:
    """The keys of models, found at once however many relations ask for them."""

    def __init__(self) -> None:
        self._by_first_field: dict[Model, dict[ScalarField, list[tuple[ScalarField, ...]]]] = {}
        self._ordered: dict[Model, frozenset[tuple[str, ...]]] = {}
        self._unordered: dict[Model, frozenset[tuple[str, ...]]] = {}

    def has_exactly(self, model: Model, fields: Iterable[ScalarField]) -> bool:
        """Whether some criterion is made of these fields, in this order."""
        if model not in self._ordered:
            self._ordered[model] = frozenset(
                tuple(names_of(each)) for each in unique_criteria(model)
            )
        return tuple(each.name for each in fields) in self._ordered[model]

    def has_in_any_order(self, model: Model, fields: Iterable[ScalarField]) -> bool:
        """Whether some criterion is made of these fields."""
        key = model.primary_key
        if key is not None and [each.field for each in key.fields] == [*fields]:
            return True
        if model not in self._unordered:
            self._unordered[model] = frozenset(
                tuple(sorted(names_of(each))) for each in unique_criteria(model)
            )
        return tuple(sorted(each.name for each in fields)) in self._unordered[model]

    def begins_some_key(self, model: Model, fields: tuple[ScalarField, ...]) -> bool:
        """Whether some index or the primary key begins with these fields, in this order."""
        if not fields:
            return model.primary_key is not None or bool(model.indexes)
        if model not in self._by_first_field:
            self._by_first_field[model] = _by_first_field(model)
        keys = self._by_first_field[model].get(fields[0], ())
        return any(key[: len(fields)] == fields for key in keys)


def _by_first_field(model: Model) -> dict[ScalarField, list[tuple[ScalarField, ...]]]:
    keys = [index.fields for index in model.indexes]
    if model.primary_key is not None:
        keys.append(model.primary_key.fields)
    found: dict[ScalarField, list[tuple[ScalarField, ...]]] = {}
    for key in keys:
        if key:
            found.setdefault(key[0].field, []).append(tuple(each.field for each in key))
    return found


def first_strict(model: Model) -> list[ScalarField]:
    """The fields of the first criterion that every row has."""
    for criterion in unique_criteria(model):
        if is_strict(criterion):
            return [each.field for each in criterion if not each.path]
    return []
