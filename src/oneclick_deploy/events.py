"""What happens during a run, as typed values in order.

Every event carries its number in the run, the time, the seconds since the run began and how much
of the run is done. ``str(event)`` is one plain line for a log, whatever names the app and its
tables have. No event holds a secret.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from attrs import field, frozen


@frozen(kw_only=True)
class Event:
    """Base of all events.

    Args:
        sequence: 1 for the first event of the run, then without gaps.
        at: When it happened (UTC).
        deployment_id: The deployment it belongs to.
        elapsed: Seconds since this process began the run.
        percent: How much of the whole run is done, 0 to 100; never goes down.
    """

    sequence: int
    at: datetime
    deployment_id: str
    elapsed: float
    percent: float

    def __str__(self) -> str:
        return f"[{self.percent:3.0f}% {self.elapsed:6.1f}s] {one_line(self.describe())}"

    def describe(self) -> str:
        """What happened, as a phrase."""
        return type(self).__name__


@frozen(kw_only=True)
class RunStarted(Event):
    """The run began, or went on after an interruption.

    Args:
        app: The app's name.
        steps: Pairs of step id and title, in the order of the plan.
        resumed: Whether an earlier process began this run.
    """

    app: str
    steps: tuple[tuple[str, str], ...]
    resumed: bool = False

    def describe(self) -> str:
        """What happened, as a phrase."""
        return f"{'resuming' if self.resumed else 'deploying'} {self.app}: {len(self.steps)} steps"


@frozen(kw_only=True)
class StepStarted(Event):
    """A step began."""

    step: str
    title: str

    def describe(self) -> str:
        """What happened, as a phrase."""
        return f"{self.step}: {self.title}"


@frozen(kw_only=True)
class StepProgress(Event):
    """A step came further.

    Args:
        step: The step's id.
        message: What it is doing.
        step_percent: How much of the step is done; ``None`` when that cannot be told.
        bytes_done: Bytes moved, with ``bytes_total``; ``None`` where bytes do not apply.
        bytes_total: Bytes to move.
        rows_done: Rows moved, with ``rows_total``; ``None`` where rows do not apply.
        rows_total: Rows to move.
        remaining: Estimated seconds to the end of the step; ``None`` when unknown.
    """

    step: str
    message: str
    step_percent: float | None = None
    bytes_done: int | None = None
    bytes_total: int | None = None
    rows_done: int | None = None
    rows_total: int | None = None
    remaining: float | None = None

    def describe(self) -> str:
        """What happened, as a phrase."""
        facts = [self.message]
        if self.rows_total is not None:
            facts.append(f"{self.rows_done}/{self.rows_total} rows")
        if self.bytes_total is not None:
            facts.append(f"{self.bytes_done}/{self.bytes_total} bytes")
        if self.remaining is not None:
            facts.append(f"about {self.remaining:.0f} s left")
        return f"{self.step}: {', '.join(facts)}"


@frozen(kw_only=True)
class StepFinished(Event):
    """A step reached its goal.

    Args:
        step: The step's id.
        seconds: How long it took; 0 when an earlier process had finished it.
        summary: What it did, in a few words.
        reused: Whether the work of an earlier process or run was taken over.
    """

    step: str
    seconds: float
    summary: str = ""
    reused: bool = False

    def describe(self) -> str:
        """What happened, as a phrase."""
        how = "kept" if self.reused else f"done in {self.seconds:.2f} s"
        return f"{self.step}: {how}{f' ({self.summary})' if self.summary else ''}"


@frozen(kw_only=True)
class StepFailed(Event):
    """A step did not reach its goal."""

    step: str
    seconds: float
    error: str
    hint: str = ""

    def describe(self) -> str:
        """What happened, as a phrase."""
        return f"{self.step}: FAILED: {self.error}{f' - {self.hint}' if self.hint else ''}"


@frozen(kw_only=True)
class ResourceChanged(Event):
    """A remote resource was created, taken over, or removed.

    Args:
        change: What happened to it.
        kind: Such as ``turso.database``.
        name: Its name at the provider.
        remote_id: The provider's id for it.
    """

    change: Literal["created", "adopted", "removed", "left"]
    kind: str
    name: str
    remote_id: str = ""

    def describe(self) -> str:
        """What happened, as a phrase."""
        return f"{self.change} {self.kind} {self.name}"


@frozen(kw_only=True)
class Notice(Event):
    """Something the reader should know; the run goes on."""

    message: str
    step: str = ""

    def describe(self) -> str:
        """What happened, as a phrase."""
        return f"note{f' ({self.step})' if self.step else ''}: {self.message}"


@frozen(kw_only=True)
class RunFinished(Event):
    """The run ended; the last event.

    Args:
        status: How it ended.
        url: The site's address, when it is live.
        error: What stopped it, otherwise.
    """

    status: Literal["active", "failed", "cancelled", "destroyed"]
    url: str = ""
    error: str = ""
    seconds: float = field(default=0.0)

    def describe(self) -> str:
        """What happened, as a phrase."""
        detail = self.url or self.error
        return f"{self.status}{f': {detail}' if detail else ''} ({self.seconds:.1f} s)"


def one_line(text: str) -> str:
    """Write a text as one line that does nothing to a terminal.

    White space becomes a space; other control characters, marks that reverse the reading order,
    and halves of surrogate pairs are written as escapes.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else " " if char.isspace() else _escaped(char) for char in text
    )


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


EventHandler = Callable[[Event], object]
"""What ``on_event`` takes: called with one event at a time, where ``deploy`` was called."""
