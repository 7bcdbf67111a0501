"""Move an SQLite table into PostgreSQL: ours beside pgloader and ``psql \\copy`` of a ready file.

``python benchmarks/sqlite_to_postgres.py [--rows 200000] [--rounds 3]``

All sides fill an empty table of 12 columns, with its primary key, on a PostgreSQL of this machine
with its default settings (and ``max_wal_size`` of 4 GB). Ours reads integer milliseconds and makes
the table itself; pgloader cannot read those and gets ISO texts; ``\\copy`` gets a file that is
ready, which makes it the floor: no reading of SQLite, no conversion. What each side wrote is
compared in the server. Ours also compares both sides value by value, which is shown by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from sidebyside import ROOT, Times, heading, interleaved, seconds, skip, table, times

sys.path.insert(0, str(ROOT))

from tests.prisma.servers import running_postgres

PREVIEW = """CREATE TABLE "Post" (id INTEGER PRIMARY KEY, cuid TEXT NOT NULL, title TEXT NOT NULL,
    body TEXT, email TEXT NOT NULL, published BOOLEAN NOT NULL, score REAL NOT NULL,
    price DECIMAL NOT NULL, views BIGINT NOT NULL, "createdAt" DATETIME NOT NULL, meta JSONB,
    "authorId" INTEGER)"""
TARGET = """CREATE TABLE "Post" (id integer NOT NULL, cuid text NOT NULL, title text NOT NULL,
    body text, email text NOT NULL, published boolean NOT NULL, score double precision NOT NULL,
    price decimal(65,30) NOT NULL, views bigint NOT NULL, "createdAt" timestamp(3) NOT NULL,
    meta jsonb, "authorId" integer, CONSTRAINT "Post_pkey" PRIMARY KEY (id))"""
SCHEMA = """datasource db {
  provider = "postgresql"
}

model Post {
  id        Int      @id
  cuid      String
  title     String
  body      String?
  email     String
  published Boolean
  score     Float
  price     Decimal
  views     BigInt
  createdAt DateTime
  meta      Json?
  authorId  Int?
}
"""
PGLOADER = """LOAD DATABASE FROM sqlite://{preview} INTO {url}
WITH data only, quote identifiers, include no drop, no truncate, batch rows = 25000;
"""
CHECK = """SELECT count(*), sum(hashtextextended("Post"::text, 0)) FROM "Post" """
WORDS = [
    *("lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "do"),
    *("eiusmod", "tempor", "incididunt", "ut", "labore", "et", "dolore", "magna", "aliqua"),
]
MARKS = ", ".join("?" * 12)
MOST_SECONDS = 240.0

OURS = "ours, rows, key and index"
WHOLE = "ours, with the snapshot and the comparison"
COPY = "psql \\copy of a ready file"
LOADER = "pgloader, ISO dates"


def posts(count: int) -> Iterator[tuple[Any, ...]]:
    """The rows of the table, always the same."""
    some = random.Random(1)
    for i in range(1, count + 1):
        cuid = f"c{some.getrandbits(96):024x}"
        body = None if i % 11 == 0 else " ".join(some.choices(WORDS, k=15))
        if body and i % 50 == 0:
            body += "\tx\ny\\z \"q\" 's'"
        yield (
            i,
            cuid,
            f"Title {i}" + (" é" if i % 7 == 0 else ""),
            body,
            f"user{i}@example.com",
            i & 1,
            some.random() * 1000,
            f"{some.random() * 9999:.2f}",
            some.getrandbits(40),
            1_700_000_000_000 + i * 1000 + i % 1000,
            None if i % 3 == 0 else f'{{"a": {i}, "b": [1, 2, "x"]}}',
            None if i % 5 == 0 else some.randint(1, 999),
        )


def make_files(place: Path, count: int) -> None:
    """The preview, the same with ISO dates for pgloader, and the ready file for \\copy."""
    preview, iso = place / "preview.db", place / "iso.db"
    with contextlib.closing(sqlite3.connect(preview)) as database:
        database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {PREVIEW}")
        rows = posts(count)
        while batch := list(islice(rows, 10_000)):
            database.executemany(f'INSERT INTO "Post" VALUES ({MARKS})', batch)
        database.commit()
    shutil.copyfile(preview, iso)
    with contextlib.closing(sqlite3.connect(iso)) as database:
        at = """strftime('%Y-%m-%d %H:%M:%f', "createdAt" / 1000.0, 'unixepoch')"""
        database.execute(f'UPDATE "Post" SET "createdAt" = {at}')
        database.commit()
        with (place / "ready.txt").open("w", encoding="utf-8", newline="") as ready:
            for row in database.execute('SELECT * FROM "Post"'):
                ready.write("\t".join(map(escaped, row)) + "\n")


def escaped(value: Any) -> str:
    """A value in COPY's text format."""
    if value is None:
        return "\\N"
    text = value.replace("\\", "\\\\") if isinstance(value, str) else repr(value)
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


class Sides:
    """The ways to move the file; each gives the seconds it took to fill an empty table."""

    def __init__(self, place: Path, url: str) -> None:
        self._place = place
        self._url = url
        self._wanted: Any = None
        self.whole: list[float] = []
        self.memory = 0.0
        self.wrong: set[str] = set()

    def all(self) -> dict[str, Callable[[], float]]:
        sides = {COPY: self.copy, OURS: self.ours}
        if shutil.which("pgloader"):
            sides[LOADER] = self.pgloader
        return sides

    def copy(self) -> float:
        self._reset(TARGET)
        ready = str(self._place / "ready.txt").replace("'", "''")
        taken = self._timed(
            [
                *("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", self._url),
                *("-c", f"\\copy \"Post\" from '{ready}'"),
            ]
        )
        return self._checked(COPY, taken)

    def ours(self) -> float:
        self._reset("")
        command = [sys.executable, __file__, "--one", str(self._place / "preview.db"), self._url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        told = json.loads(done.stdout)
        self.whole.append(told["whole"])
        self.memory = max(self.memory, told["memory"])
        return self._checked(OURS, told["load"])

    def pgloader(self) -> float:
        self._reset(TARGET)
        script = self._place / "pgloader.load"
        script.write_text(PGLOADER.format(preview=self._place / "iso.db", url=self._url))
        return self._checked(LOADER, self._timed(["pgloader", "--quiet", str(script)]))

    def _timed(self, command: list[str]) -> float:
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self._place)
        taken = time.perf_counter() - start
        if done.returncode:
            raise SystemExit(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return taken

    def _reset(self, script: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f'DROP TABLE IF EXISTS "Post"; {script}')
            connection.execute("CHECKPOINT")

    def _checked(self, name: str, taken: float) -> float:
        """All sides must have written the same rows; the first one is \\copy."""
        with psycopg.connect(self._url) as connection:
            found = connection.execute(CHECK).fetchone()
        self._wanted = self._wanted or found
        if found != self._wanted:
            self.wrong.add(name)
        return taken


def one(preview: str, url: str) -> None:
    """Run one import in this process, and print what it took."""
    from oneclick_deploy.data import SqliteSource
    from oneclick_deploy.data.postgresql import PostgresImport

    begun = time.perf_counter()
    with SqliteSource(Path(preview)) as source:
        start = time.perf_counter()
        report = PostgresImport(source, url, schema=SCHEMA).run()
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
    for name, ratio in ((LOADER, "pgloader"), (COPY, "copy")):
        if name in results:
            print(f"RATIO sqlite_to_postgres_vs_{ratio} {results[name].median / ours:.2f}")


def main() -> None:
    """Move the table in turns, print."""
    if sys.argv[1:2] == ["--one"]:
        one(*sys.argv[2:])
        return
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=200_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    heading("Rows from an SQLite file to PostgreSQL (on this machine)")
    if not shutil.which("psql"):
        skip("there is no psql")
    if not shutil.which("pgloader"):
        print("pgloader is not installed (a package of Debian): left out\n")
    with tempfile.TemporaryDirectory() as name, running_postgres(is_durable=True) as server:
        make_files(Path(name), options.rows)
        sides = Sides(Path(name), server.url)
        results = interleaved(sides.all(), rounds=options.rounds, most_seconds=MOST_SECONDS)
        results[WHOLE] = Times(seconds=tuple(sides.whole))
        show(options.rows, results, sides)


if __name__ == "__main__":
    main()
