"""Moves small previews into MariaDB."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.prisma.servers import connect_mariadb, run_on_mariadb

from oneclick_deploy.data import ImportReport, SqliteSource
from oneclick_deploy.data.mysql import MysqlImport


def preview(
    path: Path, script: str, rows: dict[str, Iterable[Sequence[Any]]] | None = None
) -> Path:
    """Write a preview database; `rows` are inserted by table."""
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
        for table, each in (rows or {}).items():
            for row in each:
                marks = ", ".join("?" * len(row))
                name = '"' + table.replace('"', '""') + '"'
                connection.execute(f"INSERT INTO {name} VALUES ({marks})", row)
        connection.commit()
    return path


def move(path: Path, url: str, script: str = "", **options: Any) -> ImportReport:
    """Make the tables and move the rows."""
    if script:
        run_on_mariadb(url, script)
    with SqliteSource(path) as source:
        return MysqlImport(source, url, **options).run()


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(connect_mariadb(url, charset="utf8mb4")) as connection:
        cursor = connection.cursor()
        cursor.execute("SET time_zone = '+00:00'")
        cursor.execute(sql)
        return list(cursor.fetchall())
