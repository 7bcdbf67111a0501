"""The public face: whole, lazy, and the same for blocking and asynchronous callers."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from oneclick_deploy.prisma import migrations
from oneclick_deploy.prisma.migrations import (
    AsyncMysqlDatabase,
    AsyncPostgresDatabase,
    AsyncSqliteDatabase,
    MysqlDatabase,
    PostgresDatabase,
    SqliteDatabase,
)
from oneclick_deploy.prisma.migrations._async.database import AsyncMigrationDatabase
from oneclick_deploy.prisma.migrations._sync.database import MigrationDatabase
from oneclick_deploy.providers.libsql.migrations import AsyncLibsqlDatabase, LibsqlDatabase

PAIRS = [
    (AsyncSqliteDatabase, SqliteDatabase),
    (AsyncPostgresDatabase, PostgresDatabase),
    (AsyncMysqlDatabase, MysqlDatabase),
    (AsyncLibsqlDatabase, LibsqlDatabase),
    (AsyncMigrationDatabase, MigrationDatabase),
]


def face(kind: type) -> dict[str, str]:
    """The public methods of a class with their signatures, as blocking ones have them."""
    return {
        {"aclose": "close"}.get(name, name): str(inspect.signature(member)).replace("Async", "")
        for name, member in inspect.getmembers(kind, callable)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(("asynchronous", "blocking"), PAIRS)
def test_both_kinds_of_a_database_have_the_same_methods(asynchronous: type, blocking: type) -> None:
    assert face(asynchronous) == face(blocking)
    assert face(MigrationDatabase).items() <= face(blocking).items()


@pytest.mark.parametrize("name", ["apply", "create", "create_from_schema", "resolve", "status"])
def test_both_kinds_of_a_function_have_the_same_arguments(name: str) -> None:
    blocking, awaited = getattr(migrations, name), getattr(migrations, f"{name}_async")
    wanted = str(inspect.signature(awaited)).replace("Async", "")
    assert str(inspect.signature(blocking)) == wanted
    assert inspect.iscoroutinefunction(awaited)
    assert not inspect.iscoroutinefunction(blocking)


def test_every_name_can_be_used_and_is_listed() -> None:
    assert list(migrations.__all__) == sorted(migrations.__all__)
    assert set(migrations.__all__) == set(migrations._MODULE_OF)
    for name in migrations.__all__:
        value = getattr(migrations, name)
        assert not inspect.ismodule(value)
        assert inspect.getdoc(value)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = migrations.nonsense


def test_drivers_are_loaded_when_they_are_used() -> None:
    statement = (
        "import sys; from oneclick_deploy.prisma.migrations import apply, read_history, pending, "
        "PostgresDatabase, MysqlDatabase, baseline\n"
        "print(*(name for name in ('psycopg', 'pymysql', 'httpx', 'ssl') if name in sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", statement], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""
