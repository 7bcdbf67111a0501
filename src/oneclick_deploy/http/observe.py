"""A tap on every exchange of every client, for tests and for recording.

An observer sees requests as they are sent, secrets included: install one only where that is meant.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from oneclick_deploy.http.values import Request, Response

Observer = Callable[[Request, Response | None], None]

_observers: list[Observer] = []


@contextlib.contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """Call ``observer(request, response)`` after each exchange inside the ``with`` block.

    The response is ``None`` when no answer came.
    """
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


def notify(request: Request, response: Response | None) -> None:
    """Tell the observers about one exchange."""
    for observer in tuple(_observers):
        observer(request, response)
