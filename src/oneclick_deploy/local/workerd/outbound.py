"""The worker's whole internet: a proxy that reaches the local cloud and nothing else."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import SplitResult, urlsplit

from oneclick_deploy.local.server import Receive, Scope, Send
from oneclick_deploy.local.workerd.config import CAPABILITY_HEADER
from oneclick_deploy.local.workerd.relay import (
    AbortedError,
    Upstream,
    UpstreamError,
    end_to_end,
    relay,
)

Resolve = Callable[[str], Awaitable[str | None]]


class OutboundProxy:
    """An ASGI app for the requests that workers send with ``fetch``.

    Args:
        resolve: Gives the loopback origin (``http://127.0.0.1:port``) of a host, or None. It is
            asked for ``host:port`` when the URL has a port, then for the bare host name.
        capability: Workers know it; other programs on this machine do not.
    """

    def __init__(self, *, resolve: Resolve, capability: str) -> None:
        self._resolve = resolve
        self._capability = capability

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or refuse it."""
        headers = dict(scope["headers"])
        offered = headers.get(CAPABILITY_HEADER.encode(), b"")
        if not hmac.compare_digest(offered, self._capability.encode()):
            await _refuse(send, 403, "this port is for workers of the local cloud")
            return
        url = _requested_url(scope, headers)
        origin = await self._origin(url)
        if origin is None:
            await _refuse(send, 502, f"no outbound network in LocalCloud: {url.netloc}")
            return
        try:
            await relay(scope, receive, send, upstream=_upstream(scope, url, origin))
        except UpstreamError as error:
            await _refuse(send, 502, f"{url.netloc} does not answer in LocalCloud: {error}")
        except AbortedError:
            return

    async def _origin(self, url: SplitResult) -> SplitResult | None:
        names = [url.netloc, url.hostname] if url.port else [url.hostname]
        for name in names:
            found = await self._resolve(name) if name else None
            if found is not None:
                return urlsplit(found)
        return None


def _requested_url(scope: Scope, headers: dict[bytes, bytes]) -> SplitResult:
    """The URL of the request line; in proxy style it is absolute."""
    raw = scope.get("raw_path", b"").decode("latin-1")
    if "://" not in raw:
        raw = f"http://{headers.get(b'host', b'').decode('latin-1')}{raw}"
    try:
        url: SplitResult = urlsplit(raw)
        _ = url.port
    except ValueError:
        return SplitResult("http", "invalid.invalid", "/", "", "")
    return url


def _upstream(scope: Scope, url: SplitResult, origin: SplitResult) -> Upstream:
    target = f"{origin.path.rstrip('/')}{url.path or '/'}".encode("latin-1")
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name not in (b"host", CAPABILITY_HEADER.encode())
        and not (name == b"content-length" and _is_chunked(scope))
    ]
    host = url.netloc.rpartition("@")[2].encode("latin-1")
    return Upstream(
        host=origin.hostname or "127.0.0.1",
        port=origin.port or 80,
        target=target,
        headers=((b"host", host), *end_to_end(kept)),
    )


def _is_chunked(scope: Scope) -> bool:
    return any(name == b"transfer-encoding" for name, _ in scope["headers"])


async def _refuse(send: Send, status: int, reason: str) -> None:
    body = reason.encode("utf-8", errors="replace")
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
