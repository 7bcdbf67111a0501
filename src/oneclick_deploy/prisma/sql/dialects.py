"""Which SQL a database speaks."""

from __future__ import annotations

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.prisma.sql.database import Provider

# Databases that have a name of their own and speak the SQL of another.
_DIALECTS = {
    "sqlite": Provider.SQLITE,
    "libsql": Provider.SQLITE,
    "turso": Provider.SQLITE,
    "d1": Provider.SQLITE,
    "postgresql": Provider.POSTGRESQL,
    "postgres": Provider.POSTGRESQL,
    "neon": Provider.POSTGRESQL,
    "mysql": Provider.MYSQL,
    "mariadb": Provider.MYSQL,
}


def dialect_of(provider: str) -> Provider:
    """The SQL that a database of that name speaks.

    Raises:
        ConfigurationError: None that we can write.
    """
    found = _DIALECTS.get(provider.strip().lower())
    if found is None:
        raise ConfigurationError(
            f"there is no SQL for the provider {provider!r}",
            hint=f"Choose one of {', '.join(_DIALECTS)}.",
        )
    return found
