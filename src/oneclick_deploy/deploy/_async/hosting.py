"""The code and hosting branches: build, create, upload, configure, release."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from oneclick_deploy.deploy._async import lookup
from oneclick_deploy.deploy._async.context import AsyncContext
from oneclick_deploy.deploy._async.resources import ensure
from oneclick_deploy.deploy.environment import full_environment
from oneclick_deploy.deploy.names import OWNER_VARIABLE, release_key
from oneclick_deploy.deploy.steps import StepResult
from oneclick_deploy.events import Notice
from oneclick_deploy.providers.cloudflare.pages import (
    PagesDeployment,
    PagesProject,
    UploadProgress,
)
from oneclick_deploy.runtime import aio
from oneclick_deploy.secrets import Secret
from oneclick_deploy.site import Site, read_site
from oneclick_deploy.sizes import readable_size


async def build(context: AsyncContext) -> StepResult:
    """Read the built site: every file is hashed and checked before anything is uploaded."""

    def progress(files: int, size: int) -> None:
        context.events.step_progress("build", f"{files} files hashed", bytes_done=size)

    inputs = await context.inputs()
    site = await aio.to_thread(
        read_site, inputs.site_path, functions=inputs.functions_path, on_progress=progress
    )
    for warning in site.warnings:
        context.events.emit(Notice, step="build", message=warning)
    context.site = site
    worker = " and a worker" if site.worker else ""
    return StepResult(
        output={"fingerprint": site.fingerprint, "files": len(site.files)},
        summary=f"{len(site.files)} files, {readable_size(site.total_bytes)}{worker}",
    )


async def create_project(context: AsyncContext) -> StepResult:
    """Create the Pages project, tagged with this deployment."""
    pages, name, wanted = context.clients.pages, context.names.project, context.target.hosting
    owner = context.journal.lease.deployment_id

    async def find() -> PagesProject | None:
        return await lookup.project(context.clients, name)

    async def create() -> PagesProject:
        return await pages.create_project(
            name,
            production_branch=wanted.production_branch,
            compatibility_date=wanted.compatibility_date,
            compatibility_flags=wanted.compatibility_flags,
            env={OWNER_VARIABLE: owner},
        )

    project = await ensure(
        context,
        kind=lookup.PROJECT,
        name=name,
        find=find,
        create=create,
        remote_id=lambda made: made.id,
        ours=lambda found: lookup.owner_of(found) == owner,
    )
    await aio.to_thread(
        context.journal.update_app,
        hosting_provider="cloudflare-pages",
        hosting_project_id=project.id,
    )
    return StepResult(output={"project_id": project.id, "url": project.url}, summary=project.url)


async def upload(context: AsyncContext) -> StepResult:
    """Upload the files that the host does not have."""
    site = _site(context)

    def progress(state: UploadProgress) -> None:
        context.events.step_progress(
            "hosting.upload",
            f"{state.files}/{state.total_files} files",
            share=state.bytes / max(1, state.total_bytes),
            bytes_done=state.bytes,
            bytes_total=state.total_bytes,
        )

    report = await context.clients.pages.upload_assets(
        context.names.project, site, on_progress=progress
    )
    for warning in report.warnings:
        context.events.emit(Notice, step="hosting.upload", message=warning)
    return StepResult(
        output={"fingerprint": site.fingerprint},
        summary=f"{report.uploaded_files} of {report.files} files were new",
    )


async def configure(context: AsyncContext) -> StepResult:
    """Set the environment of the next release; Pages reads it when a deployment is created."""
    environment = full_environment(
        context.app.env,
        database_url=context.output("database.provision", "url"),
        database_token=context.secret("database.provision", "token"),
        auth_secret=context.auth_secret,
        site_url=context.output("hosting.create", "url"),
    )
    earlier = await aio.to_thread(context.journal.last_output, "hosting.configure")
    dropped = set(earlier.output.get("names", ())) - set(environment) if earlier else set()
    wanted = context.target.hosting
    await context.clients.pages.update_project(
        context.names.project,
        env={**environment, **dict.fromkeys(dropped)},
        compatibility_date=wanted.compatibility_date,
        compatibility_flags=wanted.compatibility_flags,
        production_branch=wanted.production_branch,
    )
    secrets = sum(isinstance(value, Secret) for value in environment.values())
    removed = f", {len(dropped)} removed" if dropped else ""
    settings = {
        "compatibility": f"{wanted.compatibility_date} {' '.join(wanted.compatibility_flags)}",
        "branch": wanted.production_branch,
    }
    return StepResult(
        output={
            "fingerprint": _environment_mark({**environment, **settings}, context.auth_secret),
            "names": sorted(environment),
        },
        summary=f"{len(environment)} variables, {secrets} of them secret{removed}",
    )


def _environment_mark(environment: Mapping[str, str | Secret], key: Secret) -> str:
    """Changes with any value; keyed, so that the journal gives no clue to a short secret."""
    mark = hmac.new(key.reveal().encode(), digestmod=hashlib.sha256)
    for name, value in sorted(environment.items()):
        mark.update(f"{name}\x00{Secret(value).reveal()}\x00".encode())
    return mark.hexdigest()


async def release(context: AsyncContext) -> StepResult:
    """Create the production deployment and wait until it is live, unless nothing has changed."""
    pages, project, site = context.clients.pages, context.names.project, _site(context)
    environment = context.output("hosting.configure", "fingerprint")
    fingerprint = hashlib.sha256(f"{site.fingerprint}\n{environment}".encode()).hexdigest()
    url = str(context.output("hosting.create", "url"))
    earlier = await aio.to_thread(context.journal.last_output, "hosting.release")
    if earlier is not None and earlier.output.get("fingerprint") == fingerprint:
        return StepResult(output=earlier.output, summary="nothing has changed", reused=True)
    key = release_key(context.journal.run_id, fingerprint)

    async def find() -> PagesDeployment | None:
        return await pages.find_deployment(project, commit_hash=key)

    async def create() -> PagesDeployment:
        return await pages.create_deployment(
            project,
            site,
            branch=context.target.hosting.production_branch,
            commit_hash=key,
            commit_message=f"oneclick-deploy {context.journal.run_id}",
        )

    made = await ensure(
        context,
        kind=lookup.RELEASE,
        name=key,
        find=find,
        create=create,
        remote_id=lambda deployment: deployment.id,
        ours=lambda _: True,
        key=key,
    )
    live = await pages.wait_for_deployment(
        project,
        made.id,
        on_stage=lambda stage: context.events.step_progress(
            "hosting.release", f"{stage.name} {stage.status}"
        ),
    )
    await aio.to_thread(context.journal.update_app, deployment_url=url)
    return StepResult(
        output={"fingerprint": fingerprint, "deployment_id": live.id, "preview_url": live.url},
        summary=f"deployment {live.short_id}",
    )


def _site(context: AsyncContext) -> Site:
    if context.site is None:
        raise RuntimeError("the build step has not run")
    return context.site
