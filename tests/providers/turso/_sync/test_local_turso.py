# Generated from tests/providers/turso/_async/test_local_turso.py by tools/unasync.py. Do not edit.
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
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.providers.turso import Seed, TursoClient

LOCATION = "aws-us-east-1"


def make(emulator, token="platform-token", organization=None):
    return TursoClient(
        token,
        organization=organization or emulator.organization,
        base_url=emulator.api_url,
        settings=HttpSettings(retry=RetryPolicy(attempts=1)),
    )


def open_database(emulator, database, token):
    settings = HttpSettings(retry=RetryPolicy(attempts=1), route=emulator.origin_for)
    return LibsqlClient(database.url, token, settings=settings)


def fresh_name():
    return f"db-{uuid.uuid4().hex[:12]}"


def test_a_database_lives_from_its_creation_to_its_end(local_turso):
    name = fresh_name()
    with make(local_turso) as turso:
        group = turso.ensure_group(location=LOCATION)
        created = turso.create_database(name, group=group.name)
        assert (turso.database(name)).hostname == created.hostname
        assert name in [each.name for each in turso.databases(group=group.name)]
        token = turso.create_database_token(name)
        with open_database(local_turso, created, token) as client:
            client.migrate(["CREATE TABLE t (x)", "INSERT INTO t VALUES (1)"])
            assert (client.execute("SELECT x FROM t")).rows == ((1,),)
        usage = turso.database_usage(name)
        assert usage.total.storage_bytes >= 0
        assert turso.instances(name)
        turso.database_stats(name)
        turso.delete_database(name)
        with pytest.raises(NotFoundError, match="record not found"):
            turso.database(name)
        with pytest.raises(NotFoundError):
            turso.delete_database(name)


def test_a_taken_name_is_recognised(local_turso):
    name = fresh_name()
    with make(local_turso) as turso:
        group = turso.ensure_group(location=LOCATION)
        turso.create_database(name, group=group.name)
        with pytest.raises(AlreadyExistsError, match="already exists"):
            turso.create_database(name, group=group.name)


def test_a_group_that_does_not_exist_is_named(local_turso):
    with make(local_turso) as turso:
        turso.ensure_group(location=LOCATION)
        with pytest.raises(NotFoundError, match="group not found") as caught:
            turso.create_database(fresh_name(), group="nowhere")
        with pytest.raises(NotFoundError, match="group not found"):
            turso.group("nowhere")
        with pytest.raises(ConfigurationError, match="no group 'nowhere'"):
            turso.ensure_group("nowhere")

    assert "create_group" in caught.value.hint


def test_a_protected_database_is_not_deleted(local_turso):
    name = fresh_name()
    with make(local_turso) as turso:
        group = turso.ensure_group(location=LOCATION)
        turso.create_database(name, group=group.name)
        assert (turso.protect_database(name)).delete_protection
        with pytest.raises(ApiError, match="protect") as caught:
            turso.delete_database(name)
        turso.unprotect_database(name)
        turso.delete_database(name)

    assert "protection off" in caught.value.hint


def test_a_read_only_token_reads_only(local_turso):
    name = fresh_name()
    with make(local_turso) as turso:
        group = turso.ensure_group(location=LOCATION)
        created = turso.create_database(name, group=group.name)
        token = turso.create_database_token(name, authorization="read-only")
        with open_database(local_turso, created, token) as client:
            assert (client.execute("SELECT 1")).scalar() == 1
            with pytest.raises(PermissionDeniedError) as caught:
                client.execute("CREATE TABLE t (x)")
        with open_database(local_turso, created, "nonsense") as client:
            with pytest.raises(AuthenticationError):
                client.execute("SELECT 1")
            with pytest.raises(AuthenticationError):
                client.batch(["SELECT 1"])

    assert "full access" in caught.value.hint


def test_rotated_tokens_are_over(local_turso):
    name = fresh_name()
    with make(local_turso) as turso:
        group = turso.ensure_group(location=LOCATION)
        created = turso.create_database(name, group=group.name)
        token = turso.create_database_token(name)
        turso.rotate_database_tokens(name)
        with open_database(local_turso, created, token) as client:
            with pytest.raises(AuthenticationError) as caught:
                client.execute("SELECT 1")
            assert "create_database_token" in caught.value.hint


def test_a_database_is_copied_from_another_one(local_turso):
    name, copy = fresh_name(), fresh_name()
    with make(local_turso) as turso:
        group = turso.ensure_group(location=LOCATION)
        source = turso.create_database(name, group=group.name)
        token = turso.create_database_token(name)
        with open_database(local_turso, source, token) as client:
            client.batch(["CREATE TABLE t (x)", "INSERT INTO t VALUES (7)"])
        made = turso.create_database(copy, group=group.name, seed=Seed.from_database(name))
        token = turso.create_database_token(copy)
        with open_database(local_turso, made, token) as client:
            assert (client.execute("SELECT x FROM t")).scalar() == 7
        assert (turso.database(copy)).parent.name == name


def test_the_account_can_be_looked_at(local_turso):
    with make(local_turso) as turso:
        assert (turso.validate_token()).expires_at is None
        assert [each.slug for each in turso.organizations()] == [local_turso.organization]
        assert (turso.organization()).slug == local_turso.organization
        assert (turso.organization_plan()).quotas.databases is not None
        assert (turso.organization_usage()).databases >= 0
        assert LOCATION in turso.locations()
        assert turso.groups()


def test_a_wrong_token_or_organization_is_explained(local_turso):
    with make(local_turso, token="wrong") as turso:
        with pytest.raises(AuthenticationError) as unknown:
            turso.validate_token()
        with pytest.raises(AuthenticationError):
            turso.databases()
    with make(local_turso, organization="somebody-else") as turso:
        turso.validate_token()
        with pytest.raises((PermissionDeniedError, NotFoundError)) as stranger:
            turso.databases()

    assert "TURSO_API_TOKEN" in unknown.value.hint
    assert "TURSO_ORG_ID" in stranger.value.hint


def test_an_impossible_expiration_is_explained(local_turso):
    name = fresh_name()
    with make(local_turso) as turso:
        group = turso.ensure_group(location=LOCATION)
        turso.create_database(name, group=group.name)
        with pytest.raises(InvalidRequestError) as caught:
            turso.create_database_token(name, expiration="some day")
        turso.delete_database(name)

    assert "2w1d30m" in caught.value.hint
