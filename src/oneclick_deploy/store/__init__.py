"""Where deployments are remembered: the apps, their runs, steps and remote resources."""

from oneclick_deploy.store.records import (
    AppRecord,
    AppStatus,
    ResourceRecord,
    ResourceStatus,
    RunRecord,
    RunStatus,
    StepRecord,
    StepStatus,
    Transition,
)
from oneclick_deploy.store.sqlite import SqliteStore

__all__ = [
    "AppRecord",
    "AppStatus",
    "ResourceRecord",
    "ResourceStatus",
    "RunRecord",
    "RunStatus",
    "SqliteStore",
    "StepRecord",
    "StepStatus",
    "Transition",
]
