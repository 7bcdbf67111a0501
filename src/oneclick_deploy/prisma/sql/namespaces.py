"""PostgreSQL's schemas, which Prisma calls namespaces where its own schemas are near."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.views import Enum, Model

DEFAULT = "public"


def namespace_of(block: Model | Enum) -> str | None:
    """The schema of a model's table or an enum's type, None for the default one."""
    return None if block.namespace == DEFAULT else block.namespace
