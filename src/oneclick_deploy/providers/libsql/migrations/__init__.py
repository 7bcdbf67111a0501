"""Prisma's migrations on Turso Cloud and other libSQL servers."""

from oneclick_deploy.providers.libsql.migrations._async import AsyncLibsqlDatabase
from oneclick_deploy.providers.libsql.migrations._sync import LibsqlDatabase

__all__ = ["AsyncLibsqlDatabase", "LibsqlDatabase"]
