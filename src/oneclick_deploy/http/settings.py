"""What every client of a process may be told about its connections."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from attrs import field, frozen

from oneclick_deploy.http.retry import RetryPolicy


@cache
def user_agent() -> str:
    """The ``User-Agent`` of every request: the library's name and version, and Python's."""
    try:
        own = version("oneclick-deploy")
    except PackageNotFoundError:
        own = "0"
    return f"oneclick-deploy/{own} (python/{platform.python_version()})"


@frozen(kw_only=True)
class HttpSettings:
    """Options of the HTTP clients.

    Args:
        timeout: Seconds for one call with all its retries.
        connect_timeout: Seconds for making one connection.
        retry: When a call is sent again.
        largest_answer: Bytes; a longer body ends the call with an error.
        route: Gives the loopback origin (``http://127.0.0.1:port``) for a host name, or ``None``
            to ask the network. The embedded cloud answers for its databases' names this way.
    """

    timeout: float = 120.0
    connect_timeout: float = 10.0
    retry: RetryPolicy = field(factory=RetryPolicy)
    largest_answer: int = 64 * 1024 * 1024
    route: Callable[[str], str | None] | None = field(default=None, repr=False)
