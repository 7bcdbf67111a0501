"""What a PostgreSQL datasource says of extensions.

Rules: the PostgreSQL connector's validations.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context


def check_datasource(context: Context) -> None:
    """``extensions`` needs a preview feature, and proper names."""
    datasource = context.datasource
    if datasource is None or context.connector.provider not in {"postgresql", "cockroachdb"}:
        return
    extensions = datasource.node.get("extensions")
    if extensions is None or extensions.value is None:
        return
    if "postgresqlExtensions" not in context.features:
        message = (
            "The `extensions` property is only available with the `postgresqlExtensions` "
            "preview feature."
        )
        hint = 'Add `previewFeatures = ["postgresqlExtensions"]` to a generator.'
        # To Prisma the end of the line belongs to a field, and not to a property.
        file = datasource.node.file
        text = file.text[extensions.start : extensions.end].rstrip("\r\n")
        place = tree.Identifier("extensions", extensions.start, extensions.start + len(text))
        context.error(file, place, message, hint)
        return
    given = extensions.value
    items = given.items if isinstance(given, tree.Array) else (given,)
    for item in sorted(items, key=_name_of):
        _check_name(item, context)


def _name_of(item: tree.Expression) -> str:
    if isinstance(item, tree.Call):
        return item.name.name
    return item.name if isinstance(item, tree.Constant) else ""


def _check_name(item: tree.Expression, context: Context) -> None:
    name = _name_of(item)
    message = ""
    if not name:
        message = "The name of an extension must not be empty."
    elif name[0].isnumeric():
        message = "The name of an extension must not start with a number."
    elif "-" in name:
        message = "The character `-` is not allowed in extension names."
    if message and context.datasource is not None:
        hint = (
            'Choose another name and give the database\'s one with `map`: `uuidOssp(map: "...")`.'
        )
        context.error(context.datasource.node.file, item, wording.general(message), hint)
