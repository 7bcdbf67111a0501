"""The rows of the store, as values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen


class AppStatus(StrEnum):
    """Where a deployed app stands."""

    PROVISIONING = "provisioning"
    DEPLOYING = "deploying"
    ACTIVE = "active"
    FAILED = "failed"
    SUSPENDED = "suspended"
    DESTROYED = "destroyed"


class RunStatus(StrEnum):
    """Where one run of the orchestrator stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"
    CANCELLED = "cancelled"


class StepStatus(StrEnum):
    """Where a step of a run stands."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNDONE = "undone"


class ResourceStatus(StrEnum):
    """What we know of a remote resource."""

    STARTED = "started"
    """Its create was about to leave; whether it exists must be read back."""

    PRESENT = "present"
    REMOVED = "removed"


@frozen(kw_only=True)
class AppRecord:
    """One deployed app: the fields of the plan's ``deployed_apps`` table.

    Args:
        id: The deployment's id.
        name: The app's name.
        user_id: The host's user.
        project_id: The host's project.
        platform: ``web``.
        status: Where it stands.
        deployment_url: The site's address; empty before it is known.
        custom_domain: Empty without one.
        database_provider: Such as ``turso``.
        database_id: The provider's id of the database.
        database_url_encrypted: A vault envelope; empty before the database exists.
        hosting_provider: Such as ``cloudflare-pages``.
        hosting_project_id: The provider's id of the project.
        tier: The host's pricing tier.
        config: What is needed to go on without the caller: source path, targets, env names.
        secrets_encrypted: A vault envelope with the values of the environment.
        created_at: When it was first deployed (UTC).
        updated_at: The last change of this row (UTC).
        last_deployed_at: The end of the last successful run (UTC).
    """

    id: str
    name: str
    user_id: str = ""
    project_id: str = ""
    platform: str = "web"
    status: AppStatus = AppStatus.PROVISIONING
    deployment_url: str = ""
    custom_domain: str = ""
    database_provider: str = ""
    database_id: str = ""
    database_url_encrypted: bytes = field(default=b"", repr=False)
    hosting_provider: str = ""
    hosting_project_id: str = ""
    tier: str = "starter"
    config: Mapping[str, Any] = field(factory=dict)
    secrets_encrypted: bytes = field(default=b"", repr=False)
    created_at: datetime
    updated_at: datetime
    last_deployed_at: datetime | None = None


@frozen(kw_only=True)
class RunRecord:
    """One run: a deploy, a redeploy or a destroy."""

    id: str
    deployment_id: str
    kind: str
    status: RunStatus
    fence: int
    lease_owner: str = ""
    lease_until: datetime | None = None
    error: str = ""
    started_at: datetime
    finished_at: datetime | None = None


@frozen(kw_only=True)
class StepRecord:
    """One step of a run.

    Args:
        run_id: The run.
        step: The step's id.
        position: Its place in the plan.
        status: Where it stands.
        attempts: How often it was started.
        output: What later steps need; never a secret.
        secrets_encrypted: A vault envelope with secret outputs.
        summary: What it did, in a few words.
        error: Why it failed.
        seconds: How long it took.
    """

    run_id: str
    step: str
    position: int
    status: StepStatus
    attempts: int = 0
    output: Mapping[str, Any] = field(factory=dict)
    secrets_encrypted: bytes = field(default=b"", repr=False)
    summary: str = ""
    error: str = ""
    seconds: float = 0.0


@frozen(kw_only=True)
class ResourceRecord:
    """One remote resource that a run of ours created or took over.

    Args:
        deployment_id: Whose it is.
        kind: Such as ``turso.database``.
        name: Its deterministic name at the provider.
        status: What we know of it.
        run_id: The run that created it.
        position: Order of creation, for undoing newest first.
        remote_id: The provider's id, once known.
        idempotency_key: Sent with the create where the provider takes one.
        adopted: It existed before and was taken over; undo leaves it alone.
    """

    deployment_id: str
    kind: str
    name: str
    status: ResourceStatus
    run_id: str
    position: int
    remote_id: str = ""
    idempotency_key: str = ""
    adopted: bool = False


@frozen(kw_only=True)
class Transition:
    """One line of the journal: what changed, and when."""

    run_id: str
    subject: str
    status: str
    at: datetime
    detail: str = ""
