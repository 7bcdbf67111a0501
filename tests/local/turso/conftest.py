"""An emulated Turso for each data plane."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.local.turso.stand import Hrana, Platform, running

from oneclick_deploy.local.tools import find_tool

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def documents() -> Path | None:
    """The providers' documents, when they are here."""
    place = Path(os.environ.get("ONECLICK_SHARED", REPOSITORY.parent / "shared"))
    return place if (place / "specs").is_dir() else None


@pytest.fixture(scope="session", params=["python", "sqld"])
def plane(request: pytest.FixtureRequest) -> str:
    """The name of a data plane; tests run once for each."""
    if request.param == "sqld" and find_tool("sqld") is None:
        pytest.skip("sqld is not installed; run python -m oneclick_deploy.local install")
    return request.param


@pytest.fixture(scope="session")
def platform(
    plane: str, documents: Path | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """A running emulator with the group ``default``."""
    state = tmp_path_factory.mktemp(f"turso-{plane}")
    with running(state, plane=plane, shared=documents) as platform:
        yield platform


_numbers = itertools.count(1)


@pytest.fixture
def db(platform: Platform) -> Iterator[Hrana]:
    """A new database."""
    name = f"test-{next(_numbers)}"
    platform.create(name)
    hrana = Hrana(platform, name)
    yield hrana
    hrana.close()
    platform.call("DELETE", f"/databases/{name}")


@pytest.fixture
def name(platform: Platform) -> Iterator[str]:
    """A database."""
    name = f"app-{next(_numbers)}"
    platform.create(name)
    yield name
    platform.call("DELETE", f"/databases/{name}")


@pytest.fixture
def group(platform: Platform) -> Iterator[str]:
    """A group of its own."""
    name = f"group-{next(_numbers)}"
    answer = platform.call("POST", "/groups", json={"name": name, "location": "aws-eu-west-1"})
    assert answer.status_code == 200
    yield name
    platform.call("PATCH", f"/groups/{name}/configuration", json={"delete_protection": False})
    platform.call("DELETE", f"/groups/{name}")
