"""Uploads that run side by side, and cancelling their task."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from oneclick_deploy.providers.cloudflare.pages import AsyncCloudflarePagesClient
from oneclick_deploy.site import Site, read_site


async def test_a_cancelled_task_sends_nothing_more(cloud: Any, site: Site) -> None:
    uploading = asyncio.Event()
    own = cloud.transport.handler

    async def stuck_upload(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/upload"):
            uploading.set()
            await asyncio.Event().wait()
        return own(request)

    options = cloud.options(transport=httpx.MockTransport(stuck_upload))
    async with AsyncCloudflarePagesClient(cloud.token, **options) as pages:
        task = asyncio.create_task(pages.upload_assets("demo", site))
        await uploading.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert cloud.names() == ["GET upload-token", "POST check-missing"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


class Traffic:
    """Passes requests on and notes how many uploads are open when one starts."""

    def __init__(self, cloud: Any) -> None:
        self.cloud = cloud
        self.open = 0
        self.seen: list[int] = []

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/upload"):
            return self.cloud.handle(request)
        self.open += 1
        self.seen.append(self.open)
        # The first one ends first; the others are open meanwhile.
        for _ in range(3 if len(self.seen) == 1 else 30):
            await asyncio.sleep(0)
        self.open -= 1
        return self.cloud.handle(request)


@pytest.fixture
def many_buckets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    sharing = import_module("oneclick_deploy.site.buckets")
    monkeypatch.setattr(sharing, "MAX_BUCKET_FILES", 1)
    root = tmp_path / "many"
    root.mkdir()
    for number in range(12):
        (root / f"{number}.txt").write_text(str(number))
    return read_site(root)


async def open_uploads(cloud: Any, site: Site) -> list[int]:
    traffic = Traffic(cloud)
    options = cloud.options(transport=httpx.MockTransport(traffic.handle))
    async with AsyncCloudflarePagesClient(cloud.token, **options) as pages:
        report = await pages.upload_assets("demo", site, concurrency=3)
    assert report.uploaded_files == 12
    return traffic.seen


async def test_three_uploads_run_at_a_time(cloud: Any, many_buckets: Site) -> None:
    assert max(await open_uploads(cloud, many_buckets)) == 3


async def test_after_a_gateway_error_they_go_one_at_a_time(cloud: Any, many_buckets: Site) -> None:
    cloud.script("POST upload", httpx.Response(502, text="<html>502</html>"))
    seen = await open_uploads(cloud, many_buckets)
    assert len(seen) == 13
    # Two were open when the error came; once they have ended, one follows the other.
    assert max(seen[6:]) == 1
