"""What a view knows of a run so far: one row for each step, and the lines above them. Pure."""

from __future__ import annotations

from enum import StrEnum

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
)


class RowState(StrEnum):
    """Where a step stands, for the eye."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    KEPT = "kept"
    FAILED = "failed"


@define
class Row:
    """One step.

    Args:
        step: Its id.
        title: What it does.
        state: Where it stands.
        percent: How much of it is done; ``None`` when that cannot be told.
        detail: What it is doing, or what it did.
        began: Seconds into the run.
        seconds: How long it took, once it has ended.
        remaining: Estimated seconds to its end.
    """

    step: str
    title: str
    state: RowState = RowState.WAITING
    percent: float | None = None
    detail: str = ""
    began: float | None = None
    seconds: float | None = None
    remaining: float | None = None


@define
class RunState:
    """A run as its events tell it. Every text is stripped of control characters."""

    headline: str = ""
    percent: float = 0.0
    elapsed: float = 0.0
    rows: dict[str, Row] = field(factory=dict)
    lines: list[str] = field(factory=list)
    outcome: str = ""
    failed: bool = False

    def update(self, event: Event) -> None:
        """Take one event in."""
        self.percent = event.percent
        self.elapsed = event.elapsed
        match event:
            case RunStarted():
                self.headline = printable(event.describe())
                for step, title in event.steps:
                    self.rows.setdefault(step, Row(step=step, title=printable(title)))
            case StepStarted():
                row = self._row(event.step, event.title)
                row.state, row.began = RowState.RUNNING, event.elapsed
            case StepProgress():
                row = self._row(event.step)
                row.percent, row.remaining = event.step_percent, event.remaining
                row.detail = printable(_amount(event))
            case StepFinished():
                row = self._row(event.step)
                row.state = RowState.KEPT if event.reused else RowState.DONE
                row.percent, row.seconds, row.remaining = 100.0, event.seconds, None
                row.detail = printable(event.summary)
            case StepFailed():
                row = self._row(event.step)
                row.state, row.seconds = RowState.FAILED, event.seconds
                row.detail = printable(event.error)
            case ResourceChanged() | Notice():
                self.lines.append(printable(event.describe()))
            case RunFinished():
                self.outcome = printable(event.describe())
                self.failed = event.status in {"failed", "cancelled"}
            case _:
                self.lines.append(printable(event.describe()))

    def _row(self, step: str, title: str = "") -> Row:
        return self.rows.setdefault(step, Row(step=step, title=printable(title)))


def printable(text: str) -> str:
    """Take out what would move a terminal's cursor or break a line."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def readable(size: int) -> str:
    """Bytes as people read them, in binary units."""
    amount = float(size)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def _amount(event: StepProgress) -> str:
    facts = [event.message]
    if event.rows_total is not None:
        facts.append(f"{event.rows_done}/{event.rows_total} rows")
    if event.bytes_total is not None:
        facts.append(f"{readable(event.bytes_done or 0)} of {readable(event.bytes_total)}")
    return ", ".join(facts)
