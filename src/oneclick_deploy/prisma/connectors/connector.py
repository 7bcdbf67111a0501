"""`Connector`: the facts about one database that checks and SQL depend on."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from oneclick_deploy.prisma.frozen import Frozen
from oneclick_deploy.prisma.records import Record
from oneclick_deploy.prisma.semantics.views import ReferentialAction, ScalarType

# The order in which Prisma lists actions in messages.
ALL_ACTIONS = (
    ReferentialAction.CASCADE,
    ReferentialAction.RESTRICT,
    ReferentialAction.NO_ACTION,
    ReferentialAction.SET_NULL,
    ReferentialAction.SET_DEFAULT,
)
EMULATED_ACTIONS = (
    ReferentialAction.CASCADE,
    ReferentialAction.RESTRICT,
    ReferentialAction.SET_NULL,
)


class Scope(StrEnum):
    """Where a constraint's name may occur once only; the value names the place in messages."""

    GLOBAL_KEYS = "global for indexes and unique constraints"
    GLOBAL_FOREIGN_KEYS = "global for foreign keys"
    GLOBAL_PRIMARY_AND_KEYS = "global for primary key, indexes and unique constraints"
    MODEL_KEYS = "on model `{}` for indexes and unique constraints"
    MODEL_EVERYTHING = "on model `{}` for primary key, indexes, unique constraints and foreign keys"


class NativeTypeRule(Record):
    """A native type as an attribute: ``VarChar`` of ``@db.VarChar(20)``.

    Args:
        name: Without the scope.
        scalars: The scalar types that may carry it.
        required: How many arguments must be given.
        optional: How many more may be given; all of them or none.
    """

    name: str
    scalars: tuple[ScalarType, ...]
    required: int = 0
    optional: int = 0


class ColumnType(Record):
    """A native type with its arguments, as the attribute would write it."""

    name: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({','.join(self.arguments)})" if self.arguments else self.name


class Connector(Frozen):
    """One database.

    Args:
        provider: The provider's name in a schema.
        name: The database's name in messages.
        identifier_limit: The longest name of a constraint, in bytes of UTF-8.
        native_types: The ``@db`` types by their names; None where we do not know them.
        default_types: The native type of a scalar that names none, where there are native types.
        scalar_of: The scalar that a native type stands for when it was found in a database.
        scopes: Where names of constraints may clash.
        algorithms: The index types that may be named.
        actions: The referential actions under foreign keys.
        emulated_actions: The same under ``relationMode = "prisma"``.
    """

    provider: str
    name: str
    identifier_limit: int
    native_types: Mapping[str, NativeTypeRule] | None = MappingProxyType({})
    default_types: Mapping[ScalarType, ColumnType] = MappingProxyType({})
    scalar_of: Mapping[str, ScalarType] = MappingProxyType({})
    scopes: tuple[Scope, ...] = ()
    algorithms: frozenset[str] = frozenset({"BTree"})
    actions: tuple[ReferentialAction, ...] = ALL_ACTIONS
    emulated_actions: tuple[ReferentialAction, ...] = EMULATED_ACTIONS
    default_relation_mode: str = "foreignKeys"

    has_lists: bool = False
    has_enums: bool = True
    has_json: bool = True
    has_json_lists: bool = False
    has_decimal: bool = True
    has_composite_types: bool = False
    has_namespaces: bool = False
    has_compound_ids: bool = True
    has_named_primary_keys: bool = False
    has_named_foreign_keys: bool = False
    has_named_defaults: bool = False
    has_index_lengths: bool = False
    has_primary_key_sort: bool = False
    has_fulltext: bool = False
    has_fulltext_sort: bool = False
    has_clustering: bool = False
    has_partial_indexes: bool = False
    has_shard_keys: bool = False
    has_automatic_defaults: bool = False
    has_autoincrement: bool = True
    autoincrement_beside_id: bool = False
    autoincrement_repeated: bool = False
    autoincrement_unindexed: bool = False
    sets_null_on_required: bool = False

    def actions_under(self, relation_mode: str) -> tuple[ReferentialAction, ...]:
        """The referential actions that may be given under a relation mode."""
        return self.emulated_actions if relation_mode == "prisma" else self.actions


def rules(*given: NativeTypeRule) -> Mapping[str, NativeTypeRule]:
    """Native types by their names."""
    return MappingProxyType({each.name: each for each in given})
