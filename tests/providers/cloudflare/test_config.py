"""What is sent about projects."""

from __future__ import annotations

from typing import Any

import pytest

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.providers.cloudflare.pages.config import (
    change_body,
    check_project_name,
    environment_config,
    project_body,
)
from oneclick_deploy.secrets import Secret

UUID = "77777777-7777-4777-8777-777777777777"


@pytest.mark.parametrize("name", ["a", "0", "my-app-2", "a" * 58])
def test_a_usable_project_name_passes(name: str) -> None:
    check_project_name(name)


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", "A", "a_b", "a.b", "ä", "a b", "a" * 59, "a\n", "../x", "a/b"]
)
def test_an_unusable_project_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_project_name(name)
    assert "58" in caught.value.hint


def test_both_environments_get_the_same_setup() -> None:
    body = project_body(
        "demo",
        production_branch="main",
        compatibility_date="2026-01-01",
        compatibility_flags=["nodejs_compat"],
        env={"PLAIN": "a", "HIDDEN": Secret("b")},
    )
    config = {
        "env_vars": {
            "PLAIN": {"type": "plain_text", "value": "a"},
            "HIDDEN": {"type": "secret_text", "value": "b"},
        },
        "compatibility_flags": ["nodejs_compat"],
        "compatibility_date": "2026-01-01",
    }
    assert body["deployment_configs"] == {"production": config, "preview": config}


def test_none_deletes_a_variable_or_a_binding() -> None:
    config = environment_config(env={"A": None}, d1={"DB": None, "DB2": UUID}, kv={"KV": None})
    assert config == {
        "env_vars": {"A": None},
        "d1_databases": {"DB": None, "DB2": {"id": UUID}},
        "kv_namespaces": {"KV": None},
    }


def test_a_change_holds_only_what_is_named() -> None:
    assert change_body(environments=["preview"], production_branch=None, config={}) == {}
    assert change_body(environments=["preview"], production_branch="x", config={"a": 1}) == {
        "production_branch": "x",
        "deployment_configs": {"preview": {"a": 1}},
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"d1": {"DB": "YOUR_STAGING_D1_ID"}},
        {"d1": {"DB": ""}},
        {"kv": {"KV": "my-namespace"}},
        {"env": {"1A": "x"}},
        {"env": {"": "x"}},
        {"env": {"A-B": "x"}},
        {"compatibility_date": "today"},
    ],
)
def test_placeholders_and_strange_names_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        environment_config(**wrong)
    assert caught.value.hint


def test_an_environment_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="staging"):
        change_body(environments=["staging"], production_branch=None, config={"a": 1})
    with pytest.raises(ConfigurationError, match="branch"):
        change_body(environments=[], production_branch=" ", config={})
