"""`lint`: what will hurt in production."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.connectors import connector_for
from oneclick_deploy.prisma.diagnostics import invalid
from oneclick_deploy.prisma.linting import (
    configuration,
    defaults,
    identifiers,
    language,
    mysql,
    postgresql,
    relations,
    values,
)
from oneclick_deploy.prisma.linting.subject import Subject
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.targets import find_target, release_for
from oneclick_deploy.prisma.transforming.datasource import urls_of
from oneclick_deploy.prisma.transforming.generator import is_of_prisma_7_only
from oneclick_deploy.prisma.transforming.given import (
    datasource_of,
    provider_of,
    with_known_provider,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from oneclick_deploy.prisma.linting.finding import Finding
    from oneclick_deploy.prisma.schema import Schema

_RULES: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    configuration.datasource_rules,
    configuration.generator_rules,
    language.refused_by_prisma,
    defaults.default_rules,
    defaults.enum_rules,
    defaults.type_rules,
    mysql.key_rules,
    mysql.row_rules,
    mysql.time_rules,
    postgresql.extension_rules,
    postgresql.order_rules,
    identifiers.length_rules,
    identifiers.clash_rules,
    identifiers.reserved_rules,
    relations.index_rules,
    relations.join_table_rules,
    relations.redefinition_rules,
    relations.type_rules,
    relations.action_rules,
    values.number_rules,
    values.date_rules,
    values.updated_at_rules,
    values.case_rules,
    values.table_rules,
)


def lint(
    schema: str | Mapping[str, str] | Path | Schema,
    target: str,
    *,
    prisma_version: str | None = None,
) -> tuple[Finding, ...]:
    """Find what Prisma or the database will refuse, and what will work and hurt later.

    The schema is looked at as it is: what `transform` would change for the target is found as
    well, with that as the fix. A schema that `transform` made has no findings of codes OD1.

    Args:
        schema: Text, ``{path: text}`` for several files, the ``Path`` of a file or directory, or
            a parsed schema.
        target: As for `transform`: ``turso``, ``neon``, ``postgresql``, ``mysql``, ``d1``, ...
        prisma_version: As for `transform`.

    Returns:
        The findings in the order of the text; `CODES` explains their codes.

    Raises:
        InvalidSchemaError: The schema is wrong for its own provider, or has no datasource.
        UnknownProviderError: There is no such target.
        ConfigurationError: There is no such release of Prisma.
    """
    subject = _subject(parse(schema), target, prisma_version)
    # Prisma says some things twice.
    found = list(dict.fromkeys(finding for rule in _RULES for finding in rule(subject)))
    order = {path: place for place, path in enumerate(subject.schema.files)}
    found.sort(key=lambda each: (order[each.path], each.line, each.column, each.code))
    return tuple(found)


def _subject(given: Schema, name: str, prisma_version: str | None) -> Subject:
    target = find_target(name)
    block = datasource_of(given)
    release = release_for(prisma_version, has_url=urls_of(block).url is not None)
    readable, _ = with_known_provider(given, target)
    errors = [error for error in readable.errors if not is_of_prisma_7_only(error)]
    if errors:
        raise invalid(errors)
    return Subject(
        schema=readable,
        block=block,
        source=provider_of(readable),
        target=target,
        release=release,
        connector=connector_for(target.provider),
        models=readable.models,
    )
