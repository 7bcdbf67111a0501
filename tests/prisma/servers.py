"""PostgreSQL and MariaDB servers that tests may fill with anything.

Each test process that asks for one gets a server of its own, in a temporary directory, on loopback,
without a password and without fsync; it is gone when the process's tests are over.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import psycopg
import pymysql
import pymysql.constants.CLIENT
import pytest
from attrs import field, frozen

INSTALL = "install postgresql and mariadb-server, as tools/install_test_tools.py does in CI"
_PATIENCE = 60.0
_DURABLE = {"max_wal_size": "4GB"}
_FLEETING = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_senders": "0",
    "wal_level": "minimal",
}
# Debian keeps the server's programs off PATH.
_POSTGRES_PLACES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt")


class Server(Protocol):
    """A running server."""

    @property
    def url(self) -> str:
        """Leads to a database that tests leave as it is."""

    def fresh(self) -> contextlib.AbstractContextManager[str]:
        """The URL of a new, empty database; dropped at the end of the block."""


@frozen
class PostgresServer:
    """A running PostgreSQL."""

    url: str
    _numbers: Iterator[int] = field(factory=itertools.count, repr=False)

    @contextlib.contextmanager
    def fresh(self) -> Iterator[str]:
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")  # type: ignore[arg-type]
            try:
                yield urlsplit(self.url)._replace(path=f"/{name}").geturl()
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@frozen
class MariadbServer:
    """A running MariaDB, which speaks for MySQL here."""

    url: str
    _numbers: Iterator[int] = field(factory=itertools.count, repr=False)

    @contextlib.contextmanager
    def fresh(self) -> Iterator[str]:
        name = f"test_{next(self._numbers)}"
        with contextlib.closing(connect_mariadb(self.url)) as connection:
            with connection.cursor() as cursor:
                cursor.execute(
                    f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
                )
            try:
                yield urlsplit(self.url)._replace(path=f"/{name}").geturl()
            finally:
                with connection.cursor() as cursor:
                    cursor.execute(f"DROP DATABASE {name}")


def connect_mariadb(url: str, **options: Any) -> pymysql.Connection[Any]:
    """Connect to ``mysql://user@host:port/database``; every statement commits by itself."""
    parts = urlsplit(url)
    return pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username,
        database=parts.path.lstrip("/") or None,
        autocommit=True,
        **options,
    )


def run_on_mariadb(url: str, script: str) -> None:
    """Run a script of several statements, as one batch."""
    batches = pymysql.constants.CLIENT.MULTI_STATEMENTS
    with contextlib.closing(connect_mariadb(url, client_flag=batches)) as connection:
        cursor = connection.cursor()
        cursor.execute(script)
        # Errors of later statements come with their results.
        while cursor.nextset():
            pass


def contents_of_mariadb(url: str) -> list[set[tuple[object, ...]]]:
    """The columns, the foreign keys and the indexes of a database, in no order."""
    name = urlsplit(url).path.lstrip("/")
    with contextlib.closing(connect_mariadb(url)) as connection:
        cursor = connection.cursor()
        found = []
        for question in (_COLUMNS, _FOREIGN_KEYS, _INDEXES):
            cursor.execute(question, (name,))
            found.append(set(cursor.fetchall()))
        return found


_COLUMNS = """
    SELECT table_name, column_name, column_type, is_nullable, column_default, extra, collation_name
    FROM information_schema.columns WHERE table_schema = %s"""
_FOREIGN_KEYS = """
    SELECT k.table_name, constraint_name, ordinal_position, column_name, k.referenced_table_name,
        referenced_column_name, update_rule, delete_rule
    FROM information_schema.key_column_usage k
    JOIN information_schema.referential_constraints r
        USING (constraint_schema, constraint_name, table_name)
    WHERE k.table_schema = %s"""
_INDEXES = """
    SELECT table_name, index_name, non_unique, seq_in_index, column_name, sub_part, index_type,
        collation
    FROM information_schema.statistics WHERE table_schema = %s"""


@contextlib.contextmanager
def running_postgres(*, is_durable: bool = False) -> Iterator[PostgresServer]:
    """Start a PostgreSQL, or skip.

    Args:
        is_durable: Whether it writes to the disk as it does by default, for benchmarks.
    """
    postgres, initdb = _postgres_program("postgres"), _postgres_program("initdb")
    if postgres is None or initdb is None:
        pytest.skip(f"there is no PostgreSQL server: {INSTALL}")
    with _place() as place:
        data = place / "data"
        command = [initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        _run([*command, "--locale=C", "--no-sync"], place)

        def options(port: int) -> list[str | Path]:
            settings = {
                "listen_addresses": "127.0.0.1",
                "port": str(port),
                "unix_socket_directories": "",
            }
            settings |= _DURABLE if is_durable else _FLEETING
            given = [f"--{name}={value}" for name, value in settings.items()]
            return [postgres, "-D", data, *given]

        def is_up(url: str) -> None:
            psycopg.connect(url, connect_timeout=5).close()

        address = "postgresql://postgres@127.0.0.1:{}/postgres"
        # SIGQUIT ends all its processes at once; nobody needs a clean shutdown.
        with _started(options, address, is_up, signal.SIGQUIT, place) as url:
            yield PostgresServer(url)


@contextlib.contextmanager
def running_mariadb() -> Iterator[MariadbServer]:
    """Start a MariaDB (or a MySQL that carries MariaDB's installer), or skip."""
    server = _program("mariadbd", "mysqld")
    install = _program("mariadb-install-db", "mysql_install_db")
    if server is None or install is None:
        pytest.skip(f"there is no MariaDB server: {INSTALL}")
    with _place() as place:
        data = place / "data"
        command = [install, "--no-defaults", f"--datadir={data}", "--skip-test-db"]
        _run([*command, "--auth-root-authentication-method=normal", "--skip-name-resolve"], place)

        def options(port: int) -> list[str | Path]:
            return [
                server,
                "--no-defaults",
                f"--datadir={data}",
                f"--socket={place / 'socket'}",
                f"--pid-file={place / 'pid'}",
                "--bind-address=127.0.0.1",
                f"--port={port}",
                "--skip-name-resolve",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-flush-method=nosync",
                "--sync-binlog=0",
                # Making tables and dropping databases is most of what tests do.
                "--innodb-file-per-table=OFF",
                "--innodb-stats-persistent=OFF",
                "--innodb-doublewrite=OFF",
            ]

        def is_up(url: str) -> None:
            connect_mariadb(url, connect_timeout=5).close()

        address = "mysql://root@127.0.0.1:{}/mysql"
        with _started(options, address, is_up, signal.SIGKILL, place) as url:
            yield MariadbServer(url)


def _program(*names: str) -> str | None:
    """The first of the programs that is installed; servers often are where only root looks."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    return next(filter(None, (shutil.which(name, path=path) for name in names)), None)


def _postgres_program(name: str) -> str | None:
    """A program of the newest PostgreSQL."""
    found = [
        path
        for place in _POSTGRES_PLACES
        for path in Path(place).glob(f"*/bin/{name}")
        if os.access(path, os.X_OK)
    ]
    newest = max(found, key=lambda path: (len(path.parts[-3]), path.parts[-3]), default=None)
    return _program(name) or (str(newest) if newest else None)


def _account() -> dict[str, Any]:
    """Both servers refuse to run as root: then they run as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _place() -> Iterator[Path]:
    """A short directory of the server's own; pytest's are closed to the account nobody."""
    with tempfile.TemporaryDirectory(prefix="oneclick-server-", ignore_cleanup_errors=True) as name:
        account = _account()
        if account:
            os.chown(name, account["user"], account["group"])
        yield Path(name)


def _environment(place: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(place), "TMPDIR": str(place)}


def _run(command: list[str | Path], place: Path) -> None:
    done = subprocess.run(
        command,
        cwd=place,
        env=_environment(place),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
        **_account(),
    )
    assert done.returncode == 0, f"{command[0]}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


@contextlib.contextmanager
def _started(
    options: Callable[[int], list[str | Path]],
    address: str,
    is_up: Callable[[str], None],
    end: signal.Signals,
    place: Path,
) -> Iterator[str]:
    """Run the server on a free port; another process may take the port first, so try again."""
    log = place / "log"
    for attempt in range(3):
        port = _free_port()
        with log.open("ab") as output:
            process = subprocess.Popen(
                options(port),
                cwd=place,
                env=_environment(place),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                **_account(),
            )
        try:
            if _wait(process, address.format(port), is_up):
                yield address.format(port)
                return
        finally:
            if process.poll() is None:
                process.send_signal(end)
            process.wait(_PATIENCE)
        assert attempt < 2, f"the server does not start:\n{log.read_text('utf-8')[-4000:]}"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], url: str, is_up: Callable[[str], None]) -> bool:
    """Whether the server answers; False when it ended."""
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError, pymysql.err.OperationalError):
            is_up(url)
            return True
        time.sleep(0.03)
    return False
