"""Databases of every kind for the tests of the schema compiler, and Prisma's own engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.prisma.engine import PrismaEngine, missing
from tests.prisma.servers import (
    MariadbServer,
    PostgresServer,
    running_mariadb,
    running_postgres,
)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL for this test process; `fresh` gives empty databases."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """The URL of that server's own database."""
    return postgres_server.url


@pytest.fixture
def postgres_database(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database for one test."""
    with postgres_server.fresh() as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariadbServer]:
    """A MariaDB for this test process; `fresh` gives empty databases."""
    with running_mariadb() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_url(mariadb_server: MariadbServer) -> str:
    """The URL of that server's own database."""
    return mariadb_server.url


@pytest.fixture
def mariadb_database(mariadb_server: MariadbServer) -> Iterator[str]:
    """The URL of an empty MariaDB database for one test."""
    with mariadb_server.fresh() as url:
        yield url


def _engine(release: int) -> Iterator[PrismaEngine]:
    reason = missing(release)
    if reason:
        pytest.skip(reason)
    with PrismaEngine(release) as engine:
        yield engine


@pytest.fixture(scope="session")
def prisma() -> Iterator[PrismaEngine]:
    """The engine of Prisma 7.10."""
    yield from _engine(7)


@pytest.fixture(scope="session")
def prisma_6() -> Iterator[PrismaEngine]:
    """The engine of Prisma 6.19."""
    yield from _engine(6)


@pytest.fixture(scope="session")
def prisma_5() -> Iterator[PrismaEngine]:
    """The engine of Prisma 5.22, which checks schemas only."""
    yield from _engine(5)
