"""Looks at preview data without moving anything."""

from __future__ import annotations

from oneclick_deploy.data.inspection.inspecting import inspect

__all__ = ["inspect"]
