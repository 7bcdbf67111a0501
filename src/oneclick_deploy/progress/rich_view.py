"""A live table in the terminal, drawn with Rich: a row for each step."""

from __future__ import annotations

import os
import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TextIO

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.events import Event
from oneclick_deploy.progress.state import Row, RowState, RunState

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

REFRESHES: Final = 10.0
_BAR: Final = 16
_MARKS: Final = {
    RowState.WAITING: ("·", ".", "dim"),
    RowState.RUNNING: ("▸", ">", "cyan"),
    RowState.DONE: ("✓", "+", "green"),
    RowState.KEPT: ("=", "=", "green"),
    RowState.FAILED: ("✗", "x", "bold red"),
}


def can_draw(stream: TextIO) -> bool:
    """Whether ``stream`` is a terminal that can redraw lines, and Rich is installed."""
    from importlib.util import find_spec

    if not hasattr(stream, "isatty") or not stream.isatty():
        return False
    return os.environ.get("TERM", "") != "dumb" and find_spec("rich") is not None


class RichView:
    """Draws the run in place: steps with bars and times below, resources and notes above.

    Args:
        stream: The terminal; standard output when not given.
        console: A Rich console to use instead.

    Raises:
        ConfigurationError: Rich is not installed.
    """

    def __init__(self, stream: TextIO | None = None, *, console: Console | None = None) -> None:
        try:
            from rich.console import Console
            from rich.live import Live
        except ImportError:
            raise ConfigurationError(
                "the live progress view needs Rich",
                hint='Install it with `pip install "oneclick-deploy[rich]"`, or use PlainView.',
            ) from None
        self._console = console or Console(file=stream or sys.stdout, highlight=False)
        self._ascii = not (self._console.encoding or "").lower().startswith("utf")
        self._state = RunState()
        self._printed = 0
        self._lock = threading.RLock()
        self._live = Live(
            console=self._console,
            get_renderable=self._render,
            refresh_per_second=REFRESHES,
            transient=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Take one event in; the screen follows at its own pace."""
        from rich.text import Text

        with self._lock:
            self._state.update(event)
            fresh, self._printed = self._state.lines[self._printed :], len(self._state.lines)
        for line in fresh:
            self._console.print(Text(f"  {line}", style="dim", overflow="fold"))

    def _render(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        with self._lock:
            state = self._state
            style = "bold red" if state.failed else "bold"
            headline = state.outcome or state.headline
            return Group(
                self._table(list(state.rows.values()), state.elapsed),
                Text(f"  {state.percent:3.0f} %  {headline}", style=style, overflow="fold"),
            )

    def _table(self, rows: list[Row], elapsed: float) -> Table:
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(width=_BAR, no_wrap=True)
        table.add_column(justify="right", width=7, no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        for row in rows:
            mark, plain, style = _MARKS[row.state]
            table.add_row(
                Text(plain if self._ascii else mark, style=style),
                Text(row.step, style=style if row.state is not RowState.DONE else ""),
                Text(self._bar(row), style=style),
                Text(_time(row, elapsed), style="dim"),
                Text(_detail(row), style="dim" if row.state is RowState.WAITING else ""),
            )
        return table

    def _bar(self, row: Row) -> str:
        full, empty = ("#", "-") if self._ascii else ("━", "─")
        if row.state is RowState.WAITING:
            return ""
        if row.percent is None:
            return "" if row.state is not RowState.RUNNING else empty * _BAR
        filled = round(_BAR * row.percent / 100)
        return full * filled + empty * (_BAR - filled)


def _time(row: Row, elapsed: float) -> str:
    if row.seconds is not None:
        return f"{row.seconds:.1f} s"
    return f"{elapsed - row.began:.1f} s" if row.began is not None else ""


def _detail(row: Row) -> str:
    text = row.detail or row.title
    if row.state is RowState.RUNNING and row.remaining is not None:
        text += f", about {row.remaining:.0f} s left"
    return text
