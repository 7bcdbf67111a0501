"""Prisma's own command line, release 6.19.3, in an app's directory of its own.

Later releases cannot migrate through an adapter. Nothing is fetched: with ``engine: 'js'`` and a
client without an engine the command line needs no native program.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from attrs import frozen
from tests.prisma.engine import INSTALL, TOOLS, missing

from oneclick_deploy.local.tools import find_tool
from oneclick_deploy.prisma.migrations import MigrationHistory, baseline, read_history
from oneclick_deploy.prisma.migrations.lockfile import lock_text

MODULES = TOOLS / "prisma-6" / "node_modules"
CONFIG = """\
import { defineConfig } from 'prisma/config'
import { PrismaLibSQL } from '@prisma/adapter-libsql'

export default defineConfig({
  experimental: { adapter: true },
  engine: 'js',
  schema: 'prisma/schema.prisma',
  adapter: async () => new PrismaLibSQL({ url: process.env.PLACE }),
})
"""


@frozen
class PrismaApp:
    """An app whose database Prisma reaches through its libSQL adapter.

    Args:
        root: Its directory.
        url: Of the database: ``file:`` or ``http:``.
    """

    root: Path
    url: str

    @classmethod
    def make(cls, root: Path, url: str, schema: str) -> PrismaApp:
        if reason := missing(6):
            pytest.skip(reason)
        if not (MODULES / "prisma").is_dir():
            pytest.skip(f"Prisma's command line is not in .tools; {INSTALL}")
        (root / "prisma").mkdir(parents=True)
        (root / "node_modules").symlink_to(MODULES)
        (root / "prisma.config.ts").write_text(CONFIG)
        (root / "prisma" / "schema.prisma").write_text(schema)
        return cls(root, url)

    @property
    def schema(self) -> Path:
        return self.root / "prisma" / "schema.prisma"

    @property
    def migrations(self) -> Path:
        return self.root / "prisma" / "migrations"

    def history(self) -> MigrationHistory:
        return read_history(self.schema, self.migrations, root=self.root)

    def begin(self) -> None:
        """Write the first migration from the schema."""
        baseline(self.schema, self.migrations, provider="sqlite")

    def add(self, name: str, script: str) -> Path:
        """Add a migration by hand."""
        path = self.migrations / name / "migration.sql"
        path.parent.mkdir(parents=True)
        path.write_bytes(script.encode())
        (self.migrations / "migration_lock.toml").write_text(lock_text("sqlite"))
        return path

    def prisma(self, *arguments: str) -> str:
        """Run a command; gives everything that it printed, and its exit code in the last line."""
        run = subprocess.run(
            [str(find_tool("node")), str(MODULES / "prisma/build/index.js"), *arguments],
            cwd=self.root,
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(self.root),
                "CHECKPOINT_DISABLE": "1",
                "PLACE": self.url,
                # Only looked at: unless it is SQLite's, a native engine is wanted.
                "DATABASE_URL": "file:./unused.db",
                "NO_COLOR": "1",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return f"{run.stdout}{run.stderr}\nexit {run.returncode}"
