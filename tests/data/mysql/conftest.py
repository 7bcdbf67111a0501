"""A MariaDB for the imports, and previews that are moved into it."""

from __future__ import annotations

from tests.prisma.conftest import mariadb_database, mariadb_server

__all__ = ["mariadb_database", "mariadb_server"]
