"""From an uploaded deployment to a configuration that ``workerd`` runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from oneclick_deploy.errors import SiteError
from oneclick_deploy.local.cloudflare.bindings import BindingKind, Bindings
from oneclick_deploy.local.cloudflare.models import Deployment, Json, WorkerForm
from oneclick_deploy.local.cloudflare.state import State
from oneclick_deploy.local.workerd.config import (
    Binding,
    D1Binding,
    KvBinding,
    Module,
    ModuleKind,
    ServiceBinding,
    TextBinding,
    WorkerConfig,
)
from oneclick_deploy.site.worker_bundle import WorkerBundle, WorkerModule, parse_bundle

# Content types of a bundle's parts, as wrangler sends them.
_KINDS = {
    "application/javascript+module": ModuleKind.ES_MODULE,
    "application/javascript": ModuleKind.COMMON_JS,
    "application/json": ModuleKind.JSON,
    "application/octet-stream": ModuleKind.DATA,
    "application/wasm": ModuleKind.WASM,
    "text/plain": ModuleKind.TEXT,
}
_IGNORED_TYPES = frozenset({"application/source-map"})
_NOT_EMULATED = (
    "ai_bindings",
    "analytics_engine_datasets",
    "browsers",
    "durable_object_namespaces",
    "hyperdrive_bindings",
    "mtls_certificates",
    "queue_producers",
    "r2_buckets",
    "services",
    "vectorize_bindings",
)


class WorkerRefusedError(Exception):
    """The code or its bindings cannot be published; the message is the log's last line."""


@frozen(kw_only=True)
class Surroundings:
    """What workers are connected to.

    Args:
        state: Where code and databases are.
        bindings: Grants capabilities.
        bindings_port: Where the bindings are served.
        outbound_port: Where the outbound proxy is served.
        outbound_capability: What the proxy asks for.
        newest_date: The newest compatibility date that the runtime knows.
    """

    state: State
    bindings: Bindings
    bindings_port: int
    outbound_port: int
    outbound_capability: str
    newest_date: str


def read_worker(deployment: Deployment, content: bytes) -> WorkerBundle:
    """Read a deployment's code in either form.

    Raises:
        WorkerRefusedError: It is not a bundle.
    """
    if deployment.worker is WorkerForm.SCRIPT:
        module = WorkerModule(
            name=WorkerForm.SCRIPT, content_type="application/javascript+module", content=content
        )
        return WorkerBundle(main_module=WorkerForm.SCRIPT, modules=(module,))
    try:
        return parse_bundle(content)
    except SiteError as error:
        raise WorkerRefusedError(error.message) from error


def not_emulated(settings: Json) -> list[str]:
    """The bindings of a configuration that the local cloud does not have."""
    return [f"{name} ({kind})" for kind in _NOT_EMULATED for name in settings.get(kind) or {}]


def worker_config(deployment: Deployment, *, url: str, surroundings: Surroundings) -> WorkerConfig:
    """Build the configuration of a deployment's worker.

    Raises:
        WorkerRefusedError: The code cannot be read, or a binding leads to nothing.
    """
    try:
        content = surroundings.state.worker_file(deployment.id).read_bytes()
    except OSError as error:
        raise WorkerRefusedError("the deployment's code is gone from the disk") from error
    bundle = read_worker(deployment, content)
    settings = deployment.settings
    date = bundle.settings.get("compatibility_date") or settings["compatibility_date"]
    flags = _metadata_list(bundle, "compatibility_flags") or settings["compatibility_flags"]
    return WorkerConfig(
        modules=_modules(bundle),
        compatibility_date=_known_date(str(date), surroundings.newest_date),
        compatibility_flags=[str(flag) for flag in flags],
        bindings=_bindings(deployment, bundle, url=url, surroundings=surroundings),
        bindings_address=f"127.0.0.1:{surroundings.bindings_port}",
        outbound_address=f"127.0.0.1:{surroundings.outbound_port}",
        outbound_capability=surroundings.outbound_capability,
    )


def _known_date(date: str, newest: str) -> str:
    """Bring a date back that the runtime has no behaviour for yet; what is no date, it refuses."""
    return min(date, newest) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) else date


def _metadata_list(bundle: WorkerBundle, key: str) -> list[Any]:
    value = bundle.settings.get(key)
    if value is not None and not isinstance(value, list):
        raise WorkerRefusedError(f"the bundle's metadata must have a list as {key}")
    return value or []


def _modules(bundle: WorkerBundle) -> Sequence[Module]:
    # The runtime takes the first module for the main one.
    ordered = sorted(bundle.modules, key=lambda module: module.name != bundle.main_module)
    return [
        Module(name=module.name, kind=_kind(module), content=module.content)
        for module in ordered
        if module.content_type not in _IGNORED_TYPES
    ]


def _kind(module: WorkerModule) -> ModuleKind:
    kind = _KINDS.get(module.content_type.partition(";")[0].strip().lower())
    if kind is None:
        raise WorkerRefusedError(
            f"the module {module.name} has the unknown type {module.content_type}"
        )
    return kind


def _bindings(
    deployment: Deployment, bundle: WorkerBundle, *, url: str, surroundings: Surroundings
) -> Sequence[Binding]:
    """All bindings by name: Pages' own, the project's, and those of the bundle's metadata."""
    found: dict[str, Binding] = {
        name: TextBinding(name=name, value=value)
        for name, value in _pages_variables(deployment, url=url).items()
    }
    settings = deployment.settings
    for name, variable in (settings.get("env_vars") or {}).items():
        found[name] = TextBinding(name=name, value=variable["value"])
    for name, entry in (settings.get("d1_databases") or {}).items():
        found[name] = _d1(name, entry["id"], surroundings)
    for name, entry in (settings.get("kv_namespaces") or {}).items():
        found[name] = _kv(name, entry["namespace_id"], surroundings)
    for entry in _metadata_list(bundle, "bindings"):
        binding = _from_metadata(entry, surroundings)
        if binding is not None:
            found[binding.name] = binding
    assets = surroundings.bindings.grant(BindingKind.ASSETS, deployment.id)
    found["ASSETS"] = ServiceBinding(name="ASSETS", capability=assets)
    return list(found.values())


def _pages_variables(deployment: Deployment, *, url: str) -> Mapping[str, str]:
    return {
        "CF_PAGES": "1",
        "CF_PAGES_URL": url,
        "CF_PAGES_BRANCH": deployment.branch,
        "CF_PAGES_COMMIT_SHA": deployment.commit_hash,
    }


def _from_metadata(entry: Any, surroundings: Surroundings) -> Binding | None:
    """A binding of a wrangler configuration file, as the bundle's metadata carries it."""
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise WorkerRefusedError("the bundle's metadata holds a binding without a name")
    name = entry["name"]
    match entry.get("type"):
        case "plain_text" | "secret_text":
            return TextBinding(name=name, value=str(entry.get("text", "")))
        case "d1":
            return _d1(name, str(entry.get("id", "")), surroundings)
        case "kv_namespace":
            return _kv(name, str(entry.get("namespace_id", "")), surroundings)
    return None


def _d1(name: str, identifier: str, surroundings: Surroundings) -> D1Binding:
    database = surroundings.state.database(identifier)
    if database is None or database.uuid != identifier:
        # The real host says no more than this about a wrong database id.
        raise WorkerRefusedError("Unknown internal error occurred.")
    capability = surroundings.bindings.grant(BindingKind.D1, identifier)
    return D1Binding(name=name, capability=capability)


def _kv(name: str, identifier: str, surroundings: Surroundings) -> KvBinding:
    if all(namespace.id != identifier for namespace in surroundings.state.namespaces()):
        raise WorkerRefusedError(f"KV namespace '{identifier}' not found.")
    return KvBinding(name=name, capability=surroundings.bindings.grant(BindingKind.KV, identifier))
