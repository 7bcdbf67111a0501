"""The first and the last step: preflight, and asking the deployed site."""

from __future__ import annotations

import time
from typing import Final

from oneclick_deploy.deploy._async import lookup
from oneclick_deploy.deploy._async.context import AsyncContext
from oneclick_deploy.deploy.answers import HEALTH_PATH, health_problem, page_problem
from oneclick_deploy.deploy.ownership import Ownership
from oneclick_deploy.deploy.steps import StepResult
from oneclick_deploy.errors import TransportError, VerificationError
from oneclick_deploy.http import CallKind, Request, Response
from oneclick_deploy.runtime import aio

VERIFY_SECONDS: Final = 120.0
VERIFY_PAUSE: Final = 1.0


async def preflight(context: AsyncContext) -> StepResult:
    """Check everything that can be checked before the first create."""
    inputs = await context.inputs()
    await context.clients.turso.validate_token()
    await context.clients.cloudflare.verify_token()
    await _names_free(context)
    rows = inputs.data.rows if inputs.data else 0
    return StepResult(
        summary=f"tokens accepted, {len(inputs.history.migrations)} migrations, {rows} rows to move"
    )


async def _names_free(context: AsyncContext) -> None:
    """Refuse names that belong to others, before anything of ours is created."""
    records = await aio.to_thread(context.journal.resources)
    owned = Ownership(context.journal.lease.deployment_id, records)
    database = await lookup.database(context.clients, context.names.database)
    owned.check(lookup.DATABASE, context.names.database, exists=database is not None)
    project = await lookup.project(context.clients, context.names.project)
    tag = lookup.owner_of(project) if project else ""
    owned.check(lookup.PROJECT, context.names.project, exists=project is not None, tag=tag)


async def verify(context: AsyncContext) -> StepResult:
    """Ask the page, the health route and the database, until they answer or time is over."""
    url = str(context.output("hosting.create", "url"))
    deadline = time.monotonic() + VERIFY_SECONDS
    page = await _until_good(context, url, deadline=deadline, path="/", optional=False)
    health_path = context.app.health or HEALTH_PATH
    health = await _until_good(
        context, url, deadline=deadline, path=health_path, optional=context.app.health is None
    )
    await context.database().ping()
    shown = f"{health_path} {health.status}" if health else "no health route"
    return StepResult(
        output={"url": url},
        summary=f"/ {page.status if page else ''}, {shown}, the database answers",
    )


async def _until_good(
    context: AsyncContext, url: str, *, deadline: float, path: str, optional: bool
) -> Response | None:
    """Ask one address until it answers well; the last problem is the error's text."""
    while True:
        problem, response = await _ask(context, url.rstrip("/") + path, path=path)
        if not problem:
            return response
        if optional and response is not None and response.status in {404, 405}:
            return None
        if time.monotonic() + VERIFY_PAUSE > deadline or _final(response):
            raise VerificationError(
                f"{url.rstrip('/')}{path} {problem}",
                hint="Open the address, and look at the project's function logs at the host.",
            )
        context.events.step_progress("verify", f"{path} {problem}; asking again")
        await aio.sleep(VERIFY_PAUSE, cancel=context.cancel)


async def _ask(context: AsyncContext, url: str, *, path: str) -> tuple[str, Response | None]:
    request = Request(
        method="GET", url=url, headers={"Accept": "*/*"}, kind=CallKind.READ, timeout=30.0
    )
    try:
        response = await context.clients.web.send(request)
    except TransportError as error:
        return f"does not answer ({error.message})", None
    judge = page_problem if path == "/" else health_problem
    return judge(response), response


def _final(response: Response | None) -> bool:
    """Whether asking again cannot help: the app itself says no."""
    return response is not None and 400 <= response.status < 500 and response.status != 429
