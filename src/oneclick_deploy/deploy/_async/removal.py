"""Removes what runs created, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from oneclick_deploy.deploy._async import lookup
from oneclick_deploy.deploy._async.clients import AsyncClients
from oneclick_deploy.deploy.access import ProviderAccess
from oneclick_deploy.deploy.heartbeat import Heartbeat
from oneclick_deploy.deploy.journal import Journal
from oneclick_deploy.deploy.progress import EventStream, titles
from oneclick_deploy.deploy.steps import DESTROY
from oneclick_deploy.errors import DeployError, NotFoundError, OneClickError
from oneclick_deploy.events import EventHandler, Notice, ResourceChanged, RunFinished, RunStarted
from oneclick_deploy.http import Redactor
from oneclick_deploy.runtime import aio
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.store.records import (
    AppStatus,
    ResourceRecord,
    ResourceStatus,
    RunStatus,
    StepStatus,
)


async def destroy_run(
    name: str, *, access: ProviderAccess, journal: Journal, on_event: EventHandler | None
) -> None:
    """Remove everything that a deployment has, and close the run.

    Raises:
        DeployError: Something could not be removed.
        LeaseLostError: Another process took over.
    """
    (step,) = DESTROY
    redactor = Redactor([access.turso_token, access.cloudflare_token])
    events = EventStream(journal.lease.deployment_id, DESTROY, on_event, redactor)
    with Heartbeat(journal.store, journal.lease, on_lost=lambda: None):
        await aio.to_thread(journal.step_started, step.id)
        events.emit(RunStarted, app=name, steps=titles(DESTROY), resumed=journal.lease.resumed)
        events.step_started(step)
        async with AsyncClients(access, CancelToken()) as clients:
            removed, left = await remove_all(
                await aio.to_thread(journal.resources),
                clients=clients,
                journal=journal,
                events=events,
            )
        if left:
            raise await _left_over(left, journal, events)
        summary = f"{len(removed)} resources removed"
        await aio.to_thread(
            journal.step_done,
            step.id,
            output={},
            secrets={},
            summary=summary,
            seconds=events.step_finished(step.id, summary=summary),
        )
        await aio.to_thread(
            journal.update_app,
            status=AppStatus.DESTROYED,
            secrets_encrypted=b"",
            database_url_encrypted=b"",
        )
        await aio.to_thread(journal.end, RunStatus.DONE)
    events.emit(RunFinished, status="destroyed", seconds=events.elapsed)


async def _left_over(
    left: Sequence[ResourceRecord], journal: Journal, events: EventStream
) -> DeployError:
    """Write down and report what could not be removed."""
    (step,) = DESTROY
    names = ", ".join(f"{record.kind} {record.name}" for record in left)
    error = DeployError(f"could not remove: {names}", hint="Call destroy() again.", retryable=True)
    await aio.to_thread(journal.step_ended, step.id, StepStatus.FAILED, error=error.message)
    await aio.to_thread(journal.end, RunStatus.FAILED, error=error.message)
    events.step_failed(step.id, error=error.message, hint=error.hint)
    events.emit(RunFinished, status="failed", error=error.message, seconds=events.elapsed)
    return error


async def remove_all(
    records: Sequence[ResourceRecord],
    *,
    clients: AsyncClients,
    journal: Journal,
    events: EventStream,
) -> tuple[list[ResourceRecord], list[ResourceRecord]]:
    """Remove resources, newest first; one that cannot be removed does not stop the others.

    Returns:
        The removed ones, and those that are left.
    """
    removed: list[ResourceRecord] = []
    left: list[ResourceRecord] = []
    with_project = any(record.kind == lookup.PROJECT for record in records)
    for record in sorted(records, key=lambda each: each.position, reverse=True):
        if record.status is ResourceStatus.REMOVED or record.kind == lookup.GROUP:
            # A group is the organization's: deleting it deletes every database in it.
            continue
        if record.kind == lookup.RELEASE and with_project:
            # It goes with its project, and the live one cannot be removed alone.
            await aio.to_thread(journal.resource_removed, record)
            removed.append(record)
            continue
        try:
            await _remove(record, clients, journal)
        except OneClickError as error:
            left.append(record)
            events.emit(Notice, message=f"could not remove {record.kind} {record.name}: {error}")
            events.emit(ResourceChanged, change="left", kind=record.kind, name=record.name)
            continue
        await aio.to_thread(journal.resource_removed, record)
        removed.append(record)
        events.emit(
            ResourceChanged,
            change="removed",
            kind=record.kind,
            name=record.name,
            remote_id=record.remote_id,
        )
    return removed, left


async def _remove(record: ResourceRecord, clients: AsyncClients, journal: Journal) -> None:
    """Delete one resource; one that does not exist is as good as deleted."""
    try:
        match record.kind:
            case lookup.DATABASE:
                await clients.turso.delete_database(record.name)
            case lookup.PROJECT:
                await clients.pages.delete_project(record.name)
            case lookup.RELEASE:
                await _remove_release(record, clients, journal)
    except NotFoundError:
        return


async def _remove_release(record: ResourceRecord, clients: AsyncClients, journal: Journal) -> None:
    projects = [r.name for r in journal.resources() if r.kind == lookup.PROJECT]
    for project in projects:
        found = await clients.pages.find_deployment(project, commit_hash=record.name)
        if found is not None:
            await clients.pages.delete_deployment(project, found.id, force=True)
