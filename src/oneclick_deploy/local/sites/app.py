"""An ASGI app that serves the files of one deployment by the rules of Cloudflare Pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

from oneclick_deploy.local.server import Receive, Scope, Send
from oneclick_deploy.local.sites.pages import Answer, Request, Site, answer
from oneclick_deploy.local.sites.urls import Url, normalize_path

CHUNK = 256 * 1024


def read_request(scope: Scope) -> Request:
    """Read the parts of an ASGI request that the serving rules need."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    raw_path = scope.get("raw_path") or scope["path"].encode("utf-8")
    query = scope.get("query_string", b"").decode("latin-1")
    return Request(
        method=scope["method"],
        url=Url(
            scheme=scope.get("scheme", "http"),
            host=headers.get("host", "localhost"),
            path=normalize_path(raw_path.decode("latin-1").partition("?")[0]),
            search=f"?{query}" if query else "",
        ),
        headers=headers,
    )


class StaticSite:
    """Serves a :class:`Site`.

    Args:
        site: The deployment's files and rules.
        asset_file: Gives the file that holds an asset.
    """

    def __init__(self, site: Site, *, asset_file: Callable[[str], Path]) -> None:
        self._site = site
        self._asset_file = asset_file

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one request; its body is not read."""
        request = read_request(scope)
        await self._send(answer(self._site, request), request=request, send=send)

    async def _send(self, result: Answer, *, request: Request, send: Send) -> None:
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in result.headers.items()
        ]
        path = self._asset_file(result.asset) if result.asset is not None else None
        if path is not None and not path.is_file():
            # Somebody has removed it from the state directory.
            result, path = Answer(status=500, text="the content of this asset is gone"), None
            headers = []
        body = b"" if path is not None else result.text.encode()
        size = len(body) if path is None else path.stat().st_size
        if result.status != 304:
            headers.append((b"content-length", str(size).encode()))
        await send({"type": "http.response.start", "status": result.status, "headers": headers})
        if path is None or request.method.upper() == "HEAD":
            await send({"type": "http.response.body", "body": body})
        elif size <= CHUNK:
            await send({"type": "http.response.body", "body": path.read_bytes()})
        else:
            await _send_file(path, send)


async def _send_file(path: Path, send: Send) -> None:
    for chunk in _chunks(path):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        # Other requests get their turn between two pieces of a large file.
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b""})


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
