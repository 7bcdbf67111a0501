"""Methods about the token, the organization and the locations."""

from __future__ import annotations

from oneclick_deploy.providers.turso import organizations
from oneclick_deploy.providers.turso._async.session import AsyncTursoSession
from oneclick_deploy.providers.turso.models import (
    Organization,
    OrganizationPlan,
    OrganizationUsage,
    Subscription,
    TokenInfo,
)


class AsyncOrganizationCalls(AsyncTursoSession):
    """What can be asked about the account."""

    async def validate_token(self) -> TokenInfo:
        """Check the token, and say when it ends.

        Raises:
            AuthenticationError: The token is wrong or has expired.
        """
        return await self._run(organizations.validate_token(self._account))

    async def organizations(self) -> tuple[Organization, ...]:
        """List the organizations that the token can see."""
        return await self._run(organizations.organizations(self._account))

    async def organization(self) -> Organization:
        """Get this client's organization."""
        return await self._run(organizations.organization(self._account))

    async def plans(self) -> tuple[OrganizationPlan, ...]:
        """List the plans that exist, with prices and quotas."""
        return await self._run(organizations.plans(self._account))

    async def subscription(self) -> Subscription:
        """Get the name of the organization's plan and how it is billed."""
        return await self._run(organizations.subscription(self._account))

    async def organization_plan(self) -> OrganizationPlan:
        """Get the organization's own plan with its quotas."""
        return organizations.plan_of(await self.subscription(), await self.plans())

    async def organization_usage(self) -> OrganizationUsage:
        """Get what the organization consumed in the current month."""
        return await self._run(organizations.usage(self._account))

    async def locations(self) -> dict[str, str]:
        """List the places a group can live in: code to description."""
        return await self._run(organizations.locations(self._account))

    async def closest_location(self) -> str:
        """Ask which place is closest. It may be a code that `locations` no longer offers.

        Raises:
            ConfigurationError: The API is not at Turso's own address and no ``region_url`` is set.
        """
        return await self._run(organizations.closest_location(self._account))
