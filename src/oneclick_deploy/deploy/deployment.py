"""What a run returns: the deployment, and the report of how it came about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import field, frozen

from oneclick_deploy.store.records import (
    AppRecord,
    AppStatus,
    ResourceRecord,
    ResourceStatus,
    RunRecord,
    RunStatus,
    StepRecord,
    StepStatus,
    Transition,
)


@frozen(kw_only=True)
class StepReport:
    """One step of a run."""

    step: str
    status: StepStatus
    summary: str
    seconds: float
    attempts: int
    error: str = ""


@frozen(kw_only=True)
class ResourceReport:
    """One remote resource of a deployment."""

    kind: str
    name: str
    status: ResourceStatus
    remote_id: str = ""
    adopted: bool = False


@frozen(kw_only=True)
class DeploymentReport:
    """One run, as the journal tells it.

    Args:
        run_id: The run.
        kind: ``deploy`` or ``destroy``.
        status: How it ended.
        steps: Its steps with their times.
        resources: The deployment's remote resources, in the order of their creation.
        rows: Rows of each table that came over in this deployment.
        error: What stopped it.
        started_at: When it began (UTC).
        finished_at: When it ended (UTC).
        journal: Every change of state, oldest first.
    """

    run_id: str
    kind: str
    status: RunStatus
    steps: tuple[StepReport, ...]
    resources: tuple[ResourceReport, ...]
    rows: tuple[tuple[str, int], ...] = ()
    error: str = ""
    started_at: datetime
    finished_at: datetime | None = None
    journal: tuple[Transition, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        lines = [f"{self.kind} {self.run_id}: {self.status}"]
        lines += [
            f"  {step.step:<20}{step.status:<9}{step.seconds:8.2f} s  {step.error or step.summary}"
            for step in self.steps
        ]
        return "\n".join(lines)


@frozen(kw_only=True)
class Deployment:
    """A deployed app.

    Args:
        id: The deployment's id, for `status`, `history`, `resume` and `destroy`.
        name: The app's name.
        status: Where it stands.
        url: The site's address; empty before it is live.
        database_provider: Such as ``turso``.
        database_id: The provider's id of the database.
        hosting_provider: Such as ``cloudflare-pages``.
        hosting_project_id: The provider's id of the project.
        report: The newest run.
        created_at: When it was first deployed (UTC).
        last_deployed_at: The end of the last successful run (UTC).
    """

    id: str
    name: str
    status: AppStatus
    url: str
    database_provider: str
    database_id: str
    hosting_provider: str
    hosting_project_id: str
    report: DeploymentReport | None
    created_at: datetime
    last_deployed_at: datetime | None


def deployment_of(app: AppRecord, report: DeploymentReport | None) -> Deployment:
    """Build the public value from the stored row."""
    return Deployment(
        id=app.id,
        name=app.name,
        status=app.status,
        url=app.deployment_url,
        database_provider=app.database_provider,
        database_id=app.database_id,
        hosting_provider=app.hosting_provider,
        hosting_project_id=app.hosting_project_id,
        report=report,
        created_at=app.created_at,
        last_deployed_at=app.last_deployed_at,
    )


def report_of(
    run: RunRecord,
    steps: list[StepRecord],
    resources: list[ResourceRecord],
    journal: list[Transition],
) -> DeploymentReport:
    """Build the public value from the journal's rows."""
    return DeploymentReport(
        run_id=run.id,
        kind=run.kind,
        status=run.status,
        steps=tuple(_step(record) for record in steps),
        resources=tuple(_resource(record) for record in resources),
        rows=_rows(steps),
        error=run.error,
        started_at=run.started_at,
        finished_at=run.finished_at,
        journal=tuple(journal),
    )


def _step(record: StepRecord) -> StepReport:
    return StepReport(
        step=record.step,
        status=record.status,
        summary=record.summary,
        seconds=record.seconds,
        attempts=record.attempts,
        error=record.error,
    )


def _resource(record: ResourceRecord) -> ResourceReport:
    return ResourceReport(
        kind=record.kind,
        name=record.name,
        status=record.status,
        remote_id=record.remote_id,
        adopted=record.adopted,
    )


def _rows(steps: list[StepRecord]) -> tuple[tuple[str, int], ...]:
    for record in steps:
        if record.step == "database.import":
            tables: list[list[Any]] = list(record.output.get("tables", []))
            return tuple((str(name), int(rows)) for name, rows in tables)
    return ()
