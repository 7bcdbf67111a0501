# Generated from src/oneclick_deploy/deploy/_async/run.py by tools/unasync.py. Do not edit.
"""One run of a deployment: lease, journal, steps, and what to do when a step fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

from oneclick_deploy.deploy._sync import checks, database, hosting, lookup
from oneclick_deploy.deploy._sync.clients import Clients
from oneclick_deploy.deploy._sync.context import Context
from oneclick_deploy.deploy._sync.engine import Engine, StepFunction
from oneclick_deploy.deploy._sync.removal import remove_all
from oneclick_deploy.deploy.access import ProviderAccess
from oneclick_deploy.deploy.heartbeat import Heartbeat
from oneclick_deploy.deploy.journal import Journal
from oneclick_deploy.deploy.progress import EventStream, titles
from oneclick_deploy.deploy.request import Request
from oneclick_deploy.deploy.steps import WEB
from oneclick_deploy.errors import DeployCancelledError, LeaseLostError, StepError
from oneclick_deploy.events import EventHandler, RunFinished, RunStarted
from oneclick_deploy.http import Redactor
from oneclick_deploy.runtime import threads
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret
from oneclick_deploy.store.records import AppStatus, ResourceRecord, RunStatus, StepStatus

FUNCTIONS: Final[Mapping[str, StepFunction]] = {
    "preflight": checks.preflight,
    "database.provision": database.provision,
    "database.migrate": database.migrate,
    "database.import": database.import_data,
    "build": hosting.build,
    "hosting.create": hosting.create_project,
    "hosting.upload": hosting.upload,
    "hosting.configure": hosting.configure,
    "hosting.release": hosting.release,
    "verify": checks.verify,
}


def deploy_run(
    request: Request,
    *,
    access: ProviderAccess,
    journal: Journal,
    on_event: EventHandler | None,
    cancel: CancelToken,
) -> None:
    """Run all steps of a deployment and close the run, whatever happens.

    Raises:
        StepError: A step failed. What the run created was removed, unless the target says keep.
        DeployCancelledError: The caller cancelled; everything is kept for `resume`.
        LeaseLostError: Another process took over.
    """
    redactor = redactor_of(request, access)
    events = EventStream(journal.lease.deployment_id, WEB, on_event, redactor)
    stop = CancelToken()
    forget = cancel.on_cancel(stop.cancel)
    lost: list[bool] = []

    def lease_lost() -> None:
        lost.append(True)
        stop.cancel()

    try:
        with Heartbeat(journal.store, journal.lease, on_lost=lease_lost):
            _begin(request, journal, events)
            try:
                _run_steps(request, access, journal, events, redactor, stop)
            except DeployCancelledError:
                if lost:
                    raise LeaseLostError(
                        "another process took this deployment over",
                        hint="Stop here; the other process goes on with the run.",
                    ) from None
                _end(journal, events, RunStatus.CANCELLED, "cancelled")
                raise
            except threads.Cancelled:
                threads.protect(partial(_end, journal, events, RunStatus.CANCELLED, "cancelled"))
                raise
            except StepError as error:
                if isinstance(error.cause, LeaseLostError):
                    raise error.cause from None
                raise _failed(error, request, access, journal, events) from None
            _succeeded(journal, events)
    finally:
        forget()


def _begin(request: Request, journal: Journal, events: EventStream) -> None:
    threads.to_thread(journal.plan, [step.id for step in WEB])
    threads.to_thread(journal.update_app, status=AppStatus.DEPLOYING)
    events.emit(RunStarted, app=request.app.name, steps=titles(WEB), resumed=journal.lease.resumed)


def _run_steps(
    request: Request,
    access: ProviderAccess,
    journal: Journal,
    events: EventStream,
    redactor: Redactor,
    stop: CancelToken,
) -> None:
    with Clients(access, stop) as clients:
        context = Context(
            app=request.app,
            target=request.target,
            clients=clients,
            journal=journal,
            events=events,
            redactor=redactor,
            cancel=stop,
            auth_secret=request.auth_secret,
        )
        try:
            Engine(WEB, FUNCTIONS, context, stop=stop.cancel).run()
        finally:
            context.close()


def redactor_of(request: Request, access: ProviderAccess) -> Redactor:
    """Know every secret of the run before its first request."""
    own = [value for value in request.app.env.values() if isinstance(value, Secret)]
    return Redactor([access.turso_token, access.cloudflare_token, request.auth_secret, *own])


def _succeeded(journal: Journal, events: EventStream) -> None:
    app = threads.to_thread(
        journal.update_app, status=AppStatus.ACTIVE, last_deployed_at=datetime.now(UTC)
    )
    threads.to_thread(journal.end, RunStatus.DONE)
    events.emit(RunFinished, status="active", url=app.deployment_url, seconds=events.elapsed)


def _failed(
    error: StepError,
    request: Request,
    access: ProviderAccess,
    journal: Journal,
    events: EventStream,
) -> StepError:
    """Undo what the run created, if the target asks for it, and close the run."""
    mine = threads.to_thread(journal.created_by_this_run)
    if request.target.on_failure == "keep":
        _end(journal, events, RunStatus.FAILED, error.message)
        return _told(error, journal, left=mine)
    with Clients(access, CancelToken()) as clients:
        removed, left = remove_all(mine, clients=clients, journal=journal, events=events)
    if removed:
        threads.to_thread(_mark_undone, journal, removed)
    _end(journal, events, RunStatus.UNDONE, error.message)
    return _told(error, journal, undone=removed, left=left)


def _told(
    error: StepError,
    journal: Journal,
    *,
    undone: Sequence[ResourceRecord] = (),
    left: Sequence[ResourceRecord] = (),
) -> StepError:
    """Say with the error what became of the resources."""
    return StepError(
        error.step,
        error.cause,
        deployment_id=journal.lease.deployment_id,
        undone=tuple(f"{record.kind} {record.name}" for record in undone),
        left=tuple(f"{record.kind} {record.name}" for record in left),
    )


def _mark_undone(journal: Journal, removed: Sequence[ResourceRecord]) -> None:
    """A later run, or a reader, must not believe that what is gone still stands."""
    for record in journal.store.steps(journal.run_id):
        if record.status is StepStatus.DONE:
            journal.step_ended(record.step, StepStatus.UNDONE)
    kinds = {record.kind for record in removed}
    if lookup.DATABASE in kinds:
        journal.update_app(database_id="", database_url_encrypted=b"")
    if lookup.PROJECT in kinds:
        journal.update_app(hosting_project_id="", deployment_url="")


def _status_after(journal: Journal) -> AppStatus:
    """Where the app stands after a run that did not reach its goal.

    An app that was live before stays active, unless this run has already replaced its version.
    """
    released = journal.step("hosting.release")
    replaced = released is not None and released.status is StepStatus.DONE
    live = journal.app().last_deployed_at is not None and not replaced
    return AppStatus.ACTIVE if live else AppStatus.FAILED


def _end(journal: Journal, events: EventStream, status: RunStatus, error: str) -> None:
    after = threads.to_thread(_status_after, journal)
    threads.to_thread(journal.update_app, status=after)
    threads.to_thread(journal.end, status, error=error)
    events.emit(
        RunFinished,
        status="cancelled" if status is RunStatus.CANCELLED else "failed",
        error=error,
        seconds=events.elapsed,
    )
