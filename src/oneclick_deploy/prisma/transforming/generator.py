"""The generator blocks: the preview features that the client of a release needs or refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.connectors import connector_for
from oneclick_deploy.prisma.providers import with_provider
from oneclick_deploy.prisma.semantics.views import IndexKind
from oneclick_deploy.prisma.syntax.strings import quoted
from oneclick_deploy.prisma.syntax.tree import Array, String
from oneclick_deploy.prisma.transforming.result import ChangeKind
from oneclick_deploy.prisma.transforming.rewrite import Why

if TYPE_CHECKING:
    from oneclick_deploy.prisma.diagnostics import Diagnostic
    from oneclick_deploy.prisma.schema import Schema
    from oneclick_deploy.prisma.syntax.tree import ConfigBlock, Property
    from oneclick_deploy.prisma.targets import Release, Target
    from oneclick_deploy.prisma.transforming.rewrite import Rewrite

CLIENTS = ("prisma-client-js", "prisma-client")
DRIVER_ADAPTERS = "driverAdapters"
MULTI_SCHEMA = "multiSchema"
FULLTEXT = "fullTextIndex"
# Prisma 6.19 takes it, 7.0 does not: both engines were asked. The checks here are those of 7.
_GONE_IN_7 = "metrics"
# Features of 7.10 that 5.22 refuses, and the one of them that 6.19 refuses as well.
_NEW_IN_6 = frozenset(
    {"queryCompiler", "fullTextSearchPostgres", "shardKeys", "schemaEngineDriverAdapters"}
)
_NEW_IN_7_4 = "partialIndexes"
_REFUSAL = re.compile(r'The preview feature "([^"]*)" is not known')


def is_client(block: ConfigBlock) -> bool:
    """Whether a generator makes Prisma's client for JavaScript."""
    provider = block.get("provider")
    return (
        provider is not None
        and isinstance(provider.value, String)
        and provider.value.value in CLIENTS
    )


def features_of(block: ConfigBlock) -> tuple[str, ...]:
    """The preview features that a generator names."""
    written = block.get("previewFeatures")
    return tuple(each.value for each in _strings(written)) if written is not None else ()


def is_of_prisma_7_only(error: Diagnostic) -> bool:
    """Whether an error is one that earlier releases do not have."""
    found = _REFUSAL.match(error.message)
    return found is not None and found[1] == _GONE_IN_7


def refused_features(schema: Schema, target: Target, release: Release) -> set[str]:
    """The preview features in a schema that Prisma does not know with the target's provider."""
    if not any(features_of(generator.node) for generator in schema.generators):
        return set()
    errors = with_provider(schema, target.provider).errors
    refused = {found[1] for error in errors if (found := _REFUSAL.match(error.message))}
    if release.keeps_url_in_schema:
        refused.discard(_GONE_IN_7)
    if not release.has_partial_indexes and not _has_partial_indexes(schema):
        refused.add(_NEW_IN_7_4)
    return refused | _NEW_IN_6 if release.major < 6 else refused


def needed_features(schema: Schema, target: Target, release: Release) -> dict[str, str]:
    """The preview features without which a release refuses what the schema has, and why."""
    needed = {}
    if target.adapter and release.needs_driver_adapters_preview:
        needed[DRIVER_ADAPTERS] = f"Before Prisma 6.16, {target.adapter} needs {DRIVER_ADAPTERS}."
    connector, datasource = connector_for(target.provider), schema.datasource
    has_namespaces = datasource is not None and bool(datasource.namespaces)
    if has_namespaces and connector.has_namespaces and release.needs_multi_schema_preview:
        needed[MULTI_SCHEMA] = f"Before Prisma 6.13, schemas need {MULTI_SCHEMA}."
    if connector.has_fulltext and release.needs_fulltext_preview and _has_fulltext(schema):
        needed[FULLTEXT] = f"Before Prisma 6, @@fulltext needs {FULLTEXT}."
    return needed


def rewrite_features(schema: Schema, target: Target, release: Release, rewrite: Rewrite) -> None:
    """Turn on what a release has behind preview features, and drop those that it refuses."""
    needed, refused = (
        needed_features(schema, target, release),
        refused_features(schema, target, release),
    )
    for generator in schema.generators:
        block = generator.node
        names = features_of(block)
        gone = [name for name in names if name in refused]
        added = [name for name in needed if name not in names] if is_client(block) else []
        reasons = [needed[name] for name in added]
        if gone:
            reasons.append(_REFUSED.format(release.major, ", ".join(gone), target.provider))
        if reasons:
            why = Why(ChangeKind.PREVIEW_FEATURE, " ".join(reasons))
            _rewrite(block, gone, added, why, rewrite)


_REFUSED = "Prisma {} does not know {} with the provider {}."


def _has_partial_indexes(schema: Schema) -> bool:
    return any(index.where is not None for model in schema.models for index in model.indexes)


def _has_fulltext(schema: Schema) -> bool:
    return any(
        index.kind is IndexKind.FULLTEXT for model in schema.models for index in model.indexes
    )


def _rewrite(
    block: ConfigBlock, gone: list[str], added: list[str], why: Why, rewrite: Rewrite
) -> None:
    written, provider = block.get("previewFeatures"), block.get("provider")
    text = block.file.text
    kept = [
        text[each.start : each.end]
        for each in (_strings(written) if written is not None else ())
        if each.value not in gone
    ]
    listed = f"[{', '.join([*kept, *map(quoted, added)])}]"
    if written is None:
        if provider is not None:
            rewrite.add_property(block.file, provider, "previewFeatures", listed, why)
    elif listed == "[]":
        rewrite.drop_property(block.file, written, why)
    elif written.value is not None:
        _rewrite_list(block, written, listed, [] if gone else added, why, rewrite)


def _rewrite_list(
    block: ConfigBlock, written: Property, listed: str, added: list[str], why: Why, rewrite: Rewrite
) -> None:
    value = written.value
    if isinstance(value, Array) and value.items and added:
        # The author's spacing inside the brackets stays.
        rewrite.insert(block.file, value.items[-1].end, f", {', '.join(map(quoted, added))}", why)
    elif value is not None:
        rewrite.replace(block.file, value.start, value.end, listed, why)


def _strings(written: Property) -> tuple[String, ...]:
    value = written.value
    items = value.items if isinstance(value, Array) else (value,)
    return tuple(each for each in items if isinstance(each, String))
