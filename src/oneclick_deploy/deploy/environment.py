"""The environment variables of a deployed app: the user's own and the generated ones."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from oneclick_deploy.secrets import Secret

# (name, origin, is it secret) in the order they are shown.
GENERATED: Final = (
    ("TURSO_DATABASE_URL", "the new database", False),
    ("TURSO_AUTH_TOKEN", "a token for this database alone", True),
    ("NEXTAUTH_SECRET", "32 random bytes, made once", True),
    ("NEXTAUTH_URL", "the site's address", False),
)


@frozen(kw_only=True)
class EnvironmentEntry:
    """One variable as a plan shows it: never its value.

    Args:
        name: The variable.
        origin: Where the value comes from.
        secret: Whether the host keeps it as a secret.
    """

    name: str
    origin: str
    secret: bool


def planned_environment(user: Mapping[str, str | Secret]) -> tuple[EnvironmentEntry, ...]:
    """List the variables that the deployed app will see. The user's own win over generated ones."""
    generated = [
        EnvironmentEntry(name=name, origin=origin, secret=secret)
        for name, origin, secret in GENERATED
        if name not in user
    ]
    own = [
        EnvironmentEntry(name=name, origin="given by the user", secret=isinstance(value, Secret))
        for name, value in user.items()
    ]
    return tuple(generated + own)


def new_auth_secret() -> Secret:
    """Make a value for ``NEXTAUTH_SECRET``: 32 random bytes as base64, as NextAuth's docs do."""
    return Secret(base64.b64encode(os.urandom(32)).decode())


def full_environment(
    user: Mapping[str, str | Secret],
    *,
    database_url: str,
    database_token: Secret,
    auth_secret: Secret,
    site_url: str,
) -> dict[str, str | Secret]:
    """The variables with their values, ready for the host."""
    generated: dict[str, str | Secret] = {
        "TURSO_DATABASE_URL": database_url,
        "TURSO_AUTH_TOKEN": database_token,
        "NEXTAUTH_SECRET": auth_secret,
        "NEXTAUTH_URL": site_url,
    }
    return generated | dict(user)
