"""The table of a run, as Rich draws it."""

from __future__ import annotations

import threading
import time
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.table import Table
from rich.text import Text

from oneclick_deploy.progress.state import RunState, StepRow, StepState, duration

# Only the sixteen colours that every theme chooses for its own background.
_STYLES: Final = {
    StepState.WAITING: "dim",
    StepState.RUNNING: "cyan",
    StepState.DONE: "green",
    StepState.KEPT: "green",
    StepState.FAILED: "red",
    StepState.STOPPED: "yellow",
}
_BODIES: Final = {StepState.WAITING: "dim", StepState.STOPPED: "dim"}
_MARKS: Final = {
    True: {"waiting": "·", "done": "✔", "kept": "✔", "failed": "✘", "stopped": "■"},
    False: {"waiting": ".", "done": "+", "kept": "+", "failed": "x", "stopped": "!"},
}
_SPINNER: Final = {True: "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", False: "-\\|/"}
_WIDEST: Final = 100
_BAR: Final = 14
_TIME: Final = 7


class RunTable:
    """Draws the present state whenever Rich asks for it.

    Args:
        state: The run.
        lock: Held while the state is read.
        unicode: Whether the terminal's encoding has more than ASCII.
    """

    def __init__(self, state: RunState, lock: threading.Lock, *, unicode: bool) -> None:
        self._state = state
        self._lock = lock
        self._unicode = unicode
        self._heard = (0.0, time.monotonic())

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width, _WIDEST)
        with self._lock:
            now = self._now()
            yield Group(
                Text(""),
                self._header(now, width),
                self._steps(now, width),
                *([self._result()] if self._state.result else []),
            )

    def _now(self) -> float:
        """The run's seconds: those of the last event, and what has passed since it came."""
        state = self._state
        if state.elapsed != self._heard[0]:
            self._heard = (state.elapsed, time.monotonic())
        return state.elapsed + (time.monotonic() - self._heard[1] if state.running else 0.0)

    def _header(self, now: float, width: int) -> Table:
        state = self._state
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.width = width
        grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True, justify="right", min_width=_TIME)
        bar = self._bar(state.percent, 2 * _BAR, _STYLES[state.verdict])
        percent = Text(f" {state.percent:3.0f}%")
        grid.add_row(Text(state.title, style="bold"), bar + percent, Text(duration(now)))
        return grid

    def _steps(self, now: float, width: int) -> Table:
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.width = width
        grid.add_column(width=1)
        widest = max((cell_len(row.step) for row in self._state.steps.values()), default=1)
        names = min(widest, width // 3)
        grid.add_column(width=names, no_wrap=True, overflow="ellipsis")
        grid.add_column(ratio=1)
        grid.add_column(no_wrap=True, justify="right", min_width=_TIME)
        for row in self._state.steps.values():
            style = _STYLES[row.state]
            grid.add_row(
                Text(self._mark(row, now), style=style),
                Text(row.step, style="bold" if row.state is StepState.RUNNING else style),
                self._body(row, width - names - _TIME - 4),
                Text(row.time(now), style="" if row.state is StepState.RUNNING else "dim"),
            )
        return grid

    def _mark(self, row: StepRow, now: float) -> str:
        if row.state is StepState.RUNNING:
            frames = _SPINNER[self._unicode]
            return frames[int(now * 10) % len(frames)]
        return _MARKS[self._unicode][row.state]

    def _body(self, row: StepRow, width: int) -> Text:
        match row.state:
            case StepState.FAILED:
                return Text(row.text, style="red", overflow="fold")
            case StepState.RUNNING:
                return self._progress(row, width)
            case _:
                return _one(row.text or row.title, _BODIES.get(row.state, ""))

    def _progress(self, row: StepRow, width: int) -> Text:
        text = _one("", "")
        if row.percent is not None:
            text.append_text(self._bar(row.percent, _BAR, _STYLES[row.state]))
        for fact in row.facts:
            # A bar before it, the first fact may be cut; the others are shown whole or not at all.
            gap = "  " if text.plain else ""
            if not gap or text.cell_len + cell_len(gap + fact) <= width:
                text.append(gap + fact)
        return text

    def _bar(self, percent: float, width: int, style: str) -> Text:
        done = round(width * min(100.0, max(0.0, percent)) / 100)
        full, rest = ("━", "━") if self._unicode else ("#", "-")
        return Text.assemble((full * done, style), (rest * (width - done), "dim"))

    def _result(self) -> Text:
        verdict = self._state.verdict
        text = f"{_MARKS[self._unicode][verdict]} {self._state.result}"
        return Text(text, style=f"bold {_STYLES[verdict]}", overflow="fold")


def _one(text: str, style: str) -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
