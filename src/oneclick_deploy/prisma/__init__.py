"""Prisma without Node: schemas parsed, checked, rewritten, printed as SQL, and migrated.

Every name is loaded when it is first used. A schema is text, ``{path: text}`` for several files, a
``Path`` of a file or directory, or a parsed `Schema`.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from oneclick_deploy.prisma import migrations as migrations
    from oneclick_deploy.prisma.diagnostics import Diagnostic as Diagnostic, report as report
    from oneclick_deploy.prisma.diff.findings import (
        Destructive as Destructive,
        Unexecutable as Unexecutable,
    )
    from oneclick_deploy.prisma.diff.migration import SqlDiff as SqlDiff, diff_sql as diff_sql
    from oneclick_deploy.prisma.linting.codes import CODES as CODES
    from oneclick_deploy.prisma.linting.finding import (
        Finding as Finding,
        Severity as Severity,
    )
    from oneclick_deploy.prisma.linting.lint import lint as lint
    from oneclick_deploy.prisma.migrations.history import (
        Migration as Migration,
        MigrationHistory as MigrationHistory,
    )
    from oneclick_deploy.prisma.migrations.planning import pending as pending
    from oneclick_deploy.prisma.migrations.reading import read_history as read_history
    from oneclick_deploy.prisma.migrations.rows import AppliedMigration as AppliedMigration
    from oneclick_deploy.prisma.parsing import parse as parse
    from oneclick_deploy.prisma.rendering import render_sql as render_sql
    from oneclick_deploy.prisma.schema import Schema as Schema
    from oneclick_deploy.prisma.targets import TARGETS as TARGETS
    from oneclick_deploy.prisma.transforming.result import (
        Change as Change,
        ConfigFile as ConfigFile,
        Difference as Difference,
        Transformation as Transformation,
    )
    from oneclick_deploy.prisma.transforming.transform import transform as transform

_PLACES = {
    "diagnostics": ["Diagnostic", "report"],
    "diff.findings": ["Destructive", "Unexecutable"],
    "diff.migration": ["SqlDiff", "diff_sql"],
    "linting.codes": ["CODES"],
    "linting.finding": ["Finding", "Severity"],
    "linting.lint": ["lint"],
    "migrations.history": ["Migration", "MigrationHistory"],
    "migrations.planning": ["pending"],
    "migrations.reading": ["read_history"],
    "migrations.rows": ["AppliedMigration"],
    "parsing": ["parse"],
    "rendering": ["render_sql"],
    "schema": ["Schema"],
    "targets": ["TARGETS"],
    "transforming.result": ["Change", "ConfigFile", "Difference", "Transformation"],
    "transforming.transform": ["transform"],
}
_MODULE_OF = {name: module for module, names in _PLACES.items() for name in names}

__all__ = [
    "CODES",
    "TARGETS",
    "AppliedMigration",
    "Change",
    "ConfigFile",
    "Destructive",
    "Diagnostic",
    "Difference",
    "Finding",
    "Migration",
    "MigrationHistory",
    "Schema",
    "Severity",
    "SqlDiff",
    "Transformation",
    "Unexecutable",
    "diff_sql",
    "lint",
    "migrations",
    "parse",
    "pending",
    "read_history",
    "render_sql",
    "report",
    "transform",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module (PEP 562)."""
    if name == "migrations":
        return import_module(f"{__name__}.migrations")
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
