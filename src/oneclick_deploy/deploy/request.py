"""What a run was asked to do, as the store keeps it, so that any process can go on with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen

from oneclick_deploy.app import App
from oneclick_deploy.deploy.environment import new_auth_secret
from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.secrets import Secret, Vault
from oneclick_deploy.store.records import AppRecord
from oneclick_deploy.targets import CloudflarePages, Turso, Web

_FIELD: Final = "environment"
_OWN: Final = "oneclick"


@frozen(kw_only=True)
class Request:
    """An app, where it goes, and the secret that was made for it."""

    app: App
    target: Web
    auth_secret: Secret


def stored_config(app: App, target: Web) -> dict[str, Any]:
    """The part of a request that is no secret."""
    in_memory = isinstance(app.preview_data, bytes)
    return {
        "source": str(app.source.resolve()),
        "preview_data": None if app.preview_data is None or in_memory else _absolute(app),
        "preview_in_memory": in_memory,
        "site": app.site,
        "health": app.health,
        "secret_names": [name for name, value in app.env.items() if isinstance(value, Secret)],
        "database": asdict(target.database),
        "hosting": asdict(target.hosting),
        "on_failure": target.on_failure,
    }


def stored_secrets(
    app: App, *, vault: Vault, deployment_id: str, auth_secret: Secret | None = None
) -> bytes:
    """The values of the environment, sealed."""
    env = {name: Secret(value).reveal() for name, value in app.env.items()}
    auth = auth_secret or new_auth_secret()
    clear = json.dumps({"env": env, "auth_secret": auth.reveal()})
    return vault.seal(clear, owner=deployment_id, provider=_OWN, field=_FIELD)


def stored_auth_secret(record: AppRecord, vault: Vault) -> Secret:
    """The app's ``NEXTAUTH_SECRET``: made once, so that sessions survive a redeploy."""
    return Secret(_open(record, vault)["auth_secret"])


def stored_request(record: AppRecord, vault: Vault) -> Request:
    """Build the request again.

    Raises:
        ConfigurationError: The preview data was handed in as bytes, which are not kept.
        VaultKeyError: The environment was sealed with a key that the vault does not have.
    """
    config, opened = record.config, _open(record, vault)
    if config["preview_in_memory"]:
        raise ConfigurationError(
            "the preview data of this deployment was handed in as bytes, which are not kept",
            hint="Pass the app again: resume(deployment_id, app=App(…)).",
        )
    secret_names = set(config["secret_names"])
    env: Mapping[str, str | Secret] = {
        name: Secret(value) if name in secret_names else value
        for name, value in opened["env"].items()
    }
    app = App(
        name=record.name,
        source=Path(config["source"]),
        preview_data=config["preview_data"],
        env=env,
        site=config["site"],
        health=config["health"],
        user_id=record.user_id,
        project_id=record.project_id,
    )
    target = Web(
        database=Turso(**config["database"]),
        hosting=CloudflarePages(**config["hosting"]),
        on_failure=config["on_failure"],
    )
    return Request(app=app, target=target, auth_secret=Secret(opened["auth_secret"]))


def _absolute(app: App) -> str:
    return str(Path(str(app.preview_data)).resolve())


def _open(record: AppRecord, vault: Vault) -> dict[str, Any]:
    clear = vault.open(record.secrets_encrypted, owner=record.id, provider=_OWN, field=_FIELD)
    opened: dict[str, Any] = json.loads(clear.reveal())
    return opened
