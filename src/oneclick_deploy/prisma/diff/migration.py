"""`diff_sql`: the migration from one schema to another."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.prisma.collector import collector_paused
from oneclick_deploy.prisma.diff.differ import steps_between
from oneclick_deploy.prisma.diff.steps import CreateSchema
from oneclick_deploy.prisma.frozen import Frozen
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.schema import Schema
from oneclick_deploy.prisma.sql import script
from oneclick_deploy.prisma.sql.calculate import database_of
from oneclick_deploy.prisma.sql.database import EMPTY, Database, Provider
from oneclick_deploy.prisma.sql.dialects import dialect_of
from oneclick_deploy.prisma.sql.namespaces import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from oneclick_deploy.prisma.diff.dialect import Dialect
    from oneclick_deploy.prisma.diff.findings import Destructive, Unexecutable
    from oneclick_deploy.prisma.diff.steps import Step

    Source = str | Mapping[str, str] | Path | Schema
    _Statements = Callable[[Step], Iterator[str]]


class SqlDiff(Frozen):
    """The migration from one database to another. ``str()`` is the script, as Prisma prints it.

    Args:
        old: The database that is there.
        new: The database that is wanted.
        steps: What leads from one to the other, in order.
    """

    old: Database
    new: Database
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return self.script()

    def __repr__(self) -> str:
        names = ", ".join(type(step).__name__ for step in self.steps)
        return f"<SqlDiff {self.new.provider}: {names or 'nothing'}>"

    @property
    def is_empty(self) -> bool:
        """Whether nothing has to be done."""
        return not self.steps

    @cached_property
    def _findings(self) -> tuple[tuple[Destructive, ...], tuple[Unexecutable, ...]]:
        from oneclick_deploy.prisma.diff.findings import findings_of

        return findings_of(self.steps, self.old, self.new)

    @property
    def warnings(self) -> tuple[Destructive, ...]:
        """What may lose data, or fail on the data that is there."""
        return self._findings[0]

    @property
    def unexecutable(self) -> tuple[Unexecutable, ...]:
        """What cannot work on a table with rows."""
        return self._findings[1]

    @property
    def cascades(self) -> tuple[Destructive, ...]:
        """The warnings about rows that go only if foreign keys cannot be switched off.

        Whoever runs the script decides: outside a transaction nothing happens to those rows.
        """
        return tuple(each for each in self.warnings if each.depends_on_transaction)

    @property
    def is_destructive(self) -> bool:
        """Whether data may be lost or a step may fail, however the script is run.

        A deployment should stop and ask. `cascades` do not count.
        """
        return bool(self.unexecutable) or len(self.cascades) < len(self.warnings)

    def script(self, *, with_warnings: bool = False) -> str:
        """The SQL.

        Args:
            with_warnings: Whether Prisma's warnings stand above it in a comment, as they do in the
                files of ``prisma migrate dev``.
        """
        statements = _statements_for(self.new)
        sections = (
            script.Step(type(step).__name__, tuple(statements(step))) for step in self.steps
        )
        text = script.script(section for section in sections if section.statements)
        return self._heading() + text if with_warnings and self.steps else text

    def _heading(self) -> str:
        from oneclick_deploy.prisma.diff.findings import heading

        return heading(*self._findings)


def diff_sql(
    old: Source | None,
    new: Source | None,
    provider: str | None = None,
    *,
    create_public_schema: bool = True,
) -> SqlDiff:
    """Find the migration that leads from one schema to another, as ``prisma migrate diff`` does.

    Args:
        old: The schema of the database that is there: text, ``{path: text}``, the path of a file
            or directory, or parsed; None for an empty database.
        new: The schema that is wanted; None to remove everything.
        provider: Whose SQL is wanted, as if the schemas' datasources named it; see `render_sql`.
            Without it, the provider of the new schema's datasource, or of the old one's.
        create_public_schema: Whether a PostgreSQL script for an empty database begins with ``CREATE
            SCHEMA IF NOT EXISTS "public"``, as Prisma 7 has it.

    Raises:
        InvalidSchemaError: Prisma would refuse one of the schemas for that provider.
        SchemaError: A path does not lead to a schema that can be read.
        ConfigurationError: There is no SQL for such a provider.
    """
    parsed_old, parsed_new = (None if side is None else parse(side) for side in (old, new))
    dialect = dialect_of(_named_provider(parsed_new, parsed_old) if provider is None else provider)
    with collector_paused:
        before, after = _database(parsed_old, dialect), _database(parsed_new, dialect)
        if parsed_new is None:
            before = _spelled_out(before)
        steps = steps_between(before, after, _rules(dialect))
    if not create_public_schema:
        steps = tuple(step for step in steps if step != CreateSchema(DEFAULT))
    return SqlDiff(old=before, new=after, steps=steps)


def _named_provider(*schemas: Schema | None) -> str:
    """The provider that a datasource names; the first schema that has one decides."""
    for schema in schemas:
        if schema is not None and schema.datasource is not None:
            return schema.datasource.provider
    for schema in schemas:
        if schema is not None:
            schema.check()
    raise ConfigurationError(
        "neither schema says which database it is for",
        hint='Add a datasource block with a provider, or pass provider="sqlite".',
    )


def _database(schema: Schema | None, provider: Provider) -> Database:
    if schema is None:
        return EMPTY[provider]
    return database_of(schema.with_provider(provider).check(), provider)


def _spelled_out(database: Database) -> Database:
    """Name PostgreSQL's default schema wherever it is meant.

    On the way to nothing, the engine does not know which schema is the default one, and writes the
    schema before every name.
    """
    if database.provider is not Provider.POSTGRESQL:
        return database
    tables = {
        table: table._replace(namespace=table.namespace or DEFAULT) for table in database.tables
    }
    return database._replace(
        tables=tuple(tables.values()),
        enums=tuple(enum._replace(namespace=enum.namespace or DEFAULT) for enum in database.enums),
        foreign_keys=tuple((tables[table], key) for table, key in database.foreign_keys),
    )


# A script is for one provider; the rules and statements of the others stay unread.


def _rules(provider: Provider) -> Dialect:
    if provider is Provider.SQLITE:
        from oneclick_deploy.prisma.diff.sqlite import SqliteDialect

        return SqliteDialect()
    if provider is Provider.MYSQL:
        from oneclick_deploy.prisma.diff.mysql import MysqlDialect

        return MysqlDialect()
    from oneclick_deploy.prisma.diff.postgresql import PostgresqlDialect

    return PostgresqlDialect()


def _statements_for(new: Database) -> _Statements:
    if new.provider is Provider.SQLITE:
        from oneclick_deploy.prisma.diff import sqlite_statements

        return sqlite_statements.statements_of
    if new.provider is Provider.MYSQL:
        from oneclick_deploy.prisma.diff import mysql_statements

        return mysql_statements.statements_of
    from oneclick_deploy.prisma.diff import postgresql_columns, postgresql_statements

    return partial(
        postgresql_statements.statements_of, has_sequences=postgresql_columns.has_sequences(new)
    )
