"""Deploy the guestbook of ``examples`` to the embedded cloud, step by step.

``python benchmarks/whole_deploy.py [--rounds 5]``

Each round starts an empty cloud for each data plane (our own server in Python, and sqld), deploys
once, and once more without a change. The cloud runs in the process that deploys, as it does in
``make demo``, so the figures are those of both together.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from sidebyside import ROOT, Times, heading, interleaved, seconds, skip, table, tool

import oneclick_deploy as od
from oneclick_deploy.local.tools import find_tool

GUESTBOOK = ROOT / "examples" / "guestbook"
STARTING, WHOLE = "starting the cloud", "the whole deployment"
FIRST, AGAIN = "first", "again"


class Laps:
    """What every step of every deployment took, by data plane and kind of deployment."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self._taken: dict[tuple[str, str, str], list[float]] = {}

    def deploy(self, plane: str) -> float:
        """Start a cloud, deploy twice, note the laps; returns the seconds of all of it."""
        begun = time.perf_counter()
        with od.LocalCloud(data_plane=plane) as cloud:  # type: ignore[arg-type]
            self._note(plane, FIRST, STARTING, time.perf_counter() - begun)
            with od.DeploymentOrchestrator.local(cloud) as orchestrator:
                for kind in (FIRST, AGAIN):
                    start = time.perf_counter()
                    report = orchestrator.deploy(guestbook()).report
                    self._note(plane, kind, WHOLE, time.perf_counter() - start)
                    assert report is not None
                    for step in report.steps:
                        self._note(plane, kind, step.step, step.seconds)
        return time.perf_counter() - begun

    def median(self, plane: str, kind: str, step: str) -> str:
        """The median of one cell of the table."""
        taken = self._taken.get((plane, kind, step))
        return seconds(Times(seconds=tuple(taken)).median) if taken else ""

    def _note(self, plane: str, kind: str, step: str, taken: float) -> None:
        if step not in (*self.steps, STARTING, WHOLE):
            self.steps.append(step)
        self._taken.setdefault((plane, kind, step), []).append(taken)


def guestbook() -> od.App:
    """The app of ``make demo``."""
    return od.App(
        name="guestbook",
        source=GUESTBOOK,
        site="public",
        preview_data=GUESTBOOK / "preview.db",
        env={"GUESTBOOK_TITLE": "The Guestbook", "STRIPE_SECRET_KEY": od.Secret("sk_test_demo")},
    )


def planes() -> list[str]:
    """The data planes that can run here."""
    if find_tool("sqld") is None:
        print("sqld is not installed, so only our own data plane is measured\n")
        return ["python"]
    return ["python", "sqld"]


def show(laps: Laps, used: list[str]) -> None:
    """Print the medians."""
    columns = [(plane, kind) for plane in used for kind in (FIRST, AGAIN)]
    table(
        ["", *(f"{plane}, {kind}" for plane, kind in columns)],
        [
            [step, *(laps.median(plane, kind, step) for plane, kind in columns)]
            for step in (STARTING, *laps.steps, WHOLE)
        ],
    )


def main() -> None:
    """Deploy in turns, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    heading("The guestbook to the embedded cloud, median seconds of each step")
    tool("workerd")
    used = planes()
    if not GUESTBOOK.is_dir():
        skip(f"there is no {GUESTBOOK}")
    laps = Laps()
    sides: dict[str, Callable[[], float]] = {
        plane: lambda plane=plane: laps.deploy(plane) for plane in used
    }
    rounds = interleaved(sides, rounds=options.rounds, most_seconds=60)
    print(f"{len(rounds[used[0]].seconds)} runs each, in turns; steps may overlap")
    show(laps, used)


if __name__ == "__main__":
    main()
