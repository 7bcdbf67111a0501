"""One call takes an app to production, and says what it did."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

import oneclick_deploy as od
from oneclick_deploy.deploy.access import local_access
from oneclick_deploy.events import (
    ResourceChanged,
    RunFinished,
    RunStarted,
    StepFinished,
    StepProgress,
    StepStarted,
)
from oneclick_deploy.store.records import AppStatus, RunStatus
from tests.deploy.apps import add_migration, make_app, write_app
from tests.deploy.world import NOTHING, fetch_json, resources, rows


def test_a_deployed_app_is_live_with_its_rows(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    deployment = orchestrator.deploy(make_app(source))
    assert deployment.status is AppStatus.ACTIVE
    assert deployment.url == cloud.site_url("notes")
    assert resources(cloud) == {
        "databases": ["notes"],
        "projects": ["notes"],
        "deployments": ["notes:production"],
    }
    assert len(rows(cloud, "notes")) == 20
    assert deployment.report is not None
    assert deployment.report.rows == (("Note", 20),)


def test_the_apps_own_code_reads_the_new_database(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, tmp_path: Path, workerd: Path
) -> None:
    app = make_app(write_app(tmp_path / "w", worker=True), env={"STRIPE": od.Secret("sk_1234")})
    deployment = orchestrator.deploy(app)
    assert fetch_json(f"{deployment.url}/api/count") == {"notes": 20}
    seen = fetch_json(f"{deployment.url}/api/env")
    wanted = {"TURSO_DATABASE_URL", "TURSO_AUTH_TOKEN", "NEXTAUTH_SECRET", "NEXTAUTH_URL", "STRIPE"}
    assert wanted <= set(seen)


def test_a_plan_changes_nothing_and_prints_no_value(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    app = make_app(source, env={"PLAIN": "visible-value", "KEY": od.Secret("sk_live_canary")})
    plan = orchestrator.plan(app)
    assert resources(cloud) == NOTHING
    text = str(plan)
    assert "turso.database" in text
    assert "20 rows" in text
    assert "20260101000000_init" in text
    assert "KEY" in text
    assert "visible-value" not in text + repr(plan)
    assert "sk_live_canary" not in text + repr(plan)


def test_deploying_again_creates_nothing_and_moves_nothing(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    first = orchestrator.deploy(make_app(source))
    before = resources(cloud)
    second = orchestrator.deploy(make_app(source))
    assert second.id == first.id
    assert resources(cloud) == before
    assert len(orchestrator.history(first.id)) == 2
    assert len(rows(cloud, "notes")) == 20


def test_a_changed_file_and_a_new_migration_are_all_that_a_redeploy_changes(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    orchestrator.deploy(make_app(source))
    (source / "out" / "index.html").write_text("<!doctype html><title>Notes 2</title>")
    add_migration(source, "20260201000000_more", 'ALTER TABLE "Note" ADD COLUMN "tag" TEXT;')
    deployment = orchestrator.deploy(make_app(source))
    summaries = {step.step: step.summary for step in deployment.report.steps}  # type: ignore[union-attr]
    assert summaries["database.migrate"] == "1 applied, 1 already there"
    assert summaries["hosting.upload"] == "1 of 2 files were new"
    assert len(cloud.cloudflare.deployments("notes")) == 2
    assert rows(cloud, "notes")[0] == (1, "note 0 with some text", None)


def test_events_are_numbered_and_their_percentage_never_falls(
    orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    events: list[od.Event] = []
    deployment = orchestrator.deploy(make_app(source), on_event=events.append)
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    percents = [event.percent for event in events]
    assert percents == sorted(percents)
    assert percents[-1] == pytest.approx(100)
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    assert events[-1].url == deployment.url
    assert {event.deployment_id for event in events} == {deployment.id}
    started = [event.step for event in events if isinstance(event, StepStarted)]
    finished = [event.step for event in events if isinstance(event, StepFinished)]
    assert sorted(started) == sorted(finished)
    moved = [event for event in events if isinstance(event, StepProgress) and event.rows_total]
    assert (moved[-1].rows_done, moved[-1].rows_total) == (20, 20)
    sent = [event for event in events if isinstance(event, StepProgress) and event.bytes_total]
    assert sent[-1].bytes_done == sent[-1].bytes_total
    created = [event.kind for event in events if isinstance(event, ResourceChanged)]
    assert {"turso.database", "cloudflare.pages.project"} <= set(created)


def test_events_come_to_the_thread_that_called_deploy(
    orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    threads: set[int] = set()
    orchestrator.deploy(make_app(source), on_event=lambda _: threads.add(threading.get_ident()))
    assert threads == {threading.get_ident()}


async def test_events_come_to_the_loop_that_called_deploy(
    cloud: od.LocalCloud, source: Path
) -> None:
    loops: set[object] = set()
    async with od.AsyncDeploymentOrchestrator.local(cloud) as orchestrator:
        await orchestrator.deploy(
            make_app(source), on_event=lambda _: loops.add(asyncio.get_running_loop())
        )
    assert loops == {asyncio.get_running_loop()}


def test_destroying_one_app_leaves_the_others_alone(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    first = orchestrator.deploy(make_app(source, "one"))
    orchestrator.deploy(make_app(source, "two"))
    orchestrator.destroy(first.id)
    assert resources(cloud) == {
        "databases": ["two"],
        "projects": ["two"],
        "deployments": ["two:production"],
    }
    assert len(rows(cloud, "two")) == 20


def test_a_redeploy_applies_changed_settings_and_removes_dropped_variables(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, tmp_path: Path, workerd: Path
) -> None:
    root = write_app(tmp_path / "w", worker=True)
    orchestrator.deploy(make_app(root, env={"OLD": "1", "GONE": od.Secret("gone-secret")}))
    hosting = od.CloudflarePages(compatibility_date="2026-08-01", compatibility_flags=[])
    deployment = orchestrator.deploy(make_app(root, env={"OLD": "1"}), od.Web(hosting=hosting))
    seen = fetch_json(f"{deployment.url}/api/env")
    assert "OLD" in seen
    assert "GONE" not in seen
    with od.CloudflarePagesClient(
        cloud.cloudflare_token, account_id=cloud.account_id, base_url=cloud.cloudflare_url
    ) as pages:
        assert pages.project("notes").production.compatibility_date == "2026-08-01"


def test_a_failing_event_handler_does_not_stop_the_deployment(
    orchestrator: od.DeploymentOrchestrator, source: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(event: od.Event) -> None:
        raise RuntimeError("the display broke")

    deployment = orchestrator.deploy(make_app(source), on_event=broken)
    assert deployment.status is AppStatus.ACTIVE
    assert caplog.text.count("RuntimeError: the display broke") == 1


def test_a_run_in_the_background_is_an_iterator_of_its_events(
    orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    run = orchestrator.start(make_app(source))
    events = list(run)
    assert run.done
    assert isinstance(events[-1], RunFinished)
    assert run.result().url == events[-1].url


async def test_the_asynchronous_twin_does_the_same(cloud: od.LocalCloud, source: Path) -> None:
    async with od.AsyncDeploymentOrchestrator.local(cloud) as orchestrator:
        run = orchestrator.start(make_app(source))
        events = [event async for event in run]
        deployment = await run.result()
        assert isinstance(events[-1], RunFinished)
        assert (await orchestrator.status(deployment.id)).status is AppStatus.ACTIVE
        report = await orchestrator.destroy(deployment.id)
        assert report.status is RunStatus.DONE
    assert resources(cloud) == NOTHING


async def test_two_apps_deploy_side_by_side(cloud: od.LocalCloud, source: Path) -> None:
    async with od.AsyncDeploymentOrchestrator.local(cloud) as orchestrator:
        first, second = await asyncio.gather(
            orchestrator.deploy(make_app(source, "one")),
            orchestrator.deploy(make_app(source, "two")),
        )
    assert first.url != second.url
    assert resources(cloud)["databases"] == ["one", "two"]


def test_data_can_be_copied_without_a_deployment(cloud: od.LocalCloud, source: Path) -> None:
    access = local_access(cloud)
    with od.TursoClient(
        access.turso_token,
        organization=access.turso_organization,
        base_url=access.turso_url,
        settings=access.http,
    ) as turso:
        made = turso.create_database("alone", group=turso.ensure_group().name)
        token = turso.create_database_token("alone")
    with od.LibsqlClient(made.url, token, settings=access.http) as client:
        client.execute('CREATE TABLE "Note" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "text" TEXT)')
        assert od.data.copy(source / "preview.db", client).rows == 20
        assert od.data.copy(source / "preview.db", client).rows == 20
    assert len(rows(cloud, "alone")) == 20


def test_destroy_removes_everything_and_may_be_called_twice(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    deployment = orchestrator.deploy(make_app(source))
    orchestrator.destroy(deployment.id)
    assert resources(cloud) == NOTHING
    assert orchestrator.destroy(deployment.id).kind == "destroy"
    assert orchestrator.status(deployment.id).status is AppStatus.DESTROYED


def test_a_destroyed_name_can_be_deployed_anew(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    first = orchestrator.deploy(make_app(source))
    orchestrator.destroy(first.id)
    second = orchestrator.deploy(make_app(source))
    assert second.id != first.id
    assert len(rows(cloud, "notes")) == 20


def test_the_cloud_keeps_a_deployment_over_a_restart(
    make_cloud: object, tmp_path: Path, source: Path
) -> None:
    state = tmp_path / "kept"
    with (
        od.LocalCloud(state, data_plane="python") as cloud,
        od.DeploymentOrchestrator.local(cloud) as orchestrator,
    ):
        deployment = orchestrator.deploy(make_app(source))
    with od.LocalCloud(state, data_plane="python") as cloud:
        assert len(rows(cloud, "notes")) == 20
        assert cloud.site_url("notes") == deployment.url
        with od.DeploymentOrchestrator.local(cloud) as orchestrator:
            assert orchestrator.deploy(make_app(source)).id == deployment.id
            assert len(orchestrator.history(deployment.id)) == 2


def test_an_app_without_preview_data_starts_empty(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    orchestrator.deploy(make_app(source, preview_data=None))
    assert rows(cloud, "notes") == []


def test_preview_data_may_be_bytes_from_the_browser(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    orchestrator.deploy(make_app(source, preview_data=(source / "preview.db").read_bytes()))
    assert len(rows(cloud, "notes")) == 20
