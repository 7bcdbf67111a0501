"""What the Platform API answers, as values. Fields it adds later are ignored."""

from __future__ import annotations

from datetime import UTC, datetime

from attrs import field, frozen


@frozen(kw_only=True)
class TokenInfo:
    """What is known about the platform token.

    Args:
        exp: Epoch seconds of its end; -1 when it has none.
    """

    exp: int = -1

    @property
    def expires_at(self) -> datetime | None:
        """When the token ends; ``None`` when it does not, or beyond the year 9999."""
        try:
            return None if self.exp < 0 else datetime.fromtimestamp(self.exp, UTC)
        except (ValueError, OverflowError, OSError):
            return None


@frozen(kw_only=True)
class Organization:
    """An organization, or the personal account. ``slug`` is what paths use."""

    slug: str
    name: str = ""
    type: str = ""
    overages: bool = False
    blocked_reads: bool = False
    blocked_writes: bool = False
    plan_id: str = ""
    plan_timeline: str = ""
    platform: str = ""


@frozen(kw_only=True)
class PlanQuotas:
    """What a plan includes; sizes are bytes. ``None`` is no limit, or one that is not published."""

    rows_read: int | None = None
    rows_written: int | None = None
    databases: int | None = None
    locations: int | None = None
    storage: int | None = None
    groups: int | None = None
    bytes_synced: int | None = None


@frozen(kw_only=True)
class PlanPrice:
    """A price of a plan, in US dollars as text, and how often it is due."""

    value: str
    timeline: str = ""


@frozen(kw_only=True)
class OrganizationPlan:
    """A plan that the organization has or could have."""

    name: str
    price: str = ""
    prices: tuple[PlanPrice, ...] = ()
    quotas: PlanQuotas = field(factory=PlanQuotas)


@frozen(kw_only=True)
class Subscription:
    """The organization's current plan."""

    plan: str = ""
    name: str = ""
    overages: bool = False
    timeline: str = ""


@frozen(kw_only=True)
class Usage:
    """Consumption in a period; sizes are bytes."""

    rows_read: int = 0
    rows_written: int = 0
    storage_bytes: int = 0
    bytes_synced: int = 0


@frozen(kw_only=True)
class OrganizationUsage:
    """Consumption of the whole organization in the current month; sizes are bytes."""

    rows_read: int = 0
    rows_written: int = 0
    databases: int = 0
    locations: int = 0
    storage_bytes: int = 0
    groups: int = 0
    bytes_synced: int = 0


@frozen(kw_only=True)
class InstanceUsage:
    """Consumption of one instance of a database."""

    uuid: str
    usage: Usage = field(factory=Usage)


@frozen(kw_only=True)
class DatabaseUsage:
    """Consumption of a database, in total and for each instance."""

    uuid: str = ""
    total: Usage = field(factory=Usage)
    instances: tuple[InstanceUsage, ...] = ()


@frozen(kw_only=True)
class QueryStats:
    """One of a database's most expensive statements."""

    query: str
    rows_read: int = 0
    rows_written: int = 0


@frozen(kw_only=True)
class Group:
    """A group: where its databases live."""

    name: str
    uuid: str = ""
    primary: str = ""
    locations: tuple[str, ...] = ()
    version: str = ""
    delete_protection: bool = False
    archived: bool = False


@frozen(kw_only=True)
class GroupConfiguration:
    """The settings of a group."""

    delete_protection: bool = False


@frozen(kw_only=True)
class DatabaseParent:
    """The database that another one was copied from."""

    id: str = ""
    name: str = ""
    branched_at: datetime | None = None


@frozen(kw_only=True)
class Database:
    """A database. Its host name is the provider's answer and is never computed from names.

    Args:
        database_type: ``libsql`` or ``tursodb``; empty when the provider did not say.
    """

    name: str
    db_id: str
    hostname: str
    group: str = ""
    primary_region: str = ""
    block_reads: bool = False
    block_writes: bool = False
    delete_protection: bool = False
    archived: bool = False
    parent: DatabaseParent | None = None
    database_type: str = ""

    @property
    def url(self) -> str:
        """The address for libSQL clients."""
        return f"libsql://{self.hostname}"

    @property
    def http_url(self) -> str:
        """The address for HTTP clients."""
        return f"https://{self.hostname}"


@frozen(kw_only=True)
class DatabaseConfiguration:
    """The settings of a database.

    Args:
        size_limit: As the provider writes it, such as ``256mb`` or a number of bytes.
    """

    size_limit: str = ""
    block_reads: bool = False
    block_writes: bool = False
    delete_protection: bool = False
    allowed_ips: tuple[str, ...] = ()
    allowed_aws_vpc_ids: tuple[str, ...] = ()


@frozen(kw_only=True)
class Instance:
    """One running copy of a database."""

    uuid: str
    name: str = ""
    type: str = ""
    region: str = ""
    hostname: str = ""
