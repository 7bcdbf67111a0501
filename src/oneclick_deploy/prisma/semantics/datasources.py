"""Reads ``datasource`` blocks (psl/psl-core/src/validate/datasource_loader.rs)."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_deploy.prisma.connectors import connector_for
from oneclick_deploy.prisma.semantics import coercion, hints, wording
from oneclick_deploy.prisma.semantics.environment import is_env
from oneclick_deploy.prisma.semantics.extensions import read_extensions
from oneclick_deploy.prisma.semantics.findings import Findings
from oneclick_deploy.prisma.semantics.views import Datasource
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.diagnostics import Diagnostics
    from oneclick_deploy.prisma.semantics.findings import Spanned

PROVIDERS = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "sqlserver": "sqlserver",
    "sqlite": "sqlite",
    "cockroachdb": "cockroachdb",
    "mongodb": "mongodb",
}
"""The providers that Prisma accepts, and how it calls them itself."""

# Prisma 5 and 6 wanted them, 7 refuses them; we read the schemas of all three.
_URLS = ("url", "directUrl", "shadowDatabaseUrl")
_RELATION_MODES = ("prisma", "foreignKeys")


def read_datasources(
    blocks: Iterable[tree.ConfigBlock], diagnostics: Diagnostics
) -> list[Datasource]:
    """The datasources of one file; those that cannot be read are noted and left out."""
    written = [block for block in blocks if block.keyword == "datasource"]
    datasources: list[Datasource] = []
    for block in written:
        datasource = _read_datasource(block, Findings(diagnostics, block.file))
        if datasource is not None:
            datasources.append(datasource)
    if len(datasources) > 1:
        message = (
            "You defined more than one datasource. This is not allowed yet because support for "
            "multiple databases has not been implemented yet."
        )
        for block in written:
            name = block.name.name
            Findings(diagnostics, block.file).error(block, wording.in_datasource(name, message))
    return datasources


def property_values(
    block: tree.ConfigBlock, findings: Findings
) -> dict[str, tree.Expression] | None:
    """The values by their names, the last of each; None, with a note, when one is missing."""
    values: dict[str, tree.Expression] = {}
    for each in block.properties:
        if each.value is None:
            message = (
                f"Property {each.name.name} in {block.keyword} {block.name.name} "
                "needs to be assigned a value"
            )
            findings.error(block, message)
            return None
        values[each.name.name] = each.value
    return values


def _read_datasource(block: tree.ConfigBlock, findings: Findings) -> Datasource | None:
    values = property_values(block, findings)
    if values is None:
        return None
    provider = _read_provider(block, values.pop("provider", None), findings)
    if provider is None:
        return None
    connector = connector_for(provider)
    relation_mode = _read_relation_mode(block, values, provider, findings)
    extensions = None
    if provider == "postgresql" and "extensions" in values:
        extensions = read_extensions(values.pop("extensions"), findings)
    for name in _URLS:
        values.pop(name, None)
    if values.pop("previewFeatures", None) is not None:
        message = (
            "Preview features are only supported in the generator block. "
            "Please move this field to the generator block."
        )
        findings.error(_property(block, "previewFeatures"), message)
    namespaces = _read_namespaces(values.pop("schemas", None), connector, findings)
    for name in values:
        known = ("provider", "relationMode", "schemas", "extensions", "url")
        message = f'Property not known: "{name}".'
        findings.error(_property(block, name), message, findings.nearest(name, known))
    return Datasource(
        name=block.name.name,
        node=block,
        provider=provider,
        namespaces=namespaces,
        extensions=extensions or (),
        relation_mode=relation_mode or connector.default_relation_mode,
    )


def _read_provider(
    block: tree.ConfigBlock, value: tree.Expression | None, findings: Findings
) -> str | None:
    name = block.name.name
    if value is None:
        message = f'Argument "provider" is missing in data source block "{name}".'
        findings.error(block, message, 'Add `provider = "postgresql"`, or another database.')
    elif is_env(value):
        message = "A datasource must not use the env() function in the provider argument."
        findings.error(block, message, "Write the provider as a string.")
    elif not isinstance(value, tree.String):
        message = "The provider argument in a datasource must be a string literal"
        findings.error(value, wording.in_datasource(name, message))
    elif not value.value:
        message = "The provider argument in a datasource must not be empty"
        findings.error(value, wording.in_datasource(name, message))
    elif value.value not in PROVIDERS:
        message = f'Datasource provider not known: "{value.value}".'
        findings.error(value, message, _provider_hint(value.value))
    else:
        return PROVIDERS[value.value]
    return None


def _provider_hint(written: str) -> str:
    if written.lower() in {"libsql", "turso", "d1"}:
        return 'Write `provider = "sqlite"`: to Prisma, Turso and D1 are SQLite with an adapter.'
    return hints.nearest(written, PROVIDERS) or f"Known are {', '.join(PROVIDERS)}."


def _read_relation_mode(
    block: tree.ConfigBlock,
    values: dict[str, tree.Expression],
    provider: str,
    findings: Findings,
) -> str | None:
    value = values.pop("relationMode", None)
    old_value = values.pop("referentialIntegrity", None)
    if old_value is not None:
        findings.warning(
            _property(block, "referentialIntegrity"),
            "The `referentialIntegrity` attribute is deprecated. Please use `relationMode` "
            "instead. Learn more at https://pris.ly/d/relation-mode",
        )
    if value is not None and old_value is not None:
        findings.error(
            _property(block, "referentialIntegrity"),
            "The `referentialIntegrity` and `relationMode` attributes cannot be used together. "
            "Please use only `relationMode` instead.",
        )
        return None
    given = value if value is not None else old_value
    mode = coercion.string(given, findings) if given is not None else None
    if given is None or mode is None:
        return None
    # Prisma names the block after the property here.
    if mode not in _RELATION_MODES:
        message = _invalid_relation_mode(mode, _RELATION_MODES)
        findings.error(block, wording.in_datasource("relationMode", message))
        return None
    if provider == "mongodb" and mode != "prisma":
        message = _invalid_relation_mode(mode, ("prisma",))
        findings.error(given, wording.in_datasource("relationMode", message))
    return mode


def _invalid_relation_mode(mode: str, supported: Iterable[str]) -> str:
    values = ", ".join(f'"{each}"' for each in supported)
    return f'Invalid relation mode setting: "{mode}". Supported values: {values}'


def _read_namespaces(
    value: tree.Expression | None, connector: Connector, findings: Findings
) -> tuple[str, ...]:
    if value is None:
        return ()
    listed = coercion.each_of(value, findings, _read_string)
    if listed is None:
        return ()
    if not connector.has_namespaces:
        message = "The `schemas` property is not supported on the current connector."
        findings.error(value, message)
        return ()
    if not listed:
        findings.error(value, "If provided, the schemas array can not be empty.")
        return ()
    seen: dict[str, tree.String] = {}
    for each in sorted(listed, key=lambda string: string.value):
        if each.value in seen:
            findings.error(seen[each.value], "Duplicated schema names are not allowed")
        seen[each.value] = each
    return tuple(dict.fromkeys(each.value for each in listed))


def _read_string(value: tree.Expression, findings: Findings) -> tree.String | None:
    if isinstance(value, tree.String):
        return value
    coercion.mismatch("string", value, findings)
    return None


def _property(block: tree.ConfigBlock, name: str) -> Spanned:
    written = block.get(name)
    if written is None:
        return block
    # To Prisma the end of the line belongs to a field, and not to a property.
    text = block.file.text[written.start : written.end].rstrip("\r\n")
    return tree.Identifier(name, written.start, written.start + len(text))
