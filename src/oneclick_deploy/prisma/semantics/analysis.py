"""Runs the passes over a schema, in Prisma's order, and stops where Prisma stops."""

from __future__ import annotations

from typing import NamedTuple

from oneclick_deploy.prisma.diagnostics import Diagnostic
from oneclick_deploy.prisma.semantics.views import (
    CompositeType,
    Datasource,
    Enum,
    Generator,
    Model,
    Relation,
)


class Analysis(NamedTuple):
    """What was found out about a schema; views that could not be made are missing."""

    errors: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]
    datasource: Datasource | None
    generators: tuple[Generator, ...]
    models: tuple[Model, ...]
    enums: tuple[Enum, ...]
    types: tuple[CompositeType, ...]
    relations: tuple[Relation, ...]
