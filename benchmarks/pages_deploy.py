"""Deploy a static site to Cloudflare Pages: our client beside ``wrangler pages deploy``.

``python benchmarks/pages_deploy.py [--files 1000] [--mebibytes 20] [--rounds 5]``

Both deploy the same directory to the same embedded cloud, which runs in a process of its own: once
with every file changed, so that all of them are uploaded, and once with one file changed. Programs
are measured from their start to their end; "in a running program" is the call alone. Wrangler runs
with an empty environment and without its banner, so it neither looks for updates nor sends metrics.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sidebyside import (
    Times,
    cloud_process,
    heading,
    interleaved,
    run,
    seconds,
    table,
    times,
    wrangler,
)
from site_hash import make_tree

from oneclick_deploy.providers.cloudflare.pages import CloudflarePagesClient
from oneclick_deploy.site import read_site

PROGRAM = """
import sys
from oneclick_deploy.providers.cloudflare.pages import CloudflarePagesClient
from oneclick_deploy.site import read_site

with CloudflarePagesClient.from_env() as pages:
    pages.deploy(sys.argv[1], read_site(sys.argv[2]), branch="main", commit_hash=sys.argv[3])
"""
COMMIT = "0" * 40
OURS, CALL, PEER = "ours, a program", "ours, in a running program", "wrangler 4.164.0"
STARTS = {OURS: "python, imports only", PEER: "wrangler --version"}


class Contest:
    """The three ways to deploy one directory.

    Args:
        site: The directory.
        environment: How the cloud is reached.
        official: The command that runs wrangler.
    """

    def __init__(self, site: Path, environment: dict[str, str], official: list[str]) -> None:
        self.site = site
        self.cpu: dict[str, list[float]] = {name: [] for name in (OURS, CALL, PEER)}
        self._environment = environment
        self._official = official
        self._pages = CloudflarePagesClient.from_env(environment)
        self._projects = {OURS: "ours", CALL: "ours-call", PEER: "wrangler"}
        self._salt = 0
        for project in self._projects.values():
            self._pages.create_project(project, production_branch="main")

    def close(self) -> None:
        self._pages.close()

    def sides(self, change: Callable[[], None]) -> dict[str, Callable[[], float]]:
        """Each way to deploy, with the change before it that is not measured."""
        ways = {OURS: self._program, CALL: self._call, PEER: self._wrangler}
        return {name: lambda name=name: self._measure(name, ways[name], change) for name in ways}

    def change_all(self) -> None:
        """Give every file a content that no deployment had before."""
        self._salt += 1
        for file in self._files():
            with file.open("r+b") as opened:
                opened.write(self._salt.to_bytes(8, "big"))

    def change_one(self) -> None:
        """Give one file such a content."""
        self._salt += 1
        with self._files()[0].open("r+b") as opened:
            opened.write(self._salt.to_bytes(8, "big"))

    def starts(self) -> dict[str, Callable[[], float]]:
        """How long the two programs take to do nothing."""
        imports = PROGRAM.partition("\nwith ")[0]
        commands = {
            STARTS[OURS]: [sys.executable, "-c", imports],
            STARTS[PEER]: [*self._official, "--version"],
        }
        return {
            name: lambda command=command: self._time_program(command)
            for name, command in commands.items()
        }

    def _measure(
        self, name: str, deploy: Callable[[str], float], change: Callable[[], None]
    ) -> float:
        change()
        project = self._projects[name]
        before = len(self._pages.deployments(project))
        cpu = _cpu()
        taken = deploy(project)
        self.cpu[name].append(_cpu() - cpu)
        made = self._pages.deployments(project)
        if len(made) != before + 1 or str(made[0].state) != "succeeded":
            raise SystemExit(f"{name} made no deployment that succeeded")
        return taken

    def _program(self, project: str) -> float:
        return self._time_program([sys.executable, "-c", PROGRAM, project, str(self.site), COMMIT])

    def _call(self, project: str) -> float:
        start = time.perf_counter()
        self._pages.deploy(project, read_site(self.site), branch="main", commit_hash=COMMIT)
        return time.perf_counter() - start

    def _wrangler(self, project: str) -> float:
        command = [*self._official, "pages", "deploy", str(self.site), "--project-name", project]
        # A branch keeps wrangler from turning this into a Workers deployment.
        command += ["--branch", "main", "--commit-hash", COMMIT, "--commit-message", "benchmark"]
        return self._time_program([*command, "--commit-dirty=true"])

    def _time_program(self, command: list[str]) -> float:
        quiet = {"WRANGLER_SEND_METRICS": "false", "WRANGLER_HIDE_BANNER": "true", "CI": "true"}
        start = time.perf_counter()
        run(command, environment={**self._environment, **quiet}, where=self.site.parent)
        return time.perf_counter() - start

    def _files(self) -> list[Path]:
        return sorted(file for file in self.site.rglob("*") if file.is_file())


def _cpu() -> float:
    """Processor seconds of this process and of the programs that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def show(title: str, results: dict[str, Times], cpu: dict[str, list[float]]) -> None:
    """Print one comparison."""
    print(f"{title}, {len(results[PEER].seconds)} runs each, in turns")
    table(
        ["", "least", "median", "processor", "wrangler takes"],
        [
            [
                name,
                seconds(each.least),
                seconds(each.median),
                seconds(Times(seconds=tuple(cpu[name])).median),
                "" if name == PEER else times(results[PEER].median / each.median),
            ]
            for name, each in results.items()
        ],
    )
    for each in cpu.values():
        each.clear()


def main() -> None:
    """Make the site, deploy it in turns, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--files", type=int, default=1000)
    arguments.add_argument("--mebibytes", type=int, default=20)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    heading("A static site to Cloudflare Pages: our client and wrangler, the same embedded cloud")
    official = wrangler()
    with tempfile.TemporaryDirectory() as place, cloud_process() as environment:
        site = Path(place) / "site"
        site.mkdir()
        make_tree(site, files=options.files, size=options.mebibytes * 2**20)
        contest = Contest(
            site, {**environment, "PYTHONPATH": os.environ.get("PYTHONPATH", "")}, official
        )
        try:
            size = f"{options.files:,} files, {options.mebibytes} MiB"
            every = interleaved(
                contest.sides(contest.change_all), rounds=options.rounds, most_seconds=45
            )
            show(f"First deployment: {size}, all uploaded", every, contest.cpu)
            one = interleaved(
                contest.sides(contest.change_one), rounds=options.rounds, most_seconds=25
            )
            show(f"Redeployment: {size}, one file changed", one, contest.cpu)
            starts = interleaved(contest.starts(), rounds=3)
            print("Of that, starting the program")
            table(["", "median"], [[name, seconds(each.median)] for name, each in starts.items()])
        finally:
            contest.close()
    print("Wrangler waits 1 s before it first asks whether the deployment is live, we 0.1 s; the")
    print("embedded cloud is ready at once. `processor` is what each side itself used.")


if __name__ == "__main__":
    main()
