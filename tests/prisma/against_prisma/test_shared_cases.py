"""Every shared case comes out as Prisma prints it, and runs on real servers; the tables say so.

``pytest -rP`` shows the tables.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pymysql
import pytest
from attrs import frozen
from tests.conftest import SHARED
from tests.prisma.against_prisma.comparing import ENGINE_PROVIDERS
from tests.prisma.random_schemas import PROVIDERS
from tests.prisma.servers import MariadbServer, PostgresServer, run_on_mariadb

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.diagnostics import report
from oneclick_deploy.prisma.diff.migration import diff_sql
from oneclick_deploy.prisma.rendering import render_sql

CASES = SHARED / "prisma-cases"
# Prisma prints text for these that no server takes, as their README says.
BROKEN = {("quirks", provider) for provider in PROVIDERS}
# MySQL 8.0.19 takes moments with an offset; MariaDB does not.
ONLY_MYSQL_8 = {("default-dates", "mysql")}
EXTENSIONS = {"native-postgres": "citext", "indexes-postgres": "pg_trgm"}


@frozen
class Case:
    """One folder, for one provider."""

    name: str
    provider: str

    @property
    def schema(self) -> dict[str, str]:
        """The files, with their provider replaced."""
        folder = CASES / self.name
        many = sorted((folder / "schema").rglob("*.prisma"))
        files = {path.relative_to(folder / "schema").as_posix(): path for path in many} or {
            "schema.prisma": folder / "schema.prisma"
        }
        return {name: for_provider(read(path), self.provider) for name, path in files.items()}

    @property
    def expected(self) -> str:
        folder = CASES / self.name
        script = folder / f"expected.{self.provider}.sql"
        return read(script if script.exists() else folder / f"expected.{self.provider}.error.txt")

    @property
    def is_refused(self) -> bool:
        return not (CASES / self.name / f"expected.{self.provider}.sql").exists()

    def __str__(self) -> str:
        return f"{self.name}-{self.provider}"


def read(path: Path) -> str:
    """A file's text with its line ends as they are."""
    return path.read_bytes().decode()


def for_provider(text: str, provider: str) -> str:
    """The schema for another provider: nothing else changes."""
    pattern = r'^([ \t]*datasource\b[^}]*?\bprovider\s*=\s*)"\w+"'
    return re.sub(pattern, rf'\1"{provider}"', text, flags=re.MULTILINE)


def all_cases() -> list[Case]:
    folders = sorted(path.name for path in CASES.glob("[a-z]*") if path.is_dir())
    return [Case(name, provider) for name in folders for provider in PROVIDERS]


def answer(case: Case) -> str:
    """Our script, or our errors."""
    try:
        return render_sql(case.schema)
    except InvalidSchemaError as error:
        return report(error.diagnostics)


def show(rows: dict[str, dict[str, str]]) -> None:
    """Print what was found; pytest keeps it for ``-rP``."""
    width = max(map(len, rows), default=0)
    head = " " * width + "".join(f"  {provider:<10}" for provider in PROVIDERS)
    lines = [
        name.ljust(width) + "".join(f"  {each.get(provider, ''):<10}" for provider in PROVIDERS)
        for name, each in rows.items()
    ]
    sys.stdout.write("\n".join([head, *(line.rstrip() for line in lines), ""]))


@pytest.fixture(autouse=True)
def needs_cases(shared: Path) -> None:
    """Skip without the shared data."""


def test_every_case_is_as_prisma_prints_it() -> None:
    rows: dict[str, dict[str, str]] = {}
    for case in all_cases():
        outcome = "refused" if case.is_refused else "equal"
        if answer(case).rstrip("\n") != case.expected.rstrip("\n"):
            outcome = "DIFFERENT"
        rows.setdefault(case.name, {})[case.provider] = outcome
    show(rows)
    different = [name for name, row in rows.items() if "DIFFERENT" in row.values()]
    assert different == []
    counted = [outcome for row in rows.values() for outcome in row.values()]
    assert (counted.count("equal"), counted.count("refused")) == (90, 21)


def test_every_shared_migration_is_as_prisma_prints_it() -> None:
    rows: dict[str, dict[str, str]] = {}
    for folder in sorted((CASES / "_diff").iterdir()):
        for provider in ENGINE_PROVIDERS:
            old, new = (
                for_provider(read(folder / f"{name}.prisma"), provider) for name in ("from", "to")
            )
            expected = read(folder / f"expected.{provider}.sql")
            is_equal = str(diff_sql(old, new, provider=provider)) == expected
            rows.setdefault(folder.name, {})[provider] = "equal" if is_equal else "DIFFERENT"
    show(rows)
    assert len(rows) == 15
    assert [name for name, row in rows.items() if "DIFFERENT" in row.values()] == []


# Real servers


def runnable(provider: str) -> list[Case]:
    """The cases whose script some server runs."""
    return [
        case
        for case in all_cases()
        if case.provider == provider and not case.is_refused and (case.name, provider) not in BROKEN
    ]


def run_all(provider: str, run: Callable[[str, Case], None]) -> dict[str, dict[str, str]]:
    """Run every script; give what each server said of it."""
    rows: dict[str, dict[str, str]] = {}
    for case in runnable(provider):
        outcome = "runs"
        try:
            run(render_sql(case.schema), case)
        except (sqlite3.Error, psycopg.Error, pymysql.Error) as error:
            outcome = f"FAILS: {error}".splitlines()[0]
        rows[case.name] = {provider: outcome}
    show(rows)
    return rows


def failing(rows: dict[str, dict[str, str]]) -> list[str]:
    return [name for name, row in rows.items() if any("FAILS" in each for each in row.values())]


def test_sqlite_runs_every_script() -> None:
    def run(script: str, _case: Case) -> None:
        with contextlib.closing(sqlite3.connect(":memory:")) as database:
            database.executescript(script)

    rows = run_all("sqlite", run)
    assert failing(rows) == []
    assert len(rows) > 20


def test_postgres_runs_every_script(postgres_server: PostgresServer) -> None:
    def run(script: str, case: Case) -> None:
        with postgres_server.fresh() as url, psycopg.connect(url, autocommit=True) as database:
            if case.name in EXTENSIONS:
                database.execute(f"CREATE EXTENSION {EXTENSIONS[case.name]}")  # type: ignore[arg-type]
            database.execute(script)  # type: ignore[arg-type]

    rows = run_all("postgresql", run)
    assert failing(rows) == []
    assert len(rows) > 30


def test_mariadb_runs_every_script_but_that_for_mysql_8(mariadb_server: MariadbServer) -> None:
    def run(script: str, _case: Case) -> None:
        with mariadb_server.fresh() as url:
            run_on_mariadb(url, script)

    rows = run_all("mysql", run)
    assert failing(rows) == [name for name, _ in sorted(ONLY_MYSQL_8)]
    assert len(rows) > 20
