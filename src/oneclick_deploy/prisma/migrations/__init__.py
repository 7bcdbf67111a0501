"""Migrations without Prisma's engine: read, planned, applied, looked up and marked.

Every name is loaded when it is first used. `apply`, `create_from_schema`, `create`, `status` and
`resolve` block; their twins with the suffix ``_async`` are awaited. Each takes a database:

- `SqliteDatabase`, `PostgresDatabase`, `MysqlDatabase`, or their ``Async…`` twins;
- ``LibsqlDatabase`` of `oneclick_deploy.providers.libsql.migrations`, for Turso and sqld.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oneclick_deploy.prisma.migrations._async.applying import (
        apply as apply_async,
        create as create_async,
        create_from_schema as create_from_schema_async,
        resolve as resolve_async,
        status as status_async,
    )
    from oneclick_deploy.prisma.migrations._async.database import (
        AsyncMigrationDatabase as AsyncMigrationDatabase,
    )
    from oneclick_deploy.prisma.migrations._async.postgres import (
        AsyncPostgresDatabase as AsyncPostgresDatabase,
    )
    from oneclick_deploy.prisma.migrations._sync.applying import (
        apply as apply,
        create as create,
        create_from_schema as create_from_schema,
        resolve as resolve,
        status as status,
    )
    from oneclick_deploy.prisma.migrations._sync.database import (
        MigrationDatabase as MigrationDatabase,
    )
    from oneclick_deploy.prisma.migrations._sync.postgres import (
        PostgresDatabase as PostgresDatabase,
    )
    from oneclick_deploy.prisma.migrations.baselining import (
        Baseline as Baseline,
        baseline as baseline,
        baseline_history as baseline_history,
    )
    from oneclick_deploy.prisma.migrations.history import (
        Migration as Migration,
        MigrationHistory as MigrationHistory,
    )
    from oneclick_deploy.prisma.migrations.in_threads import (
        AsyncMysqlDatabase as AsyncMysqlDatabase,
        AsyncSqliteDatabase as AsyncSqliteDatabase,
    )
    from oneclick_deploy.prisma.migrations.mysql import MysqlDatabase as MysqlDatabase
    from oneclick_deploy.prisma.migrations.planning import (
        MigrationStatus as MigrationStatus,
        pending as pending,
    )
    from oneclick_deploy.prisma.migrations.reading import read_history as read_history
    from oneclick_deploy.prisma.migrations.reports import (
        ApplyReport as ApplyReport,
        LockWaiting as LockWaiting,
        MigrationEvent as MigrationEvent,
        MigrationFinished as MigrationFinished,
        MigrationStarted as MigrationStarted,
    )
    from oneclick_deploy.prisma.migrations.rows import AppliedMigration as AppliedMigration
    from oneclick_deploy.prisma.migrations.sqlite import SqliteDatabase as SqliteDatabase

_PLACES = {
    "_async.applying": ["apply", "create", "create_from_schema", "resolve", "status"],
    "_async.database": ["AsyncMigrationDatabase"],
    "_async.postgres": ["AsyncPostgresDatabase"],
    "_sync.applying": ["apply", "create", "create_from_schema", "resolve", "status"],
    "_sync.database": ["MigrationDatabase"],
    "_sync.postgres": ["PostgresDatabase"],
    "baselining": ["Baseline", "baseline", "baseline_history"],
    "history": ["Migration", "MigrationHistory"],
    "in_threads": ["AsyncMysqlDatabase", "AsyncSqliteDatabase"],
    "mysql": ["MysqlDatabase"],
    "planning": ["MigrationStatus", "pending"],
    "reading": ["read_history"],
    "reports": [
        "ApplyReport",
        "LockWaiting",
        "MigrationEvent",
        "MigrationFinished",
        "MigrationStarted",
    ],
    "rows": ["AppliedMigration"],
    "sqlite": ["SqliteDatabase"],
}
_MODULE_OF = {
    f"{name}_async" if module == "_async.applying" else name: (module, name)
    for module, names in _PLACES.items()
    for name in names
}

__all__ = [
    "AppliedMigration",
    "ApplyReport",
    "AsyncMigrationDatabase",
    "AsyncMysqlDatabase",
    "AsyncPostgresDatabase",
    "AsyncSqliteDatabase",
    "Baseline",
    "LockWaiting",
    "Migration",
    "MigrationDatabase",
    "MigrationEvent",
    "MigrationFinished",
    "MigrationHistory",
    "MigrationStarted",
    "MigrationStatus",
    "MysqlDatabase",
    "PostgresDatabase",
    "SqliteDatabase",
    "apply",
    "apply_async",
    "baseline",
    "baseline_history",
    "create",
    "create_async",
    "create_from_schema",
    "create_from_schema_async",
    "pending",
    "read_history",
    "resolve",
    "resolve_async",
    "status",
    "status_async",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, own = _MODULE_OF[name]
    value = getattr(import_module(f"{__name__}.{module}"), own)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
