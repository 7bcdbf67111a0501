"""Names of keys and indexes that the target would find too long, or given twice.

Only ``map:`` is dropped, and only on a database that is made anew: Prisma then takes the name that
it would have made itself. Names of tables and columns are the app's data; they stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oneclick_deploy.prisma.connectors.connector import Scope
from oneclick_deploy.prisma.connectors.constraint_names import (
    foreign_key_name,
    index_name,
    primary_key_name,
    unique_name,
)
from oneclick_deploy.prisma.semantics.views import IndexKind
from oneclick_deploy.prisma.transforming.result import ChangeKind
from oneclick_deploy.prisma.transforming.rewrite import Why

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.semantics.views import Model
    from oneclick_deploy.prisma.syntax.tree import Argument, Attribute
    from oneclick_deploy.prisma.transforming.rewrite import Rewrite

KEY, PRIMARY, FOREIGN = "index", "primary key", "foreign key"
_KINDS_IN = {
    Scope.GLOBAL_KEYS: (KEY,),
    Scope.GLOBAL_PRIMARY_AND_KEYS: (KEY, PRIMARY),
    Scope.GLOBAL_FOREIGN_KEYS: (FOREIGN,),
    Scope.MODEL_KEYS: (KEY,),
    Scope.MODEL_EVERYTHING: (KEY, PRIMARY, FOREIGN),
}
_IN_MODEL = frozenset({Scope.MODEL_KEYS, Scope.MODEL_EVERYTHING})


class Constraint(NamedTuple):
    """Something with a name.

    Args:
        model: Whose table it belongs to.
        kind: `KEY`, `PRIMARY` or `FOREIGN`.
        name: In the database.
        attribute: The attribute that it comes from.
        given: The argument that gives the name; None for the name that Prisma makes.
    """

    model: Model
    kind: str
    name: str
    attribute: Attribute | None
    given: Argument | None


def drop_unusable_names(
    models: tuple[Model, ...], connector: Connector, title: str, rewrite: Rewrite
) -> None:
    """Drop each ``map:`` that is longer than the target allows, or clashes with another name."""
    constraints = [each for model in models for each in constraints_of(model, connector)]
    taken: set[Hashable] = set()
    for each in constraints:
        if each.given is None:
            taken.update(_places(each, connector))
    for each in constraints:
        if each.attribute is None or each.given is None:
            continue
        places = _places(each, connector)
        size = len(each.name.encode())
        if size > connector.identifier_limit:
            reason = f"{title} allows {connector.identifier_limit} bytes; this name has {size}."
        elif not taken.isdisjoint(places):
            reason = f"{title} has this name already, in the same place."
        else:
            taken.update(places)
            continue
        why = Why(ChangeKind.NAME, f"{reason} Prisma makes one of its own.")
        rewrite.drop_argument(each.model.file, each.attribute, each.given, why)


def constraints_of(model: Model, connector: Connector) -> Iterator[Constraint]:
    """Everything with a name that belongs to a model's table, as the target would name it."""
    table = model.database_name
    key = model.primary_key
    if key is not None and connector.has_named_primary_keys:
        given = _argument(key.attribute, "map")
        name = key.mapped_name or primary_key_name(table, connector)
        yield Constraint(model, PRIMARY, name, key.attribute, given)
    for index in model.indexes:
        given = _argument(index.attribute, "map")
        if given is None and index.kind is not IndexKind.UNIQUE:
            given = _argument(index.attribute, "name")
        columns = [part.field.database_name for part in index.fields]
        named = unique_name if index.is_unique else index_name
        name = index.mapped_name or named(table, columns, connector)
        yield Constraint(model, KEY, name, index.attribute, given)
    for relation in model.relation_fields:
        if relation.fields and connector.has_named_foreign_keys:
            given = _argument(relation.attribute, "map") if relation.attribute else None
            columns = [field.database_name for field in relation.fields]
            name = relation.mapped_name or foreign_key_name(table, columns, connector)
            yield Constraint(model, FOREIGN, name, relation.attribute, given)


def _argument(attribute: Attribute, name: str) -> Argument | None:
    items = attribute.arguments.items
    return next((each for each in items if each.name is not None and each.name.name == name), None)


def _places(constraint: Constraint, connector: Connector) -> list[Hashable]:
    """Where the name may stand once only."""
    model = constraint.model
    return [
        (scope, model if scope in _IN_MODEL else model.namespace, constraint.name)
        for scope in connector.scopes
        if constraint.kind in _KINDS_IN[scope]
    ]
