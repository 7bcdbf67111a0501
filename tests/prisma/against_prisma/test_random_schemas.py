"""On random schemas our SQL, migrations and errors are those of Prisma, byte for byte."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from tests.prisma.against_prisma.comparing import (
    ENGINE_PROVIDERS,
    Case,
    Difference,
    differences,
    drawn,
)
from tests.prisma.engine import PrismaEngine, message_of, validate_question
from tests.prisma.random_changes import mutate
from tests.prisma.random_schemas import PROVIDERS, RandomSchema, random_schema, schemas
from tests.prisma.servers import (
    MariadbServer,
    PostgresServer,
    contents_of_mariadb,
    run_on_mariadb,
)

from oneclick_deploy.prisma.diff.migration import diff_sql
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.rendering import render_sql

SEEDS = range(200)
# Texts for other databases than these are refused by us in other words.
FOREIGN = ("mongodb", "sqlserver", "libsql")


def shown(found: Sequence[Difference]) -> str:
    """The first few differences, for people."""
    return f"{len(found)} differences\n\n" + "\n".join(str(each) for each in found[:3])


def cases_of(kind: str, provider: str) -> list[Case]:
    cases = drawn([kind], SEEDS, [provider])
    return [each for each in cases if not any(f'"{name}"' in each.text for name in FOREIGN)]


@pytest.mark.parametrize("provider", ENGINE_PROVIDERS)
def test_the_script_of_a_schema_is_that_of_prisma(prisma: PrismaEngine, provider: str) -> None:
    found = list(differences(prisma, cases_of("render", provider)))
    assert not found, shown(found)


@pytest.mark.parametrize("provider", ENGINE_PROVIDERS)
def test_the_migration_to_a_changed_schema_is_that_of_prisma(
    prisma: PrismaEngine, provider: str
) -> None:
    found = list(differences(prisma, cases_of("diff", provider)))
    assert not found, shown(found)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_mistakes_are_those_of_prisma_with_their_places(
    prisma: PrismaEngine, provider: str
) -> None:
    found = list(differences(prisma, cases_of("findings", provider)))
    assert not found, shown(found)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_drawn_and_changed_is_valid(prisma: PrismaEngine, provider: str) -> None:
    drawn_schemas = [random_schema(seed, provider) for seed in SEEDS]
    changed = [mutate(schema) for schema in drawn_schemas]
    questions = [validate_question(schema.text) for schema in (*drawn_schemas, *changed)]
    refused = [message_of(each) for each in prisma.answers(questions) if each is not None]
    assert refused == []


def test_schemas_in_several_files_are_printed_as_prisma_does(prisma: PrismaEngine) -> None:
    for seed in range(40):
        files = random_schema(seed, "postgresql").files(3)
        with contextlib.suppress(AssertionError):
            assert render_sql(files) == prisma.render("postgresql", files)
            continue
        assert prisma.render("postgresql", files).startswith("panic"), seed


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(schemas())
def test_a_parsed_schema_gives_its_text_back(schema: RandomSchema) -> None:
    parsed = parse(schema.text)
    assert str(parsed) == schema.text
    assert parsed.errors == ()


# Real servers


def test_sqlite_runs_the_scripts() -> None:
    for seed in SEEDS:
        script = render_sql(random_schema(seed, "sqlite", runnable=True).text)
        with contextlib.closing(sqlite3.connect(":memory:")) as database:
            database.executescript(script)


def test_postgres_runs_the_scripts(postgres_server: PostgresServer) -> None:
    with postgres_server.fresh() as url, psycopg.connect(url, autocommit=True) as database:
        for seed in range(100):
            schema = random_schema(seed, "postgresql", runnable=True)
            database.execute(render_sql(schema.text))
            for namespace in {"public", *schema.namespaces}:
                database.execute(f'DROP SCHEMA IF EXISTS "{namespace}" CASCADE')


def test_mariadb_runs_the_scripts(mariadb_server: MariadbServer) -> None:
    for seed in range(40):
        script = render_sql(random_schema(seed, "mysql", runnable=True).text)
        with mariadb_server.fresh() as url:
            run_on_mariadb(url, script)


def test_mariadb_ends_with_the_new_schema_after_a_migration(mariadb_server: MariadbServer) -> None:
    # Prisma's engine prints no MySQL that ours could be compared with.
    for seed in range(20):
        old = random_schema(seed, "mysql", runnable=True)
        new = mutate(old, seed)
        if "Unsupported" in old.text + new.text:
            # Prisma sees no change of a type that it does not know.
            continue
        with mariadb_server.fresh() as migrated, mariadb_server.fresh() as made:
            run_on_mariadb(migrated, render_sql(old.text))
            run_on_mariadb(migrated, str(diff_sql(old.text, new.text)))
            run_on_mariadb(made, render_sql(new.text))
            # The index that MariaDB made for a foreign key stays when the key goes.
            columns, keys, indexes = contents_of_mariadb(migrated)
            wanted = contents_of_mariadb(made)
        assert [columns, keys] == wanted[:2], seed
        assert indexes >= wanted[2], seed
