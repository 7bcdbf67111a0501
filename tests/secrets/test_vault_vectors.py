"""AES-256-GCM by the published vectors, and envelopes put together by hand from them."""

from __future__ import annotations

import hashlib

import pytest
from attrs import frozen
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from oneclick_deploy.errors import TamperedError
from oneclick_deploy.secrets import Vault


@frozen
class Vector:
    key: bytes
    iv: bytes
    clear: bytes
    place: bytes
    cipher: bytes
    tag: bytes

    @classmethod
    def of(cls, *parts: str) -> Vector:
        return cls(*(bytes.fromhex(part) for part in parts))


FEFF = "feffe9928665731c6d6a8f9467308308" * 2
P15 = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
C15 = (
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
)
VECTORS = {
    # McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, cases 13 to 16.
    "McGrew-Viega 13": Vector.of("00" * 32, "00" * 12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    "McGrew-Viega 14": Vector.of(
        "00" * 32, "00" * 12, "00" * 16, "",
        "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919",
    ),
    "McGrew-Viega 15": Vector.of(
        FEFF, "cafebabefacedbaddecaf888", P15, "", C15, "b094dac5d93471bdec1a502270e3cc6c"
    ),
    "McGrew-Viega 16": Vector.of(
        FEFF, "cafebabefacedbaddecaf888", P15[:-8], "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        C15[:-8], "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
    # NIST CAVP, gcmEncryptExtIV256.rsp: 96-bit IV, 128-bit tag, the first of three sections.
    "CAVP PT 0 AAD 0": Vector.of(
        "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
        "516c33929df5a3284ff463d7", "", "", "", "bdc1ac884d332457a1d2664f168c76f0",
    ),
    "CAVP PT 128 AAD 0": Vector.of(
        "31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22",
        "0d18e06c7c725ac9e362e1ce", "2db5168e932556f8089a0622981d017d", "",
        "fa4362189661d163fcd6a56d8bf0405a", "d636ac1bbedd5cc3ee727dc2ab4a9489",
    ),
    "CAVP PT 128 AAD 128": Vector.of(
        "92e11dcdaa866f5ce790fd24501f92509aacf4cb8b1339d50c9c1240935dd08b",
        "ac93a1a6145299bde902f21a", "2d71bcfa914e4ac045b2aa60955fad24",
        "1e0889016f67601c8ebea4943bc23ad6",
        "8995ae2e6df3dbf96fac7b7137bae67f", "eca5aa77d51d4a0a14d9c51e1da474ab",
    ),
}  # fmt: skip
every_vector = pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS.keys())


@every_vector
def test_the_primitive_gives_the_published_values(vector):
    sealed = AESGCM(vector.key).encrypt(vector.iv, vector.clear, vector.place)
    assert sealed == vector.cipher + vector.tag
    assert AESGCM(vector.key).decrypt(vector.iv, sealed, vector.place) == vector.clear


@every_vector
def test_our_own_tag_function_gives_the_published_tags(vector):
    assert tag(vector.key, vector.iv, vector.cipher, vector.place) == vector.tag


def test_a_hand_made_envelope_of_a_published_key_nonce_and_key_stream_opens():
    vector = VECTORS["McGrew-Viega 15"]
    text = b"libsql://guestbook-acme.turso.io?authToken=abcdefghijklmnopqrst"
    stream = bytes(a ^ b for a, b in zip(vector.clear, vector.cipher, strict=True))
    body = bytes(a ^ b for a, b in zip(text, stream, strict=False))
    header, place = header_of(vector.key), [b"deployment-1", b"turso", b"database_url"]
    authenticated = header + b"".join(len(p).to_bytes(4, "big") + p for p in place)
    envelope = header + vector.iv + body + tag(vector.key, vector.iv, body, authenticated)

    vault = Vault([vector.key.hex()])
    where = {"owner": "deployment-1", "provider": "turso", "field": "database_url"}
    assert vault.open(envelope, **where).reveal() == text.decode()
    with pytest.raises(TamperedError):
        vault.open(envelope, **(where | {"field": "token"}))


def test_an_authentic_envelope_that_holds_no_text_does_not_show_its_bytes():
    vector = VECTORS["McGrew-Viega 15"]
    header = header_of(vector.key)
    authenticated = header + b"".join(len(p).to_bytes(4, "big") + p for p in [b"o", b"p", b"f"])
    body = AESGCM(vector.key).encrypt(vector.iv, b"\xffcanary", authenticated)
    with pytest.raises(TamperedError) as caught:
        Vault([vector.key.hex()]).open(
            header + vector.iv + body, owner="o", provider="p", field="f"
        )
    assert caught.value.__suppress_context__
    assert "canary" not in str(caught.value)


def header_of(key: bytes) -> bytes:
    """The documented header: magic, version 1, and eight bytes that name the key."""
    return b"OCD\x01" + hashlib.sha256(b"oneclick-deploy vault key id\x00" + key).digest()[:8]


def tag(key: bytes, iv: bytes, cipher: bytes, place: bytes) -> bytes:
    """GCM's tag by NIST SP 800-38D, sections 6.3 to 7.1, from AES on single blocks."""

    def block(data: bytes) -> bytes:
        encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        return encryptor.update(data) + encryptor.finalize()

    def padded(data: bytes) -> bytes:
        return data + bytes(-len(data) % 16)

    h = int.from_bytes(block(bytes(16)), "big")
    lengths = (len(place) * 8).to_bytes(8, "big") + (len(cipher) * 8).to_bytes(8, "big")
    text = padded(place) + padded(cipher) + lengths
    y = 0
    for start in range(0, len(text), 16):
        y = times(y ^ int.from_bytes(text[start : start + 16], "big"), h)
    mask = int.from_bytes(block(iv + b"\x00\x00\x00\x01"), "big")
    return (y ^ mask).to_bytes(16, "big")


def times(x: int, y: int) -> int:
    """Multiply in GCM's field of 2**128 elements."""
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return product
