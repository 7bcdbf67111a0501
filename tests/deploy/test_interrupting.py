"""Cancelling, interrupting, taking over: the journal always lets somebody go on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import oneclick_deploy as od
from oneclick_deploy import errors
from oneclick_deploy.deploy._sync import database
from oneclick_deploy.deploy.access import local_access
from oneclick_deploy.events import EventHandler
from oneclick_deploy.store.holder import Holder
from oneclick_deploy.store.records import AppStatus, RunStatus
from tests.deploy.apps import add_migration, make_app
from tests.deploy.world import NOTHING, resources, rows


def cancel_at(step: str, token: od.CancelToken) -> EventHandler:
    """An event handler that cancels when a step begins."""

    def on_event(event: od.Event) -> None:
        if getattr(event, "step", "") == step:
            token.cancel()

    return on_event


@pytest.mark.parametrize("step", ["preflight", "database.migrate", "hosting.create"])
def test_a_cancelled_run_stops_and_resumes(
    step: str, cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    token = od.CancelToken()
    with pytest.raises(errors.DeployCancelledError):
        orchestrator.deploy(make_app(source), on_event=cancel_at(step, token), cancel=token)
    (stopped,) = orchestrator.deployments()
    (run,) = orchestrator.history(stopped.id)
    assert run.status is RunStatus.CANCELLED
    deployment = orchestrator.resume(stopped.id)
    assert deployment.status is AppStatus.ACTIVE
    assert len(rows(cloud, "notes")) == 20
    orchestrator.destroy(deployment.id)
    assert resources(cloud) == NOTHING


async def test_a_cancelled_task_leaves_a_resumable_run(cloud: od.LocalCloud, source: Path) -> None:
    async with od.AsyncDeploymentOrchestrator.local(cloud) as orchestrator:
        began = asyncio.Event()
        task = asyncio.create_task(
            orchestrator.deploy(make_app(source), on_event=lambda _: began.set())
        )
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        (stopped,) = await orchestrator.deployments()
        (run,) = await orchestrator.history(stopped.id)
        assert run.status is RunStatus.CANCELLED
        deployment = await orchestrator.resume(stopped.id)
        assert deployment.status is AppStatus.ACTIVE
    assert len(await asyncio.to_thread(rows, cloud, "notes")) == 20


def test_an_interrupt_from_the_keyboard_leaves_a_resumable_run(
    cloud: od.LocalCloud,
    orchestrator: od.DeploymentOrchestrator,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from oneclick_deploy.runtime import threads

    original = threads.Channel.get
    calls: list[int] = []

    def interrupted(channel: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(channel)  # type: ignore[arg-type]

    monkeypatch.setattr(threads.Channel, "get", interrupted)
    with pytest.raises(KeyboardInterrupt):
        orchestrator.deploy(make_app(source))
    monkeypatch.undo()
    (stopped,) = orchestrator.deployments()
    assert orchestrator.resume(stopped.id).status is AppStatus.ACTIVE
    assert len(rows(cloud, "notes")) == 20


def test_two_runs_of_one_deployment_exclude_each_other(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    deployment = orchestrator.deploy(make_app(source))
    with od.SqliteStore(cloud.state_dir / "deployments.db") as store:
        lease = store.begin_run(deployment.id, kind="deploy", holder=Holder.this())
        with pytest.raises(errors.LeaseHeldError) as caught:
            orchestrator.deploy(make_app(source))
        assert caught.value.retryable
        with pytest.raises(errors.LeaseHeldError):
            orchestrator.destroy(deployment.id)
        store.release(lease)
    assert orchestrator.deploy(make_app(source)).id == deployment.id


def test_an_error_that_nobody_foresaw_is_a_deploy_error_and_is_undone(
    cloud: od.LocalCloud,
    orchestrator: od.DeploymentOrchestrator,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(database, "apply", broken)
    with pytest.raises(errors.StepError, match="internal error: ZeroDivisionError") as caught:
        orchestrator.deploy(make_app(source))
    assert "report it" in caught.value.hint
    assert resources(cloud) == NOTHING
    monkeypatch.undo()
    assert orchestrator.deploy(make_app(source)).status is AppStatus.ACTIVE


def test_a_wrong_vault_key_gives_the_lease_back(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    orchestrator.deploy(make_app(source))
    with (
        od.DeploymentOrchestrator(
            access=local_access(cloud),
            store=od.SqliteStore(cloud.state_dir / "deployments.db"),
            vault=od.Vault([od.Vault.generate_key()]),
        ) as stranger,
        pytest.raises(errors.VaultKeyError),
    ):
        stranger.deploy(make_app(source))
    assert orchestrator.deploy(make_app(source)).status is AppStatus.ACTIVE


def test_keep_leaves_what_was_created_for_a_later_run(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    add_migration(source, "20260301000000_bad", "CREATE TABLE nonsense (;")
    with pytest.raises(errors.StepError) as caught:
        orchestrator.deploy(make_app(source), od.Web(on_failure="keep"))
    assert "turso.database notes" in caught.value.left
    assert orchestrator.status(caught.value.deployment_id).status is AppStatus.FAILED
    assert resources(cloud)["databases"] == ["notes"]
    broken = source / "prisma" / "migrations" / "20260301000000_bad" / "migration.sql"
    broken.write_text('CREATE TABLE "Good" ("id" INTEGER PRIMARY KEY);')
    deployment = orchestrator.deploy(make_app(source))
    assert deployment.status is AppStatus.ACTIVE
    assert len(orchestrator.history(deployment.id)) == 2


def test_a_failed_redeploy_keeps_the_running_site(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    deployment = orchestrator.deploy(make_app(source))
    before = resources(cloud)
    add_migration(source, "20260301000000_bad", "CREATE TABLE nonsense (;")
    with pytest.raises(errors.StepError) as caught:
        orchestrator.deploy(make_app(source))
    assert caught.value.undone == ()
    assert resources(cloud) == before
    assert len(rows(cloud, "notes")) == 20
    after = orchestrator.status(deployment.id)
    assert (after.url, after.status) == (deployment.url, AppStatus.ACTIVE)


def test_resume_of_data_in_memory_asks_for_the_app(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    app = make_app(source, preview_data=(source / "preview.db").read_bytes())
    token = od.CancelToken()
    token.cancel()
    with pytest.raises(errors.DeployCancelledError):
        orchestrator.deploy(app, cancel=token)
    (stopped,) = orchestrator.deployments()
    with pytest.raises(errors.ConfigurationError, match="handed in as bytes"):
        orchestrator.resume(stopped.id)
    assert orchestrator.resume(stopped.id, app=app).status is AppStatus.ACTIVE


def test_another_store_cannot_take_what_is_not_its_own(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path, tmp_path: Path
) -> None:
    orchestrator.deploy(make_app(source))
    with (
        od.DeploymentOrchestrator(
            access=local_access(cloud),
            store=od.SqliteStore(tmp_path / "other.db"),
            vault=od.Vault([od.Vault.generate_key()]),
        ) as other,
        pytest.raises(errors.NameTakenError),
    ):
        other.plan(make_app(source))
