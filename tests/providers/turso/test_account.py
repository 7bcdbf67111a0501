"""Where the client gets its token and addresses from."""

from __future__ import annotations

import inspect

import pytest

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.providers.turso import AsyncTursoClient, TursoClient, check_name
from oneclick_deploy.secrets import Secret


def test_a_client_is_made_from_the_environment():
    client = TursoClient.from_env({"TURSO_API_TOKEN": " t0ken-of-env ", "TURSO_ORG_ID": "iku"})

    assert repr(client) == "TursoClient('iku', 'https://api.turso.tech')"
    assert client._account.token == Secret("t0ken-of-env")


def test_the_environment_may_name_another_address():
    environ = {
        "TURSO_API_TOKEN": "t",
        "TURSO_ORG_ID": "iku",
        "TURSO_API_BASE_URL": "http://127.0.0.1:8080/",
    }

    assert repr(TursoClient.from_env(environ)) == "TursoClient('iku', 'http://127.0.0.1:8080')"


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({}, "TURSO_API_TOKEN and TURSO_ORG_ID are not set"),
        ({"TURSO_API_TOKEN": "t"}, "TURSO_ORG_ID is not set"),
        ({"TURSO_ORG_ID": "o", "TURSO_API_TOKEN": "  "}, "TURSO_API_TOKEN is not set"),
    ],
)
def test_missing_variables_are_all_named(environ, missing):
    with pytest.raises(ConfigurationError, match=missing) as caught:
        AsyncTursoClient.from_env(environ)

    assert "turso auth api-tokens mint" in caught.value.hint


def test_the_process_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("TURSO_API_TOKEN", "t")
    monkeypatch.setenv("TURSO_ORG_ID", "from-process")

    assert "from-process" in repr(TursoClient.from_env())


@pytest.mark.parametrize(
    ("token", "organization", "base_url"),
    [
        ("", "o", "https://api.turso.tech"),
        (Secret(""), "o", "https://api.turso.tech"),
        ("t", "", "https://api.turso.tech"),
        ("t", "  ", "https://api.turso.tech"),
        ("t", "o", "api.turso.tech"),
        ("t", "o", "ftp://api.turso.tech"),
        ("t", "o", ""),
        ("t", "o", "https://\ud800"),
        ("abc\nHost: evil", "o", "https://api.turso.tech"),
        ("tökén", "o", "https://api.turso.tech"),
        ("two words", "o", "https://api.turso.tech"),
    ],
)
def test_a_client_that_could_not_work_is_not_made(token, organization, base_url):
    with pytest.raises(ConfigurationError) as caught:
        TursoClient(token, organization=organization, base_url=base_url)

    assert caught.value.hint
    assert "evil" not in str(caught.value)
    str(caught.value).encode()


def test_white_space_around_a_token_is_dropped():
    client = TursoClient("t0ken\n", organization="o")

    assert client._account.token == Secret("t0ken")


def test_a_refused_name_comes_with_one_that_would_do():
    with pytest.raises(ConfigurationError) as caught:
        check_name("My Café!")

    assert "'my-caf'" in caught.value.hint


@pytest.mark.parametrize("name", ["a", "a-1", "0", "a" * 64])
def test_good_names_are_returned_as_they_are(name):
    assert check_name(name) == name


def test_both_clients_have_the_same_methods_and_signatures():
    assert _face(AsyncTursoClient) == _face(TursoClient)


def _face(client: type) -> dict[str, str]:
    """Public methods with their signatures, in the words of the blocking twin."""
    return {
        {"aclose": "close"}.get(name, name): str(inspect.signature(member)).replace("Async", "")
        for name, member in inspect.getmembers(client, callable)
        if not name.startswith("_")
    }
