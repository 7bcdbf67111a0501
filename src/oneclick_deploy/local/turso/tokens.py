"""Database tokens: JSON Web Tokens signed with Ed25519, as a libSQL server takes them.

Claims (facts/turso.md, section 3): ``a`` is ``rw`` or ``ro``, ``id`` the database, ``exp`` and
``iat`` epoch seconds. The tokens of a group carry ``gid`` instead of ``id``. The key id in the
header is the rotation of the database or the group: a rotation kills all tokens at once.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from typing import Any, Final

from attrs import frozen
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from oneclick_deploy.local.libsql.refusals import RequestRefusedError
from oneclick_deploy.local.turso.errors import ApiRefusalError

_EXPIRATION: Final = re.compile(r"(?:[0-9]{1,6}[ywdhms])+")
_EXPIRATION_PART: Final = re.compile(r"([0-9]+)([ywdhms])")
_SECONDS: Final = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_LONGEST_TOKEN: Final = 8192


@frozen(kw_only=True)
class Claims:
    """What a valid token says."""

    can_write: bool
    database: str
    group: str
    rotation: str


class TokenSigner:
    """Signs and checks database tokens."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._public_key = key.public_key()

    def mint(
        self,
        *,
        rotation: str,
        can_write: bool,
        database: str = "",
        group: str = "",
        seconds: int | None = None,
    ) -> str:
        """Make a token for a database or for all databases of a group.

        Args:
            rotation: The present rotation of the database or the group.
            can_write: Whether the token may write.
            database: The database's id.
            group: The group's uuid.
            seconds: How long it is valid; for ever when not given.
        """
        issued = int(time.time())
        claims: dict[str, Any] = {"a": "rw" if can_write else "ro", "iat": issued}
        if seconds is not None:
            claims["exp"] = issued + seconds
        claims |= {"id": database} if database else {"gid": group}
        signed = f"{_part({'alg': 'EdDSA', 'typ': 'JWT', 'kid': rotation})}.{_part(claims)}"
        return f"{signed}.{_encode(self._key.sign(signed.encode()))}"

    def read(self, authorization: str | None) -> Claims:
        """Check an Authorization header.

        Raises:
            RequestRefusedError: 401 in the words of sqld.
        """
        if authorization is None:
            raise unauthorized("Expected authorization header but none given")
        scheme, _, token = authorization.strip().partition(" ")
        if not token:
            raise unauthorized("Auth string does not conform to '<scheme> <token>' form")
        if scheme.lower() != "bearer":
            raise unauthorized(
                "The authentication scheme in the `Authorization` HTTP header is not supported"
            )
        return self._claims(token.strip())

    def _claims(self, token: str) -> Claims:
        parts = token.split(".")
        if len(parts) != 3 or len(token) > _LONGEST_TOKEN:
            raise invalid_token()
        header, claims = _read_part(parts[0]), _read_part(parts[1])
        try:
            self._public_key.verify(_decode(parts[2]), f"{parts[0]}.{parts[1]}".encode())
        except (InvalidSignature, ValueError, UnicodeEncodeError):
            raise invalid_token() from None
        if header.get("alg") != "EdDSA" or claims.get("a", "rw") not in {"rw", "ro"}:
            raise invalid_token()
        expires = claims.get("exp")
        if expires is not None and (not isinstance(expires, int) or expires <= time.time()):
            raise unauthorized("The JWT has expired")
        return Claims(
            can_write=claims.get("a", "rw") == "rw",
            database=str(claims.get("id", "")),
            group=str(claims.get("gid", "")),
            rotation=str(header.get("kid", "")),
        )


def unauthorized(reason: str) -> RequestRefusedError:
    """A 401 of the data plane."""
    return RequestRefusedError(401, {"error": f"Unauthorized: `{reason}`"})


def invalid_token() -> RequestRefusedError:
    """The 401 for a token that is not ours, or was rotated away."""
    return unauthorized("The JWT is invalid")


def expiration_seconds(text: str | None) -> int | None:
    """Read the query parameter ``expiration``: ``never`` or a duration such as ``2w1d30m``.

    Raises:
        ApiRefusalError: 400, it is neither.
    """
    if text in {None, "", "never", "none"}:
        return None
    if text is None or not _EXPIRATION.fullmatch(text):
        raise ApiRefusalError(400, "Invalid expiration format")
    return sum(int(count) * _SECONDS[unit] for count, unit in _EXPIRATION_PART.findall(text))


def _part(content: dict[str, Any]) -> str:
    return _encode(json.dumps(content, separators=(",", ":")).encode())


def _read_part(part: str) -> dict[str, Any]:
    try:
        content = json.loads(_decode(part))
    except (ValueError, RecursionError):
        raise invalid_token() from None
    if not isinstance(content, dict):
        raise invalid_token()
    return content


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        raw = text.encode("ascii")
        return base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from None
