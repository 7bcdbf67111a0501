"""The steps of a deployment and what each must wait for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from oneclick_deploy.secrets import Secret


@frozen(kw_only=True)
class Step:
    """One step.

    Args:
        id: ``noun.verb``, as in the journal and in events.
        title: What it does, for people.
        needs: Ids of the steps that must be done before.
        weight: Its share of the run's time, for the overall percentage.
        again: Runs even when the journal says done: it looks at the world, or decides itself
            whether its earlier result still holds.
    """

    id: str
    title: str
    needs: tuple[str, ...] = ()
    weight: float = 1.0
    again: bool = False


@frozen(kw_only=True)
class StepResult:
    """What a step leaves behind.

    Args:
        output: What later steps need; written to the journal as JSON, never a secret.
        secrets: Secret outputs; written sealed.
        summary: What it did, in a few words.
        reused: Whether an earlier result was kept.
    """

    output: Mapping[str, Any] = field(factory=dict)
    secrets: Mapping[str, Secret] = field(factory=dict, repr=False)
    summary: str = ""
    reused: bool = False


# The database branch (provision, migrate, import), the code branch (build) and the hosting branch
# (create, upload) run side by side; they meet in hosting.configure and hosting.release.
WEB: Final = (
    Step(id="preflight", title="check credentials, names and the app", weight=4, again=True),
    Step(
        id="database.provision",
        title="create the database and its token",
        needs=("preflight",),
        weight=10,
    ),
    Step(
        id="database.migrate",
        title="apply the migrations",
        needs=("database.provision",),
        weight=8,
    ),
    Step(
        id="database.import",
        title="move the preview data",
        needs=("database.migrate",),
        weight=25,
    ),
    Step(id="build", title="collect and hash the site", needs=("preflight",), weight=6, again=True),
    Step(id="hosting.create", title="create the hosting project", needs=("preflight",), weight=6),
    Step(
        id="hosting.upload",
        title="upload the site's files",
        needs=("build", "hosting.create"),
        weight=14,
        again=True,
    ),
    Step(
        id="hosting.configure",
        title="set environment variables and secrets",
        needs=("database.provision", "hosting.create"),
        weight=5,
        again=True,
    ),
    Step(
        id="hosting.release",
        title="make the new version live",
        needs=("hosting.upload", "hosting.configure", "database.import"),
        weight=14,
        again=True,
    ),
    Step(
        id="verify",
        title="ask the site, its health route and the database",
        needs=("hosting.release",),
        weight=8,
        again=True,
    ),
)

DESTROY: Final = (Step(id="destroy", title="remove everything that the deployment has"),)


def check_order(steps: tuple[Step, ...]) -> None:
    """Assert that every step stands after what it needs; a plan is printed in this order."""
    seen: set[str] = set()
    for step in steps:
        missing = set(step.needs) - seen
        if missing or step.id in seen:
            raise ValueError(f"{step.id} is out of place: {sorted(missing) or 'listed twice'}")
        seen.add(step.id)


check_order(WEB)
