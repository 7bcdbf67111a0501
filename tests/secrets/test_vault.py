"""The vault: what it seals only opens unchanged, with its key, at its place."""

from __future__ import annotations

import base64
import os
import secrets as random_source

import pytest
from hypothesis import given, settings, strategies as st

from oneclick_deploy.errors import SecretError, TamperedError, VaultKeyError
from oneclick_deploy.secrets import KEY_VARIABLE, Secret, Vault

KEY = Vault.generate_key()
VAULT = Vault([KEY])
PLACE = {"owner": "deployment-1", "provider": "turso", "field": "token"}
# Every code point, halves of surrogate pairs and NUL among them.
TEXTS = st.text(alphabet=st.characters())


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_what_was_sealed_opens_at_the_same_place(value, owner, provider, field):
    place = {"owner": owner, "provider": provider, "field": field}
    assert VAULT.open(VAULT.seal(value, **place), **place) == Secret(value)


@pytest.mark.parametrize("value", ["", "\x00", "\ud83d", "é" * 500_000, "x" * 1_048_576])
def test_empty_odd_and_large_values_come_back(value):
    assert VAULT.open(VAULT.seal(Secret(value), **PLACE), **PLACE).reveal() == value


def test_an_envelope_does_not_hold_the_clear_text():
    envelope = VAULT.seal("canary-canary", **PLACE)
    assert b"canary" not in envelope
    assert b"deployment-1" not in envelope


def test_the_same_value_gives_another_envelope_each_time():
    envelopes = {VAULT.seal("x", **PLACE) for _ in range(200)}
    assert len({envelope[12:24] for envelope in envelopes}) == 200


@given(st.data())
def test_an_envelope_with_any_flipped_bit_does_not_open(data):
    envelope = bytearray(VAULT.seal(data.draw(st.text(max_size=20)), **PLACE))
    position = data.draw(st.integers(0, len(envelope) - 1))
    envelope[position] ^= 1 << data.draw(st.integers(0, 7))
    # Bytes 4 to 11 name the key: a flipped bit there names one that nobody has.
    expected = VaultKeyError if 4 <= position < 12 else TamperedError
    with pytest.raises(expected):
        VAULT.open(bytes(envelope), **PLACE)


@given(st.data())
def test_a_shortened_or_lengthened_envelope_does_not_open(data):
    envelope = VAULT.seal("value", **PLACE)
    cut = data.draw(st.integers(0, len(envelope) - 1))
    for wrong in (envelope[:cut], envelope + data.draw(st.binary(min_size=1, max_size=40))):
        with pytest.raises(TamperedError):
            VAULT.open(wrong, **PLACE)


@given(st.binary(max_size=200))
def test_noise_does_not_open(noise):
    with pytest.raises(TamperedError):
        VAULT.open(noise, **PLACE)


@pytest.mark.parametrize("wrong", [None, "OCD\x01text", 7, b""])
def test_what_is_no_envelope_at_all_is_told_so(wrong):
    with pytest.raises(TamperedError, match="not a vault envelope"):
        VAULT.open(wrong, **PLACE)


@pytest.mark.parametrize("moved", ["owner", "provider", "field"])
def test_an_envelope_that_was_moved_does_not_open(moved):
    envelope = VAULT.seal("value", **PLACE)
    with pytest.raises(TamperedError) as caught:
        VAULT.open(envelope, **(PLACE | {moved: "another"}))
    assert caught.value.hint


@given(
    st.lists(st.text(max_size=6), min_size=3, max_size=3),
    st.lists(st.text(max_size=6), min_size=3, max_size=3),
)
def test_two_places_never_count_as_one(here, there):
    names = ("owner", "provider", "field")
    envelope = VAULT.seal("v", **dict(zip(names, here, strict=True)))
    if here == there:
        assert VAULT.open(envelope, **dict(zip(names, there, strict=True))).reveal() == "v"
    else:
        with pytest.raises(TamperedError):
            VAULT.open(envelope, **dict(zip(names, there, strict=True)))


def test_the_parts_of_a_place_do_not_run_into_each_other():
    envelope = VAULT.seal("v", owner="ab", provider="c", field="")
    with pytest.raises(TamperedError):
        VAULT.open(envelope, owner="a", provider="bc", field="")


def test_a_newer_format_is_told_from_damage():
    envelope = bytearray(VAULT.seal("v", **PLACE))
    envelope[3] = 2
    with pytest.raises(TamperedError, match="version 2") as caught:
        VAULT.open(bytes(envelope), **PLACE)
    assert "newer" in caught.value.hint


# Keys


RAW = bytes(range(7, 39))


@pytest.mark.parametrize(
    "text",
    [
        RAW.hex(),
        RAW.hex().upper(),
        base64.b64encode(RAW).decode(),
        base64.b64encode(RAW).decode().rstrip("="),
        base64.urlsafe_b64encode(RAW).decode(),
        base64.urlsafe_b64encode(RAW).decode().rstrip("="),
        f"  {RAW.hex()}\n",
    ],
)
def test_a_key_is_hex_or_any_base64(text):
    sealed = Vault([RAW.hex()]).seal("v", **PLACE)
    assert Vault([text]).open(sealed, **PLACE).reveal() == "v"


@pytest.mark.parametrize(
    "raw",
    [bytes([0xFB, 0xEF, 0xBE] * 10 + list(range(240, 242))), os.urandom(32)],
    ids=["both alphabets", "random"],
)
def test_standard_and_url_safe_base64_give_the_same_key(raw):
    if len(set(raw)) < 8:
        raw = bytes(range(192, 224))
    first, second = base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()
    assert Vault([second]).open(Vault([first]).seal("v", **PLACE), **PLACE).reveal() == "v"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        " ",
        "changeme",
        "your-encryption-key-here",
        "replace-with-32-random-bytes-00000",
        "<CREDENTIALS_ENCRYPTION_KEY>",
        "${CREDENTIALS_ENCRYPTION_KEY}",
        RAW[:31].hex(),
        RAW.hex() + "00",
        RAW.hex()[:-1],
        base64.b64encode(RAW[:24]).decode(),
        base64.b64encode(RAW + b"x").decode(),
        "zz" * 32,
        "ключ" * 8,
        "\ud800" * 43,
        "0" * 64,
        "f" * 64,
        "deadbeef" * 8,
        base64.b64encode(bytes(32)).decode(),
        base64.b64encode(b"passwordpasswordpasswordpassword").decode(),
        "x" * 1_000_000,
    ],
)
def test_a_wrong_short_or_placeholder_key_is_refused_with_the_way_to_a_good_one(wrong):
    with pytest.raises(VaultKeyError) as caught:
        Vault([wrong])
    assert "generate_key" in caught.value.hint
    if wrong.strip():
        assert wrong not in str(caught.value)


def test_a_vault_without_a_key_is_refused():
    with pytest.raises(VaultKeyError, match="no key"):
        Vault([])


def test_the_hints_command_makes_a_key_that_works():
    with pytest.raises(VaultKeyError) as caught:
        Vault([])
    assert "od.Vault.generate_key().reveal()" in caught.value.hint
    assert Vault([Vault.generate_key()])
    assert Vault.generate_key() != Vault.generate_key()


def test_a_vault_does_not_show_its_keys():
    assert KEY.reveal() not in repr(VAULT)
    assert "keys=1" in repr(VAULT)


# The environment


@pytest.mark.parametrize(
    "environ", [{}, {KEY_VARIABLE: ""}, {KEY_VARIABLE: "  "}, {KEY_VARIABLE: " , "}]
)
def test_a_missing_key_names_the_variable(environ):
    with pytest.raises(VaultKeyError, match=KEY_VARIABLE):
        Vault.from_env(environ)


def test_the_variable_holds_several_keys_of_which_the_first_seals():
    old, new = Vault.generate_key().reveal(), Vault.generate_key().reveal()
    both = Vault.from_env({KEY_VARIABLE: f"{new} , {old},"})
    assert both.open(Vault([old]).seal("v", **PLACE), **PLACE).reveal() == "v"
    assert Vault([new]).open(both.seal("v", **PLACE), **PLACE).reveal() == "v"


def test_the_process_environment_is_read(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, KEY.reveal())
    assert Vault.from_env().open(VAULT.seal("v", **PLACE), **PLACE).reveal() == "v"


# Rotation


def test_rotation_moves_an_envelope_to_the_first_key():
    old, new = Vault.generate_key(), Vault.generate_key()
    envelope = Vault([old]).seal("value", **PLACE)
    rotated = Vault([new, old]).rotate(envelope, **PLACE)
    assert Vault([new]).open(rotated, **PLACE).reveal() == "value"
    with pytest.raises(VaultKeyError) as caught:
        Vault([old]).open(rotated, **PLACE)
    assert KEY_VARIABLE in caught.value.hint


def test_rotation_leaves_an_envelope_of_the_first_key_alone():
    envelope = VAULT.seal("value", **PLACE)
    assert VAULT.rotate(envelope, **PLACE) == envelope


def test_rotation_refuses_a_changed_envelope_even_of_the_first_key():
    envelope = bytearray(VAULT.seal("value", **PLACE))
    envelope[-1] ^= 1
    envelope = bytes(envelope)
    with pytest.raises(TamperedError):
        VAULT.rotate(envelope, **PLACE)


def test_an_unknown_key_is_named_by_its_id_only():
    other = Vault.generate_key()
    with pytest.raises(VaultKeyError) as caught:
        VAULT.open(Vault([other]).seal("v", **PLACE), **PLACE)
    assert other.reveal() not in str(caught.value)


@settings(max_examples=20)
@given(st.integers(1, 5), st.integers(0, 4))
def test_every_key_of_the_vault_opens_its_envelopes(count, chosen):
    keys = [random_source.token_hex(32) for _ in range(count)]
    sealed = Vault([keys[chosen % count]]).seal("v", **PLACE)
    assert Vault(keys).open(sealed, **PLACE).reveal() == "v"


def test_only_texts_are_sealed():
    with pytest.raises(SecretError):
        VAULT.seal(b"bytes", **PLACE)
