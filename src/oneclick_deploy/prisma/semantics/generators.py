"""Reads ``generator`` blocks (psl/psl-core/src/validate/generator_loader.rs)."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_deploy.prisma.semantics import coercion
from oneclick_deploy.prisma.semantics.datasources import property_values
from oneclick_deploy.prisma.semantics.environment import is_env, string_or_env, variable_name
from oneclick_deploy.prisma.semantics.findings import Findings
from oneclick_deploy.prisma.semantics.preview_features import read_preview_features
from oneclick_deploy.prisma.semantics.views import Generator
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.diagnostics import Diagnostics


def read_generators(
    blocks: Iterable[tree.ConfigBlock], provider: str | None, diagnostics: Diagnostics
) -> list[Generator]:
    """The generators of one file; those that cannot be read are noted and left out."""
    generators: list[Generator] = []
    for block in blocks:
        if block.keyword == "generator":
            generator = _read_generator(block, provider, Findings(diagnostics, block.file))
            if generator is not None:
                generators.append(generator)
    return generators


def _read_generator(
    block: tree.ConfigBlock, provider: str | None, findings: Findings
) -> Generator | None:
    values = property_values(block, findings)
    if values is None:
        return None
    engine_type = values.get("engineType")
    if engine_type is not None and not isinstance(engine_type, tree.String):
        coercion.mismatch("String", engine_type, findings)
    given = values.pop("provider", None)
    if given is None:
        name = block.name.name
        message = f'Argument "provider" is missing in generator block "{name}".'
        findings.error(block, message, 'Add `provider = "prisma-client"`.')
        return None
    # A provider in an environment variable is known to whoever reads the variable.
    client = string_or_env(given, findings)
    if client is None:
        return None
    if (output := values.pop("output", None)) is not None:
        string_or_env(output, findings)
    if (targets := values.pop("binaryTargets", None)) is not None:
        coercion.each_of(targets, findings, string_or_env)
    features: tuple[str, ...] = ()
    if (listed := values.pop("previewFeatures", None)) is not None:
        names = coercion.each_of(listed, findings, coercion.string)
        features = read_preview_features(names or (), listed, provider, findings)
    # Prisma stops at the first of the other values that cannot be read.
    if not all(_is_readable(value, findings) for value in values.values()):
        return None
    return Generator(
        name=block.name.name,
        node=block,
        provider=None if is_env(given) else client,
        preview_features=features,
    )


def _is_readable(value: tree.Expression, findings: Findings) -> bool:
    if isinstance(value, tree.Call) and is_env(value):
        return variable_name(value, findings) is not None
    if isinstance(value, tree.Array):
        return all(_is_readable(each, findings) for each in value.items)
    return True
