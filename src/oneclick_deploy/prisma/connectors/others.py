"""Databases that Prisma knows and whose SQL is not written here.

Their schemas can be read, changed and moved to another provider. Only the checks that hold for
every provider apply to them: what is particular to such a database is taken as right.
"""

from __future__ import annotations

from oneclick_deploy.prisma.connectors.connector import ALL_ACTIONS, Connector


def other_connector(provider: str | None) -> Connector:
    """A connector that allows whatever some database allows."""
    return Connector(
        provider=provider or "",
        name=provider or "Default",
        identifier_limit=_LIMITS.get(provider or "", 10**9),
        native_types=None,
        algorithms=frozenset({"BTree", "Hash", "Gist", "Gin", "SpGist", "Brin"}),
        emulated_actions=ALL_ACTIONS,
        default_relation_mode="prisma" if provider == "mongodb" else "foreignKeys",
        has_lists=True,
        has_json_lists=True,
        has_composite_types=provider in {None, "mongodb"},
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
        autoincrement_beside_id=True,
        autoincrement_repeated=True,
        autoincrement_unindexed=True,
    )


# Prisma's max_identifier_length of these connectors.
_LIMITS = {"cockroachdb": 63, "sqlserver": 128, "mongodb": 127}
