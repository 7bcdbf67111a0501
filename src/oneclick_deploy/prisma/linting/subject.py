"""What rules look at: the schema, and what it is checked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from oneclick_deploy.prisma.connectors.connector import ColumnType
from oneclick_deploy.prisma.linting.codes import CODES
from oneclick_deploy.prisma.linting.finding import Finding, Severity
from oneclick_deploy.prisma.semantics.views import Enum, ScalarType
from oneclick_deploy.prisma.transforming.native_types import accepts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.schema import Schema
    from oneclick_deploy.prisma.semantics.views import Model, ScalarField
    from oneclick_deploy.prisma.syntax.source import SourceFile
    from oneclick_deploy.prisma.syntax.tree import Attribute, ConfigBlock
    from oneclick_deploy.prisma.targets import Release, Target


class Subject(NamedTuple):
    """A schema and its target.

    Args:
        schema: Correct for its own provider.
        block: Its datasource.
        source: Its provider, as Prisma knows it.
        target: The database.
        release: The release of Prisma.
        connector: The target's.
        models: The models, without views.
    """

    schema: Schema
    block: ConfigBlock
    source: str
    target: Target
    release: Release
    connector: Connector
    models: tuple[Model, ...]

    @property
    def relation_mode(self) -> str:
        """``foreignKeys`` or ``prisma``."""
        return self.schema.datasource.relation_mode if self.schema.datasource else "foreignKeys"

    def fields(self) -> Iterator[ScalarField]:
        """Every column of every table, but not of views."""
        return (field for model in self.models for field in model.scalar_fields)

    def column_type(self, field: ScalarField) -> ColumnType | None:
        """The native type of a column on the target; None for enums and where none are known."""
        if not isinstance(field.type, ScalarType):
            return None
        native = field.native_type
        if native is not None and accepts(self.connector, native, field.type):
            return ColumnType(native.name, native.arguments)
        return self.connector.default_types.get(field.type)

    def of_field(
        self,
        code: str,
        field: ScalarField,
        message: str,
        fix: str,
        *,
        at: Attribute | None = None,
        severity: Severity | None = None,
    ) -> Finding:
        """A finding about a column, at its name or at one of its attributes."""
        start = at.start if at is not None else field.node.start
        where = f"{field.model.name}.{field.name}"
        return finding(code, field.model.file, start, where, message, fix, severity)

    def of_model(
        self, code: str, model: Model, message: str, fix: str, *, at: Attribute | None = None
    ) -> Finding:
        """A finding about a table, at its name or at one of its attributes."""
        start = at.start if at is not None else model.node.start
        return finding(code, model.file, start, model.name, message, fix)

    def of_enum(self, code: str, enum: Enum, start: int, message: str, fix: str) -> Finding:
        """A finding about an enum."""
        return finding(code, enum.file, start, enum.name, message, fix)

    def of_block(self, code: str, block: ConfigBlock, message: str, fix: str) -> Finding:
        """A finding about a datasource or generator."""
        return finding(code, block.file, block.start, "", message, fix)


def finding(
    code: str,
    file: SourceFile,
    start: int,
    where: str,
    message: str,
    fix: str,
    severity: Severity | None = None,
) -> Finding:
    """A finding at a place in a file."""
    line, column = file.position(start)
    return Finding(
        code, severity or CODES[code].severity, message, file.path, line, column, where, fix
    )
