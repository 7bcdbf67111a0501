"""The upload token of Pages: a JWT signed with a secret of the emulator."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import Any


class InvalidTokenError(ValueError):
    """The token was not issued here, or was changed."""


class ExpiredTokenError(ValueError):
    """The token was issued here and is too old."""


class UploadTokens:
    """Issues and reads upload tokens.

    Args:
        key: The signing secret.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def issue(self, *, project: str, lifetime: float, max_files: int) -> str:
        """Make a token for one project."""
        now = int(time.time())
        claims = {
            "project": project,
            "iat": now,
            "exp": int(now + lifetime),
            "max_file_count_allowed": max_files,
        }
        signed = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode(claims)}"
        return f"{signed}.{_base64(self._sign(signed))}"

    def read(self, token: str) -> dict[str, Any]:
        """Return the claims of a token.

        Raises:
            InvalidTokenError: It was not issued here.
            ExpiredTokenError: It is too old.
        """
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(_base64(self._sign(signed)).encode(), signature.encode()):
            raise InvalidTokenError("the signature does not fit")
        claims = _decode(signed.partition(".")[2])
        if claims.get("exp", 0) <= time.time():
            raise ExpiredTokenError("the token has expired")
        return claims

    def _sign(self, signed: str) -> bytes:
        return hmac.new(self._key, signed.encode(errors="replace"), hashlib.sha256).digest()


def _encode(document: dict[str, Any]) -> str:
    return _base64(json.dumps(document, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(part: str) -> dict[str, Any]:
    try:
        document = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error) as error:
        raise InvalidTokenError("the claims cannot be read") from error
    if not isinstance(document, dict):
        raise InvalidTokenError("the claims are no object")
    return document
