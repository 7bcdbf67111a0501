"""Small real apps for the tests: schema, migrations, preview data, site and worker."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import oneclick_deploy as od

SCHEMA = """\
datasource db {
  provider = "sqlite"
  url      = env("DATABASE_URL")
}

model Note {
  id   Int    @id @default(autoincrement())
  text String
}
"""
INIT = """\
-- CreateTable
CREATE TABLE "Note" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "text" TEXT NOT NULL
);
"""
WORKER = """\
export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.pathname === "/api/health") return Response.json({ ok: true });
    if (url.pathname === "/api/env") return Response.json(Object.keys(env).sort());
    if (url.pathname === "/api/count") {
      const answer = await fetch(env.TURSO_DATABASE_URL.replace("libsql:", "https:") + "/v2/pipeline", {
        method: "POST",
        headers: { Authorization: `Bearer ${env.TURSO_AUTH_TOKEN}` },
        body: JSON.stringify({
          requests: [{ type: "execute", stmt: { sql: "SELECT count(*) FROM Note" } }, { type: "close" }],
        }),
      });
      const body = await answer.json();
      return Response.json({ notes: Number(body.results[0].response.result.rows[0][0].value) });
    }
    return env.ASSETS.fetch(request);
  },
};
"""


def write_app(root: Path, *, rows: int = 20, worker: bool = False) -> Path:
    """Write an app directory: ``prisma``, ``out`` and ``preview.db``."""
    migration = root / "prisma" / "migrations" / "20260101000000_init"
    migration.mkdir(parents=True)
    (root / "prisma" / "schema.prisma").write_text(SCHEMA)
    (migration / "migration.sql").write_text(INIT)
    lock = root / "prisma" / "migrations" / "migration_lock.toml"
    lock.write_text('provider = "sqlite"\n')
    (root / "out").mkdir()
    (root / "out" / "index.html").write_text("<!doctype html><title>Notes</title>")
    (root / "out" / "app.js").write_text("console.log('notes')")
    if worker:
        (root / "out" / "_worker.js").write_text(WORKER)
    write_preview(root / "preview.db", rows=rows)
    return root


def write_preview(path: Path, *, rows: int) -> Path:
    """Write a preview database with notes."""
    connection = sqlite3.connect(path)
    connection.executescript(INIT)
    notes = [(f"note {number} with some text",) for number in range(rows)]
    connection.executemany('INSERT INTO "Note" ("text") VALUES (?)', notes)
    connection.commit()
    connection.close()
    return path


def add_migration(root: Path, name: str, script: str) -> None:
    """Add a migration to an app directory."""
    folder = root / "prisma" / "migrations" / name
    folder.mkdir()
    (folder / "migration.sql").write_text(script)


def make_app(root: Path, name: str = "notes", **changes: Any) -> od.App:
    """The app in a directory that `write_app` made."""
    facts: dict[str, Any] = {"preview_data": root / "preview.db"} | changes
    return od.App(name=name, source=root, **facts)
