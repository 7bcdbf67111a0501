"""Where a run stands, gathered from its events: what the views draw."""

from __future__ import annotations

import math
from enum import StrEnum
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

_UNITS: Final = ("B", "KiB", "MiB", "GiB")
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

    @property
    def facts(self) -> list[str]:
        """How far it is, the most telling fact first; the text is the last."""
        found = [
            "" if self.percent is None else f"{self.percent:.0f}%",
            self.counts,
            "" if self.remaining is None else f"~{duration(math.ceil(self.remaining))} left",
            self.text if self.percent is not None else self.text or self.title,
        ]
        return [fact for fact in found if fact]

    def time(self, now: float) -> str:
        """How long it took, or has been running at ``now`` seconds of the run."""
        if self.state is StepState.KEPT:
            return "kept"
        if self.seconds is not None:
            return duration(self.seconds)
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
    def verdict(self) -> StepState:
        """How the whole run stands, in the words of its steps."""
        if self.outcome is None:
            return StepState.STOPPED if self.stopped else StepState.RUNNING
        good = self.outcome.status in {"active", "destroyed"}
        return StepState.DONE if good else StepState.FAILED

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
                at = "" if row.percent is None else f" at {row.percent:.0f}%"
                row.text = f"stopped{at}{f', {row.counts}' if row.counts else ''}"
                row.seconds = max(0.0, self.elapsed - (row.begun or 0.0))

    def apply(self, event: Event) -> str:
        """Take an event in; returns the remark that it is worth, or nothing."""
        self.percent, self.elapsed = event.percent, event.elapsed
        remark = self._take(event)
        if remark:
            self.remarks.append(remark)
        return remark

    def _take(self, event: Event) -> str:
        match event:
            case RunStarted():
                self._run_started(event)
            case StepStarted():
                self._step_started(event)
            case StepProgress():
                self._step_progress(event)
            case StepFinished():
                row = self._row(event.step)
                row.state = StepState.KEPT if event.reused else StepState.DONE
                row.text, row.seconds = one_line(event.summary), event.seconds
            case StepFailed():
                row = self._row(event.step)
                row.state, row.seconds = StepState.FAILED, event.seconds
                row.text = one_line(f"{event.error}{f' - {event.hint}' if event.hint else ''}")
            case ResourceChanged():
                what = f"{event.change} {event.kind} {event.name}"
                return f"{SIGNS.get(event.change, ' ')} {one_line(what)}"
            case Notice():
                where = f"{event.step}: " if event.step else ""
                return f"! {one_line(where + event.message)}"
            case RunFinished():
                self.stop()
                self.outcome = event
        return ""

    def _run_started(self, event: RunStarted) -> None:
        verb = "Resuming" if event.resumed else "Deploying" if event.steps else "Removing"
        self.title = f"{verb} {one_line(event.app)}"
        self.steps = {
            step: StepRow(step=one_line(step), title=one_line(title)) for step, title in event.steps
        }

    def _step_started(self, event: StepStarted) -> None:
        self.steps[event.step] = StepRow(
            step=one_line(event.step),
            title=one_line(event.title),
            state=StepState.RUNNING,
            begun=event.elapsed,
        )

    def _step_progress(self, event: StepProgress) -> None:
        row = self._row(event.step)
        row.text, row.counts = one_line(event.message), counts(event)
        row.percent, row.remaining = event.step_percent, event.remaining

    def _row(self, step: str) -> StepRow:
        return self.steps.setdefault(step, StepRow(step=one_line(step)))


def counts(event: StepProgress) -> str:
    """The rows or bytes of an event, such as ``1,204/2,080 rows`` or ``1.2/3.8 MiB``."""
    if event.rows_done is not None:
        total = "" if event.rows_total is None else f"/{event.rows_total:,}"
        return f"{event.rows_done:,}{total} rows"
    if event.bytes_done is None:
        return ""
    largest = max(event.bytes_done, event.bytes_total or 0)
    power = 0
    while largest >= 1024 ** (power + 1) and power < len(_UNITS) - 1:
        power += 1
    digits = 1 if power else 0
    total = "" if event.bytes_total is None else f"/{event.bytes_total / 1024**power:.{digits}f}"
    return f"{event.bytes_done / 1024**power:.{digits}f}{total} {_UNITS[power]}"


def duration(seconds: float) -> str:
    """Seconds as people read them: ``0.4 s``, ``3 s``, ``12 s``, ``3:05``, ``1:02:03``."""
    if seconds < 10 and seconds != int(seconds):
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
