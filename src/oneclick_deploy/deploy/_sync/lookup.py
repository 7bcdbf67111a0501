# Generated from src/oneclick_deploy/deploy/_async/lookup.py by tools/unasync.py. Do not edit.
"""Looks resources up by their names; a missing one is ``None``."""

from __future__ import annotations

from typing import Final

from oneclick_deploy.deploy._sync.clients import Clients
from oneclick_deploy.deploy.names import OWNER_VARIABLE
from oneclick_deploy.errors import NotFoundError
from oneclick_deploy.providers.cloudflare.pages import PagesProject
from oneclick_deploy.providers.turso import Database

GROUP: Final = "turso.group"
DATABASE: Final = "turso.database"
PROJECT: Final = "cloudflare.pages.project"
RELEASE: Final = "cloudflare.pages.deployment"


def database(clients: Clients, name: str) -> Database | None:
    """A Turso database."""
    try:
        return clients.turso.database(name)
    except NotFoundError:
        return None


def project(clients: Clients, name: str) -> PagesProject | None:
    """A Pages project."""
    try:
        return clients.pages.project(name)
    except NotFoundError:
        return None


def owner_of(project: PagesProject) -> str:
    """The deployment that a project is tagged with; empty without a tag."""
    return project.production.plain_env.get(OWNER_VARIABLE, "")
