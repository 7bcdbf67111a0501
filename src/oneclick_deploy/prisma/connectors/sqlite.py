"""SQLite, and Turso, which Prisma calls by the same name."""

from __future__ import annotations

from oneclick_deploy.prisma.connectors.connector import Connector, Scope

SQLITE = Connector(
    provider="sqlite",
    name="sqlite",
    # SQLite itself has no limit; this is the number that Prisma counts with.
    identifier_limit=10000,
    scopes=(Scope.GLOBAL_KEYS,),
    has_partial_indexes=True,
)
