"""`Schema`: files, their trees, and what they mean."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType

from oneclick_deploy.prisma.collector import collector_paused
from oneclick_deploy.prisma.diagnostics import Diagnostic, invalid
from oneclick_deploy.prisma.frozen import Frozen
from oneclick_deploy.prisma.syntax.tree import SyntaxTree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from oneclick_deploy.prisma.semantics.analysis import Analysis
    from oneclick_deploy.prisma.semantics.views import (
        CompositeType,
        Datasource,
        Enum,
        Generator,
        Model,
        Relation,
    )


class Schema(Frozen):
    """A parsed schema. Nothing in it changes; `str()` gives the text back, byte for byte.

    A schema with mistakes is a schema all the same: it prints, it lists `errors`, and what could
    be understood is there. `check` raises for all mistakes at once, as does everything that needs
    a correct schema.

    ``assumed_provider`` is the database that a schema without a datasource is read for.
    """

    trees: tuple[SyntaxTree, ...]
    syntax_errors: tuple[Diagnostic, ...]
    assumed_provider: str | None = None

    def __str__(self) -> str:
        return "".join(str(tree) for tree in self.trees)

    @property
    def files(self) -> Mapping[str, str]:
        """The text of each file, by its path, in the order in which they count."""
        return MappingProxyType({tree.file.path: tree.file.text for tree in self.trees})

    @cached_property
    def analysis(self) -> Analysis:
        """Everything that was found out; computed on first use."""
        from oneclick_deploy.prisma.semantics.analysis import analyse

        trees = self.trees
        if self.assumed_provider is not None:
            from oneclick_deploy.prisma.providers import datasource_of

            trees = (*trees, datasource_of(self.assumed_provider))
        with collector_paused:
            return analyse(trees, self.syntax_errors)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The mistakes that Prisma refuses, in its order."""
        return self.analysis.errors

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What Prisma keeps, and we would look at."""
        return self.analysis.warnings

    @property
    def datasource(self) -> Datasource | None:
        """The datasource, when there is exactly one."""
        return self.analysis.datasource

    @property
    def generators(self) -> tuple[Generator, ...]:
        """The generators, in order."""
        return self.analysis.generators

    @property
    def models(self) -> tuple[Model, ...]:
        """The models, in order, without views."""
        return tuple(model for model in self.analysis.models if not model.is_view)

    @property
    def views(self) -> tuple[Model, ...]:
        """The views, in order."""
        return tuple(model for model in self.analysis.models if model.is_view)

    @property
    def enums(self) -> tuple[Enum, ...]:
        """The enums, in order."""
        return self.analysis.enums

    @property
    def types(self) -> tuple[CompositeType, ...]:
        """The composite types, in order."""
        return self.analysis.types

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The relations, in the order in which Prisma makes foreign keys of them."""
        return self.analysis.relations

    def with_provider(self, provider: str) -> Schema:
        """The schema as if its datasource named that provider.

        A schema that names it already is returned as it is; one without a datasource is read for
        it from then on, and prints as before.
        """
        from oneclick_deploy.prisma.providers import with_provider

        return with_provider(self, provider)

    def check(self) -> Schema:
        """Return the schema itself, if Prisma would accept it.

        Raises:
            InvalidSchemaError: It would not; ``.diagnostics`` lists every mistake.
        """
        if self.errors:
            raise invalid(self.errors)
        return self
