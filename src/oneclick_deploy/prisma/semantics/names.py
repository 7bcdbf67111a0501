"""The names pass: what is declared, and whether its names are fit and unique.

Rules: psl/parser-database/src/names.rs. Of two declarations of one name the later one counts.
"""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_deploy.prisma.frozen import Frozen
from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.findings import Findings
from oneclick_deploy.prisma.semantics.views import ScalarType
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.diagnostics import Diagnostics

SCALARS = {each.value: each for each in ScalarType}

# psl/parser-database/src/names/reserved_model_names.rs: names that a JavaScript client cannot have.
_RESERVED_WORDS = """
    PrismaClient async await break case catch class const continue debugger default delete do else
    enum export extends false finally for function if implements import in instanceof interface let
    new null package private protected public return super switch this throw true try typeof using
    var void while with yield
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())

_KNOWN_ATTRIBUTES = frozenset(
    ("id", "default", "relation", "unique", "map", "updatedAt", "index", "ignore", "schema")
)


class Names(Frozen):
    """Which declaration a name stands for.

    Args:
        blocks: Models, views, enums and types, which share one namespace.
        fields: The fields of each model, view and type.
    """

    blocks: dict[str, tree.ModelBlock | tree.EnumBlock | tree.TypeBlock]
    fields: dict[tree.ModelBlock | tree.TypeBlock, dict[str, tree.Field]]


def resolve_names(blocks: Iterable[tree.Block], diagnostics: Diagnostics) -> Names:
    """Collect every declaration, noting names that are reserved, unfit or taken."""
    names = Names(blocks={}, fields={})
    configs: dict[str, dict[str, tree.Block]] = {"datasource": {}, "generator": {}}
    for block in blocks:
        findings = Findings(diagnostics, block.file)
        if block.name.name in SCALARS:
            findings.error(
                block.name,
                f'"{block.name.name}" is a reserved scalar type name and cannot be used.',
                _rename_hint(block.name.name),
            )
        if isinstance(block, tree.ModelBlock):
            _check_model(block, names, findings)
        elif isinstance(block, tree.EnumBlock):
            _check_enum(block, findings)
        elif isinstance(block, tree.TypeBlock):
            _check_composite_type(block, names, findings)
        else:
            _check_properties(block, findings)
            _check_unique(block, configs[block.keyword].get(block.name.name), findings)
            configs[block.keyword][block.name.name] = block
            continue
        _check_unique(block, names.blocks.get(block.name.name), findings)
        names.blocks[block.name.name] = block
    return names


def _check_model(block: tree.ModelBlock, names: Names, findings: Findings) -> None:
    # Prisma writes "Model" and "Field", but "view" and "field".
    kind, field_kind = ("view", "field") if block.is_view else ("Model", "Field")
    keyword = "view" if block.is_view else "model"
    name = block.name.name
    _check_identifier(block.name, kind, findings)
    if name in _RESERVED:
        findings.error(
            block,
            wording.in_model(
                name,
                f"The {keyword} name `{name}` is invalid. It is a reserved name. Please change it. "
                "Read more at https://pris.ly/d/naming-models",
            ),
            _rename_hint(name),
        )
    _check_attributes(block.attributes, findings)
    fields: dict[str, tree.Field] = {}
    for field in block.fields:
        identifier = field.name
        field_name = identifier.name
        if not (field_name.isascii() and field_name.isidentifier()):
            _check_identifier(identifier, field_kind, findings)
        _check_attributes(field.attributes, findings)
        if field_name in fields:
            findings.error(identifier, wording.duplicate_field(field_name, keyword, name))
        fields[field_name] = field
    names.fields[block] = fields


def _check_enum(block: tree.EnumBlock, findings: Findings) -> None:
    name = block.name.name
    _check_identifier(block.name, "Enum", findings)
    if name in _RESERVED:
        findings.error(
            block,
            f"Error validating enum `{name}`: The enum name `{name}` is invalid. It is a reserved "
            "name. Please change it. Read more at https://www.prisma.io/docs/reference/"
            "tools-and-interfaces/prisma-schema/data-model#naming-enums",
            _rename_hint(name),
        )
    _check_attributes(block.attributes, findings)
    values: set[str] = set()
    for value in block.values:
        _check_identifier(value.name, "Enum Value", findings)
        _check_attributes(value.attributes, findings)
        if value.name.name in values:
            findings.error(value, f'Value "{value.name.name}" is already defined on enum "{name}".')
        values.add(value.name.name)


def _check_composite_type(block: tree.TypeBlock, names: Names, findings: Findings) -> None:
    _check_identifier(block.name, "Composite type", findings)
    fields: dict[str, tree.Field] = {}
    for field in block.fields:
        name = field.name.name
        if name in fields:
            message = wording.duplicate_field(name, "composite type", block.name.name)
            findings.error(field.name, message)
        fields[name] = field
    names.fields[block] = fields


def _check_properties(block: tree.ConfigBlock, findings: Findings) -> None:
    seen: set[str] = set()
    for each in block.properties:
        name = each.name.name
        if name in seen:
            place = f'{_kind(block)} "{block.name.name}"'
            findings.error(each.name, f'Key "{name}" is already defined in {place}.')
        seen.add(name)


def _check_unique(block: tree.Block, existing: tree.Block | None, findings: Findings) -> None:
    if existing is not None:
        findings.error(
            block.name,
            f'The {_kind(block)} "{block.name.name}" cannot be defined because a '
            f"{_kind(existing)} with that name already exists.",
        )


def _kind(block: tree.Block) -> str:
    if isinstance(block, tree.ModelBlock):
        return "view" if block.is_view else "model"
    if isinstance(block, tree.EnumBlock):
        return "enum"
    if isinstance(block, tree.TypeBlock):
        return "composite type"
    return "source" if block.keyword == "datasource" else "generator"


def _check_attributes(attributes: Iterable[tree.Attribute], findings: Findings) -> None:
    for each in attributes:
        # Those that mean something somewhere are fit names, and most attributes are of those.
        if each.name.name not in _KNOWN_ATTRIBUTES:
            _check_identifier(each.name, "Attribute", findings)


def _check_identifier(identifier: tree.Identifier, kind: str, findings: Findings) -> None:
    name = identifier.name
    if name.isascii() and name.isidentifier():
        return
    if not name:
        findings.error(identifier, wording.general(f"The name of a {kind} must not be empty."))
    elif name[0].isdecimal():
        message = f"The name of a {kind} must not start with a number."
        findings.error(identifier, wording.general(message), _map_hint(kind, name))
    elif "-" in name:
        message = f"The character `-` is not allowed in {kind} names."
        findings.error(identifier, wording.general(message), _map_hint(kind, name))


def _map_hint(kind: str, name: str) -> str:
    if kind == "Attribute":
        return ""
    attribute = "@map" if kind in {"Field", "field", "Enum Value"} else "@@map"
    return (
        f'Choose another name here and keep this one in the database with `{attribute}("{name}")`.'
    )


def _rename_hint(name: str) -> str:
    return f'Choose another name and add `@@map("{name}")` if the database already uses this one.'
