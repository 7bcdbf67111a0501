"""Removes what runs created, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from oneclick_deploy.deploy._async.clients import AsyncClients
from oneclick_deploy.deploy.journal import Journal
from oneclick_deploy.deploy.progress import EventStream
from oneclick_deploy.errors import NotFoundError, OneClickError
from oneclick_deploy.events import Notice, ResourceChanged
from oneclick_deploy.runtime import aio
from oneclick_deploy.store.records import ResourceRecord, ResourceStatus


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
    with_project = {record.name for record in records if record.kind == "cloudflare.pages.project"}
    for record in sorted(records, key=lambda each: each.position, reverse=True):
        if record.status is ResourceStatus.REMOVED:
            continue
        if record.kind == "cloudflare.pages.deployment" and with_project:
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
            case "turso.database":
                await clients.turso.delete_database(record.name)
            case "turso.group":
                await clients.turso.delete_group(record.name)
            case "cloudflare.pages.project":
                await clients.pages.delete_project(record.name)
            case "cloudflare.pages.deployment":
                await _remove_release(record, clients, journal)
    except NotFoundError:
        return


async def _remove_release(record: ResourceRecord, clients: AsyncClients, journal: Journal) -> None:
    projects = [r.name for r in journal.resources() if r.kind == "cloudflare.pages.project"]
    for project in projects:
        found = await clients.pages.find_deployment(project, commit_hash=record.name)
        if found is not None:
            await clients.pages.delete_deployment(project, found.id, force=True)
