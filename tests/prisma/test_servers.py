"""The test servers give every test an empty database, and leave nothing behind."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

import psycopg
import pytest
from tests.prisma.servers import (
    MariadbServer,
    PostgresServer,
    connect_mariadb,
    running_postgres,
)


def test_a_postgres_database_is_empty_and_goes_away(postgres_server: PostgresServer) -> None:
    with postgres_server.fresh() as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE x (y INTEGER)")
        connection.commit()
    names = "SELECT datname FROM pg_database WHERE datname LIKE 'test%'"
    with psycopg.connect(postgres_server.url) as connection:
        assert urlsplit(url).path[1:] not in {row[0] for row in connection.execute(names)}
    with postgres_server.fresh() as url, psycopg.connect(url) as connection:
        tables = "SELECT * FROM information_schema.tables WHERE table_schema = 'public'"
        assert connection.execute(tables).fetchall() == []


def test_a_mariadb_database_is_empty_and_goes_away(mariadb_server: MariadbServer) -> None:
    def ask(url: str, question: str) -> list[tuple[object, ...]]:
        with contextlib.closing(connect_mariadb(url)) as connection:
            cursor = connection.cursor()
            cursor.execute(question)
            return list(cursor.fetchall())

    with mariadb_server.fresh() as url:
        ask(url, "CREATE TABLE x (y INTEGER)")
        assert ask(url, "SHOW TABLES") == [("x",)]
    assert (urlsplit(url).path[1:],) not in ask(mariadb_server.url, "SHOW DATABASES")
    with mariadb_server.fresh() as url:
        assert ask(url, "SHOW TABLES") == []


def test_a_server_ends_with_its_block() -> None:
    with running_postgres() as server:
        psycopg.connect(server.url).close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url, connect_timeout=5)
