"""The plan of a deployment: what will be done, as a value that can be printed."""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import Literal

from attrs import field, frozen

from oneclick_deploy.app import App
from oneclick_deploy.data.source import SourceReport
from oneclick_deploy.deploy.environment import EnvironmentEntry
from oneclick_deploy.deploy.steps import Step
from oneclick_deploy.sizes import readable_size
from oneclick_deploy.targets import Web

LINE = 96
"""Columns of a printed plan."""


@frozen(kw_only=True)
class PlannedResource:
    """One remote resource.

    Args:
        kind: Such as ``turso.database``.
        name: Its name at the provider.
        action: ``create``, or ``keep`` when it exists and is ours.
    """

    kind: str
    name: str
    action: Literal["create", "keep"]


@frozen(kw_only=True)
class Plan:
    """What a deployment will do. Making one changes nothing anywhere; printing shows no secret.

    Args:
        app: The app.
        target: Where it goes.
        steps: The steps, in order; those that do not need each other run side by side.
        resources: The remote resources.
        environment: The variables that the app will see, without values.
        migrations: Names of the migrations in the app.
        data: What the preview database holds; ``None`` without one.
        site_files: Files to deploy.
        site_bytes: Their size.
        worker: Whether the site has code that answers requests.
        warnings: What will be deployed and may not be what was meant.
        made_at: When the plan was made (UTC).
    """

    app: App = field(repr=False)
    target: Web
    steps: tuple[Step, ...]
    resources: tuple[PlannedResource, ...]
    environment: tuple[EnvironmentEntry, ...]
    migrations: tuple[str, ...]
    data: SourceReport | None
    site_files: int
    site_bytes: int
    worker: bool
    warnings: tuple[str, ...] = ()
    made_at: datetime

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def _lines(plan: Plan) -> list[str]:
    app, target = plan.app, plan.target
    places = f"{type(target.database).__name__} and {type(target.hosting).__name__}"
    worker = ", with a worker" if plan.worker else ""
    lines = [
        f"Deploy {app.name} to {places}",
        f"  from {app.source}",
        "",
        "  resources",
        *(f"    {each.action:<8}{each.kind:<26}{each.name}" for each in plan.resources),
        "",
        "  steps",
        *(f"    {each.id:<20}{each.title}" for each in plan.steps),
        "",
        "  environment",
        *(_variable(each) for each in plan.environment),
        "",
        *_wrapped("migrations", f"{len(plan.migrations)}: {', '.join(plan.migrations)}"),
        *_wrapped("data", _data(plan.data)),
        f"  site        {plan.site_files} files, {readable_size(plan.site_bytes)}{worker}",
        f"  on failure  {target.on_failure} what the run created",
    ]
    for warning in plan.warnings:
        lines += _wrapped("warning", warning)
    return lines


def _wrapped(label: str, text: str) -> list[str]:
    first, rest = f"  {label:<12}", " " * 14
    return textwrap.wrap(
        text, LINE, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def _variable(entry: EnvironmentEntry) -> str:
    return f"    {entry.name:<20}{'secret, ' if entry.secret else ''}{entry.origin}"


def _data(report: SourceReport | None) -> str:
    if report is None:
        return "none: the database starts empty"
    tables = ", ".join(f"{table.name} {table.rows}" for table in report.tables if table.rows)
    return f"{report.rows} rows, {readable_size(report.size)} ({tables})"
