"""A web host that deploys apps and tells the browser what happens, as server-sent events.

Run it in the checkout, with the extra ``[local]``: ``python examples/event_stream.py``, then
``curl -N -X POST http://127.0.0.1:8000/deployments/my-book``.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

import oneclick_deploy as od

GUESTBOOK = Path(__file__).resolve().parent / "guestbook"


async def deploy(request: Request) -> Response:
    """Begin a deployment; the answer's body is its events, one by one."""
    try:
        app = od.App(
            name=request.path_params["name"],
            source=GUESTBOOK,
            site="public",
            preview_data=GUESTBOOK / "preview.db",
        )
    except od.OneClickError as error:
        return JSONResponse({"error": error.message, "hint": error.hint}, status_code=422)
    run: od.AsyncRun = request.state.orchestrator.start(app)
    request.state.runs.add(run)
    return StreamingResponse(messages(run), media_type="text/event-stream")


async def messages(run: od.AsyncRun) -> AsyncIterator[str]:
    """Write the events of a run. When the browser goes away, the run still goes on."""
    async for event in run:
        facts = json.dumps(attrs.asdict(event), default=str)
        yield f"id: {event.sequence}\nevent: {type(event).__name__}\ndata: {facts}\n\n"


async def deployments(request: Request) -> Response:
    """List what is deployed."""
    found = await request.state.orchestrator.deployments()
    return JSONResponse({each.name: {"status": each.status, "url": each.url} for each in found})


@contextlib.asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[dict[str, object]]:
    """Open what all requests share; at the end, stop the runs that are under way."""
    runs: set[od.AsyncRun] = set()
    async with od.LocalCloud() as cloud, od.AsyncDeploymentOrchestrator.local(cloud) as shared:
        yield {"orchestrator": shared, "runs": runs}
        for run in runs:
            run.cancel()
            with contextlib.suppress(od.OneClickError):
                await run.result()


host = Starlette(
    routes=[
        Route("/deployments/{name}", deploy, methods=["POST"]),
        Route("/deployments", deployments),
    ],
    lifespan=lifespan,
)

if __name__ == "__main__":
    uvicorn.run(host, port=8000)
