"""Tables that a model may stand for, and that Prisma neither makes nor changes."""

from __future__ import annotations

from oneclick_deploy.prisma.sql.database import Provider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.sql.database import Database

# Prisma's own table, and those of PostGIS (schema-engine, table_should_be_ignored).
_MIGRATIONS = "_prisma_migrations"
_POSTGIS = frozenset(
    {
        "spatial_ref_sys",
        "geometry_columns",
        "geography_columns",
        "raster_columns",
        "raster_overviews",
    }
)


def is_foreign(table: str, provider: Provider) -> bool:
    """Whether somebody else makes the table of that name."""
    if table == _MIGRATIONS:
        return True
    return provider is Provider.POSTGRESQL and table.lower() in _POSTGIS


def without_foreign_tables(database: Database) -> Database:
    """The database without those tables, and without what hangs on them."""
    foreign = {table.name for table in database.tables if is_foreign(table.name, database.provider)}
    if not foreign:
        return database
    return database._replace(
        tables=tuple(table for table in database.tables if table.name not in foreign),
        foreign_keys=tuple(pair for pair in database.foreign_keys if pair[0].name not in foreign),
    )
