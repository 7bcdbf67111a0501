"""What a database or group token is asked for with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from oneclick_deploy.errors import ConfigurationError

Authorization: TypeAlias = Literal["full-access", "read-only"]
_AUTHORIZATIONS = ("full-access", "read-only")


def token_query(expiration: str, authorization: str) -> dict[str, str | None]:
    """The query of a mint call.

    Raises:
        ConfigurationError: The authorization does not exist.
    """
    if authorization not in _AUTHORIZATIONS:
        raise ConfigurationError(
            f"{authorization!r} is not an authorization of a Turso token",
            hint=f"Use {' or '.join(_AUTHORIZATIONS)}.",
        )
    return {"expiration": expiration, "authorization": authorization}


def token_body(read_attach: Sequence[str]) -> object:
    """The body of a mint call: none, or the databases that may be attached for reading."""
    if not read_attach:
        return None
    return {"permissions": {"read_attach": {"databases": list(read_attach)}}}
