"""Tries the values of a source on a target, without writing any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from oneclick_deploy.data.columns import TargetTable
from oneclick_deploy.data.conversion import (
    Dialect,
    draft_table,
    targets_from_schema,
    targets_from_source,
)
from oneclick_deploy.data.problems import Policies, ProblemCount
from oneclick_deploy.data.source import SourceTable, SqliteSource
from oneclick_deploy.errors import ConfigurationError, DataSourceError

if TYPE_CHECKING:
    from oneclick_deploy.prisma.schema import Schema

_PROVIDERS = {Dialect.LIBSQL: "sqlite"}


@frozen(kw_only=True)
class Target:
    """Where the rows would go.

    Args:
        dialect: The family of the database: ``postgresql``, ``mysql`` or ``libsql``.
        tables: Its tables, as its catalogue describes them; empty to make them of the types that
            the source declares.
        policies: What to do with values that it refuses.
    """

    dialect: Dialect = field(converter=Dialect)
    tables: tuple[TargetTable, ...] = ()
    policies: Policies = field(factory=Policies)

    @classmethod
    def of_schema(cls, dialect: Dialect | str, schema: SchemaGiven) -> Target:
        """The tables that a Prisma schema makes in such a database.

        Raises:
            InvalidSchemaError: Prisma would refuse the schema for that database.
        """
        known = Dialect(dialect)
        tables = targets_from_schema(schema, _PROVIDERS.get(known, known.value))
        return cls(dialect=known, tables=tables)


if TYPE_CHECKING:
    SchemaGiven = str | Mapping[str, str] | Path | Schema
    TargetGiven = Target | Dialect | str


def read_target(given: TargetGiven | None, schema: SchemaGiven | None) -> Target | None:
    """The target that the caller means, if any.

    Raises:
        ConfigurationError: There is no such family of databases, or a schema came without one or
            beside a target's own tables.
        InvalidSchemaError: Prisma would refuse the schema for that database.
    """
    if given is None:
        if schema is not None:
            raise ConfigurationError(
                "a schema was given, and no target that it is for",
                hint="Pass the family of the database as well: target='postgresql'.",
            )
        return None
    if isinstance(given, Target):
        if schema is not None:
            raise ConfigurationError(
                "a target's tables and a schema were given, and one of them is enough",
                hint="Pass the name of the database family and the schema, or the target alone.",
            )
        return given
    names = [each.value for each in Dialect]
    if not isinstance(given, str) or given not in names:
        raise ConfigurationError(
            f"there is no target {given!r}", hint=f"Pass one of {', '.join(names)}, or a Target."
        )
    dialect = Dialect(given)
    return Target(dialect=dialect) if schema is None else Target.of_schema(dialect, schema)


def check_fit(
    source: SqliteSource, target: Target, on_table: Callable[[SourceTable], object]
) -> tuple[tuple[ProblemCount, ...], tuple[tuple[str, str], ...]]:
    """The values that the target refuses, and the tables that it has no place for.

    Raises:
        sqlite3.Error: A table cannot be read.
    """
    problems: list[ProblemCount] = []
    unplaced = []
    places = {table.name: table for table in target.tables}
    with_rows = [table for table in source.report.tables if table.rows]
    for table in with_rows:
        on_table(table)
        place = places.get(table.name)
        if not places:
            place = targets_from_source(source.connection, table, target.dialect)
        if place is None:
            unplaced.append((table.name, f"no such table ({table.rows} rows)"))
            continue
        try:
            plan = draft_table(
                source.connection, table, place, dialect=target.dialect, policies=target.policies
            )
        except DataSourceError as error:
            unplaced.append((table.name, error.message))
        else:
            problems += plan.problems
    return tuple(problems), tuple(unplaced)
