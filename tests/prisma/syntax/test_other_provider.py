"""A schema read for another database than the one that its datasource names."""

from __future__ import annotations

from pathlib import Path

import pytest

from oneclick_deploy.prisma.diagnostics import report
from oneclick_deploy.prisma.parsing import parse

MODEL = "model A {\n  id Int @id\n  tags String[]\n}\n"


def datasource(provider: str) -> str:
    return f"datasource db {{\n  provider = {provider} // here\n}}\n"


@pytest.mark.parametrize(
    "provider", ['"postgresql"', '"libsql"', 'env("DB")', '["sqlite", "mysql"]', "mysql", "1"]
)
def test_whatever_names_the_provider_is_replaced(provider: str) -> None:
    changed = parse(datasource(provider) + MODEL).with_provider("sqlite")
    assert str(changed) == datasource('"sqlite"') + MODEL


@pytest.mark.parametrize(
    ("written", "asked"),
    [("sqlite", "sqlite"), ("postgres", "postgresql"), ("postgresql", "postgres")],
)
def test_a_schema_that_names_the_provider_is_returned_as_it_is(written: str, asked: str) -> None:
    schema = parse(datasource(f'"{written}"') + MODEL)
    assert schema.with_provider(asked) is schema


def test_only_the_file_with_the_datasource_is_read_again() -> None:
    files = {"a.prisma": "x\n" + MODEL, "b.prisma": "y\n" + datasource('"mysql"'), "c.prisma": "z"}
    schema = parse(files)
    changed = schema.with_provider("sqlite")
    assert changed.trees[0] is schema.trees[0]
    assert changed.trees[2] is schema.trees[2]
    assert dict(changed.files) == {**files, "b.prisma": "y\n" + datasource('"sqlite"')}
    assert [each.text for each in changed.syntax_errors] == ["x\n", "y\n", "z"]
    assert changed.syntax_errors[1].file is changed.trees[1].file


@pytest.mark.parametrize("block", ["datasource db {\n}\n", "datasource db {\n  provider = \n}\n"])
def test_a_datasource_without_a_provider_stays_wrong(block: str) -> None:
    schema = parse(block + MODEL)
    assert schema.with_provider("sqlite") is schema
    assert schema.errors


def test_a_schema_without_a_datasource_prints_as_before_and_is_read_for_the_provider() -> None:
    schema = parse(MODEL)
    changed = schema.with_provider("sqlite")
    assert dict(changed.files) == dict(schema.files)
    assert "can't be a list" in changed.errors[0].message
    assert changed.with_provider("sqlite") is changed
    assert changed.with_provider("postgresql").errors == ()


def test_excerpts_show_the_provider_that_was_asked_for(shared: Path) -> None:
    case = shared / "prisma-cases" / "multi-schema"
    errors = parse(case / "schema.prisma").with_provider("sqlite").errors
    assert report(errors) == (case / "expected.sqlite.error.txt").read_text()
