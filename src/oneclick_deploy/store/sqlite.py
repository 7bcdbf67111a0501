"""The SQLite store. Every write of a run carries its fence; an outdated one changes nothing."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from attrs import AttrsInstance, evolve, frozen

from oneclick_deploy.errors import (
    DeploymentNotFoundError,
    LeaseHeldError,
    LeaseLostError,
    StoreError,
)
from oneclick_deploy.store.connection import open_database, store_errors
from oneclick_deploy.store.holder import Holder, is_dead
from oneclick_deploy.store.records import (
    AppRecord,
    ResourceRecord,
    RunRecord,
    RunStatus,
    StepRecord,
    Transition,
)
from oneclick_deploy.store.rows import from_row, stamp, to_row

T = TypeVar("T", bound=AttrsInstance)
LEASE_SECONDS: Final = 60.0


@frozen(kw_only=True)
class Lease:
    """The right to write to one run.

    Args:
        run_id: The run.
        deployment_id: Its deployment.
        fence: Grows with each take-over; the store refuses writes with an older one.
        holder: Who holds it.
        resumed: Whether an earlier process began the run.
    """

    run_id: str
    deployment_id: str
    fence: int
    holder: str
    resumed: bool = False


class SqliteStore:
    """Deployments in one SQLite file; safe for threads and for several processes.

    Args:
        path: The file; it and its folder are created. ``":memory:"`` keeps nothing.
        clock: The time (UTC); only tests give another one.

    Raises:
        StoreError: The file is not a store, or a newer version of this library wrote it.
    """

    def __init__(
        self, path: str | Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.path = str(path)
        self._clock = clock
        self._lock = threading.RLock()
        self._connection = open_database(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    # Reading

    def app(self, deployment_id: str) -> AppRecord:
        """Return one deployment.

        Raises:
            DeploymentNotFoundError: There is none with this id.
        """
        found = self._select(AppRecord, "deployed_apps WHERE id = ?", deployment_id)
        if not found:
            raise DeploymentNotFoundError(
                f"no deployment {deployment_id!r} is recorded in {self.path}",
                hint="List them with the store's apps(), or check which store file is used.",
            )
        return found[0]

    def app_named(self, name: str, *, user_id: str) -> AppRecord | None:
        """Return a user's live deployment of this name, if there is one."""
        found = self._select(
            AppRecord,
            "deployed_apps WHERE name = ? AND user_id = ? AND status <> 'destroyed'",
            name,
            user_id,
        )
        return found[0] if found else None

    def apps(self, *, user_id: str | None = None) -> list[AppRecord]:
        """Return all deployments, or those of one user, oldest first."""
        return self._select(
            AppRecord,
            "deployed_apps WHERE ?1 IS NULL OR user_id = ?1 ORDER BY created_at, id",
            user_id,
        )

    def runs(self, deployment_id: str) -> list[RunRecord]:
        """Return the runs of a deployment, oldest first."""
        return self._select(
            RunRecord, "runs WHERE deployment_id = ? ORDER BY started_at, id", deployment_id
        )

    def steps(self, run_id: str) -> list[StepRecord]:
        """Return the steps of a run, in the order of its plan."""
        return self._select(StepRecord, "steps WHERE run_id = ? ORDER BY position", run_id)

    def resources(self, deployment_id: str) -> list[ResourceRecord]:
        """Return the remote resources of a deployment, in the order of their creation."""
        return self._select(
            ResourceRecord, "resources WHERE deployment_id = ? ORDER BY position", deployment_id
        )

    def transitions(self, run_id: str) -> list[Transition]:
        """Return the journal of a run, oldest line first."""
        return self._select(Transition, "transitions WHERE run_id = ? ORDER BY number", run_id)

    # Writing

    def add_app(self, record: AppRecord) -> None:
        """Record a new deployment.

        Raises:
            StoreError: The user has a live deployment of this name already.
        """
        with self._writing() as connection:
            try:
                _insert(connection, "deployed_apps", record)
            except sqlite3.IntegrityError:
                raise StoreError(
                    f"the user has a deployment named {record.name!r} already",
                    hint="Deploy again to update it, or destroy it first.",
                    retryable=True,
                ) from None

    def begin_run(self, deployment_id: str, *, kind: str, holder: Holder) -> Lease:
        """Start a run, or take over an unfinished one of the same kind whose process is gone.

        Raises:
            DeploymentNotFoundError: There is no such deployment.
            LeaseHeldError: Another process is working on this deployment.
        """
        now = self._clock()
        until = now + timedelta(seconds=LEASE_SECONDS)
        with self._writing() as connection:
            self.app(deployment_id)
            open_runs = self._select(
                RunRecord,
                "runs WHERE deployment_id = ? AND status = 'running' ORDER BY started_at",
                deployment_id,
            )
            fence = 1 + max((run.fence for run in self.runs(deployment_id)), default=0)
            for run in open_runs:
                self._refuse_if_held(run, now)
            resumable = next((run for run in open_runs if run.kind == kind), None)
            for run in open_runs:
                if run is not resumable:
                    self._end(connection, run, RunStatus.FAILED, "its process ended", now)
            if resumable is not None:
                taken = evolve(resumable, fence=fence, lease_owner=str(holder), lease_until=until)
                _replace(connection, "runs", taken)
                self._log(connection, taken.id, "run", "resumed", str(holder))
                return _lease(taken, resumed=True)
            run = RunRecord(
                id=str(uuid.uuid4()),
                deployment_id=deployment_id,
                kind=kind,
                status=RunStatus.RUNNING,
                fence=fence,
                lease_owner=str(holder),
                lease_until=until,
                started_at=now,
            )
            _insert(connection, "runs", run)
            self._log(connection, run.id, "run", "started", str(holder))
            return _lease(run, resumed=False)

    def renew(self, lease: Lease) -> None:
        """Keep the lease for another minute.

        Raises:
            LeaseLostError: Another process took the run over.
        """
        until = self._clock() + timedelta(seconds=LEASE_SECONDS)
        with self._fenced(lease) as connection:
            connection.execute(
                "UPDATE runs SET lease_until = ? WHERE id = ?", (stamp(until), lease.run_id)
            )

    def release(self, lease: Lease) -> None:
        """Give the lease of an unfinished run back at once; anyone may go on with the run.

        Does nothing when the run has ended or was taken over.
        """
        with self._writing() as connection:
            connection.execute(
                "UPDATE runs SET lease_until = NULL "
                "WHERE id = ? AND fence = ? AND status = 'running'",
                (lease.run_id, lease.fence),
            )

    def put_step(self, lease: Lease, record: StepRecord) -> None:
        """Write a step and its line in the journal.

        Raises:
            LeaseLostError: Another process took the run over.
        """
        with self._fenced(lease) as connection:
            _replace(connection, "steps", record)
            detail = record.error or record.summary
            self._log(connection, lease.run_id, record.step, record.status, detail)

    def put_resource(self, lease: Lease, record: ResourceRecord) -> None:
        """Write a resource and its line in the journal.

        Raises:
            LeaseLostError: Another process took the run over.
        """
        with self._fenced(lease) as connection:
            _replace(connection, "resources", record)
            subject = f"{record.kind} {record.name}"
            self._log(connection, lease.run_id, subject, record.status, record.remote_id)

    def put_app(self, lease: Lease, record: AppRecord) -> None:
        """Write the deployment's row.

        Raises:
            LeaseLostError: Another process took the run over.
        """
        with self._fenced(lease) as connection:
            _replace(connection, "deployed_apps", evolve(record, updated_at=self._clock()))

    def end_run(self, lease: Lease, status: RunStatus, *, error: str = "") -> None:
        """Close the run and give the lease back.

        Raises:
            LeaseLostError: Another process took the run over.
        """
        with self._fenced(lease) as connection:
            (run,) = self._select(RunRecord, "runs WHERE id = ?", lease.run_id)
            self._end(connection, run, status, error, self._clock())

    # Inside

    def _refuse_if_held(self, run: RunRecord, now: datetime) -> None:
        if run.lease_until is None or run.lease_until <= now or is_dead(run.lease_owner):
            return
        seconds = (run.lease_until - now).total_seconds()
        holder = Holder.parse(run.lease_owner)
        who = f"process {holder.pid} on {holder.host}" if holder else "another process"
        raise LeaseHeldError(
            f"{who} is working on this deployment",
            hint=f"Wait for it; if it died, its lease ends in {seconds:.0f} s.",
            retryable=True,
        )

    def _end(
        self,
        connection: sqlite3.Connection,
        run: RunRecord,
        status: RunStatus,
        error: str,
        now: datetime,
    ) -> None:
        ended = evolve(run, status=status, error=error, finished_at=now, lease_until=None)
        _replace(connection, "runs", ended)
        self._log(connection, run.id, "run", status, error)

    def _log(
        self, connection: sqlite3.Connection, run_id: str, subject: str, status: str, detail: str
    ) -> None:
        line = Transition(
            run_id=run_id, subject=subject, status=status, at=self._clock(), detail=detail
        )
        _insert(connection, "transitions", line)

    def _select(self, kind: type[T], rest: str, *values: object) -> list[T]:
        with self._lock, store_errors(self.path):
            # `rest` is written in this module; values are bound.
            rows = self._connection.execute(f"SELECT * FROM {rest}", values).fetchall()  # noqa: S608
        return [from_row(kind, row) for row in rows]

    @contextlib.contextmanager
    def _fenced(self, lease: Lease) -> Iterator[sqlite3.Connection]:
        with self._writing() as connection:
            held = connection.execute(
                "SELECT 1 FROM runs WHERE id = ? AND fence = ? AND status = 'running'",
                (lease.run_id, lease.fence),
            ).fetchone()
            if held is None:
                raise LeaseLostError(
                    "another process took this deployment over",
                    hint="Stop here; the other process goes on with the run.",
                )
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One immediate transaction; committed when the block ends without an error."""
        with self._lock, store_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def _lease(run: RunRecord, *, resumed: bool) -> Lease:
    return Lease(
        run_id=run.id,
        deployment_id=run.deployment_id,
        fence=run.fence,
        holder=run.lease_owner,
        resumed=resumed,
    )


def _insert(connection: sqlite3.Connection, table: str, record: AttrsInstance) -> None:
    _write(connection, "INSERT", table, to_row(record))


def _replace(connection: sqlite3.Connection, table: str, record: AttrsInstance) -> None:
    """Insert a row, or overwrite every column of the one with the same key."""
    row = to_row(record)
    _write(connection, "INSERT", table, row, _UPSERT[table])


_UPSERT: Final = {
    "deployed_apps": ("id",),
    "runs": ("id",),
    "steps": ("run_id", "step"),
    "resources": ("deployment_id", "kind", "name"),
}


def _write(
    connection: sqlite3.Connection,
    verb: str,
    table: str,
    row: dict[str, Any],
    key: Sequence[str] = (),
) -> None:
    # Table and column names come from this package's own records.
    columns = ", ".join(row)
    sql = f"{verb} INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})"
    if key:
        updates = ", ".join(f"{name} = excluded.{name}" for name in row if name not in key)
        sql += f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {updates}"
    connection.execute(sql, tuple(row.values()))
