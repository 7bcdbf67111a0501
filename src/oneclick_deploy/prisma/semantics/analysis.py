"""Runs the passes over a schema, in Prisma's order, and stops where Prisma stops."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_deploy.prisma.diagnostics import Diagnostic, Diagnostics
from oneclick_deploy.prisma.records import Record
from oneclick_deploy.prisma.semantics.checks import Context, run_checks
from oneclick_deploy.prisma.semantics.datasources import read_datasources
from oneclick_deploy.prisma.semantics.findings import Findings
from oneclick_deploy.prisma.semantics.generators import read_generators
from oneclick_deploy.prisma.semantics.model_attributes import (
    read_composite_type_attributes,
    read_enum_attributes,
    read_model_attributes,
)
from oneclick_deploy.prisma.semantics.names import resolve_names
from oneclick_deploy.prisma.semantics.relation_attributes import read_relation_attributes
from oneclick_deploy.prisma.semantics.relations import infer_relations
from oneclick_deploy.prisma.semantics.types import Declarations, resolve_types
from oneclick_deploy.prisma.semantics.views import (
    CompositeType,
    Datasource,
    Enum,
    Generator,
    Model,
    Relation,
)
from oneclick_deploy.prisma.syntax.tree import ConfigBlock, SyntaxTree


class Analysis(Record):
    """What was found out about a schema; views that could not be made are missing."""

    errors: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]
    datasource: Datasource | None
    generators: tuple[Generator, ...]
    models: tuple[Model, ...]
    enums: tuple[Enum, ...]
    types: tuple[CompositeType, ...]
    relations: tuple[Relation, ...]


def analyse(trees: Iterable[SyntaxTree], syntax_errors: Iterable[Diagnostic] = ()) -> Analysis:
    """Find out what a schema means, and everything that is wrong with it.

    Args:
        trees: The parsed files, in order.
        syntax_errors: What the parser noted; the passes look at what it could read all the same.
    """
    trees = tuple(trees)
    diagnostics = Diagnostics()
    diagnostics.errors.extend(syntax_errors)
    blocks = [block for tree in trees for block in tree.blocks]
    names = resolve_names(blocks, diagnostics)
    declarations = resolve_types(blocks, names, diagnostics)
    _read_attributes(declarations, diagnostics)
    relations = infer_relations(declarations.models)
    datasources, generators = _read_configuration(trees, diagnostics)
    datasource = datasources[0] if datasources else None
    # Prisma looks at the schema as a whole only when each part of it is right.
    if not diagnostics.errors:
        context = Context(
            diagnostics=diagnostics,
            datasource=datasource,
            generators=tuple(generators),
            models=declarations.models,
            enums=declarations.enums,
            types=declarations.types,
            relations=relations,
        )
        run_checks(context)
    return Analysis(
        errors=tuple(diagnostics.errors),
        warnings=tuple(diagnostics.warnings),
        datasource=datasource,
        generators=tuple(generators),
        models=declarations.models,
        enums=declarations.enums,
        types=declarations.types,
        relations=relations,
    )


def _read_attributes(declarations: Declarations, diagnostics: Diagnostics) -> None:
    for model in declarations.models:
        for field in model.relation_fields:
            read_relation_attributes(field, Findings(diagnostics, model.file), declarations)
    for view in declarations.views:
        findings = Findings(diagnostics, view.file)
        if isinstance(view, Model):
            read_model_attributes(view, findings, declarations)
        elif isinstance(view, Enum):
            read_enum_attributes(view, findings)
        else:
            read_composite_type_attributes(view, findings)


def _read_configuration(
    trees: Iterable[SyntaxTree], diagnostics: Diagnostics
) -> tuple[list[Datasource], list[Generator]]:
    """The configuration, file by file: what a file says of the database counts in that file."""
    datasources: list[Datasource] = []
    generators: list[Generator] = []
    for tree in trees:
        blocks = [block for block in tree.blocks if isinstance(block, ConfigBlock)]
        here = read_datasources(blocks, diagnostics)
        datasources += here
        generators += read_generators(blocks, here[0].provider if here else None, diagnostics)
    return datasources, generators
