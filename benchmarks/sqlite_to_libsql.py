"""Move an SQLite table into libSQL: ours beside libsql-client and plain batches.

``python benchmarks/sqlite_to_libsql.py [--rows 20000 100000] [--rounds 3]``

All sides read the same file, with rows of (integer, text, real, integer), and write into an empty
table of sqld on this machine; every result is checked. Ours also reads every row back and compares
it value by value, which no other side does; it is shown with that and without.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import random
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sidebyside import Times, cloud_process, heading, interleaved, seconds, skip, table, times, tool

from oneclick_deploy.data import LibsqlImport, SqliteSource
from oneclick_deploy.errors import TransportError
from oneclick_deploy.providers.libsql import LibsqlClient

CREATE = "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, stock INTEGER)"
INSERT = "INSERT INTO item (id, name, price, stock) VALUES "
CHECK = "SELECT count(*), sum(id), sum(stock), min(name), max(name), max(price) FROM item"
BATCH = 1000
MOST_SECONDS = {20_000: 15.0, 100_000: 50.0}

WHOLE = "ours, rows copied and compared"
COPY = "ours, copying alone"
CLOUD_WHOLE = "ours to the embedded cloud, copied and compared"
CLOUD_COPY = "ours to the embedded cloud, copying alone"
PEER = f"libsql-client 0.3.1, batch of {BATCH} statements"
PEER_BY_HAND = f"libsql-client 0.3.1, statements of {BATCH} rows"
RAW = f"httpx, batch of {BATCH} statements"


@contextlib.contextmanager
def bare_sqld(program: str, folder: Path) -> Iterator[str]:
    """Run sqld as anyone would, without namespaces or tokens; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    command = [program, "--no-welcome", "--db-path", str(folder), "--http-listen-addr", place]
    quiet = {"env": {"RUST_LOG": "error"}, "stdout": subprocess.DEVNULL, "cwd": folder.parent}
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, **quiet) as process:  # type: ignore[call-overload]
        try:
            with LibsqlClient(f"http://{place}") as client:
                for _ in range(500):
                    with contextlib.suppress(TransportError):
                        client.ping()
                        break
                    time.sleep(0.02)
            yield f"http://{place}"
        finally:
            process.terminate()


def make_preview(path: Path, rows: int) -> None:
    """Write the file that is imported."""
    generator = random.Random(1)
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute(CREATE)
        database.executemany(
            f"{INSERT}(?, ?, ?, ?)",
            (
                (
                    number,
                    f"item {number} {'é' * generator.randrange(30)}",
                    generator.random() * 1000,
                    generator.randrange(2**40),
                )
                for number in range(1, rows + 1)
            ),
        )


class Sides:
    """Every way to move one file's rows.

    Args:
        preview: The file.
        address: A bare sqld.
        cloud: The environment of an embedded cloud with a database.
    """

    def __init__(self, preview: Path, address: str, cloud: dict[str, str]) -> None:
        self._preview = preview
        self._address = address
        self._cloud = cloud
        self.copying: dict[str, list[float]] = {COPY: [], CLOUD_COPY: []}
        self.requests: dict[str, int] = {}
        with contextlib.closing(sqlite3.connect(preview)) as database:
            self._wanted = database.execute(CHECK).fetchone()

    def all(self) -> dict[str, Callable[[], float]]:
        """The sides that can run here."""
        direct = LibsqlClient(self._address)
        local = LibsqlClient(self._cloud["DATABASE_URL"], self._cloud["DATABASE_TOKEN"])
        ways: dict[str, Callable[[], float]] = {
            WHOLE: lambda: self._ours(direct, COPY),
            CLOUD_WHOLE: lambda: self._ours(local, CLOUD_COPY),
            RAW: self._raw,
        }
        if importlib.util.find_spec("libsql_client") is None:
            print("libsql-client is not installed (pip install libsql-client); left out\n")
        else:
            ways[PEER] = lambda: self._libsql_client(_single_rows)
            ways[PEER_BY_HAND] = lambda: self._libsql_client(_many_rows)
        return {
            name: lambda way=way, to=local if name == CLOUD_WHOLE else direct: self._run(way, to)
            for name, way in ways.items()
        }

    def _run(self, way: Callable[[], float], client: LibsqlClient) -> float:
        """Empty the table, let a side fill it, and look whether it did."""
        with client:
            client.migrate(["DROP TABLE IF EXISTS item", CREATE])
            taken = way()
            found = client.execute(CHECK).rows[0]
        if found != self._wanted:
            raise SystemExit(f"the rows differ: {found} instead of {self._wanted}")
        return taken

    def _ours(self, client: LibsqlClient, copying: str) -> float:
        start = time.perf_counter()
        with SqliteSource(self._preview) as source:
            opened = time.perf_counter() - start
            report = LibsqlImport(source, client).run()
        taken = time.perf_counter() - start
        self.copying[copying].append(opened + report.load_seconds)
        self.requests[copying] = report.requests - 1  # the last one only drops the ledger
        return taken

    def _libsql_client(self, statements: Callable[[list[Any]], list[Any]]) -> float:
        from libsql_client import create_client_sync

        start = time.perf_counter()
        with create_client_sync(self._address) as client:
            for rows in self._batches():
                client.batch(statements(rows))
        return time.perf_counter() - start

    def _raw(self) -> float:
        """What one writes in an afternoon: Hrana's JSON, one request for each batch."""
        import httpx

        start = time.perf_counter()
        with httpx.Client() as client:
            for rows in self._batches():
                statements = [{"sql": f"{INSERT}(?, ?, ?, ?)", "args": _args(row)} for row in rows]
                given = ["BEGIN", *statements, "COMMIT"]
                steps = [
                    {
                        "stmt": {"sql": each} if isinstance(each, str) else each,
                        "condition": {"type": "ok", "step": number - 1} if number else None,
                    }
                    for number, each in enumerate(given)
                ]
                requests = [{"type": "batch", "batch": {"steps": steps}}, {"type": "close"}]
                answer = client.post(f"{self._address}/v2/pipeline", json={"requests": requests})
                if '"type":"error"' in answer.text:
                    raise SystemExit(answer.text[:500])
        return time.perf_counter() - start

    def _batches(self) -> Iterator[list[Any]]:
        with contextlib.closing(sqlite3.connect(self._preview)) as database:
            rows = database.execute("SELECT * FROM item ORDER BY id")
            while batch := list(islice(rows, BATCH)):
                yield batch


def _single_rows(rows: list[Any]) -> list[Any]:
    return [(f"{INSERT}(?, ?, ?, ?)", row) for row in rows]


def _many_rows(rows: list[Any]) -> list[Any]:
    values = ", ".join(["(?, ?, ?, ?)"] * len(rows))
    return [(INSERT + values, [value for row in rows for value in row])]


def _args(row: Any) -> list[dict[str, Any]]:
    number, name, price, stock = row
    return [
        {"type": "integer", "value": str(number)},
        {"type": "text", "value": name},
        {"type": "float", "value": price},
        {"type": "integer", "value": str(stock)},
    ]


def show(rows: int, results: dict[str, Times], requests: dict[str, int]) -> None:
    """Print one comparison."""
    print(f"{rows:,} rows, {len(results[WHOLE].seconds)} runs each, in turns")
    ours = results[COPY].median
    written = dict.fromkeys((PEER_BY_HAND, PEER, RAW), -(-rows // BATCH)) | requests
    table(
        ["", "writes", "least", "median", "rows/s", "x our copying"],
        [
            [
                name,
                str(written.get(name, "")),
                seconds(results[name].least),
                seconds(results[name].median),
                f"{rows / results[name].median:,.0f}",
                "" if name == COPY else times(results[name].median / ours),
            ]
            for name in (COPY, PEER_BY_HAND, PEER, RAW, WHOLE, CLOUD_COPY, CLOUD_WHOLE)
            if name in results
        ],
    )


def main() -> None:
    """Move tables of several sizes in turns, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, nargs="+", default=[20_000, 100_000])
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    heading("Rows from an SQLite file to libSQL (sqld on this machine)")
    program = tool("sqld")
    if not options.rows:
        skip("no number of rows was given")
    with (
        tempfile.TemporaryDirectory() as place,
        bare_sqld(program, Path(place) / "sqld") as address,
        cloud_process(data_plane="sqld", database="bench") as cloud,
    ):
        for rows in options.rows:
            preview = Path(place) / f"{rows}.db"
            make_preview(preview, rows)
            sides = Sides(preview, address, cloud)
            results = interleaved(
                sides.all(), rounds=options.rounds, most_seconds=MOST_SECONDS.get(rows, 120.0)
            )
            results |= {name: Times(seconds=tuple(taken)) for name, taken in sides.copying.items()}
            show(rows, results, sides.requests)
    print("`writes` are requests that write; over a network each costs a round trip as well. Only")
    print("ours is safe to interrupt: each of them holds its rows and a mark in a ledger.")
    if PEER in results:
        beside = results[PEER].median
        print(
            f"RATIO sqlite_to_libsql_compared_vs_client_batch {beside / results[WHOLE].median:.2f}"
        )
        print(f"RATIO sqlite_to_libsql_vs_client_batch {beside / results[COPY].median:.2f}")


if __name__ == "__main__":
    main()
