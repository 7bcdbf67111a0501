"""The Turso Platform API: organizations, groups, databases, tokens and usage.

`models` holds the values, `decoding` reads them from JSON, `names` checks what is sent, `wire` has
one pure function for each operation, `errors` turns refusals into exceptions. `AsyncTursoClient`
and `TursoClient` send the calls. Statements go to a database with `oneclick_deploy.providers.libsql`.
"""

from oneclick_deploy.providers.turso._async import AsyncTursoClient
from oneclick_deploy.providers.turso._sync import TursoClient
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
