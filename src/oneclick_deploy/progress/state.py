"""Where a run stands, gathered from its events: what the views draw."""

from __future__ import annotations

from enum import StrEnum
from functools import singledispatchmethod
from typing import Final

from attrs import define, field

from oneclick_deploy.events import (
    Event,
    Notice,
    ResourceChanged,
    RunFinished,
    RunStarted,
    StepFailed,
    StepFinished,
    StepProgress,
    StepStarted,
    one_line,
)

_UNITS: Final = ("B", "kB", "MB", "GB", "TB")
SIGNS: Final = {"created": "+", "adopted": "=", "removed": "-", "left": "!"}
"""What happened to a resource, as one sign."""


class StepState(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    KEPT = "kept"
    FAILED = "failed"
    STOPPED = "stopped"


@define(kw_only=True)
class StepRow:
    """One step as a view shows it; all texts are single and harmless lines.

    Args:
        step: The step's id.
        title: What it does.
        state: Where it stands.
        text: What it is doing, did, or why it failed.
        percent: How much of it is done; ``None`` when that cannot be told.
        counts: Rows or bytes, such as ``12/40 rows``.
        remaining: Estimated seconds to its end; ``None`` when unknown.
        begun: The run's seconds at its begin; ``None`` before it.
        seconds: How long it took, at its end.
    """

    step: str
    title: str = ""
    state: StepState = StepState.WAITING
    text: str = ""
    percent: float | None = None
    counts: str = ""
    remaining: float | None = None
    begun: float | None = None
    seconds: float | None = None

    def time(self, now: float) -> str:
        """How long it took, or has been running at ``now`` seconds of the run."""
        if self.seconds is not None:
            return duration(self.seconds) if self.state is not StepState.KEPT else ""
        return duration(max(0.0, now - self.begun)) if self.begun is not None else ""


@define
class RunState:
    """A run as a view shows it."""

    title: str = ""
    percent: float = 0.0
    elapsed: float = 0.0
    steps: dict[str, StepRow] = field(factory=dict)
    remarks: list[str] = field(factory=list)
    outcome: RunFinished | None = None
    stopped: bool = False

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return self.outcome is None and not self.stopped

    @property
    def result(self) -> str:
        """How it ended, as a line; empty while it runs."""
        if self.outcome is None:
            return "interrupted" if self.stopped else ""
        detail = one_line(self.outcome.url or self.outcome.error)
        return f"{self.outcome.status}{f': {detail}' if detail else ''}"

    def stop(self) -> None:
        """Nothing more will come."""
        self.stopped = True
        for row in self.steps.values():
            if row.state is StepState.RUNNING:
                row.state = StepState.STOPPED
                row.seconds = max(0.0, self.elapsed - (row.begun or 0.0))

    def apply(self, event: Event) -> str:
        """Take an event in; returns the remark that it is worth, or nothing."""
        self.percent, self.elapsed = event.percent, event.elapsed
        remark = self._take(event) or ""
        if remark:
            self.remarks.append(remark)
        return remark

    @singledispatchmethod
    def _take(self, event: Event) -> str | None:
        return None

    @_take.register
    def _(self, event: RunStarted) -> str | None:
        verb = "Resuming" if event.resumed else "Deploying" if event.steps else "Removing"
        self.title = f"{verb} {one_line(event.app)}"
        self.steps = {
            step: StepRow(step=one_line(step), title=one_line(title)) for step, title in event.steps
        }
        return None

    @_take.register
    def _(self, event: StepStarted) -> str | None:
        row = self._row(event.step)
        row.title, row.state, row.begun = one_line(event.title), StepState.RUNNING, event.elapsed
        row.text, row.percent, row.counts, row.seconds = "", None, "", None
        return None

    @_take.register
    def _(self, event: StepProgress) -> str | None:
        row = self._row(event.step)
        row.text, row.percent, row.remaining = (
            one_line(event.message),
            event.step_percent,
            event.remaining,
        )
        row.counts = counts(event)
        return None

    @_take.register
    def _(self, event: StepFinished) -> str | None:
        row = self._row(event.step)
        row.state = StepState.KEPT if event.reused else StepState.DONE
        row.text, row.seconds = one_line(event.summary), event.seconds
        return None

    @_take.register
    def _(self, event: StepFailed) -> str | None:
        row = self._row(event.step)
        row.state, row.seconds = StepState.FAILED, event.seconds
        row.text = one_line(f"{event.error}{f' - {event.hint}' if event.hint else ''}")
        return None

    @_take.register
    def _(self, event: ResourceChanged) -> str | None:
        what = f"{event.change} {event.kind} {event.name}"
        return f"{SIGNS.get(event.change, ' ')} {one_line(what)}"

    @_take.register
    def _(self, event: Notice) -> str | None:
        return f"! {one_line(f'{event.step}: {event.message}' if event.step else event.message)}"

    @_take.register
    def _(self, event: RunFinished) -> str | None:
        self.stop()
        self.outcome = event
        return None

    def _row(self, step: str) -> StepRow:
        return self.steps.setdefault(step, StepRow(step=one_line(step)))


def counts(event: StepProgress) -> str:
    """The rows or bytes of an event, such as ``1,204/2,080 rows`` or ``1.2/4.0 MB``."""
    if event.rows_done is not None:
        total = "" if event.rows_total is None else f"/{event.rows_total:,}"
        return f"{event.rows_done:,}{total} rows"
    if event.bytes_done is None:
        return ""
    largest = max(event.bytes_done, event.bytes_total or 0)
    power = 0
    while largest >= 1000 ** (power + 1) and power < len(_UNITS) - 1:
        power += 1
    digits = 1 if power else 0
    total = "" if event.bytes_total is None else f"/{event.bytes_total / 1000**power:.{digits}f}"
    return f"{event.bytes_done / 1000**power:.{digits}f}{total} {_UNITS[power]}"


def duration(seconds: float) -> str:
    """Seconds as people read them: ``0.4 s``, ``12 s``, ``3:05``, ``1:02:03``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
