# Generated from src/oneclick_deploy/deploy/_async/orchestrator.py by tools/unasync.py. Do not edit.
"""The orchestrator: plan, deploy, resume, status, history, destroy."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from attrs import evolve

from oneclick_deploy.app import App
from oneclick_deploy.deploy._sync.planning import make_plan
from oneclick_deploy.deploy._sync.removal import destroy_run
from oneclick_deploy.deploy._sync.run import deploy_run
from oneclick_deploy.deploy.access import EmbeddedCloud, ProviderAccess, local_access
from oneclick_deploy.deploy.deployment import (
    Deployment,
    DeploymentReport,
    deployment_of,
    report_of,
)
from oneclick_deploy.deploy.journal import Journal
from oneclick_deploy.deploy.ownership import Ownership
from oneclick_deploy.deploy.plan import Plan
from oneclick_deploy.deploy.request import (
    Request,
    stored_auth_secret,
    stored_config,
    stored_request,
    stored_secrets,
)
from oneclick_deploy.errors import ConfigurationError, DeployError
from oneclick_deploy.events import Event, EventHandler
from oneclick_deploy.runtime import threads
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Vault
from oneclick_deploy.store import AppRecord, AppStatus, SqliteStore
from oneclick_deploy.store.holder import Holder
from oneclick_deploy.targets import Web

STORE_VARIABLE = "ONECLICK_STORE"


class DeploymentOrchestrator:
    """Takes apps to production and remembers how.

    Args:
        access: The accounts to deploy to.
        store: Where deployments are remembered. Closed with the orchestrator.
        vault: Encrypts what the store must keep secret.
    """

    def __init__(self, *, access: ProviderAccess, store: SqliteStore, vault: Vault) -> None:
        self._access = access
        self._store = store
        self._vault = vault

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] | None = None, *, store: SqliteStore | None = None
    ) -> Self:
        """Read credentials and the vault's key from the environment.

        See `ProviderAccess.from_env` and `Vault.from_env`. The store is the file named by
        ``ONECLICK_STORE``, or ``~/.local/share/oneclick-deploy/deployments.db``.

        Raises:
            ConfigurationError: A variable is missing.
            VaultKeyError: The key is missing or malformed.
        """
        given = os.environ if environ is None else environ
        default = Path.home() / ".local" / "share" / "oneclick-deploy" / "deployments.db"
        return cls(
            access=ProviderAccess.from_env(given),
            vault=Vault.from_env(given),
            store=store or SqliteStore(given.get(STORE_VARIABLE) or default),
        )

    @classmethod
    def local(cls, cloud: EmbeddedCloud) -> Self:
        """Deploy to a running `LocalCloud`; the store lives in the cloud's state directory."""
        return cls(
            access=local_access(cloud),
            vault=Vault([cloud.encryption_key]),
            store=SqliteStore(Path(cloud.state_dir) / "deployments.db"),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store."""
        threads.to_thread(self._store.close)

    def plan(self, app: App, target: Web | None = None) -> Plan:
        """Say what `deploy` would do, without changing anything anywhere.

        Args:
            app: The app.
            target: Where it goes; `Web` with Turso and Cloudflare Pages when not given.

        Raises:
            AppError: The app's directory, schema, migrations, site or preview data is unusable.
            ApiError: A provider refused the credentials.
            TransportError: A provider could not be reached.
            NameTakenError: A wanted name belongs to somebody else.
        """
        owned = threads.to_thread(self._ownership, _app(app))
        return make_plan(app, target or Web(), self._access, owned=owned)

    def deploy(
        self,
        app: App | Plan,
        target: Web | None = None,
        *,
        on_event: EventHandler | None = None,
        cancel: CancelToken | None = None,
    ) -> Deployment:
        """Take an app to production, or bring an existing deployment of it up to date.

        Calling it again is safe at any time: an interrupted run is resumed, finished work is
        kept, and only what differs is changed.

        Args:
            app: The app, or a plan for it.
            target: Where it goes, when ``app`` is not a plan.
            on_event: Called with each `Event`.
            cancel: Stops the run at the next safe point; `resume` goes on later.

        Raises:
            StepError: A step failed; `.cause` says why, `.undone` what was removed again.
            LeaseHeldError: Another process is working on this deployment.
            DeployCancelledError: The run was cancelled.
        """
        request_app = app.app if isinstance(app, Plan) else _app(app)
        request_target = app.target if isinstance(app, Plan) else target or Web()
        record = threads.to_thread(self._record, request_app, request_target)
        return self._run(record, request_app, request_target, on_event=on_event, cancel=cancel)

    def resume(
        self,
        deployment_id: str,
        *,
        app: App | None = None,
        on_event: EventHandler | None = None,
        cancel: CancelToken | None = None,
    ) -> Deployment:
        """Go on with a deployment whose run was interrupted, failed or cancelled.

        Args:
            deployment_id: The deployment.
            app: The app, when its preview data was handed in as bytes.
            on_event: Called with each `Event`.
            cancel: Stops the run at the next safe point.

        Raises:
            DeploymentNotFoundError: There is no such deployment.
            StepError: A step failed.
            LeaseHeldError: Another process is working on this deployment.
        """
        record = threads.to_thread(self._store.app, deployment_id)
        _refuse_destroyed(record)
        if app is not None:
            target = stored_request(_without_data(record), self._vault).target
            return self._run(record, app, target, on_event=on_event, cancel=cancel)
        stored = threads.to_thread(stored_request, record, self._vault)
        return self._run(record, stored.app, stored.target, on_event=on_event, cancel=cancel)

    def start(
        self, app: App | Plan, target: Web | None = None, *, cancel: CancelToken | None = None
    ) -> Run:
        """Begin `deploy` in the background and return at once.

        Iterate over the result for its events; ask it for the deployment, or to stop.
        """
        return Run(self, app, target, cancel or CancelToken())

    def status(self, deployment_id: str) -> Deployment:
        """Return a deployment as it is recorded, with its newest run.

        Raises:
            DeploymentNotFoundError: There is no such deployment.
        """
        record = threads.to_thread(self._store.app, deployment_id)
        reports = self.history(deployment_id)
        return deployment_of(record, reports[-1] if reports else None)

    def deployments(self, *, user_id: str | None = None) -> list[Deployment]:
        """Return all deployments, or those of one user, oldest first."""
        records = threads.to_thread(self._store.apps, user_id=user_id)
        return [deployment_of(record, None) for record in records]

    def history(self, deployment_id: str) -> tuple[DeploymentReport, ...]:
        """Return every run of a deployment, oldest first.

        Raises:
            DeploymentNotFoundError: There is no such deployment.
        """
        return threads.to_thread(self._history, deployment_id)

    def destroy(
        self, deployment_id: str, *, on_event: EventHandler | None = None
    ) -> DeploymentReport:
        """Remove everything that the deployment has at the providers, data included.

        Destroying a destroyed deployment does nothing.

        Raises:
            DeploymentNotFoundError: There is no such deployment.
            LeaseHeldError: Another process is working on this deployment.
            DeployError: Something could not be removed; the message names it.
        """
        record = threads.to_thread(self._store.app, deployment_id)
        if record.status is AppStatus.DESTROYED:
            return (self.history(deployment_id))[-1]
        journal = threads.to_thread(self._begin, record, "destroy")
        destroy_run(record.name, access=self._access, journal=journal, on_event=on_event)
        return (self.history(deployment_id))[-1]

    def _run(
        self,
        record: AppRecord,
        app: App,
        target: Web,
        *,
        on_event: EventHandler | None,
        cancel: CancelToken | None,
    ) -> Deployment:
        journal = threads.to_thread(self._begin, record, "deploy")
        try:
            request = threads.to_thread(self._accept, journal, app, target)
        except BaseException:
            threads.to_thread(self._store.release, journal.lease)
            raise
        deploy_run(
            request,
            access=self._access,
            journal=journal,
            on_event=on_event,
            cancel=cancel or CancelToken(),
        )
        return self.status(record.id)

    def _ownership(self, app: App) -> Ownership:
        """What the store knows of resources of this app."""
        found = self._store.app_named(app.name, user_id=app.user_id)
        if found is None:
            return Ownership("", ())
        return Ownership(found.id, self._store.resources(found.id))

    def _record(self, app: App, target: Web) -> AppRecord:
        """Find the deployment of this app, or write down a new one."""
        found = self._store.app_named(app.name, user_id=app.user_id)
        if found is not None:
            return found
        now, deployment_id = datetime.now(UTC), str(uuid.uuid4())
        record = AppRecord(
            id=deployment_id,
            name=app.name,
            user_id=app.user_id,
            project_id=app.project_id,
            config=stored_config(app, target),
            secrets_encrypted=stored_secrets(app, vault=self._vault, deployment_id=deployment_id),
            created_at=now,
            updated_at=now,
        )
        self._store.add_app(record)
        return record

    def _begin(self, record: AppRecord, kind: str) -> Journal:
        lease = self._store.begin_run(record.id, kind=kind, holder=Holder.this())
        return Journal(self._store, lease, self._vault)

    def _accept(self, journal: Journal, app: App, target: Web) -> Request:
        """Keep the newest wish with the deployment, so that any process can go on with it."""
        record = journal.app()
        auth_secret = stored_auth_secret(record, self._vault)
        journal.update_app(
            config=stored_config(app, target),
            secrets_encrypted=stored_secrets(
                app, vault=self._vault, deployment_id=record.id, auth_secret=auth_secret
            ),
        )
        return Request(app=app, target=target, auth_secret=auth_secret)

    def _history(self, deployment_id: str) -> tuple[DeploymentReport, ...]:
        self._store.app(deployment_id)
        resources = self._store.resources(deployment_id)
        return tuple(
            report_of(run, self._store.steps(run.id), resources, self._store.transitions(run.id))
            for run in self._store.runs(deployment_id)
        )


class Run:
    """A deployment that runs in the background: an iterator of its events, and its result.

    Made by `DeploymentOrchestrator.start`.
    """

    def __init__(
        self,
        orchestrator: DeploymentOrchestrator,
        app: App | Plan,
        target: Web | None,
        cancel: CancelToken,
    ) -> None:
        self._cancel = cancel
        self._events: threads.Channel[Event] = threads.Channel()

        def work() -> Deployment:
            try:
                return orchestrator.deploy(app, target, on_event=self._events.put, cancel=cancel)
            finally:
                self._events.close()

        self._work = threads.Background(work, name="oneclick-deploy")

    def __iter__(self) -> Iterator[Event]:
        return self._events.items()

    @property
    def done(self) -> bool:
        """Whether the deployment has ended, well or not."""
        return self._work.done

    def cancel(self) -> None:
        """Stop at the next safe point."""
        self._cancel.cancel()

    def result(self) -> Deployment:
        """Wait for the end.

        Raises:
            StepError: A step failed.
            DeployCancelledError: `cancel` was called.
        """
        return self._work.result()


def _app(app: App) -> App:
    if not isinstance(app, App):
        raise ConfigurationError(
            f"expected an App, got {type(app).__name__}",
            hint="Build one with App(name=…, source=…).",
        )
    return app


def _refuse_destroyed(record: AppRecord) -> None:
    if record.status is AppStatus.DESTROYED:
        raise DeployError(
            f"the deployment {record.id} was destroyed", hint="Deploy the app again with deploy()."
        )


def _without_data(record: AppRecord) -> AppRecord:
    return evolve(record, config={**record.config, "preview_in_memory": False})
