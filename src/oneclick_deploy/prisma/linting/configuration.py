"""The datasource and the generators: URLs, adapters, preview features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.syntax.tree import String
from oneclick_deploy.prisma.transforming.datasource import DIRECT_ENV, known_provider
from oneclick_deploy.prisma.transforming.generator import (
    DRIVER_ADAPTERS,
    features_of,
    is_client,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.linting.finding import Finding
    from oneclick_deploy.prisma.linting.subject import Subject
    from oneclick_deploy.prisma.syntax.tree import ConfigBlock

_URLS = ("url", "directUrl", "shadowDatabaseUrl")


def datasource_rules(subject: Subject) -> Iterator[Finding]:
    """The provider and the URLs."""
    block, target, release = subject.block, subject.target, subject.release
    if known_provider(block) is None:
        message = "Prisma does not know this provider."
        fix = f'Write provider = "{target.provider}": {target.title} is reached through it.'
        yield subject.of_block("OD114", block, message, fix)
    given = [name for name in _URLS if block.get(name) is not None]
    if release.keeps_url_in_schema:
        if "url" not in given:
            message = f"Prisma {release} refuses a datasource without a url."
            yield subject.of_block("OD111", block, message, 'Add url = env("DATABASE_URL").')
        elif target.has_pooler and "directUrl" not in given:
            message = f"Migrations through {target.title}'s pooled URL wait for a lock and fail."
            fix = f'Add directUrl = env("{DIRECT_ENV}"), the URL without the pooler.'
            yield subject.of_block("OD113", block, message, fix)
    elif given:
        message = f"Prisma {release} refuses {', '.join(given)} in the schema."
        fix = "Move the URL to prisma.config.ts; transform() does, and proposes that file."
        yield subject.of_block("OD110", block, message, fix)


def generator_rules(subject: Subject) -> Iterator[Finding]:
    """The clients: whether there is one, and whether it can reach the target."""
    target, release = subject.target, subject.release
    blocks = [generator.node for generator in subject.schema.generators]
    clients = [block for block in blocks if is_client(block)]
    if not clients:
        message = "Nothing generates Prisma's client for JavaScript."
        fix = 'Add generator client { provider = "prisma-client-js" }.'
        yield subject.of_block("OD116", subject.block, message, fix)
    if target.adapter and release < target.adapter_since:
        first = ".".join(map(str, target.adapter_since))
        message = f"{target.adapter} is as old as Prisma {first}; this is {release}."
        yield subject.of_block("OD115", subject.block, message, f"Use Prisma {first} or later.")
    for block in clients:
        yield from _client(block, subject)


def _client(block: ConfigBlock, subject: Subject) -> Iterator[Finding]:
    target, release = subject.target, subject.release
    is_missing = DRIVER_ADAPTERS not in features_of(block)
    if target.adapter and release.needs_driver_adapters_preview and is_missing:
        message = f"Before Prisma 6.16, {target.adapter} needs a preview feature."
        fix = f'Add previewFeatures = ["{DRIVER_ADAPTERS}"]; transform() does.'
        yield subject.of_block("OD112", block, message, fix)
    provider = block.get("provider")
    value = provider.value if provider is not None else None
    if not isinstance(value, String) or value.value != "prisma-client":
        return
    if block.get("output") is None:
        message = "The generator prisma-client writes nowhere without output."
        yield subject.of_block("OD117", block, message, 'Add output = "../generated/prisma".')
    if release < (6, 6):
        message = f"The generator prisma-client came with Prisma 6.6; this is {release}."
        yield subject.of_block("OD118", block, message, 'Write provider = "prisma-client-js".')
