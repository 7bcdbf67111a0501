"""Every record comes back as it was written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from attrs import evolve, fields
from hypothesis import given, settings, strategies as st

from oneclick_deploy.errors import DeploymentNotFoundError, StoreError
from oneclick_deploy.store import (
    AppRecord,
    AppStatus,
    ResourceRecord,
    ResourceStatus,
    RunStatus,
    SqliteStore,
    StepRecord,
    StepStatus,
)
from oneclick_deploy.store.holder import Holder
from oneclick_deploy.store.rows import stamp, to_row

TEXT = st.text(max_size=30)
NUMBER = st.integers(-(2**63), 2**63 - 1)
MOMENT = st.datetimes(datetime(1970, 1, 2), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
JSON = st.dictionaries(
    TEXT,
    st.recursive(
        st.none()
        | st.booleans()
        | NUMBER
        | TEXT
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)
BYTES = st.binary(max_size=60)
APPS = st.builds(
    AppRecord,
    id=st.just("d1"),
    **dict.fromkeys(
        ("name", "user_id", "project_id", "platform", "deployment_url", "custom_domain",
         "database_provider", "database_id", "hosting_provider", "hosting_project_id", "tier"),
        TEXT,
    ),
    status=st.sampled_from(AppStatus),
    database_url_encrypted=BYTES,
    secrets_encrypted=BYTES,
    config=JSON,
    created_at=MOMENT,
    updated_at=MOMENT,
    last_deployed_at=st.none() | MOMENT,
)  # fmt: skip


def opened(clock=lambda: datetime(2026, 11, 20, tzinfo=UTC)) -> SqliteStore:
    store = SqliteStore(":memory:", clock=clock)
    moment = clock()
    store.add_app(AppRecord(id="d1", name="a", created_at=moment, updated_at=moment))
    return store


@given(APPS)
def test_a_deployment_round_trips(record):
    with SqliteStore(":memory:") as store:
        store.add_app(record)
        assert store.app("d1") == record
        assert store.apps() == [record]


@given(APPS)
def test_a_changed_deployment_keeps_every_field_but_its_time(record):
    with opened() as store:
        lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
        store.put_app(lease, record)
        assert store.app("d1") == evolve(record, updated_at=datetime(2026, 11, 20, tzinfo=UTC))


@given(
    st.builds(
        StepRecord,
        run_id=st.just(""),
        step=TEXT,
        position=NUMBER,
        status=st.sampled_from(StepStatus),
        attempts=NUMBER,
        output=JSON,
        secrets_encrypted=BYTES,
        summary=TEXT,
        error=TEXT,
        seconds=st.floats(allow_nan=False),
    )
)
def test_a_step_round_trips(record):
    with opened() as store:
        lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
        record = evolve(record, run_id=lease.run_id)
        store.put_step(lease, record)
        assert store.steps(lease.run_id) == [record]


@given(
    st.builds(
        ResourceRecord,
        deployment_id=st.just("d1"),
        kind=TEXT,
        name=TEXT,
        status=st.sampled_from(ResourceStatus),
        run_id=st.just(""),
        position=NUMBER,
        remote_id=TEXT,
        idempotency_key=TEXT,
        adopted=st.booleans(),
    )
)
def test_a_resource_round_trips(record):
    with opened() as store:
        lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
        record = evolve(record, run_id=lease.run_id)
        store.put_resource(lease, record)
        assert store.resources("d1") == [record]


@settings(max_examples=30)
@given(TEXT, TEXT, st.sampled_from([s for s in RunStatus if s is not RunStatus.RUNNING]))
def test_a_run_round_trips(kind, error, status):
    with opened() as store:
        holder = Holder.this()
        lease = store.begin_run("d1", kind=kind, holder=holder)
        (run,) = store.runs("d1")
        assert (run.kind, run.lease_owner, run.status) == (kind, str(holder), RunStatus.RUNNING)
        assert run.lease_until - run.started_at == timedelta(seconds=60)
        store.end_run(lease, status, error=error)
        (ended,) = store.runs("d1")
        assert ended == evolve(
            run, status=status, error=error, finished_at=run.started_at, lease_until=None
        )


def test_a_text_that_sqlite_cannot_hold_is_written_readably():
    # A file name that is not UTF-8 reaches an error message as half of a surrogate pair.
    with opened() as store:
        lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
        error = "cannot upload " + b"caf\xe9.txt".decode("utf-8", "surrogateescape")
        record = StepRecord(
            run_id=lease.run_id, step="build", position=0, status=StepStatus.FAILED, error=error,
            output={"name": "\udce9"},
        )  # fmt: skip
        store.put_step(lease, record)
        (found,) = store.steps(lease.run_id)
        assert found.error == "cannot upload caf\\udce9.txt"
        assert found.output == record.output


def test_times_of_any_zone_are_written_in_utc_and_sort_as_text():
    moment = datetime(2026, 11, 20, 23, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert stamp(moment) == "2026-11-21T04:00:00.000000+00:00"
    assert len(stamp(moment)) == len(stamp(moment + timedelta(microseconds=1)))


def test_every_field_has_a_column():
    with opened() as store:
        for kind, table in (
            (AppRecord, "deployed_apps"),
            (StepRecord, "steps"),
            (ResourceRecord, "resources"),
        ):
            columns = [row[1] for row in store._connection.execute(f"PRAGMA table_info({table})")]
            assert columns == [item.name for item in fields(kind)]


def test_the_repr_of_a_record_shows_no_envelope():
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    record = AppRecord(
        id="d", name="n", created_at=moment, updated_at=moment,
        secrets_encrypted=b"canary", database_url_encrypted=b"canary",
    )  # fmt: skip
    assert "canary" not in repr(record)
    assert "canary" in str(to_row(record))


# Finding


def test_deployments_are_listed_oldest_first_and_by_user():
    begin = datetime(2026, 11, 20, tzinfo=UTC)
    with SqliteStore(":memory:") as store:
        for number, (name, user) in enumerate([("b", "u1"), ("a", "u2"), ("c", "u1")]):
            moment = begin + timedelta(days=-number)
            store.add_app(
                AppRecord(id=name, name=name, user_id=user, created_at=moment, updated_at=moment)
            )
        assert [record.id for record in store.apps()] == ["c", "a", "b"]
        assert [record.id for record in store.apps(user_id="u1")] == ["c", "b"]
        assert store.apps(user_id="nobody") == []


def test_a_name_is_taken_until_its_deployment_is_destroyed():
    with opened() as store:
        twin = evolve(store.app("d1"), id="d2")
        with pytest.raises(StoreError, match="already") as caught:
            store.add_app(twin)
        assert caught.value.retryable
        lease = store.begin_run("d1", kind="destroy", holder=Holder.this())
        store.put_app(lease, evolve(store.app("d1"), status=AppStatus.DESTROYED))
        assert store.app_named("a", user_id="") is None
        store.add_app(twin)
        assert store.app_named("a", user_id="").id == "d2"


def test_two_users_may_have_apps_of_one_name():
    with opened() as store:
        store.add_app(evolve(store.app("d1"), id="d2", user_id="another"))
        assert store.app_named("a", user_id="another").id == "d2"
        assert store.app_named("a", user_id="").id == "d1"


def test_an_unknown_deployment_is_told_so():
    with opened() as store:
        with pytest.raises(DeploymentNotFoundError, match="'nope'") as caught:
            store.app("nope")
        assert caught.value.hint
        with pytest.raises(DeploymentNotFoundError):
            store.begin_run("nope", kind="deploy", holder=Holder.this())
        assert store.runs("nope") == store.resources("nope") == store.steps("nope") == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE deployed_apps SET config = '{broken'",
        "UPDATE deployed_apps SET config = '[1]x'",
        "UPDATE deployed_apps SET status = 'nonsense'",
        "UPDATE deployed_apps SET created_at = 'yesterday'",
        "ALTER TABLE deployed_apps DROP COLUMN tier",
    ],
)
def test_a_row_that_something_else_changed_is_an_error_of_ours(damage):
    with opened() as store:
        store._connection.execute(damage)
        with pytest.raises(StoreError) as caught:
            store.app("d1")
        assert caught.value.hint
        assert caught.value.__suppress_context__


def test_a_store_survives_being_closed_and_opened(tmp_path: Path):
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    record = AppRecord(id="d", name="n", created_at=moment, updated_at=moment)
    path = tmp_path / "new" / "folders" / "store.db"
    with SqliteStore(path) as store:
        store.add_app(record)
    with SqliteStore(str(path)) as store:
        assert store.apps() == [record]
