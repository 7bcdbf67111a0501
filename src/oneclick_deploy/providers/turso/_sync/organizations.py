# Generated from src/oneclick_deploy/providers/turso/_async/organizations.py by tools/unasync.py. Do not edit.
"""Methods about the token, the organization and the locations."""

from __future__ import annotations

from oneclick_deploy.providers.turso import organizations
from oneclick_deploy.providers.turso._sync.session import TursoSession
from oneclick_deploy.providers.turso.models import (
    Organization,
    OrganizationPlan,
    OrganizationUsage,
    Subscription,
    TokenInfo,
)


class OrganizationCalls(TursoSession):
    """What can be asked about the account."""

    def validate_token(self) -> TokenInfo:
        """Check the token, and say when it ends.

        Raises:
            AuthenticationError: The token is wrong or has expired.
        """
        return self._run(organizations.validate_token(self._account))

    def organizations(self) -> tuple[Organization, ...]:
        """List the organizations that the token can see."""
        return self._run(organizations.organizations(self._account))

    def organization(self) -> Organization:
        """Get this client's organization."""
        return self._run(organizations.organization(self._account))

    def plans(self) -> tuple[OrganizationPlan, ...]:
        """List the plans that exist, with prices and quotas."""
        return self._run(organizations.plans(self._account))

    def subscription(self) -> Subscription:
        """Get the name of the organization's plan and how it is billed."""
        return self._run(organizations.subscription(self._account))

    def organization_plan(self) -> OrganizationPlan:
        """Get the organization's own plan with its quotas."""
        return organizations.plan_of(self.subscription(), self.plans())

    def organization_usage(self) -> OrganizationUsage:
        """Get what the organization consumed in the current month."""
        return self._run(organizations.usage(self._account))

    def locations(self) -> dict[str, str]:
        """List the places a group can live in: code to description."""
        return self._run(organizations.locations(self._account))

    def closest_location(self) -> str:
        """Ask which place is closest. It may be a code that `locations` no longer offers.

        Raises:
            ConfigurationError: The API is not at Turso's own address and no ``region_url`` is set.
        """
        return self._run(organizations.closest_location(self._account))
