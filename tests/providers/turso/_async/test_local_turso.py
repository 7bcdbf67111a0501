"""The clients against the emulated Turso: the life of a database from its group to its end."""

from __future__ import annotations

import uuid

import pytest

from oneclick_deploy.errors import (
    AlreadyExistsError,
    ApiError,
    AuthenticationError,
    ConfigurationError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
)
from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.providers.libsql import AsyncLibsqlClient
from oneclick_deploy.providers.turso import AsyncTursoClient, Seed

LOCATION = "aws-us-east-1"


def make(emulator, token="platform-token", organization=None):
    return AsyncTursoClient(
        token,
        organization=organization or emulator.organization,
        base_url=emulator.api_url,
        settings=HttpSettings(retry=RetryPolicy(attempts=1)),
    )


def open_database(emulator, database, token):
    settings = HttpSettings(retry=RetryPolicy(attempts=1), route=emulator.origin_for)
    return AsyncLibsqlClient(database.url, token, settings=settings)


def fresh_name():
    return f"db-{uuid.uuid4().hex[:12]}"


async def test_a_database_lives_from_its_creation_to_its_end(local_turso):
    name = fresh_name()
    async with make(local_turso) as turso:
        group = await turso.ensure_group(location=LOCATION)
        created = await turso.create_database(name, group=group.name)
        assert (await turso.database(name)).hostname == created.hostname
        assert name in [each.name for each in await turso.databases(group=group.name)]
        token = await turso.create_database_token(name)
        async with open_database(local_turso, created, token) as client:
            await client.migrate(["CREATE TABLE t (x)", "INSERT INTO t VALUES (1)"])
            assert (await client.execute("SELECT x FROM t")).rows == ((1,),)
        usage = await turso.database_usage(name)
        assert usage.total.storage_bytes >= 0
        assert await turso.instances(name)
        await turso.database_stats(name)
        await turso.delete_database(name)
        with pytest.raises(NotFoundError, match="record not found"):
            await turso.database(name)
        with pytest.raises(NotFoundError):
            await turso.delete_database(name)


async def test_a_taken_name_is_recognised(local_turso):
    name = fresh_name()
    async with make(local_turso) as turso:
        group = await turso.ensure_group(location=LOCATION)
        await turso.create_database(name, group=group.name)
        with pytest.raises(AlreadyExistsError, match="already exists"):
            await turso.create_database(name, group=group.name)


async def test_a_group_that_does_not_exist_is_named(local_turso):
    async with make(local_turso) as turso:
        await turso.ensure_group(location=LOCATION)
        with pytest.raises(NotFoundError, match="group not found") as caught:
            await turso.create_database(fresh_name(), group="nowhere")
        with pytest.raises(NotFoundError, match="group not found"):
            await turso.group("nowhere")
        with pytest.raises(ConfigurationError, match="no group 'nowhere'"):
            await turso.ensure_group("nowhere")

    assert "create_group" in caught.value.hint


async def test_a_protected_database_is_not_deleted(local_turso):
    name = fresh_name()
    async with make(local_turso) as turso:
        group = await turso.ensure_group(location=LOCATION)
        await turso.create_database(name, group=group.name)
        assert (await turso.protect_database(name)).delete_protection
        with pytest.raises(ApiError, match="protect") as caught:
            await turso.delete_database(name)
        await turso.unprotect_database(name)
        await turso.delete_database(name)

    assert "protection off" in caught.value.hint


async def test_a_read_only_token_reads_only(local_turso):
    name = fresh_name()
    async with make(local_turso) as turso:
        group = await turso.ensure_group(location=LOCATION)
        created = await turso.create_database(name, group=group.name)
        token = await turso.create_database_token(name, authorization="read-only")
        async with open_database(local_turso, created, token) as client:
            assert (await client.execute("SELECT 1")).scalar() == 1
            with pytest.raises(PermissionDeniedError) as caught:
                await client.execute("CREATE TABLE t (x)")
        async with open_database(local_turso, created, "nonsense") as client:
            with pytest.raises(AuthenticationError):
                await client.execute("SELECT 1")
            with pytest.raises(AuthenticationError):
                await client.batch(["SELECT 1"])

    assert "full access" in caught.value.hint


async def test_rotated_tokens_are_over(local_turso):
    name = fresh_name()
    async with make(local_turso) as turso:
        group = await turso.ensure_group(location=LOCATION)
        created = await turso.create_database(name, group=group.name)
        token = await turso.create_database_token(name)
        await turso.rotate_database_tokens(name)
        async with open_database(local_turso, created, token) as client:
            with pytest.raises(AuthenticationError) as caught:
                await client.execute("SELECT 1")
            assert "create_database_token" in caught.value.hint


async def test_a_database_is_copied_from_another_one(local_turso):
    name, copy = fresh_name(), fresh_name()
    async with make(local_turso) as turso:
        group = await turso.ensure_group(location=LOCATION)
        source = await turso.create_database(name, group=group.name)
        token = await turso.create_database_token(name)
        async with open_database(local_turso, source, token) as client:
            await client.batch(["CREATE TABLE t (x)", "INSERT INTO t VALUES (7)"])
        made = await turso.create_database(copy, group=group.name, seed=Seed.from_database(name))
        token = await turso.create_database_token(copy)
        async with open_database(local_turso, made, token) as client:
            assert (await client.execute("SELECT x FROM t")).scalar() == 7
        assert (await turso.database(copy)).parent.name == name


async def test_the_account_can_be_looked_at(local_turso):
    async with make(local_turso) as turso:
        assert (await turso.validate_token()).expires_at is None
        assert [each.slug for each in await turso.organizations()] == [local_turso.organization]
        assert (await turso.organization()).slug == local_turso.organization
        assert (await turso.organization_plan()).quotas.databases is not None
        assert (await turso.organization_usage()).databases >= 0
        assert LOCATION in await turso.locations()
        assert await turso.groups()


async def test_a_wrong_token_or_organization_is_explained(local_turso):
    async with make(local_turso, token="wrong") as turso:
        with pytest.raises(AuthenticationError) as unknown:
            await turso.validate_token()
        with pytest.raises(AuthenticationError):
            await turso.databases()
    async with make(local_turso, organization="somebody-else") as turso:
        await turso.validate_token()
        with pytest.raises((PermissionDeniedError, NotFoundError)) as stranger:
            await turso.databases()

    assert "TURSO_API_TOKEN" in unknown.value.hint
    assert "TURSO_ORG_ID" in stranger.value.hint


async def test_an_impossible_expiration_is_explained(local_turso):
    name = fresh_name()
    async with make(local_turso) as turso:
        group = await turso.ensure_group(location=LOCATION)
        await turso.create_database(name, group=group.name)
        with pytest.raises(InvalidRequestError) as caught:
            await turso.create_database_token(name, expiration="some day")
        await turso.delete_database(name)

    assert "2w1d30m" in caught.value.hint
