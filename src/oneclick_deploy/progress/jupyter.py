"""A display in a notebook that is updated in place."""

from __future__ import annotations

import sys
import threading
import time
from html import escape
from types import TracebackType
from typing import Any, Final, Self

from oneclick_deploy.events import Event, RunFinished, StepFailed
from oneclick_deploy.progress.plain import PlainView
from oneclick_deploy.progress.state import Row, RowState, RunState

PAUSE: Final = 0.1
"""Seconds between two updates of the display: a notebook server forwards each of them."""

_MARKS: Final = {
    RowState.WAITING: "·",
    RowState.RUNNING: "▸",
    RowState.DONE: "✓",
    RowState.KEPT: "=",
    RowState.FAILED: "✗",
}
_COLORS: Final = {RowState.FAILED: "#c62828", RowState.RUNNING: "#1565c0"}
_DONE: Final = "#2e7d32"


def in_notebook() -> bool:
    """Whether this program runs in a Jupyter kernel."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


class JupyterView:
    """Shows the run below the cell. Without IPython it writes plain lines instead."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = RunState()
        self._handle: Any = None
        self._plain: PlainView | None = None
        self._shown = 0.0

    def __enter__(self) -> Self:
        try:
            from IPython.display import HTML, display
        except ImportError:
            self._plain = PlainView()
            return self
        self._handle = display(HTML(self.html()), display_id=True)  # type: ignore[no-untyped-call]
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._show()

    def __call__(self, event: Event) -> None:
        """Take one event in and update the display, at most ten times a second."""
        if self._plain is not None:
            self._plain(event)
            return
        with self._lock:
            self._state.update(event)
            now = time.monotonic()
            last = isinstance(event, RunFinished | StepFailed)
            if now - self._shown < PAUSE and not last:
                return
            self._shown = now
        self._show()

    def html(self) -> str:
        """The display's content; every text in it is escaped."""
        state = self._state
        rows = "".join(_row(row, state.elapsed) for row in state.rows.values())
        lines = "".join(f"<li>{escape(line)}</li>" for line in state.lines)
        color = _COLORS[RowState.FAILED] if state.failed else "inherit"
        return (
            f'<div style="font-family:system-ui,sans-serif;max-width:60em">'
            f'<div style="font-weight:600;color:{color}">'
            f"{escape(state.outcome or state.headline)}</div>"
            f"{_bar(state.percent, failed=state.failed, height=8)}"
            f'<table style="border-collapse:collapse;width:100%;font-size:90%">{rows}</table>'
            f"<details><summary>{len(state.lines)} resources and notes</summary>"
            f"<ul>{lines}</ul></details></div>"
        )

    def _show(self) -> None:
        if self._handle is None:
            return
        from IPython.display import HTML

        with self._lock:
            content = self.html()
        self._handle.update(HTML(content))  # type: ignore[no-untyped-call]


def _row(row: Row, elapsed: float) -> str:
    seconds = row.seconds if row.seconds is not None else elapsed - (row.began or elapsed)
    color = _COLORS.get(row.state, "inherit")
    cells = (
        f'<td style="color:{color};width:1.5em">{_MARKS[row.state]}</td>',
        f'<td style="white-space:nowrap;color:{color}">{escape(row.step)}</td>',
        f'<td style="width:8em">{_bar(row.percent or 0.0, failed=row.state is RowState.FAILED)}</td>',
        f'<td style="text-align:right;width:5em">{seconds:.1f} s</td>',
        f'<td style="text-align:left">{escape(row.detail or row.title)}</td>',
    )
    return f"<tr>{''.join(cells)}</tr>"


def _bar(percent: float, *, failed: bool, height: int = 6) -> str:
    color = _COLORS[RowState.FAILED] if failed else _DONE
    return (
        f'<div style="background:#8884;border-radius:{height}px;height:{height}px;margin:4px 0">'
        f'<div style="background:{color};border-radius:{height}px;height:{height}px;'
        f'width:{max(0.0, min(100.0, percent)):.0f}%"></div></div>'
    )
