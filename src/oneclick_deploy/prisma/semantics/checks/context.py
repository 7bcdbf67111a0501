"""What every check is given, and how it notes what it finds."""

from __future__ import annotations

from functools import cached_property

from oneclick_deploy.prisma.connectors import connector_for
from oneclick_deploy.prisma.frozen import Frozen
from oneclick_deploy.prisma.semantics.checks.criteria import Criteria

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.diagnostics import Diagnostics
    from oneclick_deploy.prisma.semantics.findings import Spanned
    from oneclick_deploy.prisma.semantics.views import (
        CompositeType,
        Datasource,
        Enum,
        Generator,
        Model,
        Relation,
    )
    from oneclick_deploy.prisma.syntax.source import SourceFile
    from oneclick_deploy.prisma.syntax.tree import Attribute, Field


class Context(Frozen):
    """A schema whose names, types and attributes were read without a mistake.

    Args:
        models: Models and views, in the order of the text.
    """

    diagnostics: Diagnostics
    datasource: Datasource | None = None
    generators: tuple[Generator, ...] = ()
    models: tuple[Model, ...] = ()
    enums: tuple[Enum, ...] = ()
    types: tuple[CompositeType, ...] = ()
    relations: tuple[Relation, ...] = ()

    @cached_property
    def connector(self) -> Connector:
        """The connector of the datasource's provider."""
        return connector_for(self.datasource.provider if self.datasource else None)

    @cached_property
    def features(self) -> frozenset[str]:
        """The preview features that some generator asks for."""
        return frozenset(name for each in self.generators for name in each.preview_features)

    @cached_property
    def relation_mode(self) -> str:
        """``foreignKeys`` or ``prisma``."""
        return self.datasource.relation_mode if self.datasource else "foreignKeys"

    @cached_property
    def criteria(self) -> Criteria:
        """The unique criteria of the models."""
        return Criteria()

    @cached_property
    def models_then_views(self) -> tuple[Model, ...]:
        """Models and views in the order in which Prisma looks at them."""
        return (
            *(model for model in self.models if not model.is_view),
            *(model for model in self.models if model.is_view),
        )

    def error(self, file: SourceFile, at: Spanned, message: str, hint: str = "") -> None:
        """Note a mistake that Prisma refuses."""
        self.diagnostics.error(file, at.start, at.end, message, hint)

    def warning(self, file: SourceFile, at: Spanned, message: str, hint: str = "") -> None:
        """Note something that is kept as it is."""
        self.diagnostics.warning(file, at.start, at.end, message, hint)


def argument_span(attribute: Attribute, *names: str) -> Spanned:
    """Where the first of the named arguments stands; the whole attribute where none is given."""
    for name in names:
        for argument in attribute.arguments.items:
            if argument.name is not None and argument.name.name == name:
                return argument
    return attribute


def attribute_of(field: Field, name: str) -> Attribute | None:
    """The first attribute of that name on a field."""
    return next((each for each in field.attributes if each.name.name == name), None)
