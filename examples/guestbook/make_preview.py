"""Make preview.db: the SQLite file that a browser preview of this app leaves behind.

A preview runs Prisma on a SQLite that lives in the browser, and hands its file over at the end. This
script makes such a file from prisma/migrations and preview/content.json. It draws from one seeded
generator and never looks at the clock, so every run gives the same rows.

    python make_preview.py [OUTPUT]
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from preview.dice import Dice, iso
from preview.story import Story

HERE = Path(__file__).resolve().parent
SEED = 1871

# Text of Prisma's own schema engine.
MIGRATIONS_TABLE = """CREATE TABLE "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)"""


def apply_migrations(database: sqlite3.Connection, dice: Dice) -> None:
    """Run prisma/migrations and keep the books as Prisma does."""
    database.execute(MIGRATIONS_TABLE)
    for folder in sorted(
        path for path in (HERE / "prisma" / "migrations").iterdir() if path.is_dir()
    ):
        script = (folder / "migration.sql").read_bytes()
        database.executescript(script.decode())
        started = datetime.strptime(folder.name[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        finished = started + timedelta(milliseconds=dice.number(8, 60))
        database.execute(
            'INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, started_at,'
            " applied_steps_count) VALUES (?, ?, ?, ?, ?, 1)",
            (
                dice.uuid(),
                hashlib.sha256(script).hexdigest(),
                iso(finished) + "+00:00",
                folder.name,
                iso(started) + "+00:00",
            ),
        )


def insert(database: sqlite3.Connection, tables: dict[str, list[dict[str, object]]]) -> None:
    for table, rows in tables.items():
        columns = ", ".join(f'"{column}"' for column in rows[0])
        marks = ", ".join("?" for _ in rows[0])
        database.executemany(
            f'INSERT INTO "{table}" ({columns}) VALUES ({marks})',
            [tuple(row.values()) for row in rows],
        )


def make(output: Path) -> int:
    """Write the preview to `output` and return how many rows it has."""
    dice = Dice(SEED)
    unfinished = output.with_name(output.name + ".part")
    unfinished.unlink(missing_ok=True)
    database = sqlite3.connect(unfinished, isolation_level=None)
    try:
        database.execute("PRAGMA page_size = 4096")
        database.execute("PRAGMA foreign_keys = ON")
        apply_migrations(database, dice)
        tables = Story(dice).tables
        database.execute("BEGIN")
        insert(database, tables)
        database.execute("COMMIT")
        database.execute("VACUUM")
    finally:
        database.close()
    unfinished.replace(output)
    return sum(len(rows) for rows in tables.values())


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "preview.db"
    print(f"{target.name}: {make(target)} rows")
