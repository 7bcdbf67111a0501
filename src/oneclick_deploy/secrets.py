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
            raise SecretError(
                f"a secret is a text, not {type(value).__name__}",
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
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: Mapping[int, object]) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise SecretError("a Secret cannot be pickled", hint="Store it with a Vault instead.")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise SecretError("a Secret cannot be changed")


_MAGIC: Final = b"OCD"
_VERSION: Final = 1
_KEY_BYTES: Final = 32
_KEY_ID_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_HEADER_BYTES: Final = len(_MAGIC) + 1 + _KEY_ID_BYTES
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
        VaultKeyError: No key, or one that is not 32 bytes long.
    """

    def __init__(self, keys: Iterable[str | Secret]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        raw = [_decode_key(Secret(key)) for key in keys]
        if not raw:
            raise VaultKeyError("the vault has no key", hint=_KEY_HINT)
        self._ciphers = {_key_id(key): AESGCM(key) for key in raw}
        self._primary = _key_id(raw[0])

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Vault:
        """Read the key from ``CREDENTIALS_ENCRYPTION_KEY``.

        Several keys, newest first, are separated by commas: the first encrypts, all decrypt.

        Raises:
            VaultKeyError: The variable is not set, or holds something else than keys.
        """
        text = (os.environ if environ is None else environ).get(KEY_VARIABLE, "")
        if not text.strip():
            raise VaultKeyError(f"{KEY_VARIABLE} is not set", hint=_KEY_HINT)
        return cls([part for part in text.split(",") if part.strip()])

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
        clear = Secret(value).reveal().encode("utf-8", "surrogatepass")
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
        try:
            clear = cipher.decrypt(nonce, body, _authenticated(header, owner, provider, field))
        except InvalidTag:
            raise TamperedError(
                f"the stored {field} of {provider} does not open for this owner",
                hint="The row was changed, or moved from another owner, provider or field.",
            ) from None
        return Secret(clear.decode("utf-8", "surrogatepass"))

    def rotate(self, envelope: bytes, *, owner: str, provider: str, field: str) -> bytes:
        """Re-encrypt an envelope with the first key. One that has it already is returned as is.

        Raises:
            VaultKeyError: Its key is not in this vault.
            TamperedError: It does not open.
        """
        clear = self.open(envelope, owner=owner, provider=provider, field=field)
        if envelope[len(_MAGIC) + 1 : _HEADER_BYTES] == self._primary:
            return bytes(envelope)
        return self.seal(clear, owner=owner, provider=provider, field=field)


def _decode_key(key: Secret) -> bytes:
    text = key.reveal().strip()
    try:
        # 64 hex digits are base64 text too, so hex is tried first.
        raw = bytes.fromhex(text) if len(text) == _KEY_BYTES * 2 else _decode_base64(text)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise VaultKeyError("a vault key is 32 bytes, as base64 or hex", hint=_KEY_HINT)
    return raw


def _decode_base64(text: str) -> bytes:
    standard = text.replace("-", "+").replace("_", "/")
    return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"oneclick-deploy vault key id\x00" + key).digest()[:_KEY_ID_BYTES]


def _authenticated(header: bytes, *place: str) -> bytes:
    """Join with lengths, so that no two places give the same bytes."""
    parts = [header]
    for item in place:
        encoded = item.encode("utf-8", "surrogatepass")
        parts += [len(encoded).to_bytes(4, "big"), encoded]
    return b"".join(parts)


def _split(envelope: bytes) -> tuple[bytes, bytes, bytes]:
    shortest = _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES
    if len(envelope) < shortest or not envelope.startswith(_MAGIC):
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
