"""Names and keys that any process derives the same way, so that a lost answer can be looked up."""

from __future__ import annotations

import hashlib
from typing import Final

from attrs import frozen

from oneclick_deploy.app import App
from oneclick_deploy.targets import Web

OWNER_VARIABLE: Final = "ONECLICK_DEPLOYMENT"
"""The environment variable that marks a Pages project with the deployment it belongs to."""


@frozen(kw_only=True)
class Names:
    """What the resources of a deployment are called at the providers."""

    database: str
    project: str


def resource_names(app: App, target: Web) -> Names:
    """The names of an app's resources: those asked for, else the app's own name."""
    return Names(
        database=target.database.database or app.name, project=target.hosting.project or app.name
    )


def release_key(run_id: str, fingerprint: str) -> str:
    """The idempotency key of one release: 40 hex digits, sent as the deployment's commit hash.

    Pages has no idempotency keys, but keeps the commit hash and lists it; a release whose answer
    was lost is found again by it.
    """
    return hashlib.sha256(f"{run_id}\n{fingerprint}".encode()).hexdigest()[:40]
