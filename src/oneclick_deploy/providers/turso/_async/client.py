"""The whole client."""

from __future__ import annotations

from oneclick_deploy.providers.turso._async.databases import AsyncDatabaseCalls
from oneclick_deploy.providers.turso._async.groups import AsyncGroupCalls
from oneclick_deploy.providers.turso._async.uploads import AsyncUploadCalls


class AsyncTursoClient(AsyncUploadCalls, AsyncDatabaseCalls, AsyncGroupCalls):
    """Calls the Turso Platform API for one organization.

    Args:
        token: A platform token. Group-scoped tokens work for what they may do.
        organization: The organization's slug; for a personal account the user name.
        base_url: The API's address.
        region_url: Where `closest_location` asks; known for Turso's own address.
        settings: Timeouts, retries, routes.
        cancel: Keeps further requests from leaving.
        transport: A replacement for the network, for tests.

    Raises:
        ConfigurationError: The token or organization is empty, or an address is none.
    """
