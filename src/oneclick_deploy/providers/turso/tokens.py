"""What a database or group token is asked for with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self, TypeAlias

from attrs import frozen

from oneclick_deploy.errors import ConfigurationError

Authorization: TypeAlias = Literal["full-access", "read-only"]
_AUTHORIZATIONS = ("full-access", "read-only")


@frozen(kw_only=True)
class TokenRequest:
    """The query and the body of a mint call; the body is ``None`` when nothing is to be attached."""

    query: dict[str, str | None]
    body: object = None

    @classmethod
    def checked(cls, expiration: str, authorization: str, read_attach: Sequence[str]) -> Self:
        """Make a request from what a user passed.

        Raises:
            ConfigurationError: The authorization does not exist, or ``read_attach`` is one text.
        """
        if authorization not in _AUTHORIZATIONS:
            raise ConfigurationError(
                f"{authorization!r} is not an authorization of a Turso token",
                hint=f"Use {' or '.join(_AUTHORIZATIONS)}.",
            )
        if isinstance(read_attach, str):
            raise ConfigurationError(
                "read_attach is a list of database names", hint=f"Write [{read_attach!r}]."
            )
        body = {"permissions": {"read_attach": {"databases": list(read_attach)}}}
        return cls(
            query={"expiration": expiration, "authorization": authorization},
            body=body if read_attach else None,
        )
