"""Operations on databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from attrs import define, field, frozen

from oneclick_deploy.errors import UnexpectedAnswerError
from oneclick_deploy.http import CallKind
from oneclick_deploy.providers.turso.decoding import decode, pick
from oneclick_deploy.providers.turso.errors import PROVIDER
from oneclick_deploy.providers.turso.models import (
    Database,
    DatabaseConfiguration,
    DatabaseUsage,
    Instance,
    InstanceUsage,
    QueryStats,
    Usage,
)
from oneclick_deploy.providers.turso.names import check_name, rfc3339
from oneclick_deploy.providers.turso.seeds import Seed
from oneclick_deploy.providers.turso.tokens import TokenRequest
from oneclick_deploy.providers.turso.wire import (
    Account,
    Call,
    jwt,
    listed,
    many,
    nothing,
    one,
    whole,
)
from oneclick_deploy.secrets import Secret


@frozen(kw_only=True)
class DatabasePage:
    """Some databases, and the cursor of the next page; empty when there is none."""

    databases: tuple[Database, ...]
    next: str


@define
class Listing:
    """A list that comes in pages."""

    databases: list[Database] = field(factory=list)
    cursor: str | None = None
    complete: bool = False
    _seen: set[str] = field(factory=set)

    def add(self, page: DatabasePage) -> None:
        """Take a page.

        Raises:
            UnexpectedAnswerError: The pages go round in a circle.
        """
        self.databases += page.databases
        if page.next in self._seen:
            raise UnexpectedAnswerError(
                "the list of databases repeats a page",
                provider=PROVIDER,
                status=200,
                hint="Try again; report it to Turso if it stays.",
            )
        self._seen.add(page.next)
        self.cursor = page.next
        self.complete = not page.next


def databases(account: Account, *, group: str | None, cursor: str | None) -> Call[DatabasePage]:
    """GET .../databases. Large organizations get ``pagination.next`` (facts, not in the spec)."""

    def read(body: Any) -> DatabasePage:
        found = many("databases", Database)(body)
        following = pick(pick(body, "pagination"), "next")
        return DatabasePage(databases=found, next=str(following or ""))

    query = {"group": group, "cursor": cursor}
    return account.call("GET", f"{account.place}/databases", read, query=query)


def database(account: Account, name: str) -> Call[Database]:
    """GET .../databases/{name}."""
    return account.call("GET", account.database(name), one("database", Database))


def create_database(
    account: Account,
    name: str,
    *,
    group: str,
    seed: Seed | None,
    size_limit: str | int | None,
) -> Call[Database]:
    """POST .../databases.

    ``use_tursodb`` is never sent: that engine takes no seed and loses libSQL's guarantees (facts).
    """
    body: dict[str, object] = {"name": check_name(name), "group": group}
    if seed is not None:
        body["seed"] = seed.payload()
    if size_limit is not None:
        body["size_limit"] = str(size_limit)
    return account.call(
        "POST",
        f"{account.place}/databases",
        one("database", Database),
        body=body,
        kind=CallKind.CREATE,
    )


def delete_database(account: Account, name: str) -> Call[None]:
    """DELETE .../databases/{name}."""
    return account.call("DELETE", account.database(name), nothing, kind=CallKind.REPLACE)


def configuration(account: Account, name: str) -> Call[DatabaseConfiguration]:
    """GET .../databases/{name}/configuration."""
    return account.call(
        "GET", f"{account.database(name)}/configuration", whole(DatabaseConfiguration)
    )


def update_configuration(
    account: Account,
    name: str,
    *,
    size_limit: str | int | None,
    block_reads: bool | None,
    block_writes: bool | None,
    delete_protection: bool | None,
    allowed_ips: Sequence[str] | None,
    allowed_aws_vpc_ids: Sequence[str] | None,
) -> Call[DatabaseConfiguration]:
    """PATCH .../databases/{name}/configuration.

    What is ``None`` is left out: the API reads an explicit null as "clear the list" (facts).
    """
    given: dict[str, object] = {
        "size_limit": None if size_limit is None else str(size_limit),
        "block_reads": block_reads,
        "block_writes": block_writes,
        "delete_protection": delete_protection,
        "allowed_ips": None if allowed_ips is None else list(allowed_ips),
        "allowed_aws_vpc_ids": None if allowed_aws_vpc_ids is None else list(allowed_aws_vpc_ids),
    }
    return account.call(
        "PATCH",
        f"{account.database(name)}/configuration",
        whole(DatabaseConfiguration),
        body={key: value for key, value in given.items() if value is not None},
        kind=CallKind.REPLACE,
    )


def create_token(account: Account, name: str, asked: TokenRequest) -> Call[Secret]:
    """POST .../databases/{name}/auth/tokens."""
    return account.call(
        "POST",
        f"{account.database(name)}/auth/tokens",
        jwt,
        body=asked.body,
        query=asked.query,
        kind=CallKind.CREATE,
    )


def rotate_tokens(account: Account, name: str) -> Call[None]:
    """POST .../databases/{name}/auth/rotate. Sent twice, it still only ends all tokens."""
    return account.call(
        "POST", f"{account.database(name)}/auth/rotate", nothing, kind=CallKind.REPLACE
    )


def usage(
    account: Account, name: str, *, start: datetime | None, end: datetime | None
) -> Call[DatabaseUsage]:
    """GET .../databases/{name}/usage. The sum is called ``total`` or ``usage`` (facts)."""

    def read(body: Any) -> DatabaseUsage:
        value = pick(body, "database")
        if value is None:
            raise ValueError("`database`")
        return DatabaseUsage(
            uuid=str(pick(value, "uuid") or ""),
            total=decode(pick(value, "total", "usage") or {}, Usage),
            instances=listed(pick(value, "instances"), InstanceUsage, "instances"),
        )

    query = {
        "from": None if start is None else rfc3339(start),
        "to": None if end is None else rfc3339(end),
    }
    return account.call("GET", f"{account.database(name)}/usage", read, query=query)


def stats(account: Account, name: str) -> Call[tuple[QueryStats, ...]]:
    """GET .../databases/{name}/stats. ``top_queries`` is null when nothing was recorded."""
    return account.call("GET", f"{account.database(name)}/stats", many("top_queries", QueryStats))


def instances(account: Account, name: str) -> Call[tuple[Instance, ...]]:
    """GET .../databases/{name}/instances."""
    return account.call("GET", f"{account.database(name)}/instances", many("instances", Instance))
