"""What is sent about projects: names, variables, bindings and compatibility. Pure.

Both environments are changed by default: a preview without the production's configuration fails in
ways that production does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.providers.cloudflare.pages.models import BOTH, Environment
from oneclick_deploy.secrets import Secret

# The SDK documents the letters; the host name label that Cloudflare makes of the name is what
# limits the length (developers.cloudflare.com/pages/platform/limits: 58 characters).
_PROJECT_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,56}[a-z0-9])?")
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_NAMESPACE: Final = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Variables = Mapping[str, str | Secret | None]
Bindings = Mapping[str, str | None]


def check_project_name(name: str) -> None:
    """Refuse a name that Pages would refuse.

    Raises:
        ConfigurationError: It is not 1 to 58 lowercase letters, digits and inner hyphens.
    """
    if not _PROJECT_NAME.fullmatch(name):
        raise ConfigurationError(
            f"{name[:80]!r} cannot be the name of a Pages project",
            hint="Use 1 to 58 lowercase letters, digits and hyphens, no hyphen first or last.",
        )


def project_body(
    name: str,
    *,
    production_branch: str,
    compatibility_date: str | None,
    compatibility_flags: Sequence[str],
    env: Variables | None,
) -> dict[str, Any]:
    """Build the body of `POST projects`.

    Raises:
        ConfigurationError: A name or date is unusable.
    """
    check_project_name(name)
    config = environment_config(
        env=env,
        compatibility_date=compatibility_date,
        compatibility_flags=compatibility_flags or None,
    )
    return {
        "name": name,
        "production_branch": _branch(production_branch),
        "deployment_configs": {environment.value: config for environment in BOTH},
    }


def change_body(
    *,
    environments: Iterable[str],
    production_branch: str | None,
    config: Mapping[str, Any],
) -> dict[str, Any]:
    """Build the body of `PATCH projects/{name}`, which is merged key by key.

    Raises:
        ConfigurationError: An environment does not exist.
    """
    body: dict[str, Any] = {}
    if production_branch is not None:
        body["production_branch"] = _branch(production_branch)
    if config:
        body["deployment_configs"] = {
            _environment(environment): config for environment in environments
        }
    return body


def environment_config(
    *,
    env: Variables | None = None,
    d1: Bindings | None = None,
    kv: Bindings | None = None,
    compatibility_date: str | None = None,
    compatibility_flags: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Build the set-up of one environment; ``None`` as a value deletes the key.

    Raises:
        ConfigurationError: A variable's name, an id or the date is unusable.
    """
    config: dict[str, Any] = {}
    if env:
        config["env_vars"] = {_name(name): _variable(value) for name, value in env.items()}
    if d1:
        config["d1_databases"] = {
            _name(name): None if uuid is None else {"id": _d1_id(name, uuid)}
            for name, uuid in d1.items()
        }
    if kv:
        config["kv_namespaces"] = {
            _name(name): None if key is None else {"namespace_id": _kv_id(name, key)}
            for name, key in kv.items()
        }
    if compatibility_flags is not None:
        config["compatibility_flags"] = list(compatibility_flags)
    if compatibility_date is not None:
        config["compatibility_date"] = _date(compatibility_date)
    return config


def secrets_in(env: Variables | None) -> list[Secret]:
    """The secret values, to be hidden in what the provider answers."""
    return [value for value in (env or {}).values() if isinstance(value, Secret)]


def _variable(value: str | Secret | None) -> dict[str, str] | None:
    if value is None:
        return None
    if isinstance(value, Secret):
        return {"type": "secret_text", "value": value.reveal()}
    return {"type": "plain_text", "value": value}


def _environment(name: str) -> str:
    try:
        return Environment(name).value
    except ValueError:
        raise ConfigurationError(
            f"Pages has no environment {name!r}", hint="Use production, preview, or both."
        ) from None


def _name(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        raise ConfigurationError(
            f"{name[:80]!r} cannot be the name of a variable or binding",
            hint="Use letters, digits and underscores, not a digit first.",
        )
    return name


def _d1_id(binding: str, uuid: str) -> str:
    # facts/cloudflare.md section 2: a placeholder passes here and fails the deployment later, as
    # "Unknown internal error".
    if not _UUID.fullmatch(uuid):
        raise ConfigurationError(
            f"the D1 binding {binding} has the id {uuid[:80]!r}, which is not a UUID",
            hint="Use the database's uuid, not its name or a placeholder.",
        )
    return uuid


def _kv_id(binding: str, key: str) -> str:
    if not _NAMESPACE.fullmatch(key):
        raise ConfigurationError(
            f"the KV binding {binding} has the id {key[:80]!r}, which is not 32 hex digits",
            hint="Use the namespace's id, not its title or a placeholder.",
        )
    return key


def _date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise ConfigurationError(
            f"{text[:80]!r} is not a compatibility date", hint="Write it as YYYY-MM-DD."
        )
    return text


def _branch(name: str) -> str:
    if not name.strip():
        raise ConfigurationError("the production branch is empty", hint="Pass main.")
    return name
