"""What Cloudflare says about tokens and accounts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen


class TokenOwner(StrEnum):
    """Whose token it is; the two kinds are verified at different addresses."""

    USER = "user"
    ACCOUNT = "account"


@frozen(kw_only=True)
class TokenStatus:
    """The answer about a token.

    Args:
        id: The token's id, which is not the token.
        status: ``active``, ``disabled`` or ``expired``.
        owner: Whether it belongs to a user or to an account.
        expires_on: When it stops working, if ever.
        not_before: When it starts to work, if that is limited.
    """

    id: str
    status: str
    owner: TokenOwner = TokenOwner.USER
    expires_on: datetime | None = None
    not_before: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether the token works now."""
        return self.status == "active"


@frozen(kw_only=True)
class Account:
    """An account that the token may see.

    Args:
        id: The account id that addresses contain.
        name: Its name in the dashboard.
        type: ``standard`` or ``enterprise``; empty when the server did not say.
        created_on: When it was made.
    """

    id: str
    name: str
    type: str = ""
    created_on: datetime | None = None
