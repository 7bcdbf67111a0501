"""A live table on a terminal, drawn with Rich (the extra ``[rich]``)."""

from __future__ import annotations

import atexit
import sys
import threading
from typing import TYPE_CHECKING, Final, Self, TextIO, cast

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.events import Event, RunFinished, RunStarted
from oneclick_deploy.progress.state import RunState
from oneclick_deploy.progress.stream import SafeStream

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live

INTERVAL: Final = 0.1
"""Seconds between two pictures of the table."""


class RichView:
    """Draws one row for each step; resources and notices are printed above the table.

    Args:
        stream: Where to draw; standard error when not given.
        console: A console of the caller's, instead of one for ``stream``.

    Raises:
        ConfigurationError: Rich is not installed.
    """

    def __init__(self, stream: TextIO | None = None, *, console: Console | None = None) -> None:
        try:
            from rich.console import Console
        except ImportError:
            raise ConfigurationError(
                "the Rich progress view needs the package rich",
                hint='Install it with `pip install "oneclick-deploy[rich]"`, or use '
                "progress_view(), which does without.",
            ) from None
        safe = SafeStream(sys.stderr if stream is None else stream)
        self._console = console or Console(
            file=cast("TextIO", safe),  # it writes, which is all that Rich asks of it
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._unicode = not self._console.options.ascii_only and safe.unicode
        self._lock = threading.Lock()  # of the state
        # Of the terminal. Rich computes how far to move the cursor before it writes, so two
        # threads that draw at once would overwrite each other's lines. Taken before `_lock`.
        self._drawing = threading.Lock()
        self._state = RunState()
        self._live: Live | None = None
        self._refresher: Refresher | None = None
        self._entered = False

    def __enter__(self) -> Self:
        self._entered = True
        return self

    def __exit__(self, *_: object) -> None:
        self._entered = False
        self._end()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, RunStarted):
            self._end()
            self._begin()
        with self._lock:
            remark = self._state.apply(event)
        if remark:
            self._remark(remark)
        if isinstance(event, RunFinished):
            self._end()

    def _begin(self) -> None:
        from rich.live import Live

        from oneclick_deploy.progress.rich_table import RunTable

        self._state = RunState()
        table = RunTable(self._state, self._lock, unicode=self._unicode)
        self._live = Live(
            table,
            console=self._console,
            auto_refresh=False,
            # What the program prints meanwhile goes above the table, but never to another place.
            redirect_stdout=_same_terminal(sys.stdout, self._console),
            redirect_stderr=_same_terminal(sys.stderr, self._console),
        )
        with self._drawing:
            self._live.start()
        self._refresher = Refresher(self._live, self._drawing)
        if not self._entered:  # nobody else would show the cursor again after an error
            atexit.register(self._end)

    def _end(self) -> None:
        live, self._live = self._live, None
        if live is None:
            return
        if self._refresher is not None:
            self._refresher.stop()
        with self._lock:
            if self._state.running:
                self._state.stop()
        with self._drawing:
            live.stop()

    def _remark(self, remark: str) -> None:
        from rich.text import Text

        style = {"+": "green", "=": "cyan", "-": "red", "!": "yellow"}.get(remark[:1], "")
        line = Text.assemble((remark[:1], style), remark[1:])
        with self._drawing:
            self._console.print(line)


class Refresher:
    """Draws the table again and again, from a thread of its own.

    Args:
        live: The display.
        drawing: Held while it is drawn.
    """

    def __init__(self, live: Live, drawing: threading.Lock) -> None:
        self._live = live
        self._drawing = drawing
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="oneclick-progress", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Draw no more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(INTERVAL):
            with self._drawing:
                self._live.refresh()


def _same_terminal(stream: TextIO | None, console: Console) -> bool:
    return console.is_terminal and SafeStream(stream).isatty()
