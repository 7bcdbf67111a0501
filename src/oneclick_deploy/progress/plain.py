"""One line for each event that matters: for logs, pipes and simple terminals."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Final, Self, TextIO

from oneclick_deploy.events import Event, StepProgress
from oneclick_deploy.progress.state import printable

PAUSE: Final = 1.0
"""Seconds of the run between two lines about the same step's progress."""


class PlainView:
    """Writes lines to a stream. Progress inside a step is thinned out to a line a second.

    Args:
        stream: Where to write; standard output when not given.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stdout
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._stream.flush()

    def __call__(self, event: Event) -> None:
        """Write one event, unless the same step was heard of a moment ago."""
        with self._lock:
            if isinstance(event, StepProgress):
                last = self._last.get(event.step)
                if last is not None and event.elapsed - last < PAUSE:
                    return
                self._last[event.step] = event.elapsed
            self._write(printable(str(event)))

    def _write(self, line: str) -> None:
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        self._stream.write(line.encode(encoding, "replace").decode(encoding, "replace") + "\n")
        self._stream.flush()
