"""A misbehaving server, closed after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.http.loopback import Behaviour, Loopback


@pytest.fixture
def serve() -> Iterator[Callable[..., Loopback]]:
    """Start a server with these behaviours, one for each request; the last one stays."""
    started: list[Loopback] = []

    def start(*behaviours: Behaviour, greeting: Behaviour | None = None) -> Loopback:
        started.append(Loopback(list(behaviours), greeting))
        return started[-1]

    yield start
    for server in started:
        server.close()
