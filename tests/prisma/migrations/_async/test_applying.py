"""Applying, looking up and marking migrations on real databases of every kind."""

from __future__ import annotations

import pytest
from tests.prisma.migrations.conftest import Place
from tests.prisma.migrations.scenes import CREATE_POST, CREATE_USER, HALF, broken, history, two

from oneclick_deploy.errors import (
    ConfigurationError,
    DatabaseNotEmptyError,
    DeployCancelledError,
    MigrationApplyError,
    MigrationFailedBeforeError,
    MigrationFilesError,
    MigrationLockError,
    MigrationProviderError,
    MigrationResolveError,
)
from oneclick_deploy.prisma.migrations import (
    AppliedMigration,
    AsyncMysqlDatabase,
    AsyncPostgresDatabase,
    AsyncSqliteDatabase,
    LockWaiting,
    Migration,
    MigrationFinished,
    MigrationHistory,
    MigrationStarted,
)
from oneclick_deploy.prisma.migrations._async.applying import (
    apply,
    create,
    create_from_schema,
    resolve,
    status,
)
from oneclick_deploy.prisma.migrations._async.database import AsyncMigrationDatabase
from oneclick_deploy.providers.libsql.migrations import AsyncLibsqlDatabase
from oneclick_deploy.runtime.cancel import CancelToken


async def connect(place: Place) -> AsyncMigrationDatabase:
    match place.kind:
        case "sqlite":
            return await AsyncSqliteDatabase.open(place.url)
        case "libsql":
            return await AsyncLibsqlDatabase.open(place.url, settings=place.settings)
        case "postgresql":
            return await AsyncPostgresDatabase.open(place.url)
    return await AsyncMysqlDatabase.open(place.url)


def quoted(place: Place, name: str) -> str:
    return f"`{name}`" if place.kind == "mysql" else f'"{name}"'


async def rows_of(database: AsyncMigrationDatabase) -> list[AppliedMigration]:
    found = [
        AppliedMigration.from_row(row) for row in await database.execute(database.table.select)
    ]
    return sorted(found, key=lambda row: (row.name, not row.rolled_back))


async def tables_of(database: AsyncMigrationDatabase) -> set[str]:
    found = await database.execute(*database.table.tables)
    return {str(row[0]) for row in found if not str(row[0]).startswith("sqlite_")}


async def fail_once(database: AsyncMigrationDatabase) -> MigrationApplyError:
    with pytest.raises(MigrationApplyError) as caught:
        await apply(broken(database.table.provider), database)
    return caught.value


# Applying


async def test_migrations_are_applied_in_order_and_once(place):
    own, events = two(place.provider), []
    async with await connect(place) as database:
        report = await apply(own, database, on_event=events.append)
        assert report.applied == ("a_user", "b_post")
        assert report.already == ()
        assert await database.execute("SELECT id FROM post") == [(1,)]
        again = await apply(own, database, on_event=events.append)
        assert (again.applied, again.already) == ((), ("a_user", "b_post"))
        assert str(again) == "0 applied, 2 already there"
    assert [type(event) for event in events] == [MigrationStarted, MigrationFinished] * 2
    assert [(event.name, event.number, event.total) for event in events[::2]] == [
        ("a_user", 1, 2),
        ("b_post", 2, 2),
    ]


async def test_a_row_is_what_prisma_writes(place):
    own = two(place.provider)
    async with await connect(place) as database:
        await apply(own, database)
        for row, migration in zip(await rows_of(database), own.migrations, strict=True):
            assert row.name == migration.name
            assert row.checksum == migration.checksum
            assert row.finished
            assert not row.rolled_back
            assert row.steps == 1
            assert row.started_at is not None
        ((late,),) = await database.execute(
            f"SELECT count(*) FROM {database.table.name} WHERE finished_at < started_at"
            " OR logs IS NOT NULL OR rolled_back_at IS NOT NULL"
        )
        assert late == 0


async def test_a_later_migration_is_added_to_the_earlier_ones(place):
    async with await connect(place) as database:
        await apply(history(place.provider, a_user=CREATE_USER), database)
    async with await connect(place) as database:
        report = await apply(two(place.provider), database)
        assert (report.applied, report.already) == (("b_post",), ("a_user",))


@pytest.mark.parametrize("script", ["", "\n", "-- This is an empty migration.\n", "/* x */;;\r\n"])
async def test_a_script_may_do_nothing(place, script):
    async with await connect(place) as database:
        report = await apply(history(place.provider, a_empty=script), database)
        assert report.applied == ("a_empty",)
        assert (await status(history(place.provider, a_empty=script), database)).up_to_date


async def test_a_script_may_hold_what_drivers_take_for_placeholders(place):
    script = "CREATE TABLE t (v VARCHAR(20)); INSERT INTO t VALUES ('100% ? %s :a $1'); SELECT 1"
    async with await connect(place) as database:
        await apply(history(place.provider, a=script), database)
        assert await database.execute("SELECT v FROM t") == [("100% ? %s :a $1",)]


async def test_odd_names_are_recorded_as_they_are(place):
    name = '20260101_it\'s 100% \\o/ "é"'
    own = MigrationHistory(provider=place.provider, migrations=(Migration.of(name, "SELECT 1;"),))
    async with await connect(place) as database:
        await apply(own, database)
        assert (await apply(own, database)).already == (name,)


async def test_a_database_with_tables_and_no_history_is_refused(place):
    async with await connect(place) as database:
        await database.execute("CREATE TABLE mine (id INTEGER)")
        with pytest.raises(DatabaseNotEmptyError, match=r"\(mine\).*P3005") as caught:
            await apply(two(place.provider), database)
        assert caught.value.code == "P3005"
        assert await tables_of(database) == {"mine"}


async def test_a_history_of_another_provider_is_refused(place):
    other = {"sqlite": "postgresql"}.get(place.provider, "sqlite")
    async with await connect(place) as database:
        for call in (apply, status, create):
            with pytest.raises(MigrationProviderError) as caught:
                await call(two(other), database)
            assert caught.value.code == "P3019"
            assert "baseline()" in caught.value.hint
        assert await tables_of(database) == set()


async def test_a_script_with_nul_is_refused_before_any_of_it_runs(place):
    async with await connect(place) as database:
        with pytest.raises(MigrationFilesError, match="NUL"):
            await apply(history(place.provider, a="CREATE TABLE t (v INTEGER);\x00"), database)
        assert await tables_of(database) == {"_prisma_migrations"}


async def test_a_cancelled_run_stops_before_the_next_migration(place):
    token = CancelToken()

    def on_event(event):
        if isinstance(event, MigrationFinished):
            token.cancel()

    async with await connect(place) as database:
        with pytest.raises(DeployCancelledError):
            await apply(two(place.provider), database, on_event=on_event, cancel=token)
        assert (await status(two(place.provider), database)).applied == ("a_user",)
        assert (await apply(two(place.provider), database)).applied == ("b_post",)


async def test_an_error_of_the_caller_s_handler_ends_the_run_and_frees_the_lock(place):
    def on_event(event):
        raise ZeroDivisionError

    async with await connect(place) as database:
        with pytest.raises(ZeroDivisionError):
            await apply(two(place.provider), database, on_event=on_event)
        async with await connect(place) as other:
            assert (await apply(two(place.provider), other, lock_seconds=0.0)).applied


# Failures


async def test_a_failing_script_is_told_with_its_statement(place):
    async with await connect(place) as database:
        error = await fail_once(database)
    assert (error.code, error.migration, error.statement) == ("P3018", "c_half", 1)
    assert "c_half failed at statement 2 (P3018)" in error.message
    assert error.database_message in error.message
    codes = {"sqlite": "SQLITE_CONSTRAINT_PRIMARYKEY", "postgresql": "23505", "mysql": "1062"}
    assert error.database_code == codes.get(place.kind, "SQLITE_CONSTRAINT")
    assert error.undone is place.undoes
    if place.kind != "mysql":
        assert error.offset == HALF.index("INSERT")
        assert "INSERT INTO post" in error.message


async def test_a_failing_script_leaves_nothing_where_the_database_can_undo_it(place):
    async with await connect(place) as database:
        error = await fail_once(database)
        assert ("half" in await tables_of(database)) is not place.undoes
    assert ("Nothing of this migration was kept" in error.hint) is place.undoes


async def test_a_failed_migration_keeps_a_row_with_the_database_s_words(place):
    async with await connect(place) as database:
        error = await fail_once(database)
        failed = (await rows_of(database))[-1]
    assert failed.failed
    assert (failed.name, failed.steps) == ("c_half", 0)
    assert "Migration name: c_half" in failed.logs
    assert error.database_message in failed.logs


async def test_nothing_is_applied_after_a_failure_until_it_is_resolved(place):
    async with await connect(place) as database:
        error = await fail_once(database)
        with pytest.raises(MigrationFailedBeforeError, match="c_half") as caught:
            await apply(broken(place.provider), database)
        assert caught.value.code == "P3009"
        assert error.database_message in caught.value.message
        assert (await status(broken(place.provider), database)).failed == ("c_half",)


async def test_a_failure_that_was_rolled_back_is_applied_again_as_a_new_row(place):
    own = broken(place.provider)
    async with await connect(place) as database:
        await fail_once(database)
        await database.execute("DELETE FROM post")
        await database.execute("DROP TABLE IF EXISTS half")
        await resolve(database, "c_half", rolled_back=True)
        found = await status(own, database)
        assert (found.rolled_back, found.pending) == (("c_half",), ("c_half", "d_last"))
        assert (await apply(own, database)).applied == ("c_half", "d_last")
        old, new = [row for row in await rows_of(database) if row.name == "c_half"]
        assert old.rolled_back
        assert not old.finished
        assert old.logs
        assert new.finished
        assert new.id != old.id
        assert (await status(own, database)).up_to_date


async def test_what_left_nothing_can_be_retried_without_resolving_it(place):
    own = broken(place.provider)
    async with await connect(place) as database:
        with pytest.raises(MigrationApplyError) as caught:
            await apply(own, database, retry_undone=True)
        failed = (await rows_of(database))[-1]
        assert failed.rolled_back is place.undoes
        assert failed.logs
        assert ("mark" not in caught.value.hint) is place.undoes
        if place.undoes:
            await database.execute("DELETE FROM post")
            assert (await apply(own, database)).applied == ("c_half", "d_last")


async def test_a_script_that_cannot_be_read_fails_as_a_whole(place):
    script = "CREATE TABLE one (id INTEGER);\nCREATE TABEL two (id INTEGER);\n"
    async with await connect(place) as database:
        with pytest.raises(MigrationApplyError) as caught:
            await apply(history(place.provider, a=script), database)
        assert caught.value.statement == 1
        assert ("one" in await tables_of(database)) is not place.undoes
        assert (await rows_of(database))[0].failed


# Marking by hand


async def test_a_migration_is_marked_as_applied_without_running_it(place):
    own = two(place.provider)
    async with await connect(place) as database:
        await database.execute("CREATE TABLE account (id INTEGER)")
        await resolve(database, "a_user", applied=own)
        (row,) = await rows_of(database)
        assert (row.name, row.finished, row.steps, row.logs) == ("a_user", True, 0, "")
        assert row.checksum == own.migrations[0].checksum
        assert (await apply(own, database)).applied == ("b_post",)


async def test_marking_a_failed_migration_as_applied_rolls_its_failure_back(place):
    own = broken(place.provider)
    async with await connect(place) as database:
        await fail_once(database)
        await resolve(database, "c_half", applied=own)
        old, new = [row for row in await rows_of(database) if row.name == "c_half"]
        assert (old.rolled_back, new.finished) == (True, True)
        assert (await apply(own, database)).applied == ("d_last",)


async def test_what_cannot_be_marked_is_told_with_prisma_s_codes(place):
    own = two(place.provider)
    async with await connect(place) as database:
        cases = [
            ("a_user", {"rolled_back": True}, "P3011"),
            ("nowhere", {"applied": own}, "P3017"),
        ]
        for name, mark, code in cases:
            with pytest.raises(MigrationResolveError, match=code):
                await resolve(database, name, **mark)
        assert await tables_of(database) == set()
        await apply(own, database)
        for name, mark, code in [
            ("a_user", {"rolled_back": True}, "P3012"),
            ("a_user", {"applied": own}, "P3008"),
        ]:
            with pytest.raises(MigrationResolveError, match=code):
                await resolve(database, name, **mark)
        for mark in ({}, {"applied": own, "rolled_back": True}):
            with pytest.raises(ConfigurationError):
                await resolve(database, "a_user", **mark)


# Creating


async def test_a_new_database_is_made_from_one_script_and_only_once(place):
    own = history(place.provider, first_init=CREATE_USER + CREATE_POST)
    renamed = history(place.provider, second_init=CREATE_USER + CREATE_POST)
    async with await connect(place) as database:
        assert (await create(own, database)).applied == ("first_init",)
        assert (await create(own, database)).applied == ()
        assert (await create(renamed, database)).applied == ()
        assert len(await rows_of(database)) == 1


async def test_a_schema_becomes_the_first_migration_of_a_database(place):
    schema = f'datasource db {{\n  provider = "{place.provider}"\n}}\n\nmodel Post {{\n  id Int @id\n}}\n'
    async with await connect(place) as database:
        (name,) = (await create_from_schema(schema, database, name="start")).applied
        assert name.endswith("_start")
        assert (await create_from_schema(schema, database)).applied == ()
        assert await database.execute("SELECT count(*) FROM " + quoted(place, "Post")) == [(0,)]
        with pytest.raises(DatabaseNotEmptyError):
            await create_from_schema(schema.replace("Post", "Other"), database)


async def test_a_database_with_another_history_is_not_created_again(place):
    async with await connect(place) as database:
        await apply(history(place.provider, a_user=CREATE_USER), database)
        with pytest.raises(DatabaseNotEmptyError, match="a_user"):
            await create(history(place.provider, init=CREATE_POST), database)
        assert "post" not in await tables_of(database)


async def test_a_failed_creation_is_resolved_like_any_other(place):
    own = history(place.provider, init="CREATE TABLE a (id INTEGER); INSERT INTO b VALUES (1)")
    async with await connect(place) as database:
        with pytest.raises(MigrationApplyError):
            await create(own, database)
        with pytest.raises(MigrationFailedBeforeError):
            await create(own, database)
        await resolve(database, "init", rolled_back=True)
        await database.execute("DROP TABLE IF EXISTS a")
        assert (await create(history(place.provider, init=CREATE_USER), database)).applied


# Locks


async def test_a_lock_that_somebody_holds_is_waited_for_and_told(locking_place):
    place, events = locking_place, []
    async with await connect(place) as holder, await connect(place) as database:
        assert await holder.try_lock()
        with pytest.raises(MigrationLockError, match=r"0\.3 s") as caught:
            await apply(two(place.provider), database, on_event=events.append, lock_seconds=0.3)
        assert events == [LockWaiting(seconds=0.3)]
        assert caught.value.retryable
        assert caught.value.code == "P1002"
        await holder.unlock()
        assert (await apply(two(place.provider), database, lock_seconds=0.3)).applied
        assert await holder.try_lock()


async def test_the_wait_for_a_lock_can_be_cancelled(locking_place):
    place, events = locking_place, []
    token = CancelToken()
    async with await connect(place) as holder, await connect(place) as database:
        assert await holder.try_lock()

        def on_event(event):
            events.append(event)
            token.cancel()

        with pytest.raises(DeployCancelledError):
            await apply(two(place.provider), database, on_event=on_event, cancel=token)
        await holder.unlock()
        await apply(two(place.provider), database)


@pytest.mark.parametrize("locking_place", ["postgresql", "mysql"], indirect=True)
async def test_without_the_lock_nobody_is_waited_for(locking_place):
    async with await connect(locking_place) as holder, await connect(locking_place) as database:
        assert await holder.try_lock()
        assert (await apply(two(locking_place.provider), database, lock_seconds=None)).applied
