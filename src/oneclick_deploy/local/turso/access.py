"""Who may use the Platform API: the account's token, and tokens made with it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from oneclick_deploy.local.turso.errors import ApiRefusalError, bad_request, forbidden
from oneclick_deploy.local.turso.models import ApiToken
from oneclick_deploy.local.turso.state import TursoState

# Spec, POST /v1/auth/api-tokens/{tokenName}.
SCOPES: Final = (
    "read",
    "db:create",
    "db:delete",
    "db:configure",
    "db:mint-token",
    "db:rotate-creds",
    "group:configure",
    "group:mint-token",
    "group:rotate-creds",
)
_PRESETS: Final = {"read-only": ("read",), "full-access": SCOPES}


class Caller:
    """The sender of a request. A group-scoped token reaches one group, and no account matters."""

    def __init__(self, token: ApiToken | None) -> None:
        self._token = token

    @property
    def group(self) -> str:
        """The only group this caller sees; empty when it sees all."""
        return self._token.group if self._token else ""

    def need(self, scope: str, group: str) -> None:
        """Raise 403 unless the caller may do ``scope`` in ``group``."""
        if not self.group or self._token is None:
            return
        if self.group != group or scope not in self._token.scopes:
            raise forbidden(f"token is missing the required scope: {scope}")

    def need_account(self) -> None:
        """Raise 403 unless the caller is more than a group-scoped token."""
        if self.group:
            raise forbidden("group-scoped tokens cannot do this")


class PlatformTokens:
    """Checks and makes platform tokens."""

    def __init__(self, state: TursoState, *, root_token: str) -> None:
        self._state = state
        self._root = _digest(root_token)

    def caller(self, authorization: str | None) -> Caller:
        """Find out who sends an Authorization header, or answer 401."""
        scheme, _, token = (authorization or "").strip().partition(" ")
        digest = _digest(token.strip())
        if scheme.lower() == "bearer" and token:
            if hmac.compare_digest(digest, self._root):
                return Caller(None)
            for known in self._state.api_tokens.values():
                if hmac.compare_digest(digest, known.digest):
                    return Caller(known)
        raise ApiRefusalError(401, "invalid or missing authentication token")

    def mint(
        self, name: str, *, organization: str = "", group: str = "", scopes: tuple[str, ...] = ()
    ) -> tuple[ApiToken, str]:
        """Make a token; its text is returned once."""
        if any(token.name == name for token in self._state.api_tokens.values()):
            raise ApiRefusalError(409, f"a token named {name} already exists")
        if group and not scopes:
            raise bad_request("scopes are required for group-scoped tokens")
        text = secrets.token_urlsafe(48)
        token = ApiToken(
            id=secrets.token_urlsafe(16),
            name=name,
            digest=_digest(text),
            organization=organization,
            group=group,
            scopes=_expand(scopes),
        )
        self._state.save(token)
        return token, text


def _expand(scopes: tuple[str, ...]) -> tuple[str, ...]:
    wanted: set[str] = set()
    for scope in scopes:
        if scope not in SCOPES and scope not in _PRESETS:
            raise bad_request(f"invalid scope: {scope[:40]}")
        wanted.update(_PRESETS.get(scope, (scope,)))
    return tuple(scope for scope in SCOPES if scope in wanted)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
