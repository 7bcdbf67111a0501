"""Views: a preview feature, with client-side unique criteria and nothing that the database keeps."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks import sentences
from oneclick_deploy.prisma.semantics.checks.indexes import check_client_name
from oneclick_deploy.prisma.semantics.checks.namespaces import check_namespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import Index, Model

_UNIQUE = (
    "@@unique annotations on views are not backed by unique indexes in the database and cannot"
)


def check_view(view: Model, context: Context) -> None:
    """What replaces the checks of a model as a whole."""
    if "views" not in context.features:
        message = "View definitions are only available with the `views` preview feature."
        hint = 'Add `previewFeatures = ["views"]` to a generator.'
        context.error(view.file, view.node, wording.general(message), hint)
    check_namespace(view, context)
    if view.primary_key is not None:
        message = "Views cannot have primary keys."
        hint = "Write `@unique` instead: it tells the client how to find a row."
        context.error(view.file, view.primary_key.attribute, wording.general(message), hint)


def check_view_index(index: Index, context: Context) -> None:
    """Only unique criteria, without anything that would need an index in the database."""
    messages = []
    if not index.is_unique:
        messages.append("Views cannot have indexes.")
    if index.mapped_name is not None:
        messages.append(f"{_UNIQUE} specify a mapped database name.")
    if index.clustered is not None:
        messages.append(f"{_UNIQUE} be clustered.")
    for message in messages:
        context.error(index.model.file, index.attribute, wording.general(message))
    check_client_name(index, context)
    for each in index.fields:
        if each.sort is None and each.length is None and each.operator_class is None:
            continue
        message = "Scalar fields in @@unique attributes in views cannot have arguments."
        message = wording.in_attribute(sentences.attribute_name(index), message)
        context.error(index.model.file, index.attribute, message)
