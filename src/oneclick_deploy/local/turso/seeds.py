"""What a new database starts from: the ``seed`` of the create request."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from oneclick_deploy.local.turso.errors import bad_request

_SIZE: Final = re.compile(r"[0-9]{1,18}(?:\.[0-9]+)?\s*(?:[kmgt]i?b?|b)?", re.IGNORECASE)
# Spec, CreateDatabaseInput.remote_encryption: cipher and key size in bytes.
_KEY_BYTES: Final = {
    "aes256gcm": 32,
    "aes128gcm": 16,
    "chacha20poly1305": 32,
    "aegis128l": 16,
    "aegis128x2": 16,
    "aegis128x4": 16,
    "aegis256": 32,
    "aegis256x2": 32,
    "aegis256x4": 32,
}


@frozen(kw_only=True)
class Seed:
    """Where the first content comes from.

    Args:
        kind: Empty, ``database`` or ``database_upload``.
        name: The database to copy.
        timestamp: The recovery point that was asked for.
    """

    kind: str = ""
    name: str = ""
    timestamp: datetime | None = None


def read_seed(raw: Any) -> Seed:
    """Read the ``seed`` of a create request."""
    if raw is None:
        return Seed()
    if not isinstance(raw, dict):
        raise bad_request("seed must be an object")
    kind = raw.get("type")
    if kind == "database_upload":
        return Seed(kind="database_upload")
    if kind == "database":
        # Turso's own CLI says `value` where the documentation says `name`.
        name = raw.get("name") or raw.get("value")
        if not isinstance(name, str) or not name:
            raise bad_request("seed database name is required")
        return Seed(kind="database", name=name, timestamp=_timestamp(raw.get("timestamp")))
    raise bad_request(f"invalid seed type: {str(kind)[:40]}")


def read_size_limit(raw: Any) -> str:
    """Read a size such as ``256mb``."""
    if raw is None:
        return "0"
    if not isinstance(raw, str) or not _SIZE.fullmatch(raw.strip()):
        raise bad_request("invalid size limit")
    return raw


def read_encryption(raw: Any) -> str:
    """Check ``remote_encryption`` and return the cipher; the key is not kept."""
    if raw is None:
        return ""
    cipher = raw.get("encryption_cipher") if isinstance(raw, dict) else None
    size = _KEY_BYTES.get(cipher) if isinstance(cipher, str) else None
    if size is None or not isinstance(cipher, str):
        raise bad_request("invalid encryption cipher")
    try:
        key = base64.b64decode(str(raw.get("encryption_key", "")), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != size:
        raise bad_request(f"the encryption key of {cipher} has {size} bytes")
    return cipher


def read_time(raw: str) -> datetime:
    """Read an RFC 3339 time with its zone.

    Raises:
        ValueError: It is not one.
    """
    moment = datetime.fromisoformat(raw)
    if moment.tzinfo is None or "T" not in raw.upper():
        raise ValueError(raw)
    return moment.astimezone(UTC)


def _timestamp(raw: Any) -> datetime | None:
    if raw is None or raw == "":
        return None
    try:
        return read_time(str(raw))
    except (ValueError, OverflowError):
        raise bad_request(f"invalid timestamp: {str(raw)[:60]}") from None
