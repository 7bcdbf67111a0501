"""What it costs to import the library, and to use the orchestrator for the first time.

``python benchmarks/import_cost.py [--runs 11]``

Every figure is the time of a fresh interpreter that does it, less that of one that does nothing.
All modules are compiled before, as an installer does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable

from sidebyside import Times, heading, interleaved, table, timed

BARE = "python -c pass"
IMPORT = "import oneclick_deploy"
FIRST_USE = "oneclick_deploy.DeploymentOrchestrator"
STATEMENTS = {
    BARE: "pass",
    IMPORT: "import oneclick_deploy",
    FIRST_USE: "import oneclick_deploy; oneclick_deploy.DeploymentOrchestrator",
    "for scale: import httpx": "import httpx",
    "for scale: import cattrs, tenacity, blake3": "import cattrs, tenacity, blake3",
}
AIMS = {IMPORT: 0.020, FIRST_USE: 0.350}
LOADED = """
import json, sys
before = set(sys.modules)
{statement}
foreign = {{name.partition(".")[0] for name in set(sys.modules) - before}}
foreign -= sys.stdlib_module_names | {{"oneclick_deploy"}}
foreign = sorted(name for name in foreign if not name.startswith("__mypyc"))
print(json.dumps([len(set(sys.modules) - before), foreign]))
"""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a fresh interpreter."""
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)


def keep_compiled_modules_in(folder: str) -> None:
    """Let fresh interpreters find compiled modules there, whatever this environment forbids."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = folder
    for statement in STATEMENTS.values():
        python("-c", statement)


def loaded_by(statement: str) -> tuple[int, list[str]]:
    """How many modules a statement loads, and the names of the packages of others among them."""
    count, foreign = json.loads(python("-c", LOADED.format(statement=statement)).stdout)
    return count, foreign


def import_times(statement: str) -> list[tuple[str, int, int]]:
    """What ``-X importtime`` says: module, own and cumulative microseconds, in its order."""
    lines = python("-X", "importtime", "-c", statement).stderr.splitlines()
    rows = [line.removeprefix("import time:").split("|") for line in lines if "|" in line]
    return [(name.rstrip(), int(own), int(total)) for own, total, name in rows[1:]]


def show_times(results: dict[str, Times]) -> None:
    """Print the medians."""
    bare = results[BARE].median
    rows = []
    for name, each in results.items():
        aim = f"< {AIMS[name] * 1000:.0f} ms" if name in AIMS else ""
        net = "" if name == BARE else f"{(each.median - bare) * 1000:.0f} ms"
        least = "" if name == BARE else f"{(each.least - results[BARE].least) * 1000:.0f} ms"
        rows.append([name, f"{each.median * 1000:.0f} ms", net, least, aim])
    print(f"Fresh interpreters, {len(results[BARE].seconds)} runs each, in turns")
    table(["", "median", "less bare", "least, less bare", "aim"], rows)


def show_import() -> None:
    """Print what ``-X importtime`` says about the import alone."""
    named = {name.strip(): each for name, *each in import_times(STATEMENTS[IMPORT])}
    own, total = named["oneclick_deploy"]
    print(f"python -X importtime -c '{IMPORT}': {own / 1000:.1f} ms itself, ", end="")
    print(f"{total / 1000:.1f} ms with what it imports\n")


def show_modules() -> None:
    """Print whose modules are loaded."""
    for name in (IMPORT, FIRST_USE):
        count, foreign = loaded_by(STATEMENTS[name])
        print(f"{name} loads {count} modules, of {len(foreign)} packages of others", end="")
        print(f": {', '.join(foreign)}" if foreign else "")
    print()


def show_heaviest(count: int) -> None:
    """Print where the first use spends its time, package by package."""
    own: dict[str, int] = {}
    for name, self_time, _ in import_times(STATEMENTS[FIRST_USE]):
        parts = name.strip().split(".")
        key = parts[0] if parts[0] != "oneclick_deploy" else ".".join(parts[:2])
        if parts[0] in sys.stdlib_module_names:
            key = "the standard library"
        own[key] = own.get(key, 0) + self_time
    heaviest = sorted(own.items(), key=lambda item: -item[1])[:count]
    print("Where the first use spends its time (own time by -X importtime, which adds to it)")
    table(["", "own time"], [[name, f"{micro / 1000:.0f} ms"] for name, micro in heaviest])


def main() -> None:
    """Measure in turns, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=11)
    options = arguments.parse_args()
    heading("What importing costs")
    with tempfile.TemporaryDirectory() as folder:
        keep_compiled_modules_in(folder)
        sides: dict[str, Callable[[], float]] = {
            name: lambda statement=statement: timed(lambda: python("-c", statement))
            for name, statement in STATEMENTS.items()
        }
        show_times(interleaved(sides, rounds=options.runs))
        show_import()
        show_modules()
        show_heaviest(14)


if __name__ == "__main__":
    main()
