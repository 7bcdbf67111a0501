"""Processes that apply the same migrations at once, and processes that are killed meanwhile."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.prisma.migrations.applier import connect, history
from tests.prisma.migrations.conftest import Place

from oneclick_deploy.prisma.migrations import AppliedMigration, apply, status

APPLIER = Path(__file__).with_name("applier.py")


def origin_of(place: Place) -> str:
    route = place.settings.route if place.settings else None
    return (route(place.url) if route else "") or ""


@contextlib.contextmanager
def applier(place: Place) -> Iterator[subprocess.Popen[str]]:
    """A process that is connected and waits."""
    command = [sys.executable, str(APPLIER), place.kind, place.url, origin_of(place)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


def go(process: subprocess.Popen[str]) -> None:
    process.stdin.write("go\n")
    process.stdin.flush()


def applied_by(process: subprocess.Popen[str]) -> list[str]:
    lines = process.stdout.read().splitlines()
    assert lines[-1].startswith("report: "), lines
    return [name for name in lines[-1].removeprefix("report: ").split(",") if name]


def rows(place: Place) -> list[AppliedMigration]:
    with contextlib.closing(connect(place.kind, place.url, origin_of(place))) as database:
        return [AppliedMigration.from_row(row) for row in database.execute(database.table.select)]


def test_of_two_processes_exactly_one_applies(locking_place: Place) -> None:
    with applier(locking_place) as one, applier(locking_place) as other:
        go(one)
        go(other)
        assert sorted([*applied_by(one), *applied_by(other)]) == ["a", "b"]
    assert sorted(row.name for row in rows(locking_place) if row.finished) == ["a", "b"]
    assert len(rows(locking_place)) == 2


def test_without_locks_each_migration_is_still_applied_once(libsql_place: Place) -> None:
    with applier(libsql_place) as one, applier(libsql_place) as other:
        go(one)
        go(other)
        assert set(applied_by(one)) | set(applied_by(other)) == {"a", "b"}
    assert sorted(row.name for row in rows(libsql_place)) == ["a", "b"]
    assert all(row.finished for row in rows(libsql_place))


def test_a_killed_process_leaves_a_migration_whole_or_not_at_all(place: Place) -> None:
    with applier(place) as process:
        go(process)
        while not process.stdout.readline().startswith("applying a"):
            pass
        process.kill()
    with contextlib.closing(connect(place.kind, place.url, origin_of(place))) as database:
        found = status(history(place.kind), database)
        if place.kind == "mysql":
            # Prisma's own state: somebody has to look.
            assert found.failed in {("a",), ()}
            return
        assert found.failed == ()
        apply(history(place.kind), database)
        assert status(history(place.kind), database).up_to_date


@pytest.mark.parametrize("locking_place", ["sqlite"], indirect=True)
def test_a_lock_goes_with_its_process(locking_place: Place) -> None:
    with contextlib.closing(connect("sqlite", locking_place.url, "")) as holder:
        assert holder.try_lock()
    with contextlib.closing(connect("sqlite", locking_place.url, "")) as database:
        assert apply(history("sqlite"), database, lock_seconds=0.0).applied == ("a", "b")
