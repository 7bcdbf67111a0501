"""What exists in a local cloud, as values that two clouds can be compared by."""

from __future__ import annotations

import json
from typing import Any

import oneclick_deploy as od
from oneclick_deploy.deploy.access import local_access


def resources(cloud: od.LocalCloud) -> dict[str, list[str]]:
    """Names of everything that exists at the emulated providers."""
    projects = [project.name for project in cloud.cloudflare.projects()]
    return {
        "databases": sorted(database.name for database in cloud.turso.databases()),
        "projects": sorted(projects),
        "deployments": [
            f"{name}:{deployment.environment}"
            for name in sorted(projects)
            for deployment in cloud.cloudflare.deployments(name)
        ],
    }


NOTHING: dict[str, list[str]] = {"databases": [], "projects": [], "deployments": []}


def rows(cloud: od.LocalCloud, database: str, table: str = "Note") -> list[tuple[Any, ...]]:
    """The rows of a table, asked over the wire with a fresh token."""
    access = local_access(cloud)
    with od.TursoClient(
        access.turso_token,
        organization=access.turso_organization,
        base_url=access.turso_url,
        settings=access.http,
    ) as turso:
        found = turso.database(database)
        token = turso.create_database_token(database)
    with od.LibsqlClient(found.url, token, settings=access.http) as client:
        return [tuple(row) for row in client.execute(f'SELECT * FROM "{table}" ORDER BY 1').rows]


def fetch_json(url: str) -> Any:
    """GET an address of a deployed site."""
    import urllib.request

    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.loads(answer.read())


def end_state(cloud: od.LocalCloud, deployment: od.Deployment) -> dict[str, Any]:
    """Everything that must be the same however often a deployment was interrupted."""
    access = local_access(cloud)
    with od.TursoClient(
        access.turso_token,
        organization=access.turso_organization,
        base_url=access.turso_url,
        settings=access.http,
    ) as turso:
        database = turso.database(deployment.name)
        token = turso.create_database_token(deployment.name)
    with od.LibsqlClient(database.url, token, settings=access.http) as client:
        tables = [
            str(row[0])
            for row in client.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).rows
        ]
        contents = {
            table: _digest(client, table) for table in tables if table != "_prisma_migrations"
        }
        migrations = [
            str(row[0])
            for row in client.execute(
                "SELECT migration_name FROM _prisma_migrations "
                "WHERE finished_at IS NOT NULL ORDER BY 1"
            ).rows
        ]
    return {
        "resources": resources(cloud),
        "tables": contents,
        "migrations": migrations,
        "status": str(deployment.status),
        "page": _page(deployment.url),
    }


def _digest(client: od.LibsqlClient, table: str) -> list[Any]:
    from oneclick_deploy.data.checksum import TableChecksum

    checksum = TableChecksum()
    for page in client.read_table(table):
        for row in page.rows:
            checksum.add(row)
    return [checksum.rows, checksum.hexdigest()]


def _page(url: str) -> str:
    import hashlib
    import urllib.request

    with urllib.request.urlopen(f"{url}/", timeout=30) as answer:
        return hashlib.sha256(answer.read()).hexdigest()
