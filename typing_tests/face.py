"""A program that is never run: it only must type-check, under mypy --strict and pyright.

It uses everything that ``oneclick_deploy`` gives, blocking and asynchronous, as a caller would.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import assert_type

import oneclick_deploy as od
from oneclick_deploy.data import Inspection, inspect
from oneclick_deploy.errors import (
    ApiError,
    DatabaseError,
    DeployCancelledError,
    RateLimitedError,
    StepError,
    TransportError,
)
from oneclick_deploy.events import (
    EventHandler,
    Notice,
    ResourceChanged,
    RunFinished,
    RunStarted,
    StepFailed,
    StepFinished,
    StepProgress,
    StepStarted,
)
from oneclick_deploy.progress import ProgressView
from oneclick_deploy.providers.cloudflare import TokenStatus
from oneclick_deploy.providers.cloudflare.pages import PagesDeployment, PagesProject
from oneclick_deploy.providers.libsql import ResultSet
from oneclick_deploy.providers.turso import Database, Group
from oneclick_deploy.site import Site, read_site
from oneclick_deploy.store import AppRecord, AppStatus, ResourceStatus, RunStatus, StepStatus


def describe_app() -> od.App:
    app = od.App(
        name="guestbook",
        source="examples/guestbook",
        preview_data=b"SQLite format 3\x00",
        env={"TITLE": "My book", "STRIPE_SECRET_KEY": od.Secret("sk_test")},
        site="public",
        health="/api/health",
        user_id="7",
        project_id="12",
    )
    od.App(name="guestbook", source=Path("examples/guestbook"), preview_data="preview.db")
    assert_type(app.name, str)
    assert_type(app.source, Path)
    assert_type(app.preview_data, Path | bytes | None)
    assert_type(app.site_path(), Path)
    assert_type(inspect("preview.db"), Inspection)
    return app


def describe_target() -> od.Web:
    target = od.Web(
        database=od.Turso(database="db", group="default", location="aws-us-east-1"),
        hosting=od.CloudflarePages(
            project="p",
            production_branch="main",
            compatibility_date="2026-09-01",
        ),
        on_failure="keep",
    )
    od.Web(database="turso", hosting="cloudflare-pages")
    assert_type(target.database, od.Turso)
    assert_type(target.hosting, od.CloudflarePages)
    assert_type(target.hosting.compatibility_flags, tuple[str, ...])
    return target


def on_event(event: od.Event) -> None:
    match event:
        case RunStarted(app=app, steps=steps, resumed=resumed):
            assert_type(app, str)
            assert_type(steps, tuple[tuple[str, str], ...])
            assert_type(resumed, bool)
        case StepStarted(step=step, title=title):
            assert_type(step, str)
            assert_type(title, str)
        case StepProgress():
            assert_type(event.step_percent, float | None)
            assert_type(event.rows_done, int | None)
            assert_type(event.remaining, float | None)
        case StepFinished():
            assert_type(event.seconds, float)
            assert_type(event.reused, bool)
        case StepFailed():
            assert_type(event.hint, str)
        case ResourceChanged():
            assert_type(event.remote_id, str)
        case Notice():
            assert_type(event.message, str)
        case RunFinished():
            assert_type(event.url, str)
    assert_type(event.at, datetime)
    assert_type(event.percent, float)
    assert_type(str(event), str)


def choose_a_handler() -> list[EventHandler]:
    kept: list[od.Event] = []
    with od.progress_view() as view:
        assert_type(od.progress_view(), ProgressView)
        return [on_event, kept.append, print, view]


def deploy_and_wait(app: od.App, target: od.Web) -> None:
    with od.LocalCloud("state", data_plane="python") as cloud:
        assert_type(cloud, od.LocalCloud)
        assert_type(cloud.database_url("guestbook"), str)
        assert_type(cloud.site_url("guestbook"), str)
        assert_type(cloud.environment(), dict[str, str])
        assert_type(cloud.encryption_key, od.Secret)
        with od.DeploymentOrchestrator.local(cloud) as orchestrator:
            assert_type(orchestrator, od.DeploymentOrchestrator)
            plan = orchestrator.plan(app, target)
            assert_type(plan, od.Plan)
            assert_type(plan.warnings, tuple[str, ...])
            deployment = orchestrator.deploy(plan, on_event=on_event, cancel=od.CancelToken())
            assert_type(deployment, od.Deployment)
            orchestrator.deploy(app)
            orchestrator.deploy(app, target, on_event=print)
            assert_type(orchestrator.resume(deployment.id, app=app), od.Deployment)
            assert_type(orchestrator.status(deployment.id), od.Deployment)
            assert_type(orchestrator.deployments(user_id="7"), list[od.Deployment])
            assert_type(orchestrator.history(deployment.id), tuple[od.DeploymentReport, ...])
            assert_type(orchestrator.destroy(deployment.id, on_event=on_event), od.DeploymentReport)
            run = orchestrator.start(app, target)
            assert_type(run, od.Run)
            assert_type(iter(run), Iterator[od.Event])
            for event in run:
                on_event(event)
            assert_type(run.done, bool)
            run.cancel()
            assert_type(run.result(), od.Deployment)
            read_results(deployment)


async def deploy_and_await(app: od.App, target: od.Web) -> None:
    async with (
        od.LocalCloud() as cloud,
        od.AsyncDeploymentOrchestrator.local(cloud) as orchestrator,
    ):
        assert_type(orchestrator, od.AsyncDeploymentOrchestrator)
        plan = await orchestrator.plan(app, target)
        assert_type(plan, od.Plan)
        deployment = await orchestrator.deploy(plan, on_event=on_event, cancel=od.CancelToken())
        assert_type(deployment, od.Deployment)
        assert_type(await orchestrator.deploy(app), od.Deployment)
        assert_type(await orchestrator.resume(deployment.id, app=app), od.Deployment)
        assert_type(await orchestrator.status(deployment.id), od.Deployment)
        assert_type(await orchestrator.deployments(), list[od.Deployment])
        assert_type(await orchestrator.history(deployment.id), tuple[od.DeploymentReport, ...])
        assert_type(await orchestrator.destroy(deployment.id), od.DeploymentReport)
        run = orchestrator.start(app, target)
        assert_type(run, od.AsyncRun)
        assert_type(aiter(run), AsyncIterator[od.Event])
        async for event in run:
            on_event(event)
        run.cancel()
        assert_type(await run.result(), od.Deployment)


def read_results(deployment: od.Deployment) -> None:
    assert_type(deployment.status, AppStatus)
    assert_type(deployment.url, str)
    assert_type(deployment.last_deployed_at, datetime | None)
    if deployment.report is None:
        return
    assert_type(deployment.report.status, RunStatus)
    assert_type(deployment.report.rows, tuple[tuple[str, int], ...])
    for step in deployment.report.steps:
        assert_type(step.status, StepStatus)
        assert_type(step.seconds, float)
    for resource in deployment.report.resources:
        assert_type(resource.status, ResourceStatus)


def open_accounts() -> None:
    access = od.ProviderAccess(
        turso_token="text",  # noqa: S106 - any text
        turso_organization="org",
        cloudflare_token=od.Secret("text"),
        cloudflare_account="account",
        http=od.HttpSettings(timeout=30.0, route=lambda _: None),
    )
    assert_type(access.turso_token, od.Secret)
    with od.SqliteStore(Path("deployments.db")) as store:
        assert_type(store.apps(user_id="7"), list[AppRecord])
        made = od.DeploymentOrchestrator(access=access, store=store, vault=od.Vault.from_env())
        made.close()
    od.DeploymentOrchestrator.from_env({"ONECLICK_STORE": ":memory:"}).close()
    assert_type(od.DeploymentOrchestrator.from_env(), od.DeploymentOrchestrator)
    assert_type(od.AsyncDeploymentOrchestrator.from_env(), od.AsyncDeploymentOrchestrator)
    assert_type(od.ProviderAccess.from_env(), od.ProviderAccess)
    assert_type(od.__version__, str)


def keep_secrets() -> None:
    secret = od.Secret(od.Secret("text"))
    assert_type(secret.reveal(), str)
    assert_type(od.Vault.generate_key(), od.Secret)
    vault = od.Vault([od.Vault.generate_key(), "text"])
    envelope = vault.seal(secret, owner="7", provider="stripe", field="key")
    assert_type(envelope, bytes)
    assert_type(vault.open(envelope, owner="7", provider="stripe", field="key"), od.Secret)
    assert_type(vault.rotate(envelope, owner="7", provider="stripe", field="key"), bytes)


def use_clients() -> None:
    token = od.CancelToken()
    with od.TursoClient("token", organization="org", cancel=token) as turso:
        assert_type(turso, od.TursoClient)
        assert_type(turso.ensure_group(), Group)
        database = turso.create_database("db", group="default")
        assert_type(database, Database)
        assert_type(turso.create_database_token(database.name), od.Secret)
        assert_type(od.TursoClient.from_env(), od.TursoClient)
    with od.LibsqlClient(database.url, od.Secret("token")) as libsql:
        result = libsql.execute("SELECT :a", {"a": 1})
        assert_type(result, ResultSet)
        assert_type(libsql.batch(["SELECT 1", ("SELECT ?", (1,))]), list[ResultSet])
        with libsql.transaction() as transaction:
            assert_type(transaction.execute("SELECT 1"), ResultSet)
    with od.CloudflareClient("token") as cloudflare:
        assert_type(cloudflare.verify_token(), TokenStatus)
    with od.CloudflarePagesClient("token", account_id="account") as pages:
        assert_type(pages.create_project("p", env={"A": od.Secret("s"), "B": "t"}), PagesProject)
        site = read_site(Path("public"))
        assert_type(site, Site)
        assert_type(pages.deploy("p", site, branch="main"), PagesDeployment)
        assert_type(pages.find_deployment("p", commit_hash="0"), PagesDeployment | None)


async def use_asynchronous_clients() -> None:
    async with od.AsyncTursoClient("token", organization="org") as turso:
        assert_type(await turso.databases(), tuple[Database, ...])
    async with od.AsyncLibsqlClient("libsql://host", "token") as libsql:
        assert_type(await libsql.execute("SELECT 1"), ResultSet)
        async for page in libsql.read_table("entry"):
            assert_type(page.columns, tuple[str, ...])
    async with od.AsyncCloudflareClient("token") as cloudflare:
        assert_type(await cloudflare.verify_token(), TokenStatus)
    async with od.AsyncCloudflarePagesClient("token", account_id="account") as pages:
        assert_type(await pages.project("p"), PagesProject)


def read_errors(orchestrator: od.DeploymentOrchestrator, app: od.App) -> None:
    try:
        orchestrator.deploy(app)
    except StepError as error:
        assert_type(error.cause, od.OneClickError)
        assert_type(error.undone, tuple[str, ...])
        assert_type(error.left, tuple[str, ...])
    except RateLimitedError as error:
        assert_type(error.retry_after, float | None)
    except ApiError as error:
        assert_type(error.status, int)
        assert_type(error.request_id, str)
    except TransportError as error:
        assert_type(error.outcome_unknown, bool)
    except DatabaseError as error:
        assert_type(error.statement, int | None)
    except DeployCancelledError as error:
        assert_type(error.hint, str)
    except od.OneClickError as error:
        assert_type(error.retryable, bool)
