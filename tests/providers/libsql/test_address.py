"""Database addresses."""

from __future__ import annotations

import pytest

from oneclick_deploy.errors import ConfigurationError, UnexpectedAnswerError
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.providers.libsql.address import Target, follow, parse
from oneclick_deploy.secrets import Secret


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("libsql://db-org.turso.io", "https://db-org.turso.io"),
        ("libsql://db-org.turso.io/", "https://db-org.turso.io"),
        ("https://db.example.com:8443", "https://db.example.com:8443"),
        ("https://example.com/databases/one/", "https://example.com/databases/one"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://a.localhost", "http://a.localhost"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("libsql://127.0.0.1:8080?tls=0", "http://127.0.0.1:8080"),
        ("libsql://db.example.com?tls=1", "https://db.example.com"),
        (" libsql://db-org.turso.io\n", "https://db-org.turso.io"),
    ],
)
def test_addresses_lead_to_http(url, base):
    assert parse(url, token=None) == Target(base_url=base)


def test_a_token_in_the_address_is_taken_and_not_shown():
    target = parse("libsql://h.turso.io?authToken=s3cret", token=None)

    assert target.token == Secret("s3cret")
    assert "s3cret" not in repr(target)
    assert "s3cret" not in repr(LibsqlClient("libsql://h.turso.io?authToken=s3cret"))


def test_a_token_of_its_own_wins_over_the_one_in_the_address():
    assert parse("libsql://h.io?authToken=a", token="b").token == Secret("b")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("wss://db.turso.io", "wss"),
        ("ws://localhost", "ws"),
        ("file:local.db", "file"),
        ("db.turso.io", "no scheme"),
        ("", "no scheme"),
        ("libsql://", "no host"),
        ("libsql://user:pw@db.turso.io", "user name"),
        ("libsql://db.turso.io?sync=1", "unknown options: sync"),
        ("libsql://db.turso.io?tls=maybe", "tls"),
        ("libsql://db.turso.io:port", "not a URL"),
        ("http://[::1", "not a URL"),
        ("libsql://\ud800", "not a URL"),
        (None, "not a URL"),
        ("http://db.example.com", "plain HTTP"),
        ("libsql://db.example.com?tls=0", "plain HTTP"),
        ("http://127.0.0.1.evil.example", "plain HTTP"),
    ],
)
def test_other_addresses_are_refused_with_the_way_out(url, words):
    with pytest.raises(ConfigurationError, match=words) as caught:
        parse(url, token="s3cret")

    assert caught.value.hint
    assert "s3cret" not in str(caught.value)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("token", ["abc\nHost: evil", "tökén", "two words", "a\x00b"])
def test_a_token_that_cannot_be_one_is_refused_without_showing_it(token):
    with pytest.raises(ConfigurationError, match="no token has") as caught:
        parse("libsql://h.turso.io", token=token)

    assert token not in str(caught.value)


def test_white_space_around_a_token_is_dropped():
    assert parse("libsql://h.turso.io", token=" t0ken\n").token == Secret("t0ken")
    assert parse("libsql://h.turso.io", token=" ").token is None


def test_plain_http_to_another_machine_is_possible_when_it_is_meant():
    target = parse("http://sqld.internal:8080", token=None, allow_plain_http=True)

    assert target.base_url == "http://sqld.internal:8080"


def test_a_stream_may_move_to_a_relative_of_its_host():
    start = Target(base_url="https://db-org.turso.io", token=Secret("t"))

    assert follow(start, None) is start
    assert follow(start, "https://lhr.db-org.turso.io/") == Target(
        base_url="https://lhr.db-org.turso.io", token=Secret("t")
    )


@pytest.mark.parametrize(
    ("start", "next_url"),
    [
        ("https://db-org.turso.io", "https://evil.example"),
        ("https://db-org.turso.io", "https://turso.io.evil.example"),
        ("https://db-org.turso.io", "http://other.turso.io"),
        ("https://db-org.turso.io", "//other.turso.io"),
        ("http://127.0.0.1:1", "http://10.0.0.1:1"),
        ("http://1.2.3.4", "http://9.9.3.4"),
    ],
)
def test_a_token_never_follows_to_a_stranger(start, next_url):
    with pytest.raises(UnexpectedAnswerError, match="another host"):
        follow(Target(base_url=start), next_url)
