"""What every view is."""

from __future__ import annotations

from typing import Protocol, Self

from oneclick_deploy.events import Event


class ProgressView(Protocol):
    """Shows events as they come, from any thread; leaves the display tidy when its block ends."""

    def __call__(self, event: Event) -> None:
        """Show one event."""
        ...

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(self, *_: object) -> None:
        """Show what there is to show at the end, also after an error."""
        ...
