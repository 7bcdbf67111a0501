"""A real PostgreSQL with an empty database for each test, and previews to fill it from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.prisma.servers import PostgresServer, running_postgres

from .previews import Database


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def database(postgres_server: PostgresServer) -> Iterator[Database]:
    with postgres_server.fresh() as url:
        yield Database(url)


@pytest.fixture
def preview(tmp_path: Path) -> Path:
    return tmp_path / "preview.db"
