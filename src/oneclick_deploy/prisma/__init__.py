"""Prisma without Node: schemas parsed, checked, rewritten, printed as SQL, and migrated.

Every name is loaded when it is first used. A schema is text, ``{path: text}`` for several files, a
``Path`` of a file or directory, or a parsed `Schema`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oneclick_deploy.prisma.diagnostics import Diagnostic as Diagnostic, report as report
    from oneclick_deploy.prisma.migrations.history import (
        Migration as Migration,
        MigrationHistory as MigrationHistory,
    )
    from oneclick_deploy.prisma.migrations.planning import pending as pending
    from oneclick_deploy.prisma.migrations.reading import read_history as read_history
    from oneclick_deploy.prisma.migrations.rows import AppliedMigration as AppliedMigration
    from oneclick_deploy.prisma.schema import Schema as Schema

_PLACES = {
    "diagnostics": ["Diagnostic", "report"],
    "migrations.history": ["Migration", "MigrationHistory"],
    "migrations.planning": ["pending"],
    "migrations.reading": ["read_history"],
    "migrations.rows": ["AppliedMigration"],
    "schema": ["Schema"],
}
_MODULE_OF = {name: module for module, names in _PLACES.items() for name in names}

__all__ = [
    "AppliedMigration",
    "Diagnostic",
    "Migration",
    "MigrationHistory",
    "Schema",
    "pending",
    "read_history",
    "report",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
