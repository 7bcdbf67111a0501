"""Move an SQLite table into MariaDB: ours beside LOAD DATA LOCAL and mariadb-import of a ready file.

``python benchmarks/sqlite_to_mysql.py [--rows 100000] [--rounds 3]``

All sides fill an empty table of 12 columns, with its primary key, on a MariaDB of this machine. The
others get a file that is ready, which makes them the floor: no reading of SQLite, no conversion.
What each side wrote is compared by the server's own CHECKSUM TABLE. Ours also compares both sides
value by value before it commits, which is shown by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sidebyside import ROOT, Times, heading, interleaved, seconds, skip, table, times
from sqlite_to_postgres import make_files

sys.path.insert(0, str(ROOT))

from tests.prisma.servers import connect_mariadb, running_mariadb

TARGET = """CREATE OR REPLACE TABLE Post (id int NOT NULL, cuid varchar(191) NOT NULL,
    title varchar(191) NOT NULL, body text, email varchar(191) NOT NULL,
    published boolean NOT NULL, score double NOT NULL, price decimal(65,30) NOT NULL,
    views bigint NOT NULL, createdAt datetime(3) NOT NULL, meta json, authorId int,
    PRIMARY KEY (id)) CHARACTER SET utf8mb4"""
LOAD = """LOAD DATA LOCAL INFILE '{ready}' INTO TABLE Post CHARACTER SET utf8mb4
    FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n'"""
MOST_SECONDS = 240.0

OURS = "ours, LOAD DATA, rows and key"
INSERTS = "ours, INSERTs, rows and key"
WHOLE = "ours, with the snapshot and the comparison"
FLOOR = "LOAD DATA LOCAL of a ready file"
IMPORT = "mariadb-import of a ready file"


class Sides:
    """The ways to move the file; each gives the seconds it took to fill an empty table."""

    def __init__(self, place: Path, url: str) -> None:
        self._place = place
        self._url = url
        parts = urlsplit(url)
        self._options = [f"-h{parts.hostname}", f"-P{parts.port}", f"-u{parts.username}"]
        self._database = parts.path.lstrip("/")
        self._wanted: Any = None
        self.whole: list[float] = []
        self.memory = 0.0
        self.wrong: set[str] = set()

    def all(self) -> dict[str, Callable[[], float]]:
        sides = {FLOOR: self.load, OURS: self.ours, INSERTS: self.inserts}
        if shutil.which("mariadb-import"):
            sides[IMPORT] = self.tool
        return sides

    def load(self) -> float:
        self._reset()
        statement = LOAD.format(ready=self._place / "Post.txt")
        client = ["mariadb", *self._options, "--local-infile=1", self._database, "-e", statement]
        return self._checked(FLOOR, self._timed(client))

    def tool(self) -> float:
        self._reset()
        given = ["--local", "--default-character-set=utf8mb4", self._database]
        command = ["mariadb-import", *self._options, *given, str(self._place / "Post.txt")]
        return self._checked(IMPORT, self._timed(command))

    def ours(self) -> float:
        told = self._import("file")
        self.whole.append(told["whole"])
        self.memory = max(self.memory, told["memory"])
        return self._checked(OURS, told["load"])

    def inserts(self) -> float:
        return self._checked(INSERTS, self._import("inserts")["load"])

    def _import(self, way: str) -> Any:
        self._reset()
        command = [sys.executable, __file__, "--one", str(self._place / "preview.db"), self._url]
        done = subprocess.run([*command, way], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)

    def _timed(self, command: list[str]) -> float:
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self._place)
        taken = time.perf_counter() - start
        if done.returncode:
            raise SystemExit(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return taken

    def _reset(self) -> None:
        self._ask(TARGET)

    def _ask(self, sql: str) -> Any:
        with contextlib.closing(connect_mariadb(self._url)) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall()

    def _checked(self, name: str, taken: float) -> float:
        """All sides must have written the same rows; the first one is LOAD DATA."""
        found = self._ask("CHECKSUM TABLE Post EXTENDED"), self._ask("SELECT COUNT(*) FROM Post")
        self._wanted = self._wanted or found
        if found != self._wanted:
            self.wrong.add(name)
        return taken


def one(preview: str, url: str, way: str) -> None:
    """Run one import in this process, and print what it took."""
    from oneclick_deploy.data import SqliteSource
    from oneclick_deploy.data.mysql import MysqlImport

    begun = time.perf_counter()
    with SqliteSource(Path(preview)) as source:
        start = time.perf_counter()
        report = MysqlImport(source, url, local_infile=way == "file").run()
        taken = time.perf_counter() - start
    unit = 1024 if sys.platform != "darwin" else 1024**2
    told = {
        "load": taken - report.verify_seconds,
        "whole": time.perf_counter() - begun,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
    }
    print(json.dumps(told))


def show(rows: int, results: dict[str, Times], sides: Sides) -> None:
    """Print one comparison."""
    print(f"{rows:,} rows, {len(results[OURS].seconds)} runs each, in turns")
    ours = results[OURS].median
    table(
        ["", "least", "median", "rows/s", "x ours", "same rows"],
        [
            [
                name,
                seconds(taken.least),
                seconds(taken.median),
                f"{rows / taken.median:,.0f}",
                "" if name == OURS else times(taken.median / ours),
                "no" if name in sides.wrong else "yes",
            ]
            for name, taken in results.items()
        ],
    )
    print(f"peak memory of ours: {sides.memory:.0f} MB")
    print(f"RATIO sqlite_to_mysql_vs_load_data {results[FLOOR].median / ours:.2f}")


def main() -> None:
    """Move the table in turns, print."""
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
        return
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    heading("Rows from an SQLite file to MariaDB (on this machine)")
    if not shutil.which("mariadb"):
        skip("there is no mariadb, MariaDB's client")
    with (
        tempfile.TemporaryDirectory() as name,
        running_mariadb() as server,
        server.fresh() as url,
    ):
        make_files(Path(name), options.rows)
        # mariadb-import takes the table's name from the file's.
        (Path(name) / "ready.txt").rename(Path(name) / "Post.txt")
        sides = Sides(Path(name), url)
        results = interleaved(sides.all(), rounds=options.rounds, most_seconds=MOST_SECONDS)
        results[WHOLE] = Times(seconds=tuple(sides.whole))
        show(options.rows, results, sides)


if __name__ == "__main__":
    main()
