# Generated from src/oneclick_deploy/deploy/_async/context.py by tools/unasync.py. Do not edit.
"""What the steps of one run share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oneclick_deploy.app import App
from oneclick_deploy.deploy._sync.clients import Clients
from oneclick_deploy.deploy.inputs import AppInputs
from oneclick_deploy.deploy.journal import Journal
from oneclick_deploy.deploy.names import Names, resource_names
from oneclick_deploy.deploy.progress import EventStream
from oneclick_deploy.http import Redactor
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.runtime import threads
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.secrets import Secret
from oneclick_deploy.site import Site
from oneclick_deploy.targets import Web


class Context:
    """One run: what it works on, and what its steps have found out so far.

    Args:
        app: The app.
        target: Where it goes.
        clients: The providers.
        journal: What is written down.
        events: What is reported.
        redactor: Knows the secrets of the run.
        cancel: Stops the run.
        auth_secret: The app's ``NEXTAUTH_SECRET``.
    """

    def __init__(
        self,
        *,
        app: App,
        target: Web,
        clients: Clients,
        journal: Journal,
        events: EventStream,
        redactor: Redactor,
        cancel: CancelToken,
        auth_secret: Secret,
    ) -> None:
        self.app = app
        self.target = target
        self.clients = clients
        self.journal = journal
        self.events = events
        self.redactor = redactor
        self.cancel = cancel
        self.auth_secret = auth_secret
        self.names: Names = resource_names(app, target)
        self.site: Site | None = None
        self._inputs: AppInputs | None = None
        self._outputs: dict[str, Mapping[str, Any]] = {}
        self._secrets: dict[str, Mapping[str, Secret]] = {}

    def inputs(self) -> AppInputs:
        """Read the app's migrations and preview data, once."""
        if self._inputs is None:
            self._inputs = threads.to_thread(AppInputs, self.app)
        return self._inputs

    def close(self) -> None:
        """Drop the snapshot of the preview data."""
        if self._inputs is not None:
            self._inputs.close()

    def remember(self, step: str, output: Mapping[str, Any], secrets: Mapping[str, Secret]) -> None:
        """Keep what a step left behind, and hide its secrets from now on."""
        self._outputs[step] = output
        self._secrets[step] = secrets
        self.redactor.add(*secrets.values())

    def output(self, step: str, name: str) -> Any:
        """Something that a finished step left behind."""
        return self._outputs[step][name]

    def secret(self, step: str, name: str) -> Secret:
        """A secret that a finished step left behind."""
        return self._secrets[step][name]

    def database(self) -> LibsqlClient:
        """Open a client for the deployment's database."""
        return self.clients.libsql(
            self.output("database.provision", "url"), self.secret("database.provision", "token")
        )
