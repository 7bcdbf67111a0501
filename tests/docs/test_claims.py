"""What the pages say about later deployments, checked where no block of them does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import oneclick_deploy as od
from oneclick_deploy import errors
from oneclick_deploy.deploy.access import local_access
from oneclick_deploy.local.cloudflare import worker_runner
from tests.deploy.apps import add_migration, make_app, write_app


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[od.LocalCloud]:
    with od.LocalCloud(tmp_path / "cloud", data_plane="python") as running:
        yield running


@pytest.fixture
def orchestrator(cloud: od.LocalCloud) -> Iterator[od.DeploymentOrchestrator]:
    with od.DeploymentOrchestrator.local(cloud) as made:
        yield made


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_app(tmp_path / "app")


def with_keys(cloud: od.LocalCloud, *keys: od.Secret) -> od.DeploymentOrchestrator:
    return od.DeploymentOrchestrator(
        access=local_access(cloud),
        store=od.SqliteStore(cloud.state_dir / "keys.db"),
        vault=od.Vault(keys),
    )


def test_a_key_may_go_when_its_deployments_were_deployed_with_a_newer_one(
    cloud: od.LocalCloud, source: Path
) -> None:
    old, new = od.Vault.generate_key(), od.Vault.generate_key()
    with with_keys(cloud, old) as orchestrator:
        first = orchestrator.deploy(make_app(source))
    with with_keys(cloud, new, old) as orchestrator:
        orchestrator.deploy(make_app(source))
    with with_keys(cloud, new) as orchestrator:
        assert orchestrator.resume(first.id).id == first.id
    with with_keys(cloud, old) as orchestrator, pytest.raises(errors.VaultKeyError):
        orchestrator.resume(first.id)


def test_a_deployment_can_be_destroyed_without_its_key(cloud: od.LocalCloud, source: Path) -> None:
    with with_keys(cloud, od.Vault.generate_key()) as orchestrator:
        deployment = orchestrator.deploy(make_app(source))
    with with_keys(cloud, od.Vault.generate_key()) as orchestrator:
        orchestrator.destroy(deployment.id)
        assert orchestrator.status(deployment.id).status == "destroyed"
    assert cloud.turso.databases() == []


def test_a_variable_that_is_left_out_goes_and_the_compatibility_date_is_set_anew(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    orchestrator.deploy(make_app(source, env={"A": "1", "B": "2"}))
    other = od.CloudflarePages(compatibility_date="2026-01-01")
    orchestrator.deploy(make_app(source, env={"A": "1"}), od.Web(hosting=other))
    with od.CloudflarePagesClient.from_env(cloud.environment()) as pages:
        kept = pages.project("notes").production
    assert "A" in kept.env_names
    assert "B" not in kept.env_names
    assert kept.compatibility_date == "2026-01-01"


def test_another_database_is_a_new_one_and_destroy_removes_both(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    deployment = orchestrator.deploy(make_app(source))
    orchestrator.deploy(make_app(source), od.Web(database=od.Turso(database="other")))
    assert sorted(each.name for each in cloud.turso.databases()) == ["notes", "other"]
    orchestrator.destroy(deployment.id)
    assert cloud.turso.databases() == []


def test_a_group_is_never_removed(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    with od.TursoClient.from_env(cloud.environment()) as turso:
        first = orchestrator.deploy(make_app(source, "first"))
        orchestrator.deploy(make_app(source, "second"))
        orchestrator.destroy(first.id)
        assert [group.name for group in turso.groups()] == ["default"]
    assert [each.name for each in cloud.turso.databases()] == ["second"]


def test_a_version_that_fails_after_it_went_live_is_left_and_its_migrations_stay(
    orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    (source / "out" / "404.html").write_text("there is no such page")
    orchestrator.deploy(make_app(source))
    (source / "out" / "index.html").write_text("changed")
    add_migration(source, "20260201000000_more", 'ALTER TABLE "Note" ADD COLUMN "tag" TEXT;')
    with pytest.raises(errors.StepError) as failed:
        orchestrator.deploy(make_app(source, health="/no/such/route"))
    assert failed.value.step == "verify"
    assert failed.value.undone == ()
    (left,) = failed.value.left
    assert left.startswith("cloudflare.pages.deployment ")
    deployment = orchestrator.deploy(make_app(source))
    assert deployment.report is not None
    summaries = {step.step: step.summary for step in deployment.report.steps}
    assert summaries["database.migrate"] == "0 applied, 2 already there"


def test_without_its_store_a_deployment_is_somebody_elses(
    cloud: od.LocalCloud, orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    orchestrator.deploy(make_app(source))
    with with_keys(cloud, od.Vault.generate_key()) as stranger:
        with pytest.raises(errors.NameTakenError):
            stranger.plan(make_app(source))
        with pytest.raises(errors.StepError):
            stranger.deploy(make_app(source))
    assert [each.name for each in cloud.turso.databases()] == ["notes"]


def test_without_workerd_only_sites_of_files_can_be_deployed(
    orchestrator: od.DeploymentOrchestrator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> Path:
        raise errors.ToolMissingError(f"{name} is not installed", hint="Install it.")

    monkeypatch.setattr(worker_runner, "require_tool", absent)
    with_code = make_app(write_app(tmp_path / "code", worker=True), "code")
    with pytest.raises(errors.StepError, match="workerd is not installed") as failed:
        orchestrator.deploy(with_code)
    assert failed.value.step == "hosting.release"
    orchestrator.deploy(make_app(write_app(tmp_path / "files"), "files"))


async def test_the_blocking_orchestrator_works_where_a_loop_is_running(
    orchestrator: od.DeploymentOrchestrator, source: Path
) -> None:
    deployment = orchestrator.deploy(make_app(source))
    assert deployment.status == "active"
