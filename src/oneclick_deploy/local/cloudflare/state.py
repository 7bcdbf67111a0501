"""What the emulated account holds, on disk: one SQLite file, and the contents beside it.

Written with the loop's thread and read by tests from others; a lock covers both.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from cattrs import Converter

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.cloudflare.models import (
    D1Database,
    Deployment,
    Domain,
    KvNamespace,
    Project,
)

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS projects (name TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deployments (
  id TEXT PRIMARY KEY, project TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL,
  UNIQUE (project, number));
CREATE TABLE IF NOT EXISTS domains (
  name TEXT PRIMARY KEY, project TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS assets (hash TEXT PRIMARY KEY, content_type TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ports (place TEXT PRIMARY KEY, port INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS databases (
  uuid TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS namespaces (id TEXT PRIMARY KEY, title TEXT NOT NULL UNIQUE);
"""


class State:
    """The account's contents.

    Args:
        directory: Made when it is absent; only this user can read it.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.RLock()
        # Manifests are large and asked for with every request of a site.
        self._deployments: dict[str, Deployment] = {}
        try:
            for folder in ("", "assets", "workers", "d1", "kv"):
                (directory / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._database = sqlite3.connect(
                directory / "cloudflare.db", check_same_thread=False, isolation_level=None
            )
            # It holds the secrets of the projects.
            (directory / "cloudflare.db").chmod(0o600)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise LocalCloudError(
                f"the local cloud cannot use {directory}: {error}",
                hint="Choose another state directory, or remove this one to start empty.",
            ) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def signing_key(self) -> bytes:
        """The secret that upload tokens are signed with; made once."""
        rows = self._rows("SELECT value FROM facts WHERE name = 'signing_key'")
        if rows:
            return bytes(rows[0][0])
        key = secrets.token_bytes(32)
        self._write("INSERT INTO facts VALUES ('signing_key', ?)", key)
        return key

    def projects(self) -> tuple[Project, ...]:
        """All projects, the newest first."""
        rows = self._rows("SELECT document FROM projects ORDER BY rowid DESC")
        return tuple(_read(row[0], Project) for row in rows)

    def project(self, name: str) -> Project | None:
        """A project by its name."""
        rows = self._rows("SELECT document FROM projects WHERE name = ?", name)
        return _read(rows[0][0], Project) if rows else None

    def save_project(self, project: Project) -> None:
        """Add or replace a project."""
        self._write(
            "INSERT INTO projects VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET document = excluded.document",
            project.name,
            _written(project),
        )

    def delete_project(self, name: str) -> None:
        """Remove a project with its deployments and domains."""
        for deployment in self.deployments(name):
            self.delete_deployment(deployment)
        self._write("DELETE FROM domains WHERE project = ?", name)
        self._write("DELETE FROM projects WHERE name = ?", name)

    def deployments(self, project: str) -> tuple[Deployment, ...]:
        """The deployments of a project, the newest first."""
        rows = self._rows(
            "SELECT id FROM deployments WHERE project = ? ORDER BY number DESC", project
        )
        found = (self.deployment(row[0]) for row in rows)
        return tuple(deployment for deployment in found if deployment is not None)

    def deployment(self, identifier: str) -> Deployment | None:
        """A deployment by its id."""
        known = self._deployments.get(identifier)
        if known is not None:
            return known
        rows = self._rows("SELECT document FROM deployments WHERE id = ?", identifier)
        if not rows:
            return None
        deployment = _read(rows[0][0], Deployment)
        self._deployments[identifier] = deployment
        return deployment

    def next_number(self, project: str) -> int:
        """The number of the next deployment of a project."""
        rows = self._rows(
            "SELECT coalesce(max(number), 0) + 1 FROM deployments WHERE project = ?", project
        )
        return int(rows[0][0])

    def save_deployment(self, deployment: Deployment) -> None:
        """Add or replace a deployment."""
        self._write(
            "INSERT INTO deployments VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET document = excluded.document",
            deployment.id,
            deployment.project,
            deployment.number,
            _written(deployment),
        )
        self._deployments[deployment.id] = deployment

    def delete_deployment(self, deployment: Deployment) -> None:
        """Remove a deployment and its code. Assets stay: others may use them."""
        self._write("DELETE FROM deployments WHERE id = ?", deployment.id)
        self._deployments.pop(deployment.id, None)
        self.worker_file(deployment.id).unlink(missing_ok=True)

    def worker_file(self, deployment: str) -> Path:
        """The file that holds a deployment's code."""
        return self._directory / "workers" / deployment

    def domains(self, project: str) -> tuple[Domain, ...]:
        """The custom domains of a project."""
        rows = self._rows("SELECT document FROM domains WHERE project = ? ORDER BY rowid", project)
        return tuple(_read(row[0], Domain) for row in rows)

    def domain_owner(self, name: str) -> str | None:
        """The project that has a custom domain."""
        rows = self._rows("SELECT project FROM domains WHERE name = ?", name)
        return rows[0][0] if rows else None

    def add_domain(self, project: str, domain: Domain) -> None:
        """Add a custom domain."""
        self._write("INSERT INTO domains VALUES (?, ?, ?)", domain.name, project, _written(domain))

    def delete_domain(self, name: str) -> None:
        """Remove a custom domain."""
        self._write("DELETE FROM domains WHERE name = ?", name)

    def content_types(self, hashes: Iterable[str]) -> dict[str, str]:
        """The content types of those of ``hashes`` that were uploaded."""
        wanted = json.dumps(list(hashes))
        rows = self._rows(
            "SELECT hash, content_type FROM assets WHERE hash IN (SELECT value FROM json_each(?))",
            wanted,
        )
        return {str(name): str(content_type) for name, content_type in rows}

    def add_asset(self, name: str, *, content: bytes, content_type: str) -> None:
        """Keep an uploaded asset. The row is written last, so a row means a whole file."""
        path = self.asset_file(name)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        part.write_bytes(content)
        part.replace(path)
        self._write(
            "INSERT INTO assets VALUES (?, ?)"
            " ON CONFLICT (hash) DO UPDATE SET content_type = excluded.content_type",
            name,
            content_type,
        )

    def asset_file(self, name: str) -> Path:
        """The file that holds an asset; ``name`` was checked to be a hash when it was uploaded."""
        return self._directory / "assets" / name[:2] / name

    def port(self, place: str) -> int | None:
        """The port that something had when it was last served."""
        rows = self._rows("SELECT port FROM ports WHERE place = ?", place)
        return int(rows[0][0]) if rows else None

    def save_port(self, place: str, port: int) -> None:
        """Remember a port."""
        self._write(
            "INSERT INTO ports VALUES (?, ?)"
            " ON CONFLICT (place) DO UPDATE SET port = excluded.port",
            place,
            port,
        )

    def forget_port(self, place: str) -> None:
        """Forget a port."""
        self._write("DELETE FROM ports WHERE place = ?", place)

    def databases(self) -> tuple[D1Database, ...]:
        """All D1 databases, the newest first."""
        rows = self._rows("SELECT document FROM databases ORDER BY rowid DESC")
        return tuple(_read(row[0], D1Database) for row in rows)

    def database(self, uuid_or_name: str) -> D1Database | None:
        """A D1 database by its id or name."""
        rows = self._rows(
            "SELECT document FROM databases WHERE uuid = ?1 OR name = ?1", uuid_or_name
        )
        return _read(rows[0][0], D1Database) if rows else None

    def add_database(self, database: D1Database) -> None:
        """Add a D1 database."""
        self._write(
            "INSERT INTO databases VALUES (?, ?, ?)",
            database.uuid,
            database.name,
            _written(database),
        )

    def delete_database(self, uuid: str) -> None:
        """Remove a D1 database and its rows."""
        self._write("DELETE FROM databases WHERE uuid = ?", uuid)
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.database_file(uuid)}{suffix}").unlink(missing_ok=True)

    def database_file(self, uuid: str) -> Path:
        """The SQLite file of a D1 database."""
        return self._directory / "d1" / f"{uuid}.sqlite"

    def namespaces(self) -> tuple[KvNamespace, ...]:
        """All KV namespaces."""
        rows = self._rows("SELECT id, title FROM namespaces ORDER BY rowid")
        return tuple(KvNamespace(id=row[0], title=row[1]) for row in rows)

    def save_namespace(self, namespace: KvNamespace) -> None:
        """Add a KV namespace, or change its title.

        Raises:
            sqlite3.IntegrityError: Another namespace has the title.
        """
        self._write(
            "INSERT INTO namespaces VALUES (?, ?)"
            " ON CONFLICT (id) DO UPDATE SET title = excluded.title",
            namespace.id,
            namespace.title,
        )

    def delete_namespace(self, identifier: str) -> None:
        """Remove a KV namespace and its values."""
        self._write("DELETE FROM namespaces WHERE id = ?", identifier)
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.namespace_file(identifier)}{suffix}").unlink(missing_ok=True)

    def namespace_file(self, identifier: str) -> Path:
        """The SQLite file of a KV namespace."""
        return self._directory / "kv" / f"{identifier}.sqlite"

    def write_worker(self, deployment: str, content: bytes) -> None:
        """Keep a deployment's code, readable by this user only."""
        descriptor = os.open(
            self.worker_file(deployment), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
        )
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def _write(self, statement: str, *values: Any) -> None:
        with self._lock:
            self._database.execute(statement, values)


@lru_cache(maxsize=1)
def _converter() -> Converter:
    converter = Converter()
    converter.register_unstructure_hook(datetime, lambda value: value.isoformat())
    converter.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    return converter


def _written(value: Any) -> str:
    return json.dumps(_converter().unstructure(value))


def _read(document: str, kind: type[T]) -> T:
    return _converter().structure(json.loads(document), kind)
