"""Inspect a big preview database: seconds, and how much memory that takes.

``python benchmarks/inspect_file.py [--size 64M] [--keep FILE]``

The file has a table of 12 columns as Prisma declares them, with dates in three forms in one column,
an index and a foreign key, and a table that it refers to. Beside the inspection stand what it
cannot do without: reading the bytes, and SQLite's own check of the file. Each runs in a process
of its own, so that the peak of its memory is its own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sidebyside import heading, seconds, table

AUTHORS = 1_000
UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}
SCHEMA = """
CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL);
CREATE TABLE "Post" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "cuid" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "body" TEXT,
    "email" TEXT NOT NULL,
    "published" BOOLEAN NOT NULL,
    "score" REAL NOT NULL,
    "price" DECIMAL NOT NULL,
    "views" BIGINT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "meta" JSONB,
    "authorId" INTEGER REFERENCES "User" ("id")
);
CREATE INDEX "Post_authorId_idx" ON "Post" ("authorId");
"""
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)"
FILL_USERS = f"{NUMBERS} INSERT INTO \"User\" SELECT i, 'author ' || i FROM n"
FILL_POSTS = f"""{NUMBERS} INSERT INTO "Post" SELECT i,
    'c' || lower(hex(randomblob(12))),
    'Title ' || i || CASE i % 7 WHEN 0 THEN ' é' ELSE '' END,
    CASE i % 11 WHEN 0 THEN NULL ELSE 'lorem ipsum dolor sit amet ' || hex(randomblob(36)) END,
    'user' || i || '@example.com',
    i & 1,
    abs(random() % 1000000) / 1000.0,
    abs(random() % 999900) / 100.0,
    abs(random() % 1099511627776),
    CASE i % 100
        WHEN 0 THEN '2024-05-06 07:08:09'
        WHEN 1 THEN '2024-05-06T07:08:09.123+00:00'
        ELSE 1700000000000 + i * 1000 END,
    CASE i % 3 WHEN 0 THEN NULL ELSE '{{"a": ' || i || ', "b": [1, 2, "x"]}}' END,
    CASE i % 5 WHEN 0 THEN NULL ELSE 1 + abs(random() % {AUTHORS}) END
    FROM n"""
ROWS_AT_ONCE = 50_000

READ = "reading the bytes"
CHECK = "PRAGMA integrity_check"
OURS = "ours, everything below"


def make_file(path: Path, size: int) -> None:
    """Write a file of at least that size."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(SCHEMA)
        database.execute(FILL_USERS, (1, AUTHORS))
        start = 1
        while path.stat().st_size < size:
            database.execute(FILL_POSTS, (start, start + ROWS_AT_ONCE - 1))
            database.commit()
            start += ROWS_AT_ONCE


def run_here(side: str, path: Path) -> dict[str, object]:
    """Do one thing in this process."""
    from oneclick_deploy.data.inspection import InspectionProgress, inspect

    steps: dict[str, float] = {}
    begun = last = time.perf_counter()

    def tell(progress: InspectionProgress) -> None:
        nonlocal last
        now = time.perf_counter()
        steps[progress.step] = steps.get(progress.step, 0.0) + now - last
        last = now

    told = ""
    if side == READ:
        with path.open("rb", buffering=0) as file:
            while file.read(2**20):
                pass
    elif side == CHECK:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    else:
        told = str(inspect(path, on_progress=tell))
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": time.perf_counter() - begun,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 1024,
        "steps": steps,
        "told": told,
    }


def run(side: str, path: Path) -> dict[str, object]:
    """Do one thing in a process of its own."""
    command = [sys.executable, __file__, "--side", side, "--keep", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{side} failed:\n{done.stderr[-2000:]}")
    found: dict[str, object] = json.loads(done.stdout)
    return found


def compare(path: Path) -> None:
    """Run all sides over one file, print."""
    megabytes = path.stat().st_size / 2**20
    found = {side: run(side, path) for side in (READ, CHECK, OURS)}
    print(f"{found[OURS]['told']}\n")
    table(
        ["", "wall", "CPU", "MiB/s", "peak MiB"],
        [
            [
                side,
                seconds(each["seconds"]),
                seconds(each["cpu"]),
                f"{megabytes / each['seconds']:,.0f}",
                f"{each['peak']:.0f}",
            ]
            for side, each in found.items()
        ],
    )
    steps = found[OURS]["steps"]
    print("copy", seconds(steps["copy"]), end="; ")
    print("check, sizes and census", seconds(steps["census"]), end="; ")
    print("foreign keys", seconds(steps["keys"]))
    print(f"RATIO inspect_mb_per_s {megabytes / found[OURS]['seconds']:.1f}")


def size_of(text: str) -> int:
    """``64M`` as a number."""
    unit = UNITS.get(text[-1:].upper(), 1)
    return int(float(text.rstrip("kKmMgG")) * unit)


def main() -> None:
    """Make a file, inspect it, print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--size", type=size_of, default=size_of("64M"))
    arguments.add_argument("--keep", type=Path, help="use this file; made when it is missing")
    arguments.add_argument("--side", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.side:
        print(json.dumps(run_here(options.side, options.keep)))
        return
    heading("Inspect a preview database")
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "preview.db"
        if not path.exists():
            make_file(path, options.size)
        compare(path)


if __name__ == "__main__":
    main()
