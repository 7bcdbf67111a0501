"""The journal: a line for every change, in order, and no secret in clear on disk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from oneclick_deploy.deploy.journal import Journal
from oneclick_deploy.errors import StoreError
from oneclick_deploy.secrets import Secret, Vault
from oneclick_deploy.store import (
    ResourceRecord,
    ResourceStatus,
    RunStatus,
    SqliteStore,
    StepRecord,
    StepStatus,
)
from oneclick_deploy.store.holder import Holder


def test_every_change_is_a_line_with_its_time_in_order(store, clock, elsewhere):
    lease = store.begin_run("d1", kind="deploy", holder=elsewhere)
    step = StepRecord(run_id=lease.run_id, step="build", position=0, status=StepStatus.PLANNED)
    resource = ResourceRecord(
        deployment_id="d1", kind="turso.database", name="guestbook", run_id=lease.run_id,
        status=ResourceStatus.STARTED, position=1,
    )  # fmt: skip
    clock.forward(1)
    store.put_step(lease, step)
    clock.forward(1)
    store.put_step(lease, evolve(step, status=StepStatus.STARTED, attempts=1))
    clock.forward(1)
    store.put_resource(lease, resource)
    clock.forward(1)
    store.put_resource(lease, evolve(resource, status=ResourceStatus.PRESENT, remote_id="db-7"))
    clock.forward(1)
    store.put_step(lease, evolve(step, status=StepStatus.DONE, summary="2 files"))
    clock.forward(1)
    store.put_step(lease, evolve(step, status=StepStatus.FAILED, summary="2 files", error="no"))
    clock.forward(60)
    second = store.begin_run("d1", kind="deploy", holder=Holder.this())
    store.end_run(second, RunStatus.FAILED, error="stopped")

    lines = store.transitions(lease.run_id)
    assert [(line.subject, line.status, line.detail) for line in lines[:-2]] == [
        ("run", "started", str(elsewhere)),
        ("build", "planned", ""),
        ("build", "started", ""),
        ("turso.database guestbook", "started", ""),
        ("turso.database guestbook", "present", "db-7"),
        ("build", "done", "2 files"),
        ("build", "failed", "no"),
    ]
    assert [(line.subject, line.status) for line in lines[-2:]] == [
        ("run", "resumed"),
        ("run", "failed"),
    ]
    assert lines[-1].detail == "stopped"
    assert [line.at - lines[0].at for line in lines[:7]] == [timedelta(seconds=n) for n in range(7)]
    assert all(line.run_id == lease.run_id for line in lines)


def test_a_change_that_fails_leaves_neither_row_nor_line(store):
    lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
    bad = ResourceRecord(
        deployment_id="unknown", kind="k", name="n", run_id=lease.run_id,
        status=ResourceStatus.STARTED, position=1,
    )  # fmt: skip
    with pytest.raises(StoreError):
        store.put_resource(lease, bad)
    assert store.resources("unknown") == []
    assert len(store.transitions(lease.run_id)) == 1
    store.renew(lease)  # the connection is not left inside a transaction


def test_the_journal_never_shrinks(store, clock, elsewhere):
    seen = 0
    for _ in range(3):
        lease = store.begin_run("d1", kind="deploy", holder=elsewhere)
        lines = store.transitions(lease.run_id)
        assert len(lines) == seen + 1
        seen = len(lines)
        clock.forward(61)


def test_secrets_are_on_disk_only_sealed(store, files):
    canary = "canary-5d1f-token"
    vault = Vault([Vault.generate_key()])
    lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
    journal = Journal(store, lease, vault)
    journal.plan(["database.provision"])
    journal.step_done(
        "database.provision",
        output={"url": "libsql://x"},
        secrets={"token": Secret(canary)},
        summary="done",
        seconds=0.1,
    )
    journal.update_app(database_url_encrypted=journal.seal_url(f"libsql://{canary}"))
    assert b"libsql://x" in files.bytes
    assert canary.encode() not in files.bytes
    journal.end(RunStatus.DONE)
    store.close()
    assert canary.encode() not in files.bytes

    with SqliteStore(files.path) as again:
        reader = Journal(again, again.begin_run("d1", kind="deploy", holder=Holder.this()), vault)
        record = reader.last_output("database.provision")
        assert reader.open_secrets(record) == {"token": Secret(canary)}


def test_a_step_secret_that_was_moved_to_another_step_does_not_open(store):
    vault = Vault([Vault.generate_key()])
    journal = Journal(store, store.begin_run("d1", kind="deploy", holder=Holder.this()), vault)
    journal.plan(["a", "b"])
    journal.step_done("a", output={}, secrets={"t": Secret("x")}, summary="", seconds=0)
    from oneclick_deploy.errors import TamperedError

    with pytest.raises(TamperedError):
        journal.open_secrets(evolve(journal.step("a"), step="b"))
