"""A process that applies two migrations: ``python applier.py KIND URL [ORIGIN]``.

It connects, says so, waits for a line, applies, and prints what it applied.
"""

from __future__ import annotations

import sys
from contextlib import closing

from oneclick_deploy.errors import OneClickError
from oneclick_deploy.http import HttpSettings
from oneclick_deploy.prisma.migrations import (
    Migration,
    MigrationDatabase,
    MigrationHistory,
    MysqlDatabase,
    PostgresDatabase,
    SqliteDatabase,
    apply,
)
from oneclick_deploy.providers.libsql.migrations import LibsqlDatabase

# Long enough that the other process meets it.
PAUSES = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) "
    "SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(0.3)",
    "mysql": "SELECT sleep(0.3)",
}


def connect(kind: str, url: str, origin: str) -> MigrationDatabase:
    match kind:
        case "sqlite":
            return SqliteDatabase.open(url)
        case "libsql":
            return LibsqlDatabase.open(url, settings=HttpSettings(route=lambda _: origin))
        case "postgresql":
            return PostgresDatabase.open(url)
    return MysqlDatabase.open(url)


def history(kind: str) -> MigrationHistory:
    provider = "sqlite" if kind == "libsql" else kind
    scripts = {
        "a": f"CREATE TABLE one (id INTEGER PRIMARY KEY);\n{PAUSES[provider]};\n",
        "b": f"CREATE TABLE two (id INTEGER PRIMARY KEY);\n{PAUSES[provider]};\n",
    }
    return MigrationHistory(
        provider=provider,
        migrations=tuple(Migration.of(name, script) for name, script in scripts.items()),
    )


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main() -> None:
    kind, url, origin = (*sys.argv[1:], "")[:3]
    with closing(connect(kind, url, origin)) as database:
        say("ready")
        sys.stdin.readline()
        try:
            report = apply(history(kind), database, on_event=say)
        except OneClickError as error:
            say(f"error: {type(error).__name__}: {error.message}")
        else:
            say(f"report: {','.join(report.applied)}")


if __name__ == "__main__":
    main()
