"""Operations on the token, the organization and the locations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.http import Request
from oneclick_deploy.providers.turso.decoding import decode, pick
from oneclick_deploy.providers.turso.models import (
    Organization,
    OrganizationPlan,
    OrganizationUsage,
    Subscription,
    TokenInfo,
)
from oneclick_deploy.providers.turso.wire import (
    Account,
    Call,
    listed,
    many,
    one,
    whole,
)

# The first location of the specification's list that is not marked for a special region.
USUAL_LOCATION = "aws-us-east-1"


def validate_token(account: Account) -> Call[TokenInfo]:
    """GET /v1/auth/validate."""
    return account.call("GET", "/v1/auth/validate", whole(TokenInfo))


def organizations(account: Account) -> Call[tuple[Organization, ...]]:
    """GET /v1/organizations. The answer is a bare array; a wrapped one is read too (facts)."""

    def read(body: Any) -> tuple[Organization, ...]:
        if isinstance(body, list):
            return listed(body, Organization, "organizations")
        return many("organizations", Organization)(body)

    return account.call("GET", "/v1/organizations", read)


def organization(account: Account) -> Call[Organization]:
    """GET /v1/organizations/{slug}."""
    return account.call("GET", account.place, one("organization", Organization))


def plans(account: Account) -> Call[tuple[OrganizationPlan, ...]]:
    """GET /v1/organizations/{slug}/plans."""
    return account.call("GET", f"{account.place}/plans", many("plans", OrganizationPlan))


def subscription(account: Account) -> Call[Subscription]:
    """GET /v1/organizations/{slug}/subscription. A bare plan name is read too."""

    def read(body: Any) -> Subscription:
        value = pick(body, "subscription")
        if isinstance(value, str):
            return Subscription(plan=value, name=value)
        if value is None:
            raise ValueError("`subscription`")
        return decode(value, Subscription)

    return account.call("GET", f"{account.place}/subscription", read)


def usage(account: Account) -> Call[OrganizationUsage]:
    """GET /v1/organizations/{slug}/usage. The numbers are under ``usage`` or ``total``."""

    def read(body: Any) -> OrganizationUsage:
        numbers = pick(pick(body, "organization"), "usage", "total")
        if numbers is None:
            raise ValueError("`organization.usage`")
        return decode(numbers, OrganizationUsage)

    return account.call("GET", f"{account.place}/usage", read)


def locations(account: Account) -> Call[dict[str, str]]:
    """GET /v1/locations."""

    def read(body: Any) -> dict[str, str]:
        value = pick(body, "locations")
        if not isinstance(value, Mapping):
            raise ValueError("`locations`")  # noqa: TRY004 - reported as a missing part
        return {str(code): str(name) for code, name in value.items()}

    return account.call("GET", "/v1/locations", read)


def closest_location(account: Account) -> Call[str]:
    """GET region.turso.io. Another host than the API's: the token is not sent.

    Raises:
        ConfigurationError: The account is not at Turso's own address, and no other was given.
    """
    if not account.region_url:
        raise ConfigurationError(
            "the closest location is not known for this API address",
            hint="Pass region_url to the client, or name a location.",
        )

    def read(body: Any) -> str:
        code = pick(body, "server", "client")
        if not isinstance(code, str):
            raise ValueError("`server`")  # noqa: TRY004 - reported as a missing part
        return code

    request = Request(method="GET", url=account.region_url)
    return Call(request=request, read=read, token=account.token)


def plan_of(current: Subscription, known: tuple[OrganizationPlan, ...]) -> OrganizationPlan:
    """The organization's own plan with its quotas; only the name when it is not in the list."""
    name = current.plan or current.name
    return next((plan for plan in known if plan.name == name), OrganizationPlan(name=name))


def choose_location(closest: str | None, known: Collection[str]) -> str:
    """Choose where a new group lives: the closest place if the API still offers it.

    The service that names the closest place also answers retired three-letter codes, which the
    API refuses for new groups (facts: locations).
    """
    if closest is not None and closest in known:
        return closest
    if USUAL_LOCATION in known or not known:
        return USUAL_LOCATION
    return min(known)
