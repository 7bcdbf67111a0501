"""A local cloud for each test module, watched by the contract checker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import oneclick_deploy as od
from tests.contract.checker import ContractChecker
from tests.deploy.apps import write_app


@pytest.fixture
def make_cloud(
    tmp_path: Path, contract: ContractChecker | None
) -> Iterator[Callable[..., od.LocalCloud]]:
    """Start local clouds in the test's own directory; they are stopped after the test."""
    running: list[od.LocalCloud] = []

    def make(**options: object) -> od.LocalCloud:
        given: dict[str, object] = {"state_dir": tmp_path / "cloud", "data_plane": "python"}
        cloud = od.LocalCloud(**(given | options))  # type: ignore[arg-type]
        cloud.start()
        running.append(cloud)
        if contract is not None:
            contract.register(cloud.turso_url, "turso")
            contract.register(cloud.cloudflare_url, "cloudflare")
        return cloud

    yield make
    for cloud in running:
        cloud.stop()


@pytest.fixture
def cloud(make_cloud: Callable[..., od.LocalCloud]) -> od.LocalCloud:
    """One local cloud with our own data plane."""
    return make_cloud()


@pytest.fixture
def orchestrator(cloud: od.LocalCloud) -> Iterator[od.DeploymentOrchestrator]:
    """Deploys to the local cloud."""
    with od.DeploymentOrchestrator.local(cloud) as made:
        yield made


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The directory of a small app without a worker."""
    return write_app(tmp_path / "app")


@pytest.fixture(scope="session")
def workerd() -> Path:
    """Where workerd is; tests that run an app's code skip without it."""
    from oneclick_deploy.local.tools import find_tool

    found = find_tool("workerd")
    if found is None:
        pytest.skip("workerd is not installed: run tools/install_test_tools.py")
    return found
