"""Moves a preview's rows into PostgreSQL with COPY, all of them or none.

`AsyncPostgresImport` and `PostgresImport` make the tables of a schema or fill tables that exist,
and compare what arrived before it is kept. SQLite itself writes the lines that COPY reads.
"""

from __future__ import annotations

from oneclick_deploy.data.postgresql._async.moving import AsyncPostgresImport
from oneclick_deploy.data.postgresql._sync.moving import PostgresImport

__all__ = ["AsyncPostgresImport", "PostgresImport"]
