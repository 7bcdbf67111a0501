"""The blocking and the asynchronous clients have the same face."""

from __future__ import annotations

import inspect

import pytest

from oneclick_deploy.providers.cloudflare import AsyncCloudflareClient, CloudflareClient
from oneclick_deploy.providers.cloudflare.pages import (
    AsyncCloudflarePagesClient,
    CloudflarePagesClient,
)

PAIRS = [
    (AsyncCloudflareClient, CloudflareClient),
    (AsyncCloudflarePagesClient, CloudflarePagesClient),
]


def face(client: type) -> dict[str, str]:
    return {
        name.replace("aclose", "close"): str(inspect.signature(member))
        for name, member in inspect.getmembers(client, callable)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(("asynchronous", "blocking"), PAIRS)
def test_both_have_the_same_methods_with_the_same_arguments(
    asynchronous: type, blocking: type
) -> None:
    assert face(asynchronous) == face(blocking)


@pytest.mark.parametrize(("asynchronous", "blocking"), PAIRS)
def test_the_blocking_one_has_no_coroutines(asynchronous: type, blocking: type) -> None:
    assert not [
        name for name, member in inspect.getmembers(blocking) if inspect.iscoroutinefunction(member)
    ]


@pytest.mark.parametrize("client", [client for pair in PAIRS for client in pair])
def test_every_public_method_is_documented(client: type) -> None:
    assert [
        name
        for name, member in inspect.getmembers(client, callable)
        if not name.startswith("_") and not inspect.getdoc(member)
    ] == []
