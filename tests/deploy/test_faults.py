"""Each request of a deployment is failed in each way; the end is complete or as before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import oneclick_deploy as od
from oneclick_deploy.deploy._sync import checks, resources as creating
from oneclick_deploy.deploy.access import local_access
from oneclick_deploy.http.retry import RetryPolicy
from tests.deploy.apps import make_app
from tests.deploy.faults import FaultyDoor, Kind
from tests.deploy.world import NOTHING, resources, rows

COMPLETE = {"databases": ["notes"], "projects": ["notes"], "deployments": ["notes:production"]}
pytestmark = pytest.mark.off_contract


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait as often as always, but not as long."""
    monkeypatch.setattr(creating, "READ_BACK_WAITS", (0.0, 0.01))
    monkeypatch.setattr(checks, "VERIFY_PAUSE", 0.01)
    monkeypatch.setattr(checks, "VERIFY_SECONDS", 2.0)


def orchestrator_for(cloud: od.LocalCloud) -> od.DeploymentOrchestrator:
    """An orchestrator with short back-offs."""
    import attrs

    access = local_access(cloud)
    quick = RetryPolicy(first_wait=0.005, longest_wait=0.01)
    return od.DeploymentOrchestrator(
        access=attrs.evolve(access, http=attrs.evolve(access.http, retry=quick)),
        store=od.SqliteStore(cloud.state_dir / "deployments.db"),
        vault=od.Vault([cloud.encryption_key]),
    )


@pytest.fixture
def door() -> FaultyDoor:
    return FaultyDoor()


def count_requests(make_cloud: Callable[..., od.LocalCloud], source: Path, tmp_path: Path) -> int:
    door = FaultyDoor()
    cloud = make_cloud(state_dir=tmp_path / "counted", wrap=door.wrap)
    with orchestrator_for(cloud) as orchestrator:
        orchestrator.deploy(make_app(source))
    return door.count


@pytest.mark.parametrize("fault", ["lost", "reset", "500", "429", "garbage"])
def test_one_fault_at_each_request_ends_complete_or_as_before(
    fault: Kind,
    make_cloud: Callable[..., od.LocalCloud],
    source: Path,
    tmp_path: Path,
    door: FaultyDoor,
) -> None:
    cloud = make_cloud(wrap=door.wrap)
    complete, refusals = 0, []
    for number in range(1, count_requests(make_cloud, source, tmp_path) + 1):
        door.count, door.plan = 0, {number: fault}
        with orchestrator_for(cloud) as orchestrator:
            try:
                deployment = orchestrator.deploy(make_app(source))
            except od.OneClickError as error:
                refusals.append(error)
                assert resources(cloud) == NOTHING, f"{fault} at {number}: {door.log[-20:]}"
                continue
            assert resources(cloud) == COMPLETE, f"{fault} at request {number}"
            complete += 1
            door.plan = {}
            assert len(rows(cloud, "notes")) == 20, f"{fault} at request {number}"
            orchestrator.destroy(deployment.id)
        assert resources(cloud) == NOTHING
    assert all(error.hint or error.retryable for error in refusals)
    assert complete > 0
    if fault in {"429", "reset"}:
        assert complete >= len(refusals)
