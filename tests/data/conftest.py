"""A real sqld with a database of its own for each test."""

from __future__ import annotations

import contextlib
import itertools
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import field, frozen

from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.local.tools import find_tool
from oneclick_deploy.providers.libsql import LibsqlClient, split_script

from .previews import SCHEMA, everything, ordinary

START_SECONDS = 20.0


@frozen
class Database:
    """A database on the server: an address, and settings that lead there.

    Args:
        url: What a client is given.
        origin: Where the server really is.
    """

    url: str
    origin: str

    def settings(self, origin: str = "") -> HttpSettings:
        found = origin or self.origin
        return HttpSettings(retry=RetryPolicy(attempts=1), timeout=20.0, route=lambda _: found)

    def migrate(self, script: str = SCHEMA) -> None:
        with LibsqlClient(self.url, settings=self.settings()) as client:
            client.migrate(split_script(script))

    def reset(self, script: str = "") -> None:
        """Drop all tables, and run a script."""
        names = ['"' + name.replace('"', '""') + '"' for name in self.tables()]
        dropped = [f"DROP TABLE {name}" for name in names if name != '"sqlite_sequence"']
        with LibsqlClient(self.url, settings=self.settings()) as client:
            client.migrate([*dropped, *split_script(script)])

    def rows(self, sql: str) -> list[tuple]:
        with LibsqlClient(self.url, settings=self.settings()) as client:
            return [tuple(row) for row in client.execute(sql).rows]

    def tables(self) -> set[str]:
        return {
            str(row[0]) for row in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        }

    def count(self) -> dict[str, int]:
        """Rows of each table."""
        found = {}
        for name in self.tables():
            quoted = '"' + name.replace('"', '""') + '"'
            found[name] = int(str(self.rows(f"SELECT count(*) FROM {quoted}")[0][0]))
        return found


@frozen
class Server:
    origin: str
    admin: str
    names: Iterator[int] = field(factory=itertools.count)

    def create(self) -> Database:
        name = f"d{next(self.names)}"
        request = urllib.request.Request(
            f"{self.admin}/v1/namespaces/{name}/create",
            data=b"{}",
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with _opener().open(request):
            pass
        return Database(f"http://{name}.localhost", self.origin)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = find_tool("sqld")
    if program is None:
        pytest.skip("sqld is not installed (python -m oneclick_deploy.local install)")
    directory = tmp_path_factory.mktemp("sqld")
    ports = [_free_port(), _free_port()]
    command = [
        *(str(program), "--no-welcome", "-d", str(directory / "data"), "--enable-namespaces"),
        *("--http-listen-addr", f"127.0.0.1:{ports[0]}"),
        *("--admin-listen-addr", f"127.0.0.1:{ports[1]}"),
    ]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=directory, env={})
    try:
        _wait_for(f"http://127.0.0.1:{ports[0]}/health", process, directory / "log")
        yield Server(*(f"http://127.0.0.1:{port}" for port in ports))
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def with_tables(server: Server) -> Database:
    return server.create()


@pytest.fixture(scope="session")
def without_tables(server: Server) -> Database:
    return server.create()


@pytest.fixture
def database(with_tables: Database) -> Database:
    """A database with the previews' tables, empty."""
    with_tables.reset(SCHEMA)
    return with_tables


@pytest.fixture
def bare(without_tables: Database) -> Database:
    """A database without tables, which never had an AUTOINCREMENT."""
    without_tables.reset()
    return without_tables


@pytest.fixture
def preview(tmp_path: Path) -> Path:
    return ordinary(tmp_path / "preview.db", users=20)


@pytest.fixture
def full(tmp_path: Path) -> Path:
    return everything(tmp_path / "full.db")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError), _opener().open(url, timeout=1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    pytest.fail(f"sqld did not start: {log.read_text(errors='replace')[-2000:]}")
