"""The journal of one run: steps and remote resources, written before anything is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve

from oneclick_deploy.secrets import Secret, Vault
from oneclick_deploy.store.records import (
    AppRecord,
    ResourceRecord,
    ResourceStatus,
    RunStatus,
    StepRecord,
    StepStatus,
)
from oneclick_deploy.store.sqlite import Lease, SqliteStore

_OWN: Final = "oneclick"


class Journal:
    """Everything that a run writes down. All methods are short and blocking.

    Args:
        store: The store.
        lease: The right to write to the run.
        vault: Seals secret outputs.
    """

    def __init__(self, store: SqliteStore, lease: Lease, vault: Vault) -> None:
        self.store = store
        self.lease = lease
        self._vault = vault
        self._lock = threading.Lock()

    @property
    def run_id(self) -> str:
        """The run."""
        return self.lease.run_id

    # Steps

    def step(self, step_id: str) -> StepRecord | None:
        """The row of a step in this run."""
        return next((s for s in self.store.steps(self.run_id) if s.step == step_id), None)

    def plan(self, step_ids: list[str]) -> None:
        """Write a row for every step that has none."""
        present = {record.step for record in self.store.steps(self.run_id)}
        for position, step_id in enumerate(step_ids):
            if step_id not in present:
                self._put(step_id, position, StepStatus.PLANNED)

    def step_started(self, step_id: str) -> None:
        """A step is about to do something."""
        record = self._row(step_id)
        self.store.put_step(
            self.lease,
            evolve(record, status=StepStatus.STARTED, attempts=record.attempts + 1, error=""),
        )

    def step_done(
        self,
        step_id: str,
        *,
        output: Mapping[str, Any],
        secrets: Mapping[str, Secret],
        summary: str,
        seconds: float,
    ) -> None:
        """A step reached its goal; what later steps need is kept with it."""
        sealed = b""
        if secrets:
            clear = json.dumps({name: value.reveal() for name, value in secrets.items()})
            sealed = self._vault.seal(
                clear, owner=self.lease.deployment_id, provider=_OWN, field=step_id
            )
        self.store.put_step(
            self.lease,
            evolve(
                self._row(step_id),
                status=StepStatus.DONE,
                output=dict(output),
                secrets_encrypted=sealed,
                summary=summary,
                seconds=seconds,
            ),
        )

    def step_ended(self, step_id: str, status: StepStatus, *, error: str = "") -> None:
        """A step failed, was stopped, or was undone."""
        self.store.put_step(self.lease, evolve(self._row(step_id), status=status, error=error))

    def last_output(self, step_id: str) -> StepRecord | None:
        """The newest finished row of a step in any run of this deployment."""
        for run in reversed(self.store.runs(self.lease.deployment_id)):
            for record in self.store.steps(run.id):
                if record.step == step_id and record.status is StepStatus.DONE:
                    return record
        return None

    def open_secrets(self, record: StepRecord) -> dict[str, Secret]:
        """The secret outputs of a step."""
        if not record.secrets_encrypted:
            return {}
        clear = self._vault.open(
            record.secrets_encrypted,
            owner=self.lease.deployment_id,
            provider=_OWN,
            field=record.step,
        )
        return {name: Secret(value) for name, value in json.loads(clear.reveal()).items()}

    # Resources

    def resource(self, kind: str, name: str) -> ResourceRecord | None:
        """What is recorded of a remote resource."""
        return next((r for r in self.resources() if r.kind == kind and r.name == name), None)

    def resources(self) -> list[ResourceRecord]:
        """All remote resources of the deployment, in the order of their creation."""
        return self.store.resources(self.lease.deployment_id)

    def created_by_this_run(self) -> list[ResourceRecord]:
        """What this run has created, or may have created, and not removed."""
        return [
            record
            for record in self.resources()
            if record.run_id == self.run_id
            and not record.adopted
            and record.status is not ResourceStatus.REMOVED
        ]

    def resource_started(self, kind: str, name: str, *, key: str = "") -> ResourceRecord:
        """A create is about to leave. Written before it does."""
        with self._lock:
            position = 1 + max((r.position for r in self.resources()), default=0)
            record = ResourceRecord(
                deployment_id=self.lease.deployment_id,
                kind=kind,
                name=name,
                status=ResourceStatus.STARTED,
                run_id=self.run_id,
                position=position,
                idempotency_key=key,
            )
            self.store.put_resource(self.lease, record)
        return record

    def resource_present(
        self, record: ResourceRecord, *, remote_id: str, adopted: bool = False
    ) -> None:
        """The resource exists, and is ours."""
        self.store.put_resource(
            self.lease,
            evolve(record, status=ResourceStatus.PRESENT, remote_id=remote_id, adopted=adopted),
        )

    def resource_removed(self, record: ResourceRecord) -> None:
        """The resource does not exist, or is not ours after all."""
        self.store.put_resource(self.lease, evolve(record, status=ResourceStatus.REMOVED))

    # The deployment and the run

    def app(self) -> AppRecord:
        """The deployment's row."""
        return self.store.app(self.lease.deployment_id)

    def update_app(self, **changes: Any) -> AppRecord:
        """Change fields of the deployment's row."""
        with self._lock:
            record = evolve(self.app(), **changes)
            self.store.put_app(self.lease, record)
        return record

    def seal_url(self, url: str) -> bytes:
        """Encrypt the database's address for the deployment's row."""
        return self._vault.seal(
            url, owner=self.lease.deployment_id, provider=_OWN, field="database_url"
        )

    def end(self, status: RunStatus, *, error: str = "") -> None:
        """Close the run."""
        self.store.end_run(self.lease, status, error=error)

    def _row(self, step_id: str) -> StepRecord:
        record = self.step(step_id)
        if record is None:
            position = len(self.store.steps(self.run_id))
            return self._put(step_id, position, StepStatus.PLANNED)
        return record

    def _put(self, step_id: str, position: int, status: StepStatus) -> StepRecord:
        record = StepRecord(run_id=self.run_id, step=step_id, position=position, status=status)
        self.store.put_step(self.lease, record)
        return record
