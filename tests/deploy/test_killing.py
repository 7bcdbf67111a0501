"""kill -9 at any request, run it again: the same end state, nothing left over."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.deploy.deploy_once import CANARY

POINTS = 10


def deploy(state: Path, **order: object) -> subprocess.CompletedProcess[str]:
    """Run `deploy_once` on the guestbook."""
    guestbook = REPOSITORY / "examples" / "guestbook"
    given = {"state": str(state), "source": str(guestbook), "site": "public"} | order
    return subprocess.run(
        [sys.executable, "-m", "tests.deploy.deploy_once", json.dumps(given)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An undisturbed deployment."""
    done = deploy(tmp_path_factory.mktemp("reference") / "cloud")
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("point", range(POINTS))
def test_a_killed_run_resumes_to_the_same_end_state(
    point: int, reference: dict[str, Any], tmp_path: Path
) -> None:
    state = tmp_path / "cloud"
    last = reference["requests"]
    number = 1 + round(point * (last - 1) / (POINTS - 1))
    killed = deploy(state, kill=number, after=point % 2 == 1)
    assert killed.returncode == -signal.SIGKILL
    resumed = deploy(state)
    assert resumed.returncode == 0, resumed.stderr
    assert json.loads(resumed.stdout)["state"] == reference["state"]
    assert CANARY.encode() not in store_bytes(state)


def store_bytes(state: Path) -> bytes:
    """The bytes of the deployment store, its journal files included."""
    files = sorted(state.glob("deployments.db*"))
    assert files
    return b"".join(path.read_bytes() for path in files)
