"""Shows the events of a run to people: plain lines, a Rich table, or a notebook's output cell.

Every view is an event handler and a context manager::

    with progress_view() as view:
        orchestrator.deploy(plan, on_event=view)
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TextIO

from oneclick_deploy.progress.jupyter import JupyterView, in_notebook
from oneclick_deploy.progress.plain import PlainView
from oneclick_deploy.progress.rich_view import RichView
from oneclick_deploy.progress.view import ProgressView

__all__ = ["JupyterView", "PlainView", "ProgressView", "RichView", "progress_view"]


def progress_view(stream: TextIO | None = None) -> ProgressView:
    """Choose the view that suits where the program runs.

    In a notebook it is `JupyterView`; on a terminal, with the extra ``[rich]``, `RichView`;
    otherwise `PlainView`.

    Args:
        stream: Where to write; standard error when not given.
    """
    if stream is None and in_notebook():
        return JupyterView()
    chosen = sys.stderr if stream is None else stream
    if _is_terminal(chosen) and find_spec("rich") is not None:
        return RichView(chosen)
    return PlainView(chosen)


def _is_terminal(stream: TextIO | None) -> bool:
    if os.environ.get("TERM", "").lower() in {"dumb", "unknown"}:
        return False
    try:
        return stream is not None and stream.isatty()
    except (AttributeError, ValueError, OSError):  # closed, or no real stream
        return False
