"""Databases that Prisma knows and whose SQL is not written here; and none at all.

Schemas for such a database can be read, changed and moved to another provider. Only the checks that
hold for every provider apply to them: what is particular to the database is taken as right.
"""

from __future__ import annotations

from oneclick_deploy.prisma.connectors.connector import ALL_ACTIONS, Connector

# Prisma's max_identifier_length of these connectors.
_LIMITS = {"cockroachdb": 63, "sqlserver": 128, "mongodb": 127}
_UNLIMITED = 10**9

NO_DATABASE = Connector(
    provider="empty",
    # Prisma shows the name of its own type in messages.
    name="psl_core::datamodel_connector::empty_connector::EmptyDatamodelConnector",
    identifier_limit=_UNLIMITED,
    emulated_actions=ALL_ACTIONS,
    has_decimal=False,
)


def other_connector(provider: str) -> Connector:
    """A connector that allows whatever some database allows."""
    return Connector(
        provider=provider,
        name=provider,
        identifier_limit=_LIMITS.get(provider, _UNLIMITED),
        native_types=None,
        algorithms=frozenset({"BTree", "Hash", "Gist", "Gin", "SpGist", "Brin"}),
        emulated_actions=ALL_ACTIONS,
        default_relation_mode="prisma" if provider == "mongodb" else "foreignKeys",
        has_lists=True,
        has_json_lists=True,
        has_composite_types=provider == "mongodb",
        has_namespaces=provider in {"cockroachdb", "sqlserver"},
        has_named_primary_keys=provider != "mongodb",
        has_named_foreign_keys=True,
        has_named_defaults=True,
        has_index_lengths=True,
        has_primary_key_sort=True,
        has_fulltext=True,
        has_fulltext_sort=True,
        has_clustering=True,
        has_partial_indexes=True,
        has_automatic_defaults=True,
        has_autoincrement=provider != "mongodb",
        has_compound_ids=provider != "mongodb",
        autoincrement_beside_id=True,
        autoincrement_repeated=True,
        autoincrement_unindexed=True,
    )
