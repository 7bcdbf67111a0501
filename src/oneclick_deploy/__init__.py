"""Take a generated full-stack app to production with one call.

Every public name is loaded when it is first used, so that ``import oneclick_deploy`` costs next to
nothing and loads no third-party module.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from oneclick_deploy import (
        data as data,
        errors as errors,
        events as events,
        prisma as prisma,
    )
    from oneclick_deploy.app import App as App
    from oneclick_deploy.deploy._async.orchestrator import (
        AsyncDeploymentOrchestrator as AsyncDeploymentOrchestrator,
        AsyncRun as AsyncRun,
    )
    from oneclick_deploy.deploy._sync.orchestrator import (
        DeploymentOrchestrator as DeploymentOrchestrator,
        Run as Run,
    )
    from oneclick_deploy.deploy.access import ProviderAccess as ProviderAccess
    from oneclick_deploy.deploy.deployment import (
        Deployment as Deployment,
        DeploymentReport as DeploymentReport,
    )
    from oneclick_deploy.deploy.plan import Plan as Plan
    from oneclick_deploy.errors import OneClickError as OneClickError
    from oneclick_deploy.events import Event as Event
    from oneclick_deploy.http.settings import HttpSettings as HttpSettings
    from oneclick_deploy.local.cloud import LocalCloud as LocalCloud
    from oneclick_deploy.progress import progress_view as progress_view
    from oneclick_deploy.providers.cloudflare import (
        AsyncCloudflareClient as AsyncCloudflareClient,
        CloudflareClient as CloudflareClient,
    )
    from oneclick_deploy.providers.cloudflare.pages import (
        AsyncCloudflarePagesClient as AsyncCloudflarePagesClient,
        CloudflarePagesClient as CloudflarePagesClient,
    )
    from oneclick_deploy.providers.libsql import (
        AsyncLibsqlClient as AsyncLibsqlClient,
        LibsqlClient as LibsqlClient,
    )
    from oneclick_deploy.providers.turso import (
        AsyncTursoClient as AsyncTursoClient,
        TursoClient as TursoClient,
    )
    from oneclick_deploy.runtime.cancel import CancelToken as CancelToken
    from oneclick_deploy.secrets import Secret as Secret, Vault as Vault
    from oneclick_deploy.store import SqliteStore as SqliteStore
    from oneclick_deploy.targets import (
        CloudflarePages as CloudflarePages,
        Turso as Turso,
        Web as Web,
    )

    __version__: str

_PLACES = {
    "app": ["App"],
    "deploy._async.orchestrator": ["AsyncDeploymentOrchestrator", "AsyncRun"],
    "deploy._sync.orchestrator": ["DeploymentOrchestrator", "Run"],
    "deploy.access": ["ProviderAccess"],
    "deploy.deployment": ["Deployment", "DeploymentReport"],
    "deploy.plan": ["Plan"],
    "errors": ["OneClickError"],
    "events": ["Event"],
    "http.settings": ["HttpSettings"],
    "local.cloud": ["LocalCloud"],
    "progress": ["progress_view"],
    "providers.cloudflare": ["AsyncCloudflareClient", "CloudflareClient"],
    "providers.cloudflare.pages": ["AsyncCloudflarePagesClient", "CloudflarePagesClient"],
    "providers.libsql": ["AsyncLibsqlClient", "LibsqlClient"],
    "providers.turso": ["AsyncTursoClient", "TursoClient"],
    "runtime.cancel": ["CancelToken"],
    "secrets": ["Secret", "Vault"],
    "store": ["SqliteStore"],
    "targets": ["CloudflarePages", "Turso", "Web"],
}
_SUBMODULES = frozenset({"data", "errors", "events", "prisma"})
_NAMES = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "App",
    "AsyncCloudflareClient",
    "AsyncCloudflarePagesClient",
    "AsyncDeploymentOrchestrator",
    "AsyncLibsqlClient",
    "AsyncRun",
    "AsyncTursoClient",
    "CancelToken",
    "CloudflareClient",
    "CloudflarePages",
    "CloudflarePagesClient",
    "Deployment",
    "DeploymentOrchestrator",
    "DeploymentReport",
    "Event",
    "HttpSettings",
    "LibsqlClient",
    "LocalCloud",
    "OneClickError",
    "Plan",
    "ProviderAccess",
    "Run",
    "Secret",
    "SqliteStore",
    "Turso",
    "TursoClient",
    "Vault",
    "Web",
    "progress_view",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("oneclick-deploy")
    if name in _SUBMODULES:
        return import_module(f"oneclick_deploy.{name}")
    if name not in _NAMES:
        raise AttributeError(f"module 'oneclick_deploy' has no attribute {name!r}")
    value = getattr(import_module(f"oneclick_deploy.{_NAMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
