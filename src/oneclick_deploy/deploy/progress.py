"""Turns what the steps report into numbered events with a percentage that never goes down."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from oneclick_deploy.deploy.steps import Step
from oneclick_deploy.events import (
    Event,
    EventHandler,
    StepFailed,
    StepFinished,
    StepProgress,
    StepStarted,
)
from oneclick_deploy.http import Redactor

E = TypeVar("E", bound=Event)
logger = logging.getLogger("oneclick_deploy")
# An estimate from less than this share of a step, or less time, would only jump about.
_ESTIMATE_FROM = 0.05
_ESTIMATE_AFTER = 0.5


class EventStream:
    """Numbers events and hands them to the caller's handler, one at a time and in order.

    A handler that raises is logged once and not called again: an error in a progress display must
    not leave a deployment half done.

    Args:
        deployment_id: The deployment.
        steps: The steps of the run.
        handler: Called with each event.
        redactor: Cleans every text before it is handed over.
    """

    def __init__(
        self,
        deployment_id: str,
        steps: Sequence[Step],
        handler: EventHandler | None,
        redactor: Redactor,
    ) -> None:
        self._redactor = redactor
        self._through: Callable[[Event], None] | None = None
        self.deployment_id = deployment_id
        self._steps = {step.id: step for step in steps}
        self._total = sum(step.weight for step in steps) or 1.0
        self._handler = handler
        self._lock = threading.RLock()
        self._shares: dict[str, float] = {}
        self._starts: dict[str, float] = {}
        self._sequence = 0
        self._percent = 0.0
        self._begin = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since this process began the run."""
        return time.monotonic() - self._begin

    def emit(self, kind: type[E], /, **facts: Any) -> None:
        """Make the next event and hand it over."""
        with self._lock:
            self._sequence += 1
            done = sum(self._steps[s].weight * share for s, share in self._shares.items())
            self._percent = max(self._percent, 100.0 * done / self._total)
            clean = {
                name: self._redactor.clean(fact) if isinstance(fact, str) else fact
                for name, fact in facts.items()
            }
            event = kind(
                sequence=self._sequence,
                at=datetime.now(UTC),
                deployment_id=self.deployment_id,
                elapsed=self.elapsed,
                percent=self._percent,
                **clean,
            )
            (self._through or self.hand_over)(event)

    def hand_over(self, event: Event) -> None:
        """Call the handler, on the thread (or loop) that this is called on."""
        if self._handler is None:
            return
        try:
            self._handler(event)
        except Exception:
            logger.exception("the on_event handler failed and is not called again")
            self._handler = None

    @contextlib.contextmanager
    def through(self, put: Callable[[Event], None]) -> Iterator[None]:
        """Give events to ``put`` instead, which brings them to whoever calls `hand_over`.

        Steps emit from threads of their own; hosts expect their handler on the thread that called
        ``deploy``.
        """
        self._through = put
        try:
            yield
        finally:
            self._through = None

    def step_started(self, step: Step) -> None:
        """Report the begin of a step."""
        self._starts[step.id] = time.monotonic()
        self.emit(StepStarted, step=step.id, title=step.title)

    def step_progress(
        self, step: str, message: str, *, share: float | None = None, **counts: int | None
    ) -> None:
        """Report how far a step is.

        Args:
            step: The step's id.
            message: What it is doing.
            share: How much of the step is done, 0 to 1.
            counts: ``bytes_done``, ``bytes_total``, ``rows_done``, ``rows_total``.
        """
        with self._lock:
            if share is not None:
                self._shares[step] = min(1.0, max(share, self._shares.get(step, 0.0)))
            self.emit(
                StepProgress,
                step=step,
                message=message,
                step_percent=None if share is None else 100.0 * min(1.0, share),
                remaining=self._remaining(step, share),
                **counts,
            )

    def step_finished(self, step: str, *, summary: str, reused: bool = False) -> float:
        """Report the end of a step; returns its seconds."""
        seconds = self.seconds(step)
        with self._lock:
            self._shares[step] = 1.0
        self.emit(StepFinished, step=step, seconds=seconds, summary=summary, reused=reused)
        return seconds

    def step_failed(self, step: str, *, error: str, hint: str) -> None:
        """Report a step that did not reach its goal."""
        self.emit(StepFailed, step=step, seconds=self.seconds(step), error=error, hint=hint)

    def seconds(self, step: str) -> float:
        """Seconds since the step began in this process; 0 when it did not."""
        return time.monotonic() - self._starts[step] if step in self._starts else 0.0

    def _remaining(self, step: str, share: float | None) -> float | None:
        spent = self.seconds(step)
        if share is None or share < _ESTIMATE_FROM or spent < _ESTIMATE_AFTER:
            return None
        return spent * (1.0 - min(1.0, share)) / share


def titles(steps: Sequence[Step]) -> tuple[tuple[str, str], ...]:
    """Pairs of id and title, as `RunStarted` carries them."""
    return tuple((step.id, step.title) for step in steps)
