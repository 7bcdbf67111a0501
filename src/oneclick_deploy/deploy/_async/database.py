"""The database branch: provision, migrate, import."""

from __future__ import annotations

from typing import Any

from oneclick_deploy.data import AsyncLibsqlImport, ImportProgress
from oneclick_deploy.deploy._async import lookup
from oneclick_deploy.deploy._async.context import AsyncContext
from oneclick_deploy.deploy._async.resources import ensure
from oneclick_deploy.deploy.steps import StepResult
from oneclick_deploy.prisma.migrations._async.applying import apply
from oneclick_deploy.prisma.migrations.reports import MigrationEvent, MigrationStarted
from oneclick_deploy.providers.libsql.migrations import AsyncLibsqlDatabase
from oneclick_deploy.providers.turso import Database, Group
from oneclick_deploy.providers.turso.groups import DEFAULT_GROUP, choose_group
from oneclick_deploy.runtime import aio
from oneclick_deploy.secrets import Secret


async def provision(context: AsyncContext) -> StepResult:
    """Create the group if there is none, the database, and a token for this database alone."""
    turso, name = context.clients.turso, context.names.database
    group = await _group(context)

    async def find() -> Database | None:
        return await lookup.database(context.clients, name)

    async def create() -> Database:
        return await turso.create_database(name, group=group)

    database = await ensure(
        context,
        kind=lookup.DATABASE,
        name=name,
        find=find,
        create=create,
        remote_id=lambda made: made.db_id,
    )
    token = await _token(context, database)
    await aio.to_thread(
        context.journal.update_app,
        database_provider="turso",
        database_id=database.db_id,
        database_url_encrypted=context.journal.seal_url(database.url),
    )
    return StepResult(
        output={"url": database.url, "database_id": database.db_id, "group": group},
        secrets={"token": token},
        summary=f"{name} in {group}",
    )


async def _group(context: AsyncContext) -> str:
    turso, wanted = context.clients.turso, context.target.database
    present = await turso.groups()
    chosen = choose_group(wanted.group or DEFAULT_GROUP, present)
    if chosen is not None:
        found = await turso.unarchive_group(chosen.name) if chosen.archived else chosen
        return found.name

    async def find() -> Group | None:
        return next((g for g in await turso.groups() if g.name == DEFAULT_GROUP), None)

    async def create() -> Group:
        return await turso.ensure_group(DEFAULT_GROUP, location=wanted.location)

    made = await ensure(
        context,
        kind=lookup.GROUP,
        name=DEFAULT_GROUP,
        find=find,
        create=create,
        remote_id=lambda group: group.uuid,
        ours=lambda _: True,
    )
    return made.name


async def _token(context: AsyncContext, database: Database) -> Secret:
    """Keep the token of an earlier run of this deployment; tokens cannot be revoked singly."""
    earlier = await aio.to_thread(context.journal.last_output, "database.provision")
    if earlier is not None and earlier.output.get("database_id") == database.db_id:
        kept = await aio.to_thread(context.journal.open_secrets, earlier)
        if "token" in kept:
            return kept["token"]
    return await context.clients.turso.create_database_token(database.name)


async def migrate(context: AsyncContext) -> StepResult:
    """Apply the migrations that the database does not have, each in one transaction."""
    history = (await context.inputs()).history

    def progress(event: MigrationEvent) -> None:
        if isinstance(event, MigrationStarted):
            share = (event.number - 1) / event.total
            context.events.step_progress("database.migrate", event.name, share=share)

    report = await apply(
        history,
        AsyncLibsqlDatabase(context.database()),
        on_event=progress,
        cancel=context.cancel,
        # What failed and left nothing is corrected in the app, and deployed again.
        retry_undone=True,
    )
    return StepResult(
        output={"fingerprint": history.fingerprint, "applied": list(report.applied)},
        summary=str(report),
    )


async def import_data(context: AsyncContext) -> StepResult:
    """Move the preview's rows, once in the life of a deployment."""
    earlier = await aio.to_thread(context.journal.last_output, "database.import")
    database_id = context.output("database.provision", "database_id")
    if earlier is not None and earlier.output.get("database_id") == database_id:
        return StepResult(output=earlier.output, summary=earlier.summary, reused=True)
    source = (await context.inputs()).source
    if source is None:
        return StepResult(
            output={"tables": [], "database_id": database_id}, summary="no preview data"
        )

    def progress(state: ImportProgress) -> None:
        context.events.step_progress(
            "database.import",
            state.table,
            share=state.rows_done / max(1, state.rows_total),
            rows_done=state.rows_done,
            rows_total=state.rows_total,
        )

    report = await AsyncLibsqlImport(source, context.database(), on_progress=progress).run()
    tables: list[Any] = [[table.name, table.rows] for table in report.tables]
    return StepResult(
        output={"tables": tables, "database_id": database_id},
        summary=f"{report.rows} rows in {len(tables)} tables, compared value by value",
    )
