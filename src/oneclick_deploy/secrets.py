"""Secrets in memory (`Secret`) and at rest (`Vault`)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from typing import Final, NoReturn

from oneclick_deploy.errors import SecretError, TamperedError, VaultKeyError

MASK: Final = "[secret]"


class Secret:
    """A text that never shows itself: not in ``repr``, ``str``, ``format``, pickles or copies.

    Args:
        value: The text to protect. A ``Secret`` is taken as it is.

    Raises:
        SecretError: ``value`` is not a text.
    """

    __slots__ = ("_value",)
    _value: str

    def __init__(self, value: str | Secret) -> None:
        if isinstance(value, Secret):
            value = value.reveal()
        if not isinstance(value, str):
            kind = type(value).__name__
            # Error trackers record the locals of every frame in a traceback.
            del value
            raise SecretError(
                f"a secret is a text, not {kind}",
                hint="Decode bytes first; pass numbers as text.",
            )
        object.__setattr__(self, "_value", value)

    def reveal(self) -> str:
        """Return the protected text. Keep the result out of logs, errors and files."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(_encoded(self._value), _encoded(other._value))

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: Mapping[int, object]) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise SecretError("a Secret cannot be pickled", hint="Store it with a Vault instead.")

    __getstate__ = __reduce__

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise SecretError("a Secret cannot be changed")


_MAGIC: Final = b"OCD"
_VERSION: Final = 1
_KEY_BYTES: Final = 32
_KEY_ID_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_HEADER_BYTES: Final = len(_MAGIC) + 1 + _KEY_ID_BYTES
# 32 random bytes have fewer than 8 different values once in 10**36 keys; "000…" and its like do.
_LEAST_DISTINCT_BYTES: Final = 8
KEY_VARIABLE: Final = "CREDENTIALS_ENCRYPTION_KEY"
_KEY_HINT: Final = (
    f"Set {KEY_VARIABLE} to 32 random bytes as base64 or hex, for example the output of "
    "`python -c 'import oneclick_deploy as od; print(od.Vault.generate_key().reveal())'`."
)


class Vault:
    """Encrypts credentials for the store: AES-256-GCM with a random 96-bit nonce for each value.

    An envelope is ``b"OCD"``, the format version, the id of the key, the nonce, and the ciphertext
    with its tag. The header and the place of the value (owner, provider, field) are authenticated
    with it, so an envelope that was moved to another row does not open.

    Args:
        keys: One or more keys of 32 bytes each, as base64 or hex text. The first encrypts; all
            of them decrypt, which is what makes rotation possible.

    Raises:
        VaultKeyError: No key, or one that is not 32 random bytes.
    """

    def __init__(self, keys: Iterable[str | Secret]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._ciphers: dict[bytes, AESGCM] = {}
        self._primary = b""
        # No plain key stays in a local: error trackers record those of every frame.
        hidden = [Secret(key) for key in keys]
        del keys
        if not hidden:
            raise VaultKeyError("the vault has no key", hint=_KEY_HINT)
        for position, key in enumerate(hidden):
            raw = _decode_key(key)
            if len(set(raw)) < _LEAST_DISTINCT_BYTES:
                del raw
                raise VaultKeyError(
                    f"vault key {position + 1} of {len(hidden)} is not 32 random bytes, as base64 "
                    "or hex",
                    hint=_KEY_HINT,
                )
            self._ciphers.setdefault(_key_id(raw), AESGCM(raw))
        self._primary = next(iter(self._ciphers))

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Vault:
        """Read the key from ``CREDENTIALS_ENCRYPTION_KEY``.

        Several keys, newest first, are separated by commas: the first encrypts, all decrypt.

        Raises:
            VaultKeyError: The variable is not set, or holds something else than keys.
        """
        # The environment is no local here either, for the same reason as the keys.
        text = Secret((os.environ if environ is None else environ).get(KEY_VARIABLE, ""))
        keys = [Secret(part) for part in text.reveal().split(",") if part.strip()]
        if not keys:
            raise VaultKeyError(f"{KEY_VARIABLE} is not set", hint=_KEY_HINT)
        return cls(keys)

    @staticmethod
    def generate_key() -> Secret:
        """Make a new random key, as base64 text."""
        return Secret(base64.b64encode(os.urandom(_KEY_BYTES)).decode())

    def __repr__(self) -> str:
        return f"Vault(keys={len(self._ciphers)}, primary={self._primary.hex()!r})"

    def seal(self, value: str | Secret, *, owner: str, provider: str, field: str) -> bytes:
        """Encrypt ``value`` for one place: whose it is, which provider's, and which field.

        Raises:
            SecretError: ``value`` is not a text.
        """
        header = _MAGIC + bytes([_VERSION]) + self._primary
        nonce = os.urandom(_NONCE_BYTES)
        place = _authenticated(header, owner, provider, field)
        clear = _encoded(Secret(value).reveal())
        return header + nonce + self._ciphers[self._primary].encrypt(nonce, clear, place)

    def open(self, envelope: bytes, *, owner: str, provider: str, field: str) -> Secret:
        """Decrypt an envelope that was sealed for the same place.

        Raises:
            VaultKeyError: It was written with a key that this vault does not have.
            TamperedError: It is not an envelope, was changed, or belongs to another place.
        """
        from cryptography.exceptions import InvalidTag

        header, nonce, body = _split(envelope)
        cipher = self._ciphers.get(header[-_KEY_ID_BYTES:])
        if cipher is None:
            raise VaultKeyError(
                f"the envelope was written with the key {header[-_KEY_ID_BYTES:].hex()}, "
                "which this vault does not have",
                hint=f"Add the older key to {KEY_VARIABLE}, after the new one and a comma.",
            )
        place = _authenticated(header, owner, provider, field)
        try:
            return Secret(cipher.decrypt(nonce, body, place).decode("utf-8", "surrogatepass"))
        except (InvalidTag, UnicodeDecodeError):
            raise TamperedError(
                f"the stored {field} of {provider} does not open for this owner",
                hint="The row was changed, or moved from another owner, provider or field.",
            ) from None

    def rotate(self, envelope: bytes, *, owner: str, provider: str, field: str) -> bytes:
        """Re-encrypt an envelope with the first key. One that has it already is returned as is.

        Raises:
            VaultKeyError: Its key is not in this vault.
            TamperedError: It does not open.
        """
        clear = self.open(envelope, owner=owner, provider=provider, field=field)
        if envelope[len(_MAGIC) + 1 : _HEADER_BYTES] == self._primary:
            return envelope
        return self.seal(clear, owner=owner, provider=provider, field=field)


def _decode_key(key: Secret) -> bytes:
    """The key's 32 bytes; nothing when the text is not one."""
    text = key.reveal().strip()
    try:
        # 64 hex digits are base64 text too, so hex is tried first.
        raw = bytes.fromhex(text) if len(text) == _KEY_BYTES * 2 else _decode_base64(text)
    except (ValueError, binascii.Error):
        return b""
    return raw if len(raw) == _KEY_BYTES else b""


def _decode_base64(text: str) -> bytes:
    standard = text.replace("-", "+").replace("_", "/")
    return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"oneclick-deploy vault key id\x00" + key).digest()[:_KEY_ID_BYTES]


def _authenticated(header: bytes, *place: str) -> bytes:
    """Join with lengths, so that no two places give the same bytes."""
    parts = [header]
    for item in place:
        encoded = _encoded(item)
        parts += [len(encoded).to_bytes(4, "big"), encoded]
    return b"".join(parts)


def _encoded(text: str) -> bytes:
    """UTF-8, also of texts that hold half of a surrogate pair."""
    return text.encode("utf-8", "surrogatepass")


def _split(envelope: bytes) -> tuple[bytes, bytes, bytes]:
    shortest = _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES
    if (
        not isinstance(envelope, bytes)
        or len(envelope) < shortest
        or not envelope.startswith(_MAGIC)
    ):
        raise TamperedError(
            "this is not a vault envelope", hint="The stored value was cut off or overwritten."
        )
    if envelope[len(_MAGIC)] != _VERSION:
        raise TamperedError(
            f"the envelope has format version {envelope[len(_MAGIC)]}, this library reads "
            f"version {_VERSION}",
            hint="Use the version of oneclick-deploy that wrote it, or a newer one.",
        )
    nonce_end = _HEADER_BYTES + _NONCE_BYTES
    return envelope[:_HEADER_BYTES], envelope[_HEADER_BYTES:nonce_end], envelope[nonce_end:]
