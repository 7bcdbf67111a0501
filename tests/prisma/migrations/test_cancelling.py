"""A task that is cancelled while a script runs: no half migration, no lock that stays."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest
from tests.prisma.migrations.applier import PAUSES
from tests.prisma.migrations.scenes import CREATE_USER, history

from oneclick_deploy.prisma.migrations import (
    AsyncMysqlDatabase,
    AsyncPostgresDatabase,
    AsyncSqliteDatabase,
    MigrationStarted,
    apply_async,
    status_async,
)
from oneclick_deploy.prisma.migrations._async.database import AsyncMigrationDatabase


async def cancel_while_it_runs(database: AsyncMigrationDatabase, script: str) -> None:
    """Apply a script and cancel the task shortly after it was sent."""
    sent = asyncio.Event()

    def on_event(event: object) -> None:
        if isinstance(event, MigrationStarted):
            asyncio.get_running_loop().call_later(0.02, sent.set)

    own = history(database.table.provider, a=script)
    task = asyncio.create_task(apply_async(own, database, on_event=on_event))
    await sent.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_postgres_ends_the_script_and_undoes_it(postgres_database: str) -> None:
    script = CREATE_USER + "SELECT pg_sleep(60);"
    async with await AsyncPostgresDatabase.open(postgres_database) as database:
        await cancel_while_it_runs(database, script)
        async with await AsyncPostgresDatabase.open(postgres_database) as other:
            assert (await status_async(history("postgresql", a=script), other)).pending == ("a",)
            fixed = history("postgresql", a=CREATE_USER)
            assert (await apply_async(fixed, other)).applied == ("a",)


@pytest.mark.parametrize("kind", ["sqlite", "mysql"])
async def test_a_thread_is_waited_for_and_what_it_did_is_recorded(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    script = CREATE_USER + PAUSES[kind] + ";"
    if kind == "sqlite":
        opened = AsyncSqliteDatabase.open(tmp_path / "app.db")
    else:
        opened = AsyncMysqlDatabase.open(request.getfixturevalue("mariadb_database"))
    async with contextlib.AsyncExitStack() as stack:
        database = await stack.enter_async_context(await opened)
        await cancel_while_it_runs(database, script)
        assert (await status_async(history(kind, a=script), database)).applied == ("a",)
        assert await database.try_lock()
