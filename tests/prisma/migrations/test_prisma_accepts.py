"""Prisma's own tools accept what this library applied, and it accepts what they applied."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.prisma.engine import PrismaEngine
from tests.prisma.migrations.prisma_cli import PrismaApp
from tests.providers.libsql.conftest import single_sqld

from oneclick_deploy.errors import MigrationApplyError, MigrationFailedBeforeError
from oneclick_deploy.prisma.migrations import (
    MigrationDatabase,
    MigrationHistory,
    PostgresDatabase,
    SqliteDatabase,
    apply,
    baseline,
    create,
    read_history,
    resolve,
    status,
)
from oneclick_deploy.prisma.migrations.baselining import baseline_history
from oneclick_deploy.prisma.migrations.scripts import parts
from oneclick_deploy.providers.libsql.migrations import LibsqlDatabase

__all__ = ["single_sqld"]

SCHEMA = """\
generator client {
  provider   = "prisma-client-js"
  engineType = "client"
}

datasource db {
  provider = "sqlite"
  url      = env("DATABASE_URL")
}

model User {
  id    Int     @id @default(autoincrement())
  email String  @unique
  posts Post[]
}

model Post {
  id        Int      @id @default(autoincrement())
  title     String
  published Boolean  @default(false)
  createdAt DateTime @default(now())
  author    User     @relation(fields: [authorId], references: [id], onDelete: Cascade)
  authorId  Int
  tags      Tag[]

  @@index([authorId])
}

model Tag {
  id    String @id @default(cuid())
  posts Post[]
}
"""
# As Prisma writes them.
ADD_COLUMN = '-- AlterTable\nALTER TABLE "Post" ADD COLUMN "subtitle" TEXT;\n'
REDEFINE = """-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_User" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL,
    "age" INTEGER NOT NULL DEFAULT 18
);
INSERT INTO "new_User" ("email", "id") SELECT "email", "id" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
"""
LATER = SCHEMA.replace("  title     String\n", "  title     String\n  subtitle  String?\n").replace(
    "  email String  @unique\n", "  email String  @unique\n  age   Int     @default(18)\n"
)
UP_TO_DATE = "Database schema is up to date!"
NOTHING = "No pending migrations to apply."
EMPTY = "-- This is an empty migration."
# The same in every database; sqld has tables of its own.
OWN = "WHERE name NOT LIKE 'sqlite%' AND name NOT LIKE 'libsql%'"


@pytest.fixture(params=["sqlite", "libsql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> PrismaApp:
    """An app with three migrations and an empty database: a file, and a real sqld."""
    if request.param == "libsql":
        return make_app(tmp_path, f"http://{request.getfixturevalue('single_sqld')}")
    return make_app(tmp_path, f"file:{tmp_path / 'app.db'}")


@pytest.fixture
def file_app(tmp_path: Path) -> PrismaApp:
    """The same with a file."""
    return make_app(tmp_path, f"file:{tmp_path / 'app.db'}")


def make_app(tmp_path: Path, url: str) -> PrismaApp:
    made = PrismaApp.make(tmp_path / "app", url, SCHEMA)
    made.begin()
    made.schema.write_text(LATER)
    made.add("30000101000000_subtitle", ADD_COLUMN)
    made.add("30000102000000_age", REDEFINE)
    return made


def connect(app: PrismaApp) -> MigrationDatabase:
    if app.url.startswith("file:"):
        return SqliteDatabase.open(urlsplit(app.url).path)
    return LibsqlDatabase.open(app.url)


def history_as_files(history: MigrationHistory) -> dict[str, str]:
    return {each.name: each.script for each in history.migrations}


# The command line


def test_prisma_finds_nothing_to_do_after_us(app: PrismaApp) -> None:
    with connect(app) as database:
        assert len(apply(app.history(), database).applied) == 3
    assert UP_TO_DATE in app.prisma("migrate", "status")
    assert NOTHING in app.prisma("migrate", "deploy")


def test_we_find_nothing_to_do_after_prisma(file_app: PrismaApp) -> None:
    assert file_app.prisma("migrate", "deploy").endswith("exit 0")
    with connect(file_app) as database:
        assert status(file_app.history(), database).up_to_date
        assert apply(file_app.history(), database).applied == ()


def test_prisma_goes_on_where_we_stopped_and_we_where_it_did(file_app: PrismaApp) -> None:
    whole = file_app.history()
    first = MigrationHistory(provider="sqlite", migrations=whole.migrations[:1])
    with connect(file_app) as database:
        apply(first, database)
    assert "30000102000000_age" in file_app.prisma("migrate", "deploy")
    file_app.add("30000103000000_more", 'CREATE TABLE "More" ("id" INTEGER PRIMARY KEY);\n')
    with connect(file_app) as database:
        assert apply(file_app.history(), database).applied == ("30000103000000_more",)
    assert UP_TO_DATE in file_app.prisma("migrate", "status")


def test_prisma_stops_at_our_failure_as_at_its_own(app: PrismaApp) -> None:
    bad = app.add("30000103000000_bad", "CREATE TABLE a (b); INSERT INTO nowhere VALUES (1);")
    with connect(app) as database, pytest.raises(MigrationApplyError):
        apply(app.history(), database)
    found = app.prisma("migrate", "status")
    assert "Following migration have failed:\n30000103000000_bad" in found
    refused = app.prisma("migrate", "deploy")
    assert "P3009" in refused
    assert "The `30000103000000_bad` migration started at" in refused
    bad.write_text("CREATE TABLE a (b);")
    with connect(app) as database:
        resolve(database, "30000103000000_bad", rolled_back=True)
    assert "30000103000000_bad" in app.prisma("migrate", "deploy")
    assert UP_TO_DATE in app.prisma("migrate", "status")
    with connect(app) as database:
        assert status(app.history(), database).up_to_date


def test_we_stop_at_prisma_s_failure_and_resolve_it(file_app: PrismaApp) -> None:
    bad = file_app.add("30000103000000_bad", "INSERT INTO nowhere VALUES (1);")
    assert file_app.prisma("migrate", "deploy").endswith("exit 1")
    with connect(file_app) as database:
        with pytest.raises(MigrationFailedBeforeError, match="no such table: nowhere"):
            apply(file_app.history(), database)
        resolve(database, "30000103000000_bad", applied=file_app.history())
    assert UP_TO_DATE in file_app.prisma("migrate", "status")
    assert NOTHING in file_app.prisma("migrate", "deploy")
    assert bad.exists()


def test_prisma_takes_a_first_migration_that_we_marked(file_app: PrismaApp) -> None:
    with connect(file_app) as database:
        for migration in file_app.history().migrations:
            for part in parts(migration.script, provider="sqlite"):
                database.execute(part.text)
            resolve(database, migration.name, applied=file_app.history())
    assert UP_TO_DATE in file_app.prisma("migrate", "status")
    assert NOTHING in file_app.prisma("migrate", "deploy")


def test_both_apply_in_the_same_order(tmp_path: Path) -> None:
    """Names that a sort by bytes would put in another order."""
    app = PrismaApp.make(tmp_path / "app", f"file:{tmp_path / 'app.db'}", SCHEMA)
    for name in ("2026_x", "20260101000000_Init", "20260101000000_a", "0_init", "00_x"):
        app.add(name, f'CREATE TABLE "{name}" (id INTEGER PRIMARY KEY);\n')
    assert app.prisma("migrate", "deploy").endswith("exit 0")
    with connect(app) as database:
        made = database.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%id INTEGER%'")
    assert [name for (name,) in made] == [each.name for each in app.history().migrations]


# The engine of release 7


def test_the_engine_finds_that_the_history_made_what_the_schema_says(
    app: PrismaApp, prisma: PrismaEngine, tmp_path: Path
) -> None:
    with connect(app) as database:
        apply(app.history(), database)
        made = database.execute(f"SELECT sql FROM sqlite_master {OWN} ORDER BY rowid")
    file = f"file:{tmp_path / 'copy.db'}"
    with open_url(file) as copy:
        apply(app.history(), copy)
        assert copy.execute(f"SELECT sql FROM sqlite_master {OWN} ORDER BY rowid") == made
    assert prisma.drift(file, plain(LATER, "sqlite")).startswith(EMPTY)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"file:{tmp_path / 'app.db'}"
    return request.getfixturevalue("postgres_database")


def open_url(url: str) -> MigrationDatabase:
    if url.startswith("file:"):
        return SqliteDatabase.open(url.removeprefix("file:"))
    return PostgresDatabase.open(url)


def plain(schema: str, provider: str) -> str:
    """A schema as release 7 wants it."""
    lines = [
        line for line in schema.splitlines() if "env(" not in line and "engineType" not in line
    ]
    return "\n".join(lines).replace('"sqlite"', f'"{provider}"') + "\n"


def test_the_engine_finds_a_created_database_up_to_date_and_as_the_schema_says(
    prisma: PrismaEngine, engine_url: str
) -> None:
    provider = "sqlite" if engine_url.startswith("file:") else "postgresql"
    history = baseline_history(SCHEMA, provider=provider)
    with open_url(engine_url) as database:
        create(history, database)
    files = history_as_files(history)
    assert prisma.diagnose(engine_url, files).is_up_to_date
    assert prisma.apply(engine_url, files) == []
    assert prisma.drift(engine_url, plain(SCHEMA, provider)).startswith(EMPTY)


def test_the_engine_does_not_call_other_ends_of_lines_an_edit(
    prisma: PrismaEngine, engine_url: str
) -> None:
    provider = "sqlite" if engine_url.startswith("file:") else "postgresql"
    history = baseline_history(SCHEMA, provider=provider)
    with open_url(engine_url) as database:
        apply(history, database)
    (name, script), *_ = history_as_files(history).items()
    crlf = prisma.diagnose(engine_url, {name: script.replace("\n", "\r\n")})
    assert (crlf.edited, crlf.is_up_to_date) == ((), True)
    assert prisma.diagnose(engine_url, {name: script + " "}).edited == (name,)


def test_the_engine_stops_at_our_failure(prisma: PrismaEngine, engine_url: str) -> None:
    provider = "sqlite" if engine_url.startswith("file:") else "postgresql"
    good = baseline_history(SCHEMA, provider=provider).migrations[0]
    bad = type(good).of("30000101000000_bad", "CREATE TABLE a (b INTEGER); DROP TABLE nowhere;")
    history = MigrationHistory(provider=provider, migrations=(good, bad))
    with open_url(engine_url) as database, pytest.raises(MigrationApplyError):
        apply(history, database)
    files = history_as_files(history)
    assert prisma.diagnose(engine_url, files).failed == (bad.name,)
    with open_url(engine_url) as database:
        resolve(database, bad.name, rolled_back=True)
    found = prisma.diagnose(engine_url, files)
    assert found.failed == ()
    files[bad.name] = "CREATE TABLE a (b INTEGER);"
    assert prisma.apply(engine_url, files) == [bad.name]
    fixed = MigrationHistory(
        provider=provider, migrations=(good, type(good).of(*[*files.items()][1]))
    )
    with open_url(engine_url) as database:
        assert status(fixed, database).up_to_date


def test_a_change_of_provider_ends_in_a_database_that_the_engine_accepts(
    prisma: PrismaEngine, tmp_path: Path, postgres_database: str
) -> None:
    schema, migrations = tmp_path / "schema.prisma", tmp_path / "migrations"
    schema.write_text(plain(LATER, "sqlite"))
    baseline(plain(SCHEMA, "sqlite"), migrations, provider="sqlite")
    schema.write_text(plain(LATER, "postgresql"))
    made = baseline(schema, migrations, provider="postgresql")
    assert made.archive is not None
    history = read_history(schema, migrations, root=tmp_path)
    with open_url(postgres_database) as database:
        assert len(apply(history, database).applied) == 1
    files = history_as_files(history)
    assert prisma.diagnose(postgres_database, files).is_up_to_date
    assert prisma.drift(postgres_database, schema.read_text()).startswith(EMPTY)
