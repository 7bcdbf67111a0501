"""`render_sql` takes a schema in any form, and says clearly what it cannot do."""

from __future__ import annotations

from pathlib import Path

import pytest

from oneclick_deploy.errors import ConfigurationError, InvalidSchemaError
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.rendering import render_sql

SCHEMA = 'datasource db {\n  provider = "sqlite"\n}\nmodel A {\n  id Int @id\n}\n'
SQLITE = (
    '-- CreateTable\nCREATE TABLE "A" (\n    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT\n);\n'
)


def test_a_schema_is_text_or_files_or_a_path_or_parsed(tmp_path: Path) -> None:
    (tmp_path / "schema.prisma").write_text(SCHEMA)
    head, _, model = SCHEMA.partition("model")
    files = {"a.prisma": head, "b.prisma": "model" + model}
    for source in (SCHEMA, files, tmp_path, tmp_path / "schema.prisma", parse(SCHEMA)):
        assert render_sql(source, provider="sqlite") == SQLITE


def test_without_a_provider_the_datasource_decides() -> None:
    assert render_sql(SCHEMA) == SQLITE
    assert "SERIAL" not in render_sql(SCHEMA.replace("sqlite", "postgres"))
    assert "ENGINE" not in render_sql(SCHEMA.replace("sqlite", "mysql"))


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("libsql", "sqlite"),
        ("turso", "sqlite"),
        ("d1", "sqlite"),
        ("postgres", "postgresql"),
        ("neon", "postgresql"),
        ("mariadb", "mysql"),
        (" SQLite ", "sqlite"),
    ],
)
def test_databases_are_known_by_their_own_names(name: str, dialect: str) -> None:
    assert render_sql(SCHEMA, provider=name) == render_sql(SCHEMA, provider=dialect)


@pytest.mark.parametrize("name", ["oracle", "", "mongodb", "sqlserver"])
def test_other_names_are_refused_with_those_that_are_known(name: str) -> None:
    with pytest.raises(ConfigurationError, match="no SQL for the provider") as caught:
        render_sql(SCHEMA, provider=name)
    assert "postgresql" in caught.value.hint


def test_a_schema_for_a_database_without_sql_is_refused() -> None:
    text = SCHEMA.replace('"sqlite"', '"sqlserver"')
    with pytest.raises(ConfigurationError, match="sqlserver"):
        render_sql(text)
    assert render_sql(text, provider="sqlite") == SQLITE


def test_a_schema_without_datasource_is_for_the_provider_that_is_asked() -> None:
    model = "model A {\n  id Int @id\n}\n"
    assert render_sql(model, provider="turso") == SQLITE
    assert "CREATE SCHEMA" in render_sql(model, provider="neon")
    assert "utf8mb4" in render_sql(model, provider="mysql")


def test_a_schema_without_datasource_needs_a_provider() -> None:
    with pytest.raises(ConfigurationError, match="which database it is for"):
        render_sql("model A {\n  id Int @id\n}\n")


def test_what_prisma_refuses_is_refused_with_every_mistake() -> None:
    with pytest.raises(InvalidSchemaError) as caught:
        render_sql(SCHEMA + "model A {\n  b Nothing\n}\n", provider="sqlite")
    assert caught.value.diagnostics


def test_what_only_the_other_provider_refuses_is_refused_for_it() -> None:
    text = SCHEMA + "model B {\n  id Int @id\n  tags String[]\n}\n"
    assert "TEXT[]" in render_sql(text, provider="postgresql")
    with pytest.raises(InvalidSchemaError, match="can't be a list"):
        render_sql(text, provider="sqlite")


def test_a_schema_with_nothing_in_it_leaves_prismas_comment() -> None:
    text = 'datasource db {\n  provider = "postgresql"\n}\n'
    for provider in ("sqlite", "postgresql", "mysql"):
        assert render_sql(text, provider=provider) == "-- This is an empty migration.\n"


def test_many_models_are_rendered_in_order() -> None:
    names = [f"M{number}" for number in range(300)]
    models = "".join(f"model {name} {{\n  id Int @id\n  a String @unique\n}}\n" for name in names)
    text = 'datasource db {\n  provider = "sqlite"\n}\n' + models
    script = render_sql(text)
    found = [line.split('"')[1] for line in script.splitlines() if line.startswith("CREATE TABLE")]
    assert found == names
