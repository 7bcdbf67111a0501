# Generated from src/oneclick_deploy/deploy/_async/removal.py by tools/unasync.py. Do not edit.
"""Removes what runs created, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from oneclick_deploy.deploy._sync import lookup
from oneclick_deploy.deploy._sync.clients import Clients
from oneclick_deploy.deploy.access import ProviderAccess
from oneclick_deploy.deploy.heartbeat import Heartbeat
from oneclick_deploy.deploy.journal import Journal
from oneclick_deploy.deploy.progress import EventStream, titles
from oneclick_deploy.deploy.steps import DESTROY
from oneclick_deploy.errors import DeployError, NotFoundError, OneClickError
from oneclick_deploy.events import EventHandler, Notice, ResourceChanged, RunFinished, RunStarted
from oneclick_deploy.http import Redactor
from oneclick_deploy.runtime import threads
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.store.records import (
    AppStatus,
    ResourceRecord,
    ResourceStatus,
    RunStatus,
    StepStatus,
)


def destroy_run(
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
        threads.to_thread(journal.step_started, step.id)
        events.emit(RunStarted, app=name, steps=titles(DESTROY), resumed=journal.lease.resumed)
        events.step_started(step)
        with Clients(access, CancelToken()) as clients:
            removed, left = remove_all(
                threads.to_thread(journal.resources),
                clients=clients,
                journal=journal,
                events=events,
            )
        if left:
            raise _left_over(left, journal, events)
        summary = f"{len(removed)} resources removed"
        threads.to_thread(
            journal.step_done,
            step.id,
            output={},
            secrets={},
            summary=summary,
            seconds=events.step_finished(step.id, summary=summary),
        )
        threads.to_thread(
            journal.update_app,
            status=AppStatus.DESTROYED,
            secrets_encrypted=b"",
            database_url_encrypted=b"",
        )
        threads.to_thread(journal.end, RunStatus.DONE)
    events.emit(RunFinished, status="destroyed", seconds=events.elapsed)


def _left_over(
    left: Sequence[ResourceRecord], journal: Journal, events: EventStream
) -> DeployError:
    """Write down and report what could not be removed."""
    (step,) = DESTROY
    names = ", ".join(f"{record.kind} {record.name}" for record in left)
    error = DeployError(f"could not remove: {names}", hint="Call destroy() again.", retryable=True)
    threads.to_thread(journal.step_ended, step.id, StepStatus.FAILED, error=error.message)
    threads.to_thread(journal.end, RunStatus.FAILED, error=error.message)
    events.step_failed(step.id, error=error.message, hint=error.hint)
    events.emit(RunFinished, status="failed", error=error.message, seconds=events.elapsed)
    return error


def remove_all(
    records: Sequence[ResourceRecord],
    *,
    clients: Clients,
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
            threads.to_thread(journal.resource_removed, record)
            removed.append(record)
            continue
        try:
            _remove(record, clients, journal)
        except OneClickError as error:
            left.append(record)
            events.emit(Notice, message=f"could not remove {record.kind} {record.name}: {error}")
            events.emit(ResourceChanged, change="left", kind=record.kind, name=record.name)
            continue
        threads.to_thread(journal.resource_removed, record)
        removed.append(record)
        events.emit(
            ResourceChanged,
            change="removed",
            kind=record.kind,
            name=record.name,
            remote_id=record.remote_id,
        )
    return removed, left


def _remove(record: ResourceRecord, clients: Clients, journal: Journal) -> None:
    """Delete one resource; one that does not exist is as good as deleted."""
    try:
        match record.kind:
            case lookup.DATABASE:
                clients.turso.delete_database(record.name)
            case lookup.PROJECT:
                clients.pages.delete_project(record.name)
            case lookup.RELEASE:
                _remove_release(record, clients, journal)
    except NotFoundError:
        return


def _remove_release(record: ResourceRecord, clients: Clients, journal: Journal) -> None:
    projects = [r.name for r in journal.resources() if r.kind == lookup.PROJECT]
    for project in projects:
        found = clients.pages.find_deployment(project, commit_hash=record.name)
        if found is not None:
            clients.pages.delete_deployment(project, found.id, force=True)
