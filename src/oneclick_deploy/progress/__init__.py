"""Views of a run: each is called with the run's events and shows them in its own way.

`progress_view` chooses one: a notebook display in Jupyter, a live table in a terminal that has Rich,
plain lines everywhere else. A view is a context manager and, inside it, an event handler.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Protocol, Self, TextIO

from oneclick_deploy.events import Event

__all__ = ["ProgressView", "progress_view"]


class ProgressView(Protocol):
    """What all views are."""

    def __call__(self, event: Event) -> None:
        """Show one event. May be called from any thread."""
        ...

    def __enter__(self) -> Self:
        """Begin to show."""
        ...

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop and leave the screen tidy, whatever happened."""
        ...


def progress_view(stream: TextIO | None = None) -> ProgressView:
    """Choose the view that suits where this program runs.

    Args:
        stream: Where terminal and plain views write; standard output when not given.
    """
    from oneclick_deploy.progress.jupyter import JupyterView, in_notebook
    from oneclick_deploy.progress.plain import PlainView
    from oneclick_deploy.progress.rich_view import RichView, can_draw

    if stream is None and in_notebook():
        return JupyterView()
    out = stream if stream is not None else sys.stdout
    return RichView(out) if can_draw(out) else PlainView(out)
