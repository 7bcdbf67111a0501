"""The Turso Platform API: organizations, groups, databases, tokens and usage.

`models` holds the values, `decoding` reads them from JSON, `names`, `seeds` and `tokens` check what
is sent, `wire` makes calls, `organizations`, `groups`, `databases` and `uploads` have one pure
function for each operation, `errors` turns refusals into exceptions. `AsyncTursoClient` and
`TursoClient` send. Statements go to a database with `oneclick_deploy.providers.libsql`.
"""

from oneclick_deploy.providers.turso._async.client import AsyncTursoClient
from oneclick_deploy.providers.turso._sync.client import TursoClient
from oneclick_deploy.providers.turso.models import (
    Database,
    DatabaseConfiguration,
    DatabaseParent,
    DatabaseUsage,
    Group,
    GroupConfiguration,
    Instance,
    InstanceUsage,
    Organization,
    OrganizationPlan,
    OrganizationUsage,
    PlanPrice,
    PlanQuotas,
    QueryStats,
    Subscription,
    TokenInfo,
    Usage,
)
from oneclick_deploy.providers.turso.names import check_name
from oneclick_deploy.providers.turso.seeds import Seed

__all__ = [
    "AsyncTursoClient",
    "Database",
    "DatabaseConfiguration",
    "DatabaseParent",
    "DatabaseUsage",
    "Group",
    "GroupConfiguration",
    "Instance",
    "InstanceUsage",
    "Organization",
    "OrganizationPlan",
    "OrganizationUsage",
    "PlanPrice",
    "PlanQuotas",
    "QueryStats",
    "Seed",
    "Subscription",
    "TokenInfo",
    "TursoClient",
    "Usage",
    "check_name",
]
