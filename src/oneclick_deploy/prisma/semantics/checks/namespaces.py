"""``@@schema``: which of the database's schemas a table or type lives in."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics.checks import sentences
from oneclick_deploy.prisma.semantics.views import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.findings import Spanned
    from oneclick_deploy.prisma.semantics.views import Enum


def check_namespace(owner: Model | Enum, context: Context) -> None:
    """``@@schema`` names a schema of the datasource, and is there when the datasource has some."""
    connector, datasource = context.connector, context.datasource
    if owner.namespace is not None:
        if not connector.has_namespaces:
            message = "@@schema is not supported on the current datasource provider"
            context.error(owner.file, _value_span(owner), message, "Remove `@@schema`.")
        elif datasource is not None and owner.namespace not in datasource.namespaces:
            message = (
                "This schema is not defined in the datasource. "
                "Read more on `@@schema` at https://pris.ly/d/multi-schema"
            )
            hint = f'Add "{owner.namespace}" to `schemas` in the datasource.'
            context.error(owner.file, _value_span(owner), message, hint)
    elif connector.has_namespaces and datasource is not None and datasource.namespaces:
        _note_missing(owner, datasource.namespaces[0], context)


def _note_missing(owner: Model | Enum, example: str, context: Context) -> None:
    if isinstance(owner, Model):
        kind = sentences.block_kind(owner)
        message = sentences.in_block(owner, f"This {kind} is missing an `@@schema` attribute.")
    else:
        message = "This enum is missing an `@@schema` attribute."
    hint = f'Add `@@schema("{example}")`, or another schema of the datasource.'
    context.error(owner.file, owner.node, message, hint)


def _value_span(owner: Model | Enum) -> Spanned:
    attribute = next(each for each in owner.node.attributes if each.name.name == "schema")
    return attribute.arguments.items[0].value if attribute.arguments.items else attribute
