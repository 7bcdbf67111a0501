"""`transform`: a schema rewritten for the database it is deployed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.connectors import connector_for
from oneclick_deploy.prisma.diagnostics import Diagnostics, invalid
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.schema import Schema
from oneclick_deploy.prisma.targets import find_target, release_for
from oneclick_deploy.prisma.transforming.attributes import AttributeRules
from oneclick_deploy.prisma.transforming.config_file import config_file, schema_place
from oneclick_deploy.prisma.transforming.datasource import (
    drop_foreign_properties,
    rewrite_provider,
    rewrite_urls,
    urls_of,
)
from oneclick_deploy.prisma.transforming.defaults import rewrite_defaults
from oneclick_deploy.prisma.transforming.differences import differences_of
from oneclick_deploy.prisma.transforming.generator import (
    is_of_prisma_7_only,
    rewrite_features,
)
from oneclick_deploy.prisma.transforming.given import (
    datasource_of,
    provider_of,
    with_known_provider,
)
from oneclick_deploy.prisma.transforming.names import drop_unusable_names
from oneclick_deploy.prisma.transforming.native_types import rewrite_native_types
from oneclick_deploy.prisma.transforming.refusals import refuse_by_release, refuse_unsupported
from oneclick_deploy.prisma.transforming.result import Change, ChangeKind, Transformation
from oneclick_deploy.prisma.transforming.rewrite import Rewrite

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from oneclick_deploy.prisma.diagnostics import Diagnostic
    from oneclick_deploy.prisma.syntax.tree import ConfigBlock
    from oneclick_deploy.prisma.targets import Release, Target
    from oneclick_deploy.prisma.transforming.result import ConfigFile
    from oneclick_deploy.prisma.transforming.rewrite import Rewritten


def transform(
    schema: str | Mapping[str, str] | Path | Schema,
    target: str,
    *,
    prisma_version: str | None = None,
) -> Transformation:
    """Rewrite a schema for a database, and say what changed and what will behave differently.

    Only what the database or the release of Prisma requires is changed: the author's layout,
    comments and line ends stay, and a schema that is right already comes back as it is.

    Args:
        schema: Text, ``{path: text}`` for several files, the ``Path`` of a file or directory, or
            a parsed schema.
        target: ``turso`` (or ``libsql``), ``neon``, ``postgresql``, ``mysql``, ``d1`` or
            ``sqlite``. Turso and D1 keep ``provider = "sqlite"``: Prisma knows no other.
        prisma_version: As in ``package.json``: ``"5"``, ``"^6.5.0"``, ``"7.10.1"``. Without it, a
            schema whose datasource has a ``url`` is taken for Prisma 6, others for Prisma 7.

    Raises:
        InvalidSchemaError: The schema has mistakes, or holds what the target cannot have (lists
            on SQLite, SQL of another database, ...); ``.diagnostics`` names every place.
        UnknownProviderError: There is no such target.
        ConfigurationError: There is no such release of Prisma.
    """
    wanted = find_target(target)
    given = schema if isinstance(schema, Schema) else parse(schema)
    block = datasource_of(given)
    urls = urls_of(block)
    release = release_for(prisma_version, has_url=urls.url is not None)
    readable, repaired = with_known_provider(given, wanted)
    rewritten = _rewrite(readable, wanted, release)
    result = parse(rewritten.files()) if rewritten.changes else readable
    _refuse_leftovers(result, rewritten)
    changes = _joined(repaired, rewritten.changes)
    source = provider_of(readable)
    return Transformation(
        target=wanted,
        release=release,
        schema=result,
        changes=changes,
        differences=differences_of(readable, source, wanted, release),
        config_files=_config_files(schema, block, wanted, release),
    )


def _rewrite(schema: Schema, target: Target, release: Release) -> Rewritten:
    """Make every change that the target and the release require."""
    errors = [each for each in schema.errors if not is_of_prisma_7_only(each)]
    if errors:
        raise invalid(errors)
    source, block = provider_of(schema), datasource_of(schema)
    connector = connector_for(target.provider)
    models = schema.analysis.models
    rewrite, refusals = Rewrite(schema.trees), Diagnostics()
    rewrite_provider(block, target.provider, target.title, rewrite)
    rewrite_urls(block, source, target, release, rewrite)
    drop_foreign_properties(
        block,
        namespaces=connector.has_namespaces,
        extensions=target.provider == "postgresql",
        title=target.title,
        rewrite=rewrite,
    )
    rewrite_features(schema, target, release, rewrite)
    if source != target.provider:
        rewrite_native_types(models, source, connector, target.title, rewrite)
        AttributeRules(schema, connector, target.title, rewrite).apply()
        drop_unusable_names(models, connector, target.title, rewrite)
    rewrite_defaults(models, source, target.provider, target.title, rewrite, refusals)
    refuse_unsupported(schema, source, target, refusals)
    refuse_by_release(schema, target, release, refusals)
    rewritten = rewrite.finish()
    if refusals.errors:
        leftovers = _leftovers(parse(rewritten.files()), rewritten)
        raise invalid(_in_order([*refusals.errors, *leftovers]))
    return rewritten


def _refuse_leftovers(result: Schema, rewritten: Rewritten) -> None:
    found = _leftovers(result, rewritten)
    if found:
        raise invalid(found)


def _leftovers(result: Schema, rewritten: Rewritten) -> list[Diagnostic]:
    """What Prisma refuses in the rewritten schema, at its place in the text that was given."""
    found = []
    for error in result.errors:
        if is_of_prisma_7_only(error):
            continue
        file, start = rewritten.original(error.path, error.start)
        _, end = rewritten.original(error.path, error.end)
        line, column = file.position(start)
        found.append(
            error._replace(
                line=line,
                column=column,
                start=start,
                end=end,
                file=file,
            )
        )
    return found


def _in_order(errors: list[Diagnostic]) -> list[Diagnostic]:
    return sorted(errors, key=lambda error: (error.path, error.start))


def _joined(repaired: tuple[Change, ...], changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Two changes of the provider, one after the other, told as one."""
    if not repaired:
        return changes
    first = repaired[0]
    others = [change for change in changes if change.kind is not ChangeKind.PROVIDER]
    last = next((change for change in changes if change.kind is ChangeKind.PROVIDER), first)
    one = last._replace(before=first.before)
    return tuple(sorted([one, *others], key=lambda change: (change.path, change.line)))


def _config_files(
    given: object, block: ConfigBlock, target: Target, release: Release
) -> tuple[ConfigFile, ...]:
    if release.keeps_url_in_schema:
        return ()
    path, folder = schema_place(given)
    return (config_file(urls_of(block), target, path, folder),)
