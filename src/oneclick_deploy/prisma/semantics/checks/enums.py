"""Enums: their names in the database, and whether the database has any."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.checks.namespaces import check_namespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.checks.context import Context


def check_enums(context: Context) -> None:
    """Rules: psl-core's validations/enums.rs."""
    if context.connector.has_enums:
        _check_database_names(context)
    for enum in context.enums:
        if not context.connector.has_enums:
            message = (
                f"You defined the enum `{enum.name}`. "
                "But the current connector does not support enums."
            )
            context.error(enum.file, enum.node, wording.general(message))
        check_namespace(enum, context)


def _check_database_names(context: Context) -> None:
    seen: set[tuple[str | None, str]] = set()
    for enum in context.enums:
        key = (enum.namespace, enum.database_name)
        if key in seen:
            message = "An enum with the same database name is already defined."
            context.error(enum.file, enum.node, message)
        seen.add(key)
