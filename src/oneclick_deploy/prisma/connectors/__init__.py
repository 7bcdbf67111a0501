"""What each database can do: limits, native types, referential actions, rules of names."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.connectors.connector import Connector


def connector_for(provider: str | None) -> Connector:
    """The connector of a provider, as Prisma names it; None when a schema has no datasource."""
    # Only the module of the provider in use is loaded: the tables are what takes time.
    if provider == "sqlite":
        from oneclick_deploy.prisma.connectors.sqlite import SQLITE

        return SQLITE
    if provider == "postgresql":
        from oneclick_deploy.prisma.connectors.postgresql import POSTGRESQL

        return POSTGRESQL
    if provider == "mysql":
        from oneclick_deploy.prisma.connectors.mysql import MYSQL

        return MYSQL
    from oneclick_deploy.prisma.connectors.others import NO_DATABASE, other_connector

    return NO_DATABASE if provider is None else other_connector(provider)
