"""Cloudflare Pages by direct upload: no Node.js, no wrangler.

`_async` and `_sync` hold the client; `config`, `wire`, `multipart` and `upload` are pure.
"""

from oneclick_deploy.providers.cloudflare.pages._async import AsyncCloudflarePagesClient
from oneclick_deploy.providers.cloudflare.pages._sync import CloudflarePagesClient
from oneclick_deploy.providers.cloudflare.pages.models import (
    DeploymentState,
    Environment,
    EnvironmentConfig,
    LogLine,
    PagesDeployment,
    PagesDomain,
    PagesProject,
    Stage,
    UploadProgress,
    UploadReport,
)
from oneclick_deploy.providers.cloudflare.pages.upload import PagesPace

__all__ = [
    "AsyncCloudflarePagesClient",
    "CloudflarePagesClient",
    "DeploymentState",
    "Environment",
    "EnvironmentConfig",
    "LogLine",
    "PagesDeployment",
    "PagesDomain",
    "PagesPace",
    "PagesProject",
    "Stage",
    "UploadProgress",
    "UploadReport",
]
