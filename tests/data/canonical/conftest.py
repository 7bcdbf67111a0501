"""Real servers, to compare what they compute with what Python does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.prisma.servers import (
    MariadbServer,
    PostgresServer,
    running_mariadb,
    running_postgres,
)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariadbServer]:
    with running_mariadb() as server:
        yield server
