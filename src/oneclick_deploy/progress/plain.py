"""One line for each event, for logs and for terminals without any extra."""

from __future__ import annotations

import sys
import threading
from typing import Final, Self, TextIO

from oneclick_deploy.events import Event, RunStarted, StepProgress
from oneclick_deploy.progress.stream import SafeStream

INTERVAL: Final = 0.5


class PlainView:
    """Writes one line for each event.

    Of the progress within a step, a line is written at most every half second, and at its end.

    Args:
        stream: Where to write; standard error when not given.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = SafeStream(sys.stderr if stream is None else stream)
        self._lock = threading.Lock()
        self._shown: dict[tuple[str, str], float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.flush()

    def __call__(self, event: Event) -> None:
        """Write the event, unless it came too soon after another of its step."""
        with self._lock:
            if isinstance(event, RunStarted):
                self._shown.clear()
            if not isinstance(event, StepProgress) or self._is_due(event):
                self._stream.write(f"{event}\n")
                self._stream.flush()

    def _is_due(self, event: StepProgress) -> bool:
        key = (event.deployment_id, event.step)
        ended = event.step_percent is not None and event.step_percent >= 100
        if not ended and event.elapsed - self._shown.get(key, -INTERVAL) < INTERVAL:
            return False
        self._shown[key] = event.elapsed
        return True
