"""One output cell of a notebook that is updated in place: classic, JupyterLab, VS Code, Colab."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any, Final, Self

from oneclick_deploy.events import Event, RunStarted, StepProgress
from oneclick_deploy.progress.cell import html_of, text_of
from oneclick_deploy.progress.plain import PlainView
from oneclick_deploy.progress.state import RunState

INTERVAL: Final = 0.1
"""Seconds between two updates for progress within a step; everything else is shown at once."""


def in_notebook() -> bool:
    """Whether the program runs in the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    get_ipython = getattr(ipython, "get_ipython", None)
    shell = get_ipython() if get_ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class JupyterView:
    """Shows a run in one output of the cell; where there is no IPython, as plain lines."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = RunState()
        self._handle: Any = None
        self._drawn = 0.0
        self._plain = None if _display() is not None else PlainView()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._handle is not None and self._state.running:
                self._state.stop()
                self._draw()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if self._plain is not None:
            self._plain(event)
            return
        with self._lock:
            if isinstance(event, RunStarted):
                self._state, self._handle = RunState(), None
            self._state.apply(event)
            now = time.monotonic()
            if not isinstance(event, StepProgress) or now - self._drawn >= INTERVAL:
                self._drawn = now
                self._draw()

    def _draw(self) -> None:
        bundle = {"text/html": html_of(self._state), "text/plain": text_of(self._state)}
        if self._handle is not None:
            self._handle.update(bundle, raw=True)
            return
        display = _display()
        self._handle = display(bundle, raw=True, display_id=True) if display is not None else None


def _display() -> Any:
    try:
        from IPython.display import display
    except ImportError:
        return None
    return display
