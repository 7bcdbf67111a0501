"""Looks at preview data without moving anything: what it holds, and what will not go over."""

from __future__ import annotations

from oneclick_deploy.data.inspection.findings import (
    ColumnCensus,
    DateForms,
    Inspection,
    InspectionProgress,
    KeyViolations,
    Step,
    TableInspection,
)
from oneclick_deploy.data.inspection.fit import Target
from oneclick_deploy.data.inspection.inspecting import InspectionHandler, inspect

__all__ = [
    "ColumnCensus",
    "DateForms",
    "Inspection",
    "InspectionHandler",
    "InspectionProgress",
    "KeyViolations",
    "Step",
    "TableInspection",
    "Target",
    "inspect",
]
