"""Leases and fences: one process works on a deployment, and who lost its lease changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from oneclick_deploy.errors import LeaseHeldError, LeaseLostError
from oneclick_deploy.store import (
    AppStatus,
    ResourceRecord,
    ResourceStatus,
    RunStatus,
    SqliteStore,
    StepRecord,
    StepStatus,
)
from oneclick_deploy.store.holder import Holder, is_dead

BEGIN_AND_WAIT = """
import sys, time
from oneclick_deploy.store import SqliteStore
from oneclick_deploy.store.holder import Holder
store = SqliteStore(sys.argv[1])
lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
print(lease.run_id, lease.fence, flush=True)
time.sleep(600)
"""
RACE = """
import sys, time
from oneclick_deploy.errors import LeaseHeldError
from oneclick_deploy.store import SqliteStore
from oneclick_deploy.store.holder import Holder
store = SqliteStore(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
try:
    print("won", store.begin_run("d1", kind="deploy", holder=Holder.this()).fence, flush=True)
except LeaseHeldError:
    print("held", flush=True)
sys.stdin.readline()
"""


def process(code: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def other(files, store) -> Iterator[subprocess.Popen[str]]:
    """A real process that has begun a run, and waits."""
    with process(BEGIN_AND_WAIT, files.path) as begun:
        yield begun
        begun.kill()


def writes(store: SqliteStore, lease):
    """Every way to write with a lease."""
    step = StepRecord(run_id=lease.run_id, step="build", position=0, status=StepStatus.DONE)
    resource = ResourceRecord(
        deployment_id="d1",
        kind="turso.database",
        name="x",
        status=ResourceStatus.PRESENT,
        run_id=lease.run_id,
        position=1,
    )
    return {
        "put_step": lambda: store.put_step(lease, step),
        "put_resource": lambda: store.put_resource(lease, resource),
        "put_app": lambda: store.put_app(lease, evolve(store.app("d1"), status=AppStatus.ACTIVE)),
        "renew": lambda: store.renew(lease),
        "end_run": lambda: store.end_run(lease, RunStatus.DONE),
    }


def dump(store: SqliteStore) -> list[str]:
    return list(store._connection.iterdump())


def test_every_write_is_covered_here():
    public = {name for name in vars(SqliteStore) if name.startswith(("put_", "renew", "end_"))}
    assert public == set(writes(None, Lease_()))


class Lease_:  # noqa: N801
    run_id = ""


@pytest.mark.parametrize("name", ["put_step", "put_resource", "put_app", "renew", "end_run"])
def test_a_lease_that_was_taken_over_writes_nothing(store, clock, elsewhere, name):
    old = store.begin_run("d1", kind="deploy", holder=elsewhere)
    clock.forward(60)
    new = store.begin_run("d1", kind="deploy", holder=Holder.this())
    assert (new.run_id, new.resumed, new.fence) == (old.run_id, True, old.fence + 1)
    before = dump(store)
    with pytest.raises(LeaseLostError) as caught:
        writes(store, old)[name]()
    assert caught.value.hint
    assert dump(store) == before
    writes(store, new)[name]()
    assert dump(store) != before or name == "renew"


@pytest.mark.parametrize("name", ["put_step", "put_resource", "put_app", "renew", "end_run"])
def test_a_lease_of_an_ended_run_writes_nothing(store, name):
    lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
    store.end_run(lease, RunStatus.FAILED, error="x")
    before = dump(store)
    with pytest.raises(LeaseLostError):
        writes(store, lease)[name]()
    assert dump(store) == before


@pytest.mark.parametrize("change", [{"fence": 0}, {"fence": 2}, {"run_id": "another"}])
def test_a_lease_that_was_never_given_writes_nothing(store, change):
    lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
    before = dump(store)
    for write in writes(store, evolve(lease, **change)).values():
        with pytest.raises(LeaseLostError):
            write()
    assert dump(store) == before


def test_fences_grow_over_all_runs_of_a_deployment(store, clock, elsewhere):
    fences = []
    for kind in ("deploy", "deploy", "destroy", "deploy"):
        lease = store.begin_run("d1", kind=kind, holder=elsewhere)
        fences.append(lease.fence)
        clock.forward(61)
    assert fences == [1, 2, 3, 4]


# Held


def test_a_held_lease_is_respected_and_its_holder_named(store, elsewhere, clock):
    store.begin_run("d1", kind="deploy", holder=elsewhere)
    clock.forward(20)
    for kind in ("deploy", "destroy"):
        with pytest.raises(LeaseHeldError, match="process 7 on another-machine") as caught:
            store.begin_run("d1", kind=kind, holder=Holder.this())
        assert "40 s" in caught.value.hint
        assert caught.value.retryable


def test_one_process_may_not_run_a_deployment_twice_at_once(store):
    store.begin_run("d1", kind="deploy", holder=Holder.this())
    with pytest.raises(LeaseHeldError):
        store.begin_run("d1", kind="deploy", holder=Holder.this())


def test_a_lease_ends_by_the_clock_and_not_before(store, clock, elsewhere):
    store.begin_run("d1", kind="deploy", holder=elsewhere)
    clock.forward(59.999)
    with pytest.raises(LeaseHeldError):
        store.begin_run("d1", kind="deploy", holder=Holder.this())
    clock.forward(0.001)
    assert store.begin_run("d1", kind="deploy", holder=Holder.this()).resumed


def test_a_renewed_lease_lasts_another_minute(store, clock, elsewhere):
    lease = store.begin_run("d1", kind="deploy", holder=elsewhere)
    clock.forward(50)
    store.renew(lease)
    clock.forward(59)
    with pytest.raises(LeaseHeldError):
        store.begin_run("d1", kind="deploy", holder=Holder.this())


def test_a_late_renewal_counts_while_nobody_took_over(store, clock, elsewhere):
    lease = store.begin_run("d1", kind="deploy", holder=elsewhere)
    clock.forward(600)
    store.renew(lease)
    with pytest.raises(LeaseHeldError):
        store.begin_run("d1", kind="deploy", holder=Holder.this())


def test_a_lease_that_was_given_back_is_free_at_once(store, elsewhere):
    lease = store.begin_run("d1", kind="deploy", holder=elsewhere)
    store.release(lease)
    again = store.begin_run("d1", kind="deploy", holder=Holder.this())
    assert (again.run_id, again.resumed) == (lease.run_id, True)


def test_giving_back_a_lease_that_is_lost_changes_nothing(store, clock, elsewhere):
    old = store.begin_run("d1", kind="deploy", holder=elsewhere)
    clock.forward(60)
    new = store.begin_run("d1", kind="deploy", holder=elsewhere)
    before = dump(store)
    store.release(old)
    assert dump(store) == before
    store.end_run(new, RunStatus.DONE)
    before = dump(store)
    store.release(new)
    assert dump(store) == before


def test_an_ended_run_frees_the_deployment(store):
    lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
    store.end_run(lease, RunStatus.DONE)
    again = store.begin_run("d1", kind="deploy", holder=Holder.this())
    assert not again.resumed
    assert again.run_id != lease.run_id


def test_a_run_of_another_kind_closes_the_abandoned_one(store, clock, elsewhere):
    old = store.begin_run("d1", kind="deploy", holder=elsewhere)
    clock.forward(61)
    new = store.begin_run("d1", kind="destroy", holder=Holder.this())
    assert not new.resumed
    deploy, destroy = store.runs("d1")
    assert (deploy.id, deploy.status, deploy.error) == (
        old.run_id, RunStatus.FAILED, "its process ended",
    )  # fmt: skip
    assert destroy.status is RunStatus.RUNNING


# Real processes


@pytest.fixture
def timely(files) -> Iterator[SqliteStore]:
    """The store with the system's clock, as the other process has it."""
    with SqliteStore(files.path) as opened:
        yield opened


def test_a_live_process_keeps_its_lease(other, timely):
    assert other.stdout.readline()
    with pytest.raises(LeaseHeldError, match=f"process {other.pid} "):
        timely.begin_run("d1", kind="deploy", holder=Holder.this())


@pytest.mark.parametrize("reaped", [True, False], ids=["reaped", "zombie"])
def test_the_run_of_a_killed_process_is_taken_over_at_once(other, timely, reaped):
    run_id, fence = other.stdout.readline().split()
    other.send_signal(signal.SIGKILL)
    if reaped:
        other.wait()
    else:
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # waits and does not reap
    lease = timely.begin_run("d1", kind="deploy", holder=Holder.this())
    assert (lease.run_id, lease.fence, lease.resumed) == (run_id, int(fence) + 1, True)


def test_of_processes_that_begin_at_once_exactly_one_wins(files, store):
    racers = [process(RACE, files.path) for _ in range(5)]
    try:
        assert [racer.stdout.readline() for racer in racers] == ["ready\n"] * 5
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        results = sorted(racer.stdout.readline() for racer in racers)
    finally:
        for racer in racers:
            racer.communicate("end\n")
    assert results == ["held\n"] * 4 + ["won 1\n"]
    assert len(store.runs("d1")) == 1


def test_threads_of_one_process_share_a_store(store):
    lease = store.begin_run("d1", kind="deploy", holder=Holder.this())
    failures = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                store.put_step(
                    lease,
                    StepRecord(
                        run_id=lease.run_id,
                        step=f"{number}",
                        position=number,
                        status=StepStatus.STARTED,
                        attempts=turn,
                    ),
                )
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert [step.attempts for step in store.steps(lease.run_id)] == [9] * 4
    assert len(store.transitions(lease.run_id)) == 41


# Holders


def test_a_holder_is_read_back_from_its_text():
    holder = Holder.this()
    assert Holder.parse(str(holder)) == holder
    assert Holder.this() != holder


@pytest.mark.parametrize("text", ["", "x", "a|b|c|d", "a|1|2", "a|²|c|d", "a|-1|c|d", "|||"])
def test_a_text_that_names_no_holder_is_not_called_dead(text):
    assert Holder.parse(text) is None
    assert not is_dead(text)


def test_this_process_is_alive_and_its_number_with_another_birth_is_not():
    holder = Holder.this()
    assert not is_dead(str(holder))
    if not holder.born:
        pytest.skip("this system does not tell when a process was born")
    assert is_dead(str(evolve(holder, born="1")))


def test_a_process_of_another_machine_is_never_called_dead(elsewhere):
    assert not is_dead(str(elsewhere))


@pytest.mark.parametrize("pid", [2**31 - 1, 2**80])
def test_numbers_that_no_process_has_do_not_break_the_question(pid):
    is_dead(str(evolve(Holder.this(), pid=pid)))
