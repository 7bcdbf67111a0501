"""The steps that make a database from nothing, whichever provider it has."""

from __future__ import annotations

from oneclick_deploy.prisma.sql.database import Provider
from oneclick_deploy.prisma.sql.foreign_tables import without_foreign_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.sql.database import Database
    from oneclick_deploy.prisma.sql.script import Step


def creation_of(database: Database, *, create_public_schema: bool = True) -> Iterator[Step]:
    """The steps, in the order in which Prisma prints them."""
    database = without_foreign_tables(database)
    # A script is for one provider; the statements of the others stay unread.
    if database.provider is Provider.SQLITE:
        from oneclick_deploy.prisma.sql import sqlite

        return sqlite.creation(database)
    if database.provider is Provider.MYSQL:
        from oneclick_deploy.prisma.sql import mysql

        return mysql.creation(database)
    from oneclick_deploy.prisma.sql import postgresql

    return postgresql.creation(database, create_public_schema=create_public_schema)
