"""The stages that a deployment goes through, as a function of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import frozen

from oneclick_deploy.local.cloudflare.models import Deployment

NAMES = ("queued", "initialize", "clone_repo", "build", "deploy")


@frozen(kw_only=True)
class Stage:
    """One stage.

    Args:
        name: One of :data:`NAMES`.
        status: ``idle``, ``active``, ``success`` or ``failure``.
        started_on: None while it waits.
        ended_on: None until it is over.
    """

    name: str
    status: str
    started_on: datetime | None = None
    ended_on: datetime | None = None


def stages_of(deployment: Deployment, *, seconds: float) -> tuple[Stage, ...]:
    """All stages of a deployment now; each lasts ``seconds``."""
    now = datetime.now(UTC)
    length = timedelta(seconds=seconds)
    stages = []
    for number, name in enumerate(NAMES):
        start = deployment.created_on + number * length
        end = start + length
        # The last stage also waits for the worker to be started.
        if now >= end and (deployment.published or name != NAMES[-1]):
            failed = name == NAMES[-1] and deployment.failure is not None
            status = "failure" if failed else "success"
            stages.append(Stage(name=name, status=status, started_on=start, ended_on=end))
        elif now >= start:
            stages.append(Stage(name=name, status="active", started_on=start))
        else:
            stages.append(Stage(name=name, status="idle"))
    return tuple(stages)


def latest_stage(stages: tuple[Stage, ...]) -> Stage:
    """The stage that a deployment is in."""
    return [stage for stage in stages if stage.status != "idle"][-1]


def is_live(deployment: Deployment, *, seconds: float) -> bool:
    """Whether the deployment went through all stages."""
    return stages_of(deployment, seconds=seconds)[-1].status == "success"
