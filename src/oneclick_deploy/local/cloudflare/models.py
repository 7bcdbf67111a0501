"""What the emulated account holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

Json = dict[str, Any]


class Environment(StrEnum):
    """The two environments of a Pages project."""

    PRODUCTION = "production"
    PREVIEW = "preview"


class WorkerForm(StrEnum):
    """The form in which a deployment's code was uploaded; the names are the part names."""

    BUNDLE = "_worker.bundle"
    SCRIPT = "_worker.js"


@frozen(kw_only=True)
class Rollback:
    """The production deployment that was put back, and when."""

    deployment: str
    on: datetime


@frozen(kw_only=True)
class Project:
    """A Pages project.

    Args:
        id: Made by the emulator.
        name: Unique.
        production_branch: Deployments of this branch are production.
        created_on: When.
        build_config: As sent by the client; direct uploads have no build.
        deployment_configs: Per environment: variables, bindings, compatibility.
        rollback: Set while an older deployment serves production.
    """

    id: str
    name: str
    production_branch: str
    created_on: datetime
    build_config: Json
    deployment_configs: dict[str, Json]
    rollback: Rollback | None = None


@frozen(kw_only=True)
class LogLine:
    """A line of a deployment's log."""

    ts: datetime
    line: str


@frozen(kw_only=True)
class Deployment:
    """One deployment of a project.

    Args:
        id: A UUID; its first eight characters are the short id.
        project: The project's name.
        number: Counts the deployments of the project, so that order never depends on clocks.
        environment: Production or preview.
        branch: As sent, or the production branch.
        commit_hash: As sent, or empty.
        commit_message: As sent, or empty.
        commit_dirty: As sent.
        created_on: When.
        manifest: Path to asset hash.
        content_types: Asset hash to content type.
        headers: The ``_headers`` file.
        redirects: The ``_redirects`` file.
        routes: The ``_routes.json`` file.
        worker: The form of its code, when it has any.
        settings: The project's configuration for the environment when this was made.
        published: Whether its last stage is over.
        failure: Why it failed; None when it did not.
        log: Its log.
    """

    id: str
    project: str
    number: int
    environment: Environment
    branch: str
    commit_hash: str = ""
    commit_message: str = ""
    commit_dirty: bool = False
    created_on: datetime
    manifest: Mapping[str, str] = field(repr=False)
    content_types: Mapping[str, str] = field(repr=False)
    headers: str | None = field(default=None, repr=False)
    redirects: str | None = field(default=None, repr=False)
    routes: str | None = field(default=None, repr=False)
    worker: WorkerForm | None = None
    # Holds secrets: never shown.
    settings: Json = field(factory=dict, repr=False)
    published: bool = False
    failure: str | None = None
    log: tuple[LogLine, ...] = ()

    @property
    def short_id(self) -> str:
        """The first part of the id, which the real host makes the site's name of."""
        return self.id[:8]


@frozen(kw_only=True)
class Domain:
    """A custom domain of a project. It stays pending: the local cloud has no DNS."""

    id: str
    domain_id: str
    name: str
    created_on: datetime


@frozen(kw_only=True)
class D1Database:
    """A D1 database; its rows are in a SQLite file of its own."""

    uuid: str
    name: str
    created_at: datetime
    jurisdiction: str | None = None


@frozen(kw_only=True)
class KvNamespace:
    """A KV namespace."""

    id: str
    title: str


@frozen(kw_only=True)
class KvEntry:
    """A value of a KV namespace.

    Args:
        key: Up to 512 bytes.
        value: The bytes.
        expiration: Seconds since the epoch, when it expires.
        metadata: JSON that was stored beside the value.
    """

    key: str
    value: bytes = field(repr=False)
    expiration: int | None = None
    metadata: Any = None
