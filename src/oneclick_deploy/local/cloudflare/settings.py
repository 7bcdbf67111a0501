"""A project's configuration for one environment: defaults, changes, and what is shown of it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from oneclick_deploy.local.cloudflare.errors import malformed
from oneclick_deploy.local.cloudflare.models import Environment, Json

# Maps of names to objects, with the field that each object must have.
_NAMED: dict[str, str | None] = {
    "ai_bindings": "project_id",
    "analytics_engine_datasets": "dataset",
    "browsers": None,
    "d1_databases": "id",
    "durable_object_namespaces": "namespace_id",
    "env_vars": "value",
    "hyperdrive_bindings": "id",
    "kv_namespaces": "namespace_id",
    "mtls_certificates": "certificate_id",
    "queue_producers": "name",
    "r2_buckets": "name",
    "services": "service",
    "vectorize_bindings": "index_name",
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def default_settings() -> Json:
    """The configuration of an environment that nobody has configured."""
    return {
        "always_use_latest_compatibility_date": False,
        "build_image_major_version": 3,
        "compatibility_date": datetime.now(UTC).date().isoformat(),
        "compatibility_flags": [],
        "env_vars": None,
        "fail_open": True,
        "usage_model": "standard",
    }


def merge_configs(configs: dict[str, Json], changes: Any) -> dict[str, Json]:
    """Apply the ``deployment_configs`` of a request: key by key, null deletes.

    Raises:
        Refusal: A value has the wrong shape.
    """
    if changes is None:
        return configs
    if not isinstance(changes, dict):
        raise malformed('The field "deployment_configs" must be an object.')
    merged = dict(configs)
    for environment in Environment:
        change = changes.get(environment)
        if change is None:
            continue
        if not isinstance(change, dict):
            raise malformed(f'The configuration of "{environment}" must be an object.')
        merged[environment] = _merge_settings(configs[environment], change)
    return merged


def public_settings(settings: Json) -> Json:
    """The configuration as answers show it: the values of secrets never come back."""
    shown = copy.deepcopy(settings)
    for variable in (shown.get("env_vars") or {}).values():
        if variable["type"] == "secret_text":
            variable["value"] = ""
    return shown


def _merge_settings(settings: Json, change: Json) -> Json:
    merged = copy.deepcopy(settings)
    for key, value in change.items():
        if key in _NAMED:
            merged[key] = _merge_named(key, merged.get(key) or {}, value) or None
        elif key in _CHECKS:
            if value is not None and not _CHECKS[key](value):
                raise malformed(f'The value of "{key}" is not valid.')
            # Null puts a default back, where there is one.
            merged[key] = default_settings().get(key) if value is None else value
    return merged


def _merge_named(kind: str, present: Json, change: Any) -> Json:
    if change is None:
        return {}
    if not isinstance(change, dict):
        raise malformed(f'The value of "{kind}" must be an object.')
    merged = dict(present)
    for name, value in change.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _checked_entry(kind, name, value)
    return merged


def _checked_entry(kind: str, name: str, value: Any) -> Json:
    required = _NAMED[kind]
    if not isinstance(value, dict) or (required and not isinstance(value.get(required), str)):
        raise malformed(f'The entry "{name}" of "{kind}" needs the text "{required}".')
    entry: Json = dict(value)
    if kind == "env_vars":
        entry.setdefault("type", "plain_text")
        if entry["type"] not in ("plain_text", "secret_text"):
            raise malformed(f'The variable "{name}" has an unknown type.')
    if kind == "services":
        entry.setdefault("environment", Environment.PRODUCTION.value)
    return entry


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "always_use_latest_compatibility_date": lambda value: isinstance(value, bool),
    "build_image_major_version": lambda value: isinstance(value, int),
    "compatibility_date": _is_date,
    "compatibility_flags": _is_texts,
    "fail_open": lambda value: isinstance(value, bool),
    "limits": lambda value: isinstance(value, dict) and isinstance(value.get("cpu_ms"), int),
    "placement": lambda value: isinstance(value, dict) and isinstance(value.get("mode"), str),
    "usage_model": lambda value: value in ("standard", "bundled", "unbound"),
    "wrangler_config_hash": lambda value: isinstance(value, str),
}
