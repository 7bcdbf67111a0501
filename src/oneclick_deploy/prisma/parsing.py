"""`parse`: from text or files to a `Schema`."""

from __future__ import annotations

from oneclick_deploy.prisma.collector import collector_paused
from oneclick_deploy.prisma.diagnostics import Diagnostics
from oneclick_deploy.prisma.schema import Schema
from oneclick_deploy.prisma.sources import read_sources
from oneclick_deploy.prisma.syntax.parser import parse_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike


def parse(source: str | Mapping[str, str] | PathLike[str] | Schema) -> Schema:
    """Read a schema.

    Nothing that the text says raises an error here: `Schema.errors` lists the mistakes, and
    `Schema.check` raises for them.

    Args:
        source: The schema's text; ``{path: text}`` for several files; the ``Path`` of a file, or of
            a directory for every ``.prisma`` file below it. A schema that is already parsed is
            returned as it is.

    Raises:
        SchemaError: The path does not lead to a schema that can be read.
        ConfigurationError: The source is none of those.
    """
    if isinstance(source, Schema):
        return source
    diagnostics = Diagnostics()
    files = read_sources(source)
    with collector_paused:
        trees = tuple(parse_file(file, diagnostics) for file in files)
    return Schema(trees=trees, syntax_errors=tuple(diagnostics.errors))
