"""A recorded run as events, and a terminal that keeps what would be on its screen."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeVar

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

E = TypeVar("E", bound=Event)
TITLES = {
    "preflight": "check credentials, names and the app",
    "database.import": "move the preview data",
    "hosting.upload": "upload the site's files",
    "hosting.release": "make the new version live",
    "verify": "ask the site, its health route and the database",
}


def event(kind_: type[E], elapsed: float, percent: float, /, **facts: Any) -> E:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return kind_(
        sequence=int(elapsed * 10) + 1,
        at=at,
        deployment_id="d1",
        elapsed=elapsed,
        percent=percent,
        **facts,
    )


def started(step: str, elapsed: float, percent: float) -> StepStarted:
    return event(StepStarted, elapsed, percent, step=step, title=TITLES[step])


BEGIN: list[Event] = [
    event(RunStarted, 0.0, 0, app="guestbook", steps=tuple(TITLES.items())),
    started("preflight", 0.1, 0),
    event(StepFinished, 0.9, 10, step="preflight", seconds=0.8, summary="2 accounts, 2 migrations"),
    event(ResourceChanged, 2.0, 12, change="created", kind="turso.database", name="guestbook"),
    event(ResourceChanged, 2.1, 12, change="adopted", kind="cloudflare.pages.project", name="gb"),
    event(Notice, 2.2, 12, step="build", message="2 source maps are left out"),
    started("database.import", 3.0, 12),
    started("hosting.upload", 3.0, 12),
    event(
        StepProgress, 9.0, 48, step="database.import", message="Comment", step_percent=58.0,
        rows_done=1204, rows_total=2080, remaining=4.3,
    ),
    event(
        StepProgress, 9.1, 50, step="hosting.upload", message="44/140 files", step_percent=31.0,
        bytes_done=1_240_000, bytes_total=4_000_000, remaining=12.0,
    ),
]  # fmt: skip
FAILURE: list[Event] = [
    event(
        StepFailed, 14.2, 50, step="hosting.upload", seconds=11.2,
        error="cloudflare: the connection broke before the answer was complete (HTTP 502)",
        hint="Try again; what was uploaded is kept.",
    ),
    event(ResourceChanged, 15.0, 50, change="removed", kind="turso.database", name="guestbook"),
    event(RunFinished, 15.4, 50, status="failed", error="hosting.upload failed", seconds=15.4),
]  # fmt: skip
SUCCESS: list[Event] = [
    event(StepFinished, 13.0, 60, step="database.import", seconds=10.0, summary="2080 rows"),
    event(StepFinished, 14.0, 70, step="hosting.upload", seconds=11.0, summary="140 files"),
    event(
        StepFinished, 14.0, 80, step="hosting.release", seconds=0.0, summary="unchanged", reused=True
    ),
    started("verify", 20.0, 90),
    event(StepFinished, 21.0, 100, step="verify", seconds=1.0, summary="all answer"),
    event(RunFinished, 21.2, 100, status="active", url="https://gb.pages.dev", seconds=21.2),
]  # fmt: skip

HOSTILE = "[red]x[/red]<script>alert('1')</script>&\"\x1b]0;owned\x07\x1b[2J\r\n\u202etxt\x00\udce9"


def hostile() -> list[Event]:
    """A run in which every text is an attack."""
    return [
        event(RunStarted, 0.0, 0, app=HOSTILE, steps=((HOSTILE, HOSTILE), ("b", HOSTILE))),
        event(StepStarted, 0.1, 0, step=HOSTILE, title=HOSTILE),
        event(
            StepProgress, 1.0, 1, step=HOSTILE, message=HOSTILE, step_percent=5.0, rows_done=1,
            rows_total=2,
        ),
        event(StepProgress, 2.0, 1, step="unknown", message=HOSTILE),
        event(ResourceChanged, 3.0, 1, change="created", kind=HOSTILE, name=HOSTILE),
        event(Notice, 4.0, 1, message=HOSTILE, step=HOSTILE),
        event(StepFinished, 5.0, 2, step=HOSTILE, seconds=1.0, summary=HOSTILE),
        event(StepFailed, 6.0, 2, step="b", seconds=1.0, error=HOSTILE, hint=HOSTILE),
        event(RunFinished, 7.0, 2, status="failed", error=HOSTILE),
    ]  # fmt: skip


CONTROLS = re.compile(r"\x1b\[(?P<numbers>[?0-9;]*)(?P<command>[A-Za-z])")


def screen(output: str) -> list[str]:
    """What a terminal shows after ``output``: lines that were drawn over are gone.

    Knows the few controls that Rich sends; any other one is an error.
    """
    lines, row, column = [""], 0, 0
    position = 0
    while position < len(output):
        if found := CONTROLS.match(output, position):
            position = found.end()
            number = int(found["numbers"] or 1) if found["numbers"].isdigit() else 1
            match found["command"]:
                case "A":
                    row = max(0, row - number)
                case "K":
                    lines[row] = ""
                case "m" | "h" | "l":
                    pass
                case other:
                    raise AssertionError(f"unexpected control {other!r}")
            continue
        char = output[position]
        position += 1
        if char == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif char == "\r":
            column = 0
        else:
            assert char.isprintable(), f"control character {char!r}"
            lines[row] = lines[row][:column].ljust(column) + char + lines[row][column + 1 :]
            column += 1
    return [line.rstrip() for line in lines]
