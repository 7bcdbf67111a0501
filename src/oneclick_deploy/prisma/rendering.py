"""`render_sql`: the script that creates a schema's database from nothing."""

from __future__ import annotations

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.prisma.collector import collector_paused
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.sql.calculate import database_of
from oneclick_deploy.prisma.sql.creation import creation_of
from oneclick_deploy.prisma.sql.dialects import dialect_of
from oneclick_deploy.prisma.sql.script import script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from oneclick_deploy.prisma.schema import Schema


def render_sql(
    source: str | Mapping[str, str] | Path | Schema,
    provider: str | None = None,
    *,
    create_public_schema: bool = True,
) -> str:
    """Write the SQL that Prisma 7 writes for a schema, byte for byte.

    Args:
        source: A schema: text, ``{path: text}``, the path of a file or directory, or parsed.
        provider: Whose SQL is wanted, as if the schema's datasource named it: ``sqlite``
            (``libsql``, ``turso``, ``d1``), ``postgresql`` (``postgres``, ``neon``) or ``mysql``
            (``mariadb``). Without it, the datasource's own provider.
        create_public_schema: Whether a PostgreSQL script begins with ``CREATE SCHEMA IF NOT EXISTS
            "public"``, as Prisma 7 has it; Prisma 6 did not.

    Raises:
        InvalidSchemaError: Prisma would refuse the schema for that provider.
        ConfigurationError: There is no SQL for such a provider.
    """
    # In one go: between the steps, too, the collector would look at everything made so far.
    with collector_paused:
        schema = parse(source)
        dialect = dialect_of(_named_provider(schema) if provider is None else provider)
        schema = schema.with_provider(dialect).check()
        database = database_of(schema, dialect)
        return script(creation_of(database, create_public_schema=create_public_schema))


def _named_provider(schema: Schema) -> str:
    """The provider that the datasource names."""
    if schema.datasource is None:
        schema.check()
        raise ConfigurationError(
            "the schema does not say which database it is for",
            hint='Add a datasource block with a provider, or pass provider="sqlite".',
        )
    return schema.datasource.provider
