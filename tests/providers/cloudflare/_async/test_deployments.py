"""Making, waiting for, finding and removing deployments."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from attrs import evolve

from oneclick_deploy.errors import (
    ApiError,
    ConfigurationError,
    ConnectionLostError,
    DeadlineExceededError,
    DeployCancelledError,
    DeployError,
    InvalidRequestError,
    NotFoundError,
    ServerError,
    SiteError,
    UnexpectedAnswerError,
)
from oneclick_deploy.providers.cloudflare.pages import AsyncCloudflarePagesClient, PagesPace
from oneclick_deploy.runtime.cancel import CancelToken
from oneclick_deploy.site import Site, WorkerBundle, WorkerModule

COMMIT = "abc1234"
ID = "00000001-0000-4000-8000-000000000000"
RESET = httpx.ReadError("reset by peer")


def client(cloud: Any, **more: Any) -> AsyncCloudflarePagesClient:
    return AsyncCloudflarePagesClient(cloud.token, **cloud.options(**more))


def made_with(cloud: Any, number: int, commit_hash: str) -> Any:
    trigger = {"metadata": {"commit_hash": commit_hash}}
    return cloud.deployment(number, deployment_trigger=trigger)


@pytest.fixture
async def pages(cloud: Any) -> AsyncIterator[AsyncCloudflarePagesClient]:
    async with client(cloud) as opened:
        yield opened


async def test_one_call_does_the_whole(
    cloud: Any, pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    stages: list[str] = []
    live = await pages.deploy(
        "demo", site, branch="main", on_stage=lambda stage: stages.append(stage.status)
    )
    assert live.url == "https://00000001.demo-4xz.pages.dev"
    assert stages == ["success"]
    assert cloud.names() == [
        "GET demo",
        "GET upload-token",
        "POST check-missing",
        "POST upload",
        "POST upload",
        "POST upload",
        "POST upsert-hashes",
        "POST deployments",
        f"GET {live.id}",
    ]


async def test_a_failure_without_a_reason_is_tried_three_times(
    cloud: Any, pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    cloud.script("POST deployments", *[cloud.refused(500, 8000000, "unknown")] * 2)
    assert (await pages.create_deployment("demo", site)).id == ID
    assert len(cloud.requests) == 3
    assert len({request.content for request in cloud.requests}) == 1
    cloud.script("POST deployments", *[cloud.refused(500, 8000000, "unknown")] * 3)
    with pytest.raises(ServerError, match="unknown"):
        await pages.create_deployment("demo", site)
    assert len(cloud.requests) == 6


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (RESET, ConnectionLostError),
        (httpx.ReadTimeout("slow"), DeadlineExceededError),
        (httpx.Response(502, text="<html>"), ServerError),
        (httpx.Response(500, text="oops"), ServerError),
        (httpx.Response(200, text="{{{"), UnexpectedAnswerError),
    ],
)
async def test_a_deployment_whose_answer_is_lost_is_not_made_twice(
    cloud: Any,
    pages: AsyncCloudflarePagesClient,
    site: Site,
    answer: Any,
    expected: type[Exception],
) -> None:
    cloud.script("POST deployments", answer)
    with pytest.raises(expected) as caught:
        await pages.create_deployment("demo", site, commit_hash=COMMIT)
    assert cloud.names() == ["POST deployments"]
    if expected in {ConnectionLostError, DeadlineExceededError}:
        assert caught.value.outcome_unknown  # type: ignore[attr-defined]


async def test_a_connection_that_was_never_made_is_tried_again(
    cloud: Any, pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    cloud.script("POST deployments", httpx.ConnectError("refused"))
    await pages.create_deployment("demo", site)
    assert len(cloud.requests) == 2


async def test_a_whole_deploy_finds_the_deployment_whose_answer_was_lost(
    cloud: Any, pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    def lost(request: httpx.Request) -> httpx.Response:
        cloud.made.append(made_with(cloud, 1, COMMIT))
        raise RESET

    cloud.script("POST deployments", lost)
    live = await pages.deploy("demo", site, commit_hash=COMMIT)
    assert live.id == ID
    assert len(cloud.calls("POST /client/v4/accounts")) == 0
    assert cloud.names().count("POST deployments") == 1


async def test_an_older_deployment_of_the_same_commit_is_not_taken_for_the_lost_one(
    cloud: Any, pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    older = made_with(cloud, 1, COMMIT)
    cloud.made.append(older)
    cloud.script("GET demo", cloud.ok(cloud.project("demo", latest_deployment=older)))
    cloud.script("POST deployments", RESET)
    with pytest.raises(ConnectionLostError):
        await pages.deploy("demo", site, commit_hash=COMMIT)


async def test_what_cannot_be_deployed_is_refused_before_anything_is_sent(
    cloud: Any, pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    module = WorkerModule(name="i.js", content_type="text/plain", content=b"x" * (25 * 2**20))
    large = evolve(site, worker=WorkerBundle(main_module="i.js", modules=(module,)))
    with pytest.raises(SiteError):
        await pages.deploy("demo", large)
    with pytest.raises(ConfigurationError):
        await pages.deploy("demo", site, commit_hash="v1.0")
    assert cloud.requests == []


async def test_without_a_commit_hash_a_lost_answer_is_the_callers_matter(
    cloud: Any, pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    cloud.script("POST deployments", RESET)
    with pytest.raises(ConnectionLostError):
        await pages.deploy("demo", site)
    assert "GET deployments" not in cloud.names()


async def test_a_deployment_is_found_by_its_commit(
    cloud: Any, pages: AsyncCloudflarePagesClient
) -> None:
    listed = [
        made_with(cloud, 3, "other"),
        made_with(cloud, 2, COMMIT),
        made_with(cloud, 1, COMMIT),
    ]
    for newer_than, expected in [
        (None, "00000002"),
        (listed[0]["id"], None),
        ("x", "00000002"),
    ]:
        cloud.script("GET deployments", cloud.ok(listed))
        found = await pages.find_deployment("demo", commit_hash=COMMIT, newer_than=newer_than)
        assert (found.short_id if found else None) == expected
    with pytest.raises(ConfigurationError):
        await pages.find_deployment("demo", commit_hash="")


async def test_the_search_ends_with_the_page_that_has_it(
    cloud: Any, pages: AsyncCloudflarePagesClient
) -> None:
    pages_info = {"total_pages": 3}
    cloud.script("GET deployments", cloud.ok([made_with(cloud, 3, "x")], result_info=pages_info))
    cloud.script("GET deployments", cloud.ok([made_with(cloud, 2, COMMIT)], result_info=pages_info))
    assert await pages.find_deployment("demo", commit_hash=COMMIT)
    assert len(cloud.requests) == 2


async def test_deployments_are_listed_by_environment(
    cloud: Any, pages: AsyncCloudflarePagesClient
) -> None:
    cloud.script(
        "GET deployments",
        cloud.ok([cloud.deployment(2)], result_info={"total_pages": 2}),
        cloud.ok([cloud.deployment(1)], result_info={"total_pages": 2}),
    )
    listed = await pages.deployments("demo", environment="preview")
    assert [deployment.short_id for deployment in listed] == ["00000002", "00000001"]
    assert [dict(request.url.params) for request in cloud.requests] == [
        {"env": "preview"},
        {"env": "preview", "page": "2"},
    ]


async def test_waiting_goes_on_until_the_deployment_is_live(
    cloud: Any, pages: AsyncCloudflarePagesClient
) -> None:
    steps = [("queued", "active"), ("build", "success"), ("deploy", "active"), ("deploy", "active")]
    cloud.script(
        f"GET {ID}",
        *[cloud.ok(cloud.deployment(1, stage=stage, status=status)) for stage, status in steps],
    )
    seen: list[tuple[str, str]] = []
    live = await pages.wait_for_deployment(
        "demo", ID, on_stage=lambda stage: seen.append((stage.name, stage.status))
    )
    assert live.state == "succeeded"
    assert seen == [*steps[:3], ("deploy", "success")]


@pytest.mark.parametrize("status", ["failure", "canceled", "skipped"])
async def test_an_end_without_success_is_an_error_with_the_logs_last_line(
    cloud: Any, pages: AsyncCloudflarePagesClient, status: str
) -> None:
    cloud.script(f"GET {ID}", cloud.ok(cloud.deployment(1, stage="deploy", status=status)))
    lines = [{"line": "Uploading", "ts": ""}, {"line": "Error: Failed to publish your Function."}]
    cloud.script("GET logs", cloud.ok({"data": lines, "total": 2}))
    with pytest.raises(DeployError, match="Failed to publish your Function") as caught:
        await pages.wait_for_deployment("demo", ID)
    assert "nodejs_compat" in caught.value.hint


async def test_a_log_that_cannot_be_read_does_not_hide_the_failure(
    cloud: Any, pages: AsyncCloudflarePagesClient
) -> None:
    cloud.script(f"GET {ID}", cloud.ok(cloud.deployment(1, status="failure")))
    cloud.script("GET logs", cloud.refused(404, 1))
    with pytest.raises(DeployError, match="ended as failed"):
        await pages.wait_for_deployment("demo", ID)


async def test_a_deployment_that_takes_too_long_is_told_with_its_stage(
    cloud: Any, pages: AsyncCloudflarePagesClient
) -> None:
    cloud.script(f"GET {ID}", cloud.ok(cloud.deployment(1, status="active")))
    with pytest.raises(DeadlineExceededError, match="deploy is active"):
        await pages.wait_for_deployment("demo", ID, timeout=0.0)


async def test_trouble_while_waiting_is_not_the_deployments_failure(
    cloud: Any, pages: AsyncCloudflarePagesClient
) -> None:
    # More than one call repeats by itself.
    cloud.script(f"GET {ID}", *[httpx.Response(503)] * 7)
    assert (await pages.wait_for_deployment("demo", ID)).id == ID


async def test_a_deployment_that_is_gone_ends_the_wait(
    cloud: Any, pages: AsyncCloudflarePagesClient
) -> None:
    cloud.script(f"GET {ID}", cloud.refused(404, 8000009, "not found"))
    with pytest.raises(NotFoundError):
        await pages.wait_for_deployment("demo", ID)


async def test_a_cancelled_wait_ends_at_once(cloud: Any) -> None:
    cancel = CancelToken()

    def cancelling(request: httpx.Request) -> httpx.Response:
        cancel.cancel()
        return cloud.ok(cloud.deployment(1, status="active"))

    cloud.script(f"GET {ID}", cancelling)
    pace = PagesPace(unit=0.0)
    pages = client(cloud, cancel=cancel, pace=pace)
    with pytest.raises(DeployCancelledError):
        await pages.wait_for_deployment("demo", ID, timeout=3600)
    await pages.aclose()


async def test_a_bad_commit_message_of_an_old_server_is_explained(
    cloud: Any, pages: AsyncCloudflarePagesClient, site: Site
) -> None:
    cloud.script("POST deployments", cloud.refused(400, 8000111, "Invalid commit message"))
    with pytest.raises(InvalidRequestError) as caught:
        await pages.create_deployment("demo", site, commit_message="x")
    assert "ASCII" in caught.value.hint


async def test_a_deployment_is_rolled_back_to_retried_and_deleted(
    cloud: Any, pages: AsyncCloudflarePagesClient
) -> None:
    cloud.script("POST rollback", cloud.ok(cloud.deployment(1)))
    cloud.script("POST retry", cloud.ok(cloud.deployment(2)))
    assert (await pages.rollback_deployment("demo", ID)).id == ID
    assert (await pages.retry_deployment("demo", ID)).short_id == "00000002"
    await pages.delete_deployment("demo", ID, force=True)
    await pages.delete_deployment("demo", ID)
    assert [dict(request.url.params) for request in cloud.requests[2:]] == [{"force": "true"}, {}]


@pytest.mark.parametrize("action", ["rollback", "retry"])
async def test_a_lost_answer_to_an_action_is_not_repeated(
    cloud: Any, pages: AsyncCloudflarePagesClient, action: str
) -> None:
    cloud.script(f"POST {action}", RESET)
    call = pages.rollback_deployment if action == "rollback" else pages.retry_deployment
    with pytest.raises(ConnectionLostError):
        await call("demo", ID)
    assert len(cloud.requests) == 1


async def test_the_whole_log_is_asked_for(cloud: Any, pages: AsyncCloudflarePagesClient) -> None:
    cloud.script("GET logs", cloud.ok({"data": [{"line": "a", "ts": "t"}], "total": 1}))
    assert [line.line for line in await pages.deployment_logs("demo", ID)] == ["a"]
    assert cloud.requests[0].url.params["size"] == "10000000"


async def test_an_error_of_the_log_is_an_error(
    cloud: Any, pages: AsyncCloudflarePagesClient
) -> None:
    cloud.script("GET logs", cloud.refused(403, 9109))
    with pytest.raises(ApiError):
        await pages.deployment_logs("demo", ID)
