"""The ASGI app behind one URL of a site: files, or the worker, or an explanation."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Callable

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.cloudflare.models import Deployment
from oneclick_deploy.local.cloudflare.worker import WorkerRefusedError
from oneclick_deploy.local.cloudflare.worker_runner import WorkerRunner
from oneclick_deploy.local.server import Receive, Scope, Send
from oneclick_deploy.local.sites.app import StaticSite
from oneclick_deploy.local.sites.routes_file import Routes
from oneclick_deploy.local.sites.urls import normalize_path
from oneclick_deploy.local.workerd.config import CAPABILITY_HEADER, CF_HEADER
from oneclick_deploy.local.workerd.process import WorkerdProcess
from oneclick_deploy.local.workerd.relay import (
    AbortedError,
    ResponseHead,
    Upstream,
    UpstreamError,
    relay,
)

_OWN_HOST = re.compile(rb"^(?:127\.0\.0\.1|\[::1\]|(?:[a-z0-9-]+\.)*localhost)(?::(\d+))?$")
_EXCEPTION = re.compile(r"exception", re.IGNORECASE)
# What the runtime answers when the worker threw; the reason is only in its log.
_CRASH_LENGTH = b"21"

# Headers that Cloudflare sets; a client's own are not believed.
_RESERVED = frozenset(
    {
        CAPABILITY_HEADER.encode(),
        CF_HEADER.encode(),
        b"cf-connecting-ip",
        b"x-forwarded-proto",
        b"x-real-ip",
    }
)


class SiteApp:
    """Serves whichever deployment is at a URL when a request comes.

    Args:
        find: Gives that deployment.
        static: Gives the app for a deployment's files.
        routes: Gives the rules for what goes to the worker; None sends everything.
        runner: Runs workers.
    """

    def __init__(
        self,
        *,
        find: Callable[[], Deployment | None],
        static: Callable[[Deployment], StaticSite],
        routes: Callable[[Deployment], Routes | None],
        runner: WorkerRunner,
    ) -> None:
        self._find = find
        self._static = static
        self._routes = routes
        self._runner = runner
        self.port = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        deployment = self._find()
        if deployment is None:
            await _send_page(send, 404, "Nothing is deployed here", "The site has no deployment.")
        elif self._goes_to_worker(deployment, scope):
            await self._ask_worker(deployment, scope, receive, send)
        else:
            await self._static(deployment)(scope, receive, send)

    def _goes_to_worker(self, deployment: Deployment, scope: Scope) -> bool:
        if deployment.worker is None:
            return False
        routes = self._routes(deployment)
        raw_path = scope["raw_path"].decode("latin-1").partition("?")[0]
        return routes is None or routes.to_worker(normalize_path(raw_path))

    async def _ask_worker(
        self, deployment: Deployment, scope: Scope, receive: Receive, send: Send
    ) -> None:
        try:
            async with self._runner.use(deployment) as process:
                await self._pass_on(process, scope, receive, send)
        except (WorkerRefusedError, LocalCloudError, UpstreamError) as error:
            await _send_page(send, 500, "Error 1101: Worker threw exception", str(error))
        except AbortedError:
            return

    async def _pass_on(
        self, process: WorkerdProcess, scope: Scope, receive: Receive, send: Send
    ) -> None:
        position = process.log_position

        async def explain(head: ResponseHead) -> tuple[ResponseHead, bytes] | None:
            if not _looks_like_crash(head):
                return None
            reason = await _crash_reason(process, position)
            if reason is None:
                return None
            body = _page("Error 1101: Worker threw exception", reason)
            return ResponseHead(status=500, headers=_page_headers(body)), body

        upstream = Upstream(
            host="127.0.0.1",
            port=process.port,
            target=_target(scope),
            headers=self._headers(scope),
        )
        try:
            await relay(scope, receive, send, upstream=upstream, intercept=explain)
        except UpstreamError as error:
            # The process may have ended under the request; its last words are the reason.
            last = "; ".join(process.log_since(position)[-3:])
            raise UpstreamError(last or f"the worker's process ended: {error}") from error

    def _headers(self, scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
        """The request's headers, with the site's own host and Cloudflare's additions."""
        headers = [(name, value) for name, value in scope["headers"] if name not in _RESERVED]
        host = next((value for name, value in headers if name == b"host"), b"")
        own = _OWN_HOST.match(host)
        if own is None or own[1] != str(self.port).encode():
            # request.url must be the site's URL; a foreign name would leak into its links.
            host = f"127.0.0.1:{self.port}".encode()
        client = scope["client"][0] if scope.get("client") else "127.0.0.1"
        return (
            (b"host", host),
            *((name, value) for name, value in headers if name != b"host"),
            (b"cf-connecting-ip", client.encode()),
            (b"x-real-ip", client.encode()),
            (b"x-forwarded-proto", b"http"),
            (CF_HEADER.encode(), json.dumps(_CF).encode()),
        )


# The least of `request.cf` that code reads without asking whether it is there.
_CF = {
    "asn": 0,
    "city": "Local",
    "colo": "LOC",
    "continent": "EU",
    "country": "XX",
    "httpProtocol": "HTTP/1.1",
    "timezone": "UTC",
    "tlsVersion": "",
}


def _target(scope: Scope) -> bytes:
    raw_path: bytes = scope["raw_path"].partition(b"?")[0]
    query: bytes = scope["query_string"]
    return raw_path + b"?" + query if query else raw_path


def _looks_like_crash(head: ResponseHead) -> bool:
    headers = {name.lower(): value for name, value in head.headers}
    return (
        head.status == 500
        and b"content-type" not in headers
        and headers.get(b"content-length") == _CRASH_LENGTH
    )


async def _crash_reason(process: WorkerdProcess, position: int) -> str | None:
    """What the runtime wrote about an exception; it may come a moment after the answer."""
    for _ in range(20):
        lines = [line for line in process.log_since(position) if _EXCEPTION.search(line)]
        if lines:
            return lines[-1]
        await asyncio.sleep(0.005)
    return None


def _page(title: str, reason: str) -> bytes:
    return (
        f"<!doctype html><meta charset=utf-8><title>{html.escape(title)}</title>"
        f"<h1>{html.escape(title)}</h1><pre>{html.escape(reason)}</pre>\n"
    ).encode(errors="replace")


def _page_headers(body: bytes) -> tuple[tuple[bytes, bytes], ...]:
    return (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    )


async def _send_page(send: Send, status: int, title: str, reason: str) -> None:
    body = _page(title, reason)
    headers = list(_page_headers(body))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
