"""A schema read for another database: the value of its datasource's ``provider`` replaced."""

from __future__ import annotations

from oneclick_deploy.prisma.diagnostics import Diagnostic, Diagnostics
from oneclick_deploy.prisma.schema import Schema
from oneclick_deploy.prisma.syntax.edits import Edit, apply_edits
from oneclick_deploy.prisma.syntax.parser import parse_file
from oneclick_deploy.prisma.syntax.source import SourceFile
from oneclick_deploy.prisma.syntax.strings import quoted
from oneclick_deploy.prisma.syntax.tree import ConfigBlock, String, SyntaxTree

# Prisma takes the first for the second (builtin_connectors).
_SAME = {"postgres": "postgresql"}


def with_provider(schema: Schema, provider: str) -> Schema:
    """The schema as if its datasource named that provider."""
    if not any(_datasources(tree) for tree in schema.trees):
        return _assuming(schema, provider)
    trees: list[SyntaxTree] = []
    errors: list[Diagnostic] = []
    for tree in schema.trees:
        edits = [edit for block in _datasources(tree) for edit in _edits(block, provider)]
        if edits:
            diagnostics = Diagnostics()
            trees.append(parse_file(apply_edits(tree.file, edits), diagnostics))
            errors += diagnostics.errors
        else:
            trees.append(tree)
            errors += (each for each in schema.syntax_errors if each.file is tree.file)
    if all(new is old for new, old in zip(trees, schema.trees, strict=True)):
        return schema
    return Schema(trees=tuple(trees), syntax_errors=tuple(errors))


def datasource_of(provider: str) -> SyntaxTree:
    """A file with nothing but a datasource, for the analysis of a schema that has none."""
    text = f"datasource db {{\n  provider = {quoted(provider)}\n}}\n"
    return parse_file(SourceFile(path="", text=text), Diagnostics())


def _datasources(tree: SyntaxTree) -> list[ConfigBlock]:
    return [
        block
        for block in tree.blocks
        if isinstance(block, ConfigBlock) and block.keyword == "datasource"
    ]


def _edits(datasource: ConfigBlock, provider: str) -> list[Edit]:
    """The edit that names the provider, none where it is named already, or nothing names one."""
    named = datasource.get("provider")
    if named is None or named.value is None:
        return []
    value = named.value
    if isinstance(value, String) and _canonical(value.value) == _canonical(provider):
        return []
    return [Edit(value.start, value.end, quoted(provider))]


def _assuming(schema: Schema, provider: str) -> Schema:
    if schema.assumed_provider == provider:
        return schema
    return Schema(trees=schema.trees, syntax_errors=schema.syntax_errors, assumed_provider=provider)


def _canonical(provider: str) -> str:
    return _SAME.get(provider, provider)
