"""The client against the embedded Cloudflare: a real server, real sockets, real workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve

from oneclick_deploy.errors import (
    AlreadyExistsError,
    AuthenticationError,
    ConfigurationError,
    NotFoundError,
    ServerError,
    SiteError,
)
from oneclick_deploy.local.tools import find_tool
from oneclick_deploy.providers.cloudflare import AsyncCloudflareClient
from oneclick_deploy.providers.cloudflare.pages import (
    AsyncCloudflarePagesClient,
    CloudflarePagesClient,
)
from oneclick_deploy.secrets import Secret
from oneclick_deploy.site import Site, read_site

TOKEN = "api-token-of-the-test"
COMMIT = "0123456789abcdef"


@pytest.fixture
async def pages(local_options: dict[str, Any]) -> AsyncIterator[AsyncCloudflarePagesClient]:
    async with AsyncCloudflarePagesClient(TOKEN, **local_options) as opened:
        yield opened


async def get(url: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as browser:
        return await browser.get(url)


async def test_a_deployed_site_is_served(
    pages: AsyncCloudflarePagesClient, emulator: Any, site: Site
) -> None:
    await pages.create_project("demo", env={"A": "b", "S": Secret("hidden-value")})
    live = await pages.deploy("demo", site, branch="main", commit_hash=COMMIT, commit_message="x")
    assert (live.environment, live.commit_hash, live.branch) == ("production", COMMIT, "main")
    answer = await get(emulator.site_url("demo"))
    assert (answer.text, answer.headers["x-a"]) == ("<h1>hi</h1>", "b")
    script = await get(f"{emulator.site_url('demo')}/assets/app.js")
    assert script.headers["content-type"].startswith("application/javascript")


def test_the_blocking_client_deploys_as_well(
    local_options: dict[str, Any], emulator: Any, site: Site
) -> None:
    with CloudflarePagesClient(TOKEN, **local_options) as pages:
        pages.create_project("demo")
        assert pages.deploy("demo", site).state == "succeeded"
    assert httpx.get(emulator.site_url("demo"), trust_env=False).text == "<h1>hi</h1>"


async def test_a_second_deploy_uploads_only_what_changed(
    pages: AsyncCloudflarePagesClient, emulator: Any, site: Site
) -> None:
    await pages.create_project("demo")
    await pages.deploy("demo", site)
    (site.root / "index.html").write_text("<h1>again</h1>")
    changed = read_site(site.root)
    report = await pages.upload_assets("demo", changed)
    assert (report.uploaded_files, report.files) == (1, 3)
    await pages.deploy("demo", changed)
    assert (await get(emulator.site_url("demo"))).text == "<h1>again</h1>"


async def test_a_worker_runs_with_the_projects_variables(
    pages: AsyncCloudflarePagesClient, emulator: Any, tmp_path: Path
) -> None:
    if find_tool("workerd") is None:
        pytest.skip("workerd is not installed")
    root = tmp_path / "with-worker"
    root.mkdir()
    (root / "_worker.js").write_text(
        "export default { fetch: (request, env) => new Response(env.GREETING + env.SECRET) }"
    )
    await pages.create_project("demo", compatibility_date="2025-05-05")
    await pages.set_env("demo", {"GREETING": "hello ", "SECRET": Secret("world")})
    await pages.deploy("demo", read_site(root))
    assert (await get(emulator.site_url("demo"))).text == "hello world"


async def test_a_projects_setup_is_kept_and_merged(pages: AsyncCloudflarePagesClient) -> None:
    await pages.create_project("demo", compatibility_flags=["nodejs_compat"], env={"A": "1"})
    await pages.set_env("demo", {"B": Secret("hidden-value")}, environments=["production"])
    await pages.set_env("demo", {"A": None}, environments=["preview"])
    project = await pages.project("demo")
    assert project.env_names == {"production": ("A", "B"), "preview": ()}
    assert project.production.secret_names == ("B",)
    assert project.production.compatibility_flags == ("nodejs_compat",)
    assert "hidden-value" not in repr(project)
    assert [other.name for other in await pages.projects()] == ["demo"]


async def test_names_that_are_taken_or_missing_are_told(
    pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    await pages.create_project("demo")
    with pytest.raises(AlreadyExistsError):
        await pages.create_project("demo")
    with pytest.raises(NotFoundError):
        await pages.project("other")
    with pytest.raises(NotFoundError):
        await pages.deploy("other", site)
    with pytest.raises(NotFoundError):
        await pages.delete_project("other")


async def test_an_upload_outlives_its_tokens(
    pages: AsyncCloudflarePagesClient, emulator: Any, site: Site
) -> None:
    await pages.create_project("demo")
    emulator.options.upload_token_seconds = -5
    emulator.options.plain_expired_token = True
    with pytest.raises(AuthenticationError, match="Expired JWT"):
        await pages.upload_assets("demo", site)
    emulator.options.upload_token_seconds = 3600
    assert (await pages.upload_assets("demo", site)).uploaded_files == 3


async def test_a_failure_without_a_reason_is_overcome(
    pages: AsyncCloudflarePagesClient, emulator: Any, site: Site
) -> None:
    await pages.create_project("demo")
    emulator.options.unknown_errors = 2
    assert (await pages.deploy("demo", site)).state == "succeeded"
    emulator.options.unknown_errors = 3
    with pytest.raises(ServerError):
        await pages.create_deployment("demo", site)
    assert len(await pages.deployments("demo")) == 1


async def test_a_slow_deployment_is_waited_for(
    pages: AsyncCloudflarePagesClient, emulator: Any, site: Site
) -> None:
    await pages.create_project("demo")
    emulator.options.stage_seconds = 0.03
    seen: list[str] = []
    await pages.deploy("demo", site, on_stage=lambda stage: seen.append(stage.name))
    assert seen[-1] == "deploy"


async def test_the_accounts_limit_of_files_is_kept(
    pages: AsyncCloudflarePagesClient, emulator: Any, site: Site
) -> None:
    await pages.create_project("demo")
    emulator.options.max_files = 2
    with pytest.raises(SiteError, match="may deploy 2"):
        await pages.deploy("demo", site)


async def test_production_goes_back_to_an_earlier_deployment(
    pages: AsyncCloudflarePagesClient, emulator: Any, site: Site
) -> None:
    await pages.create_project("demo")
    first = await pages.deploy("demo", site, commit_hash=COMMIT)
    (site.root / "index.html").write_text("<h1>broken</h1>")
    await pages.deploy("demo", read_site(site.root))
    await pages.rollback_deployment("demo", first.id)
    assert (await get(emulator.site_url("demo"))).text == "<h1>hi</h1>"
    found = await pages.find_deployment("demo", commit_hash=COMMIT)
    assert found is not None


async def test_previews_are_deployed_listed_and_deleted(
    pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    await pages.create_project("demo")
    await pages.deploy("demo", site, branch="main")
    preview = await pages.deploy("demo", site, branch="feature/x")
    assert preview.environment == "preview"
    listed = await pages.deployments("demo", environment="preview")
    assert [deployment.id for deployment in listed] == [preview.id]
    assert await pages.deployment_logs("demo", preview.id)
    await pages.delete_deployment("demo", preview.id, force=True)
    with pytest.raises(NotFoundError):
        await pages.deployment("demo", preview.id)


async def test_a_full_project_is_deleted_with_its_deployments(
    pages: AsyncCloudflarePagesClient, emulator: Any, site: Site
) -> None:
    await pages.create_project("demo")
    for _ in range(4):
        await pages.deploy("demo", site)
    emulator.options.max_deployments_to_delete = 2
    await pages.delete_project("demo")
    assert await pages.projects() == []


async def test_many_projects_are_listed(pages: AsyncCloudflarePagesClient) -> None:
    names = [f"demo-{number}" for number in range(12)]
    for name in names:
        await pages.create_project(name)
    assert sorted(project.name for project in await pages.projects()) == sorted(names)


async def test_a_domain_is_attached_and_detached(pages: AsyncCloudflarePagesClient) -> None:
    await pages.create_project("demo")
    domain = await pages.add_domain("demo", "www.example.com")
    assert domain.name == "www.example.com"
    with pytest.raises(AlreadyExistsError):
        await pages.add_domain("demo", "www.example.com")
    assert len(await pages.domains("demo")) == 1
    await pages.delete_domain("demo", "www.example.com")
    assert await pages.domains("demo") == []


async def test_a_wrong_token_is_told(local_options: dict[str, Any]) -> None:
    pages = AsyncCloudflarePagesClient("wrong-token", **local_options)
    with pytest.raises(AuthenticationError) as caught:
        await pages.projects()
    await pages.aclose()
    assert "CLOUDFLARE_API_TOKEN" in caught.value.hint
    assert "wrong-token" not in str(caught.value)


async def test_a_token_and_its_accounts_are_verified(local_options: dict[str, Any]) -> None:
    options = {name: value for name, value in local_options.items() if name != "pace"}
    async with AsyncCloudflareClient(TOKEN, **options) as cloudflare:
        assert (await cloudflare.verify_token()).active
        assert [account.id for account in await cloudflare.accounts()] == [options["account_id"]]
        assert (await cloudflare.account()).id == options["account_id"]


async def test_what_cannot_be_deployed_is_refused_before_it_is_sent(
    pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    await pages.create_project("demo")
    with pytest.raises(ConfigurationError):
        await pages.create_deployment("demo", site, commit_hash="not hex")
    empty = evolve(site, files=())
    assert (await pages.upload_assets("demo", empty)).files == 0
    assert await pages.deployments("demo") == []
