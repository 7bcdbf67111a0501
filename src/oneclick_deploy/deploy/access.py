"""How the providers are reached: addresses and credentials."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from attrs import field, frozen

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.http import HttpSettings
from oneclick_deploy.secrets import Secret

TURSO_URL: Final = "https://api.turso.tech"
CLOUDFLARE_URL: Final = "https://api.cloudflare.com/client/v4"
_REQUIRED: Final = {
    "TURSO_API_TOKEN": "a Turso Platform API token (turso auth api-tokens mint NAME)",
    "TURSO_ORG_ID": "the slug of the Turso organization",
    "CLOUDFLARE_API_TOKEN": "a Cloudflare API token with the permission Cloudflare Pages: Edit",
    "CLOUDFLARE_ACCOUNT_ID": "the Cloudflare account's id, 32 hex digits",
}


@frozen(kw_only=True)
class ProviderAccess:
    """Addresses and credentials of the accounts that deployments go to.

    Args:
        turso_token: Turso Platform API token.
        turso_organization: The organization's slug.
        cloudflare_token: Cloudflare API token.
        cloudflare_account: The account's id.
        turso_url: Base address of the Platform API.
        cloudflare_url: Base address of the Cloudflare API.
        http: Timeouts, retries, routes.
    """

    turso_token: Secret = field(converter=Secret)
    turso_organization: str
    cloudflare_token: Secret = field(converter=Secret)
    cloudflare_account: str
    turso_url: str = TURSO_URL
    cloudflare_url: str = CLOUDFLARE_URL
    http: HttpSettings = field(factory=HttpSettings)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> ProviderAccess:
        """Read the credentials from the environment.

        Uses ``TURSO_API_TOKEN``, ``TURSO_ORG_ID``, ``CLOUDFLARE_API_TOKEN`` and
        ``CLOUDFLARE_ACCOUNT_ID``, and ``TURSO_API_BASE_URL`` and ``CLOUDFLARE_API_BASE_URL`` when
        they are set.

        Raises:
            ConfigurationError: Some are missing; the message names all of them.
        """
        given = os.environ if environ is None else environ
        missing = [name for name in _REQUIRED if not given.get(name, "").strip()]
        if missing:
            raise ConfigurationError(
                f"not set: {', '.join(missing)}",
                hint="; ".join(f"{name} is {_REQUIRED[name]}" for name in missing) + ".",
            )
        return cls(
            turso_token=Secret(given["TURSO_API_TOKEN"].strip()),
            turso_organization=given["TURSO_ORG_ID"].strip(),
            cloudflare_token=Secret(given["CLOUDFLARE_API_TOKEN"].strip()),
            cloudflare_account=given["CLOUDFLARE_ACCOUNT_ID"].strip(),
            turso_url=given.get("TURSO_API_BASE_URL", "").strip() or TURSO_URL,
            cloudflare_url=given.get("CLOUDFLARE_API_BASE_URL", "").strip() or CLOUDFLARE_URL,
        )


class EmbeddedCloud(Protocol):
    """What the orchestrator needs of a running `LocalCloud`."""

    @property
    def state_dir(self) -> Path:
        """Where it keeps everything."""
        ...

    @property
    def turso_url(self) -> str:
        """Base address of the Turso Platform API."""
        ...

    @property
    def turso_token(self) -> Secret:
        """A token for it."""
        ...

    @property
    def organization(self) -> str:
        """The Turso organization."""
        ...

    @property
    def cloudflare_url(self) -> str:
        """Base address of the Cloudflare API."""
        ...

    @property
    def cloudflare_token(self) -> Secret:
        """A token for it."""
        ...

    @property
    def account_id(self) -> str:
        """The Cloudflare account."""
        ...

    @property
    def encryption_key(self) -> Secret:
        """The vault key of the store beside it."""
        ...

    def route(self, hostname: str) -> str | None:
        """The loopback origin of a host name that this cloud serves."""
        ...


def local_access(cloud: EmbeddedCloud) -> ProviderAccess:
    """Reach the emulators of an embedded cloud."""
    return ProviderAccess(
        turso_token=cloud.turso_token,
        turso_organization=cloud.organization,
        turso_url=cloud.turso_url,
        cloudflare_token=cloud.cloudflare_token,
        cloudflare_account=cloud.account_id,
        cloudflare_url=cloud.cloudflare_url,
        http=HttpSettings(route=cloud.route),
    )
