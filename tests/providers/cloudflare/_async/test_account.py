"""Tokens and accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from oneclick_deploy.errors import AuthenticationError, ConfigurationError, NotFoundError
from oneclick_deploy.providers.cloudflare import AsyncCloudflareClient, TokenOwner
from oneclick_deploy.secrets import Secret


def client(cloud: Any, **more: Any) -> AsyncCloudflareClient:
    options = cloud.options(**more)
    options.pop("pace")
    return AsyncCloudflareClient(Secret("account-token"), **options)


@pytest.fixture
async def cloudflare(cloud: Any) -> AsyncIterator[AsyncCloudflareClient]:
    async with client(cloud) as opened:
        yield opened


async def test_a_users_token_is_verified(cloud: Any, cloudflare: AsyncCloudflareClient) -> None:
    expires = "2027-01-01T00:00:00Z"
    cloud.script("GET verify", cloud.ok({"id": "t", "status": "active", "expires_on": expires}))
    status = await cloudflare.verify_token()
    assert status.active
    assert status.owner is TokenOwner.USER
    assert status.expires_on is not None
    assert cloud.requests[0].url.path == "/client/v4/user/tokens/verify"
    assert cloud.requests[0].headers["authorization"] == "Bearer account-token"


async def test_an_accounts_token_is_verified_at_its_account(
    cloud: Any, cloudflare: AsyncCloudflareClient
) -> None:
    cloud.script("GET verify", cloud.refused(401, 1000, "Invalid API Token"))
    cloud.script("GET verify", cloud.ok({"id": "t", "status": "disabled"}))
    status = await cloudflare.verify_token()
    assert (status.active, status.owner) == (False, TokenOwner.ACCOUNT)
    assert cloud.requests[1].url.path == f"/client/v4/accounts/{cloud.account}/tokens/verify"


async def test_a_token_that_nobody_knows_is_an_authentication_error(
    cloud: Any, cloudflare: AsyncCloudflareClient
) -> None:
    cloud.script("GET verify", *[cloud.refused(401, 1000, "Invalid API Token")] * 2)
    with pytest.raises(AuthenticationError, match="Invalid API Token") as caught:
        await cloudflare.verify_token()
    assert "CLOUDFLARE_API_TOKEN" in caught.value.hint


async def test_without_an_account_only_the_user_is_asked(cloud: Any) -> None:
    cloud.script("GET verify", cloud.refused(401, 1000, "Invalid API Token"))
    cloudflare = client(cloud, account_id="")
    with pytest.raises(AuthenticationError):
        await cloudflare.verify_token()
    with pytest.raises(ConfigurationError):
        await cloudflare.account()
    await cloudflare.aclose()
    assert len(cloud.requests) == 1


async def test_accounts_are_read_page_by_page(
    cloud: Any, cloudflare: AsyncCloudflareClient
) -> None:
    for page in (1, 2):
        accounts = [{"id": f"{page}", "name": "Example", "settings": {"x": 1}}]
        cloud.script("GET accounts", cloud.ok(accounts, result_info={"total_pages": 2}))
    assert [account.id for account in await cloudflare.accounts()] == ["1", "2"]
    assert [request.url.params["page"] for request in cloud.requests] == ["1", "2"]


async def test_an_account_is_read(cloud: Any, cloudflare: AsyncCloudflareClient) -> None:
    cloud.script(f"GET {cloud.account}", cloud.ok({"id": cloud.account, "name": "Example"}))
    cloud.script("GET other", cloud.refused(404, 7003, "Could not route"))
    assert (await cloudflare.account()).name == "Example"
    with pytest.raises(NotFoundError):
        await cloudflare.account("other")


async def test_a_client_is_made_from_the_environment(cloud: Any) -> None:
    environ = {"CLOUDFLARE_API_TOKEN": "env-token", "CLOUDFLARE_API_BASE_URL": cloud.base_url}
    cloud.script("GET verify", cloud.ok({"id": "t", "status": "active"}))
    async with AsyncCloudflareClient.from_env(environ, transport=cloud.transport) as cloudflare:
        await cloudflare.verify_token()
    assert cloud.requests[0].headers["authorization"] == "Bearer env-token"
    with pytest.raises(ConfigurationError, match="CLOUDFLARE_API_TOKEN"):
        AsyncCloudflareClient.from_env({})


async def test_a_closed_client_opens_again(cloud: Any) -> None:
    cloud.script("GET verify", *[cloud.ok({"id": "t", "status": "active"})] * 2)
    cloudflare = client(cloud)
    for _ in range(2):
        await cloudflare.verify_token()
        await cloudflare.aclose()
    assert len(cloud.requests) == 2
