"""Cancelling the task of an asynchronous upload."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from oneclick_deploy.providers.cloudflare.pages import AsyncCloudflarePagesClient
from oneclick_deploy.site import Site


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
