"""What the emulated Turso remembers."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Final

from attrs import field, frozen

# The spec's example of GET /v1/locations, and this machine.
LOCATIONS: Final = {
    "aws-local-1": "This machine",
    "aws-ap-northeast-1": "AWS AP NorthEast (Tokyo)",
    "aws-ap-south-1": "AWS AP South (Mumbai)",
    "aws-eu-west-1": "AWS EU West (Ireland)",
    "aws-us-east-1": "AWS US East (Virginia)",
    "aws-us-east-2": "AWS US East (Ohio)",
    "aws-us-west-2": "AWS US West (Oregon)",
}
DEFAULT_LOCATION: Final = "aws-local-1"


def new_id() -> str:
    """A new identifier."""
    return str(uuid.uuid4())


def now() -> datetime:
    """The present time."""
    return datetime.now(UTC)


@frozen(kw_only=True)
class Group:
    """A group of databases.

    Args:
        rotation: Part of every token of the group; a new value makes the old tokens invalid.
    """

    name: str
    uuid: str = field(factory=new_id)
    locations: tuple[str, ...] = (DEFAULT_LOCATION,)
    primary: str = DEFAULT_LOCATION
    delete_protection: bool = False
    archived: bool = False
    rotation: str = field(factory=new_id)


@frozen(kw_only=True)
class Database:
    """A database.

    Args:
        draft: It waits for its upload and cannot be used.
        port: The loopback port that it was served on last.
        rotation: Part of every token of the database.
    """

    name: str
    hostname: str
    group: str
    id: str = field(factory=new_id)
    created_at: datetime = field(factory=now)
    draft: bool = False
    block_reads: bool = False
    block_writes: bool = False
    delete_protection: bool = False
    allow_attach: bool = False
    size_limit: str = "0"
    allowed_ips: tuple[str, ...] = ()
    allowed_aws_vpc_ids: tuple[str, ...] = ()
    encryption_cipher: str = ""
    parent_id: str = ""
    parent_name: str = ""
    branched_at: datetime | None = None
    port: int | None = None
    rotation: str = field(factory=new_id)


@frozen(kw_only=True)
class ApiToken:
    """A platform token. Only a digest of it is kept."""

    id: str
    name: str
    digest: str
    organization: str = ""
    group: str = ""
    scopes: tuple[str, ...] = ()
    created_at: datetime = field(factory=now)
