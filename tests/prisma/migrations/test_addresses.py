"""Database URLs as Prisma writes them, read for the drivers."""

from __future__ import annotations

import ssl

import pytest

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.prisma.migrations.addresses import mysql_address, postgres_address
from oneclick_deploy.secrets import Secret


def test_what_only_prisma_understands_is_kept_from_libpq() -> None:
    url = (
        "postgres://u:p%40ss@h:6432/db?schema=shop&pgbouncer=true&sslmode=require"
        "&connection_limit=1&application_name=a%20b"
    )
    found = postgres_address(Secret(url))
    assert found.url == ("postgres://u:p%40ss@h:6432/db?sslmode=require&application_name=a%20b")
    assert found.schema == "shop"
    assert "p%40ss" not in repr(found)


def test_without_a_schema_the_server_s_own_default_is_used() -> None:
    assert postgres_address("postgresql://h/db").schema == ""
    assert postgres_address("postgresql://h/db").url == "postgresql://h/db"


def test_a_mysql_url_is_read_part_by_part() -> None:
    found = mysql_address("mysql://us%3Aer:p%40ss@example.com:3307/my%20shop?connection_limit=5")
    assert found.arguments == {
        "host": "example.com",
        "port": 3307,
        "user": "us:er",
        "password": "p@ss",
        "database": "my shop",
        "connect_timeout": 15,
    }
    assert (found.place, found.locks) == ("example.com:3307", True)
    assert "p@ss" not in repr(found)


def test_a_mysql_url_may_be_short() -> None:
    found = mysql_address("mysql://localhost/x")
    assert (found.place, found.arguments["user"]) == ("localhost:3306", "root")


def test_planetscale_has_no_locks_and_wants_encryption() -> None:
    found = mysql_address("mysql://u:p@aws.connect.psdb.cloud/x?sslaccept=strict")
    assert not found.locks
    context = found.arguments["ssl"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_certificate_may_go_unchecked_when_the_url_says_so() -> None:
    context = mysql_address("mysql://h/x?sslaccept=accept_invalid_certs").arguments["ssl"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)


@pytest.mark.parametrize(
    "url",
    ["", "h/x", "mysql://h/x?sslcert=/no/such/file", "mysql://h", "mysql://h:x/y", "mysql://["],
)
def test_an_address_that_cannot_be_used_is_told_with_a_form_that_can(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        mysql_address(url)
    assert caught.value.hint
