"""The schema as it was given: its datasource, and the provider that its author meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.diagnostics import invalid
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.syntax.tree import ConfigBlock, String
from oneclick_deploy.prisma.transforming.datasource import known_provider, rewrite_provider
from oneclick_deploy.prisma.transforming.rewrite import Rewrite

if TYPE_CHECKING:
    from oneclick_deploy.prisma.schema import Schema
    from oneclick_deploy.prisma.targets import Target
    from oneclick_deploy.prisma.transforming.result import Change


def datasource_of(schema: Schema) -> ConfigBlock:
    """The datasource's block; a schema that cannot be read, or has none, is refused here."""
    if schema.syntax_errors:
        raise invalid(schema.syntax_errors)
    blocks = [
        block
        for tree in schema.trees
        for block in tree.blocks
        if isinstance(block, ConfigBlock) and block.keyword == "datasource"
    ]
    if not blocks:
        raise InvalidSchemaError(
            "the schema has no datasource block",
            hint="When the schema has several files, pass all of them, or their directory.",
        )
    if len(blocks) > 1:
        schema.check()
    return blocks[0]


def with_known_provider(schema: Schema, target: Target) -> tuple[Schema, tuple[Change, ...]]:
    """The schema with a provider that Prisma knows, so that the rest of it can be understood."""
    block = datasource_of(schema)
    if known_provider(block) is not None or block.get("provider") is None:
        return schema, ()
    written = block.get("provider")
    value = written.value if written is not None else None
    # People write it for Turso; the rest of such a schema is SQLite's.
    is_libsql = isinstance(value, String) and value.value in {"libsql", "turso", "d1"}
    rewrite = Rewrite(schema.trees)
    rewrite_provider(block, "sqlite" if is_libsql else target.provider, target.title, rewrite)
    rewritten = rewrite.finish()
    return parse(rewritten.files()), rewritten.changes


def provider_of(schema: Schema) -> str:
    """The provider of a schema, as Prisma knows it; empty when it names none."""
    return known_provider(datasource_of(schema)) or ""
