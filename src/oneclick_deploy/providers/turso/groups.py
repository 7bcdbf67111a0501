"""Operations on groups, and the rule that picks one."""

from __future__ import annotations

from collections.abc import Sequence

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.http import CallKind
from oneclick_deploy.providers.turso.models import Group, GroupConfiguration
from oneclick_deploy.providers.turso.names import check_name
from oneclick_deploy.providers.turso.tokens import TokenRequest
from oneclick_deploy.providers.turso.wire import Account, Call, jwt, many, nothing, one, whole
from oneclick_deploy.secrets import Secret

DEFAULT_GROUP = "default"


def groups(account: Account) -> Call[tuple[Group, ...]]:
    """GET .../groups."""
    return account.call("GET", f"{account.place}/groups", many("groups", Group))


def group(account: Account, name: str) -> Call[Group]:
    """GET .../groups/{name}."""
    return account.call("GET", account.group(name), one("group", Group))


def create_group(account: Account, name: str, *, location: str) -> Call[Group]:
    """POST .../groups."""
    body = {"name": check_name(name, what="group"), "location": location}
    return account.call(
        "POST", f"{account.place}/groups", one("group", Group), body=body, kind=CallKind.CREATE
    )


def delete_group(account: Account, name: str) -> Call[None]:
    """DELETE .../groups/{name}."""
    return account.call("DELETE", account.group(name), nothing, kind=CallKind.REPLACE)


def transfer_group(account: Account, name: str, *, organization: str) -> Call[None]:
    """POST .../groups/{name}/transfer. A second send would not find the group any more."""
    return account.call(
        "POST",
        f"{account.group(name)}/transfer",
        nothing,
        body={"organization": organization},
        kind=CallKind.CREATE,
    )


def unarchive_group(account: Account, name: str) -> Call[Group]:
    """POST .../groups/{name}/unarchive."""
    return account.call(
        "POST", f"{account.group(name)}/unarchive", one("group", Group), kind=CallKind.REPLACE
    )


def configuration(account: Account, name: str) -> Call[GroupConfiguration]:
    """GET .../groups/{name}/configuration."""
    return account.call("GET", f"{account.group(name)}/configuration", whole(GroupConfiguration))


def update_configuration(
    account: Account, name: str, *, delete_protection: bool
) -> Call[GroupConfiguration]:
    """PATCH .../groups/{name}/configuration."""
    return account.call(
        "PATCH",
        f"{account.group(name)}/configuration",
        whole(GroupConfiguration),
        body={"delete_protection": delete_protection},
        kind=CallKind.REPLACE,
    )


def create_token(account: Account, name: str, asked: TokenRequest) -> Call[Secret]:
    """POST .../groups/{name}/auth/tokens."""
    return account.call(
        "POST",
        f"{account.group(name)}/auth/tokens",
        jwt,
        body=asked.body,
        query=asked.query,
        kind=CallKind.CREATE,
    )


def rotate_tokens(account: Account, name: str) -> Call[None]:
    """POST .../groups/{name}/auth/rotate. Sent twice, it still only ends all tokens."""
    return account.call(
        "POST", f"{account.group(name)}/auth/rotate", nothing, kind=CallKind.REPLACE
    )


def choose_group(name: str, present: Sequence[Group]) -> Group | None:
    """Pick the group to use as the official CLI does; ``None`` when ``default`` is to be made.

    A group of that name is taken. Otherwise, if none was asked for by name (``default``): without
    any group one is made, a single group is used, and several need a choice.

    Raises:
        ConfigurationError: The named group does not exist, or there are several.
    """
    found = next((each for each in present if each.name == name), None)
    if found is not None:
        return found
    names = ", ".join(sorted(each.name for each in present))
    if name != DEFAULT_GROUP:
        raise ConfigurationError(
            f"the Turso organization has no group {name!r} (it has: {names or 'none'})",
            hint="Create it with create_group(), or name one of these.",
        )
    if len(present) > 1:
        raise ConfigurationError(
            f"the Turso organization has several groups: {names}",
            hint="Name the one to use.",
        )
    return present[0] if present else None
