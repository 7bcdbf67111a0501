"""Makes a plan: reads the app, asks the providers what exists, changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from oneclick_deploy.app import App
from oneclick_deploy.deploy._async import lookup
from oneclick_deploy.deploy._async.clients import AsyncClients
from oneclick_deploy.deploy.access import ProviderAccess
from oneclick_deploy.deploy.environment import planned_environment
from oneclick_deploy.deploy.inputs import AppInputs
from oneclick_deploy.deploy.names import resource_names
from oneclick_deploy.deploy.ownership import Ownership
from oneclick_deploy.deploy.plan import Plan, PlannedResource
from oneclick_deploy.deploy.steps import WEB
from oneclick_deploy.runtime import aio
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.site import read_site
from oneclick_deploy.targets import Web


async def make_plan(app: App, target: Web, access: ProviderAccess, *, owned: Ownership) -> Plan:
    """Make the plan of a deployment.

    Args:
        app: The app.
        target: Where it goes.
        access: The accounts.
        owned: What our store knows of resources that exist.

    Raises:
        NameTakenError: A wanted name belongs to somebody else.
        AppError: The app's directory, schema, migrations, site or preview data is unusable.
        ApiError: A provider refused the credentials.
        TransportError: A provider could not be reached.
    """
    inputs = await aio.to_thread(AppInputs, app)
    try:
        site = await aio.to_thread(read_site, inputs.site_path, functions=inputs.functions_path)
        resources = await _resources(app, target, access, owned)
    finally:
        inputs.close()
    return Plan(
        app=app,
        target=target,
        steps=WEB,
        resources=resources,
        environment=planned_environment(app.env),
        migrations=tuple(m.name for m in inputs.history.migrations),
        data=inputs.data,
        site_files=len(site.files),
        site_bytes=site.total_bytes,
        worker=site.worker is not None,
        warnings=site.warnings,
        made_at=datetime.now(UTC),
    )


async def _resources(
    app: App, target: Web, access: ProviderAccess, owned: Ownership
) -> tuple[PlannedResource, ...]:
    names = resource_names(app, target)
    async with AsyncClients(access, CancelToken()) as clients:
        database = await lookup.database(clients, names.database)
        project = await lookup.project(clients, names.project)
    keep_database = owned.check(lookup.DATABASE, names.database, exists=database is not None)
    tag = lookup.owner_of(project) if project else ""
    keep_project = owned.check(lookup.PROJECT, names.project, exists=project is not None, tag=tag)
    return (
        PlannedResource(
            kind=lookup.DATABASE, name=names.database, action="keep" if keep_database else "create"
        ),
        PlannedResource(
            kind=lookup.PROJECT, name=names.project, action="keep" if keep_project else "create"
        ),
    )
