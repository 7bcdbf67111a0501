"""Prisma without Node: the migration history of an app and the table that records it."""

from oneclick_deploy.prisma.history import Migration, MigrationHistory, read_history
from oneclick_deploy.prisma.table import AppliedMigration, pending

__all__ = ["AppliedMigration", "Migration", "MigrationHistory", "pending", "read_history"]
