"""What the two clients share around httpx: options, routing, and the meaning of its errors."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from oneclick_deploy.errors import (
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    DeadlineExceededError,
    OneClickError,
    UnexpectedAnswerError,
)
from oneclick_deploy.http._httpx import httpx
from oneclick_deploy.http.settings import HttpSettings, user_agent
from oneclick_deploy.http.values import CallKind, Headers, Request, Response
from oneclick_deploy.secrets import Secret

FOREIGN: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError)
"""Everything that httpx lets through; nothing of it may leave this folder."""

DIRECT: Final[Mapping[str, None]] = dict.fromkeys(
    ("all://127.0.0.1", "all://localhost", "all://*.localhost", "all://[::1]")
)
"""Mounts that keep a proxy of the environment out of the way to this machine."""


@cache
def tls() -> ssl.SSLContext:
    """The certificates to trust; read once, which takes longer than most requests."""
    return httpx.create_ssl_context()


LIMITS: Final = httpx.Limits(
    max_connections=64, max_keepalive_connections=32, keepalive_expiry=30.0
)


def wire_target(request: Request, settings: HttpSettings) -> tuple[str, dict[str, str]]:
    """The address to connect to and the headers to send, secrets revealed.

    A routed host name keeps its ``Host`` header, so that the server still knows who was asked.
    """
    headers = {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in request.headers.items()
    }
    headers.setdefault("User-Agent", user_agent())
    parts = urlsplit(request.url)
    origin = settings.route(parts.hostname or "") if settings.route else None
    if origin is None:
        return request.url, headers
    headers["Host"] = parts.netloc
    return origin + request.url[len(f"{parts.scheme}://{parts.netloc}") :], headers


def timeouts(settings: HttpSettings, remaining: float) -> httpx.Timeout:
    """The limits of one send, inside what remains of the call's deadline."""
    return httpx.Timeout(remaining, connect=min(settings.connect_timeout, remaining))


def finished(answer: httpx.Response, content: bytes) -> Response:
    """Turn httpx's answer into ours."""
    return Response(
        status=answer.status_code, headers=Headers(answer.headers.multi_items()), content=content
    )


def too_large(request: Request, status: int, limit: int) -> UnexpectedAnswerError:
    """Make the error for a body that is longer than we are willing to hold."""
    return UnexpectedAnswerError(
        f"{request.place} answered with more than {limit} bytes",
        provider=urlsplit(request.url).hostname or "",
        status=status,
        hint="Ask for less at a time, or raise HttpSettings.largest_answer.",
    )


def check_time(request: Request, deadline: float) -> None:
    """Stop reading an answer that drips in slower than the call's deadline allows."""
    if time.monotonic() > deadline:
        raise out_of_time(request)


def out_of_time(request: Request) -> DeadlineExceededError:
    """Make the error for a call whose time is over after it was sent."""
    return DeadlineExceededError(
        f"{request.place}: no complete answer in time",
        hint="The service is slow or unreachable; try again.",
        outcome_unknown=request.kind is not CallKind.READ,
    )


def translate(error: Exception, request: Request) -> OneClickError:
    """Turn one of httpx's errors into ours."""
    if isinstance(error, httpx.LocalProtocolError):
        # Its text may quote the value of a header, a token for example.
        return ConfigurationError(
            f"{request.place} cannot be sent: it would not be HTTP",
            hint="Check that no header value (such as the token) holds a line break or another "
            "control character.",
        )
    reason = str(error) or type(error).__name__
    if isinstance(
        error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError
    ):
        return ConnectionFailedError(
            f"{request.place}: cannot connect ({reason})",
            hint="Check the network, the address, and whether the service is up.",
        )
    if isinstance(error, httpx.TimeoutException):
        return out_of_time(request)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL | ValueError):
        return ConfigurationError(
            f"{request.place} cannot be sent: {reason}",
            hint="Check the base URL and that header values are plain ASCII text.",
        )
    return ConnectionLostError(
        f"{request.place}: the connection broke before the answer was complete ({reason})",
        hint="Try again; a create is read back first, never repeated blindly.",
        outcome_unknown=request.kind is not CallKind.READ,
    )
