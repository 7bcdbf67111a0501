"""An empty database of every kind that migrations can be applied to."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import frozen
from tests.providers.libsql.conftest import Sqld, sqld

from oneclick_deploy.http import HttpSettings, RetryPolicy

__all__ = ["sqld"]

KINDS = ["sqlite", "libsql", "postgresql", "mysql"]


@frozen(kw_only=True)
class Place:
    """Where a database is.

    Args:
        kind: What speaks there.
        url: A path for SQLite, else a URL.
        settings: For libSQL.
    """

    kind: str
    url: str
    settings: HttpSettings | None = None

    @property
    def provider(self) -> str:
        return "sqlite" if self.kind == "libsql" else self.kind

    @property
    def undoes(self) -> bool:
        """Whether a failing script leaves nothing behind."""
        return self.kind != "mysql"


def make_place(request: pytest.FixtureRequest, kind: str) -> Place:
    match kind:
        case "sqlite":
            path: Path = request.getfixturevalue("tmp_path")
            return Place(kind=kind, url=str(path / "app.db"))
        case "libsql":
            server: Sqld = request.getfixturevalue("sqld")
            made = server.create()
            retry = RetryPolicy(attempts=3, first_wait=0.01, longest_wait=0.02)
            settings = HttpSettings(retry=retry, route=made.settings.route)
            return Place(kind=kind, url=made.url, settings=settings)
        case "postgresql":
            return Place(kind=kind, url=request.getfixturevalue("postgres_database"))
        case _:
            return Place(kind=kind, url=request.getfixturevalue("mariadb_database"))


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Place:
    """An empty database; the test runs once for each kind."""
    return make_place(request, request.param)


@pytest.fixture(params=["sqlite", "libsql"])
def sqlite_place(request: pytest.FixtureRequest) -> Place:
    """An empty database that speaks SQLite's SQL."""
    return make_place(request, request.param)


@pytest.fixture
def libsql_place(request: pytest.FixtureRequest) -> Place:
    """An empty database of a real sqld."""
    return make_place(request, "libsql")


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def locking_place(request: pytest.FixtureRequest) -> Place:
    """An empty database that has locks."""
    return make_place(request, request.param)
