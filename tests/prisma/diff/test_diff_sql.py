"""What `diff_sql` takes, gives and refuses."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from tests.prisma.diff.changes import schema

from oneclick_deploy.errors import ConfigurationError, InvalidSchemaError, SchemaError
from oneclick_deploy.prisma.diff.migration import diff_sql
from oneclick_deploy.prisma.diff.steps import AddColumn, AlterTable, CreateSchema, CreateTable
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.rendering import render_sql

OLD = schema("model User {\n  id Int @id\n}")
NEW = schema("model User {\n  id Int @id\n  name String?\n}")
SQL = '-- AlterTable\nALTER TABLE "User" ADD COLUMN "name" TEXT;\n'


def test_a_schema_is_text_files_a_path_or_parsed(tmp_path: Path) -> None:
    path = tmp_path / "schema.prisma"
    path.write_text(NEW)
    head, tail = NEW.split("model", 1)
    for new in (NEW, {"a.prisma": head, "b.prisma": f"model{tail}"}, path, tmp_path, parse(NEW)):
        assert str(diff_sql(OLD, new)) == SQL


@pytest.mark.parametrize("provider", ["sqlite", "postgresql", "mysql"])
def test_from_nothing_it_is_the_script_of_the_whole_schema(provider: str) -> None:
    assert str(diff_sql(None, NEW, provider=provider)) == render_sql(NEW, provider=provider)


def test_to_nothing_everything_is_dropped() -> None:
    body = "model A {\n  id Int @id\n  r R\n}\nenum R {\n  a\n}"
    assert str(diff_sql(schema(body), None)) == (
        '-- DropTable\nPRAGMA foreign_keys=off;\nDROP TABLE "A";\nPRAGMA foreign_keys=on;\n'
    )
    # Prisma then writes even the default schema.
    assert str(diff_sql(schema(body, "postgresql"), None)) == (
        '-- DropTable\nDROP TABLE "public"."A";\n\n-- DropEnum\nDROP TYPE "public"."R";\n'
    )
    assert str(diff_sql(schema(body, "mysql"), None)) == "-- DropTable\nDROP TABLE `A`;\n"


def test_to_nothing_foreign_keys_are_dropped_before_the_tables() -> None:
    body = (
        "model A {\n  id Int @id\n  b B @relation(fields: [id], references: [id])\n}\n"
        "model B {\n  id Int @id\n  a A?\n}"
    )
    assert str(diff_sql(schema(body, "postgresql"), None)).startswith(
        '-- DropForeignKey\nALTER TABLE "public"."A" DROP CONSTRAINT "A_id_fkey";\n\n-- DropTable'
    )


def test_from_nothing_to_nothing_is_an_empty_migration() -> None:
    diff = diff_sql(None, None, provider="turso")
    assert diff.is_empty
    assert str(diff) == "-- This is an empty migration.\n"
    assert not diff.is_destructive


def test_the_provider_asked_for_wins_over_the_one_in_the_schemas() -> None:
    old, new = schema("", "mysql"), schema("model T {\n  id Int @id\n}", "sqlite")
    assert '"T_pkey"' in str(diff_sql(old, new, provider="neon"))
    assert "AUTOINCREMENT" in str(diff_sql(old, new, provider="d1"))
    assert "utf8mb4" in str(diff_sql(old, new, provider="mariadb"))


def test_without_a_provider_the_new_schema_decides_then_the_old_one() -> None:
    table = "model T {\n  id Int @id\n}"
    assert '"T_pkey"' in str(diff_sql(schema("", "mysql"), schema(table, "postgresql")))
    assert "utf8mb4" in str(diff_sql(schema("", "mysql"), table))
    assert str(diff_sql(schema(table, "mysql"), None)) == "-- DropTable\nDROP TABLE `T`;\n"


def test_a_provider_must_be_known() -> None:
    with pytest.raises(ConfigurationError, match="oracle") as caught:
        diff_sql(OLD, NEW, provider="oracle")
    assert "sqlite" in caught.value.hint
    with pytest.raises(ConfigurationError, match="neither schema says") as caught:
        diff_sql("model T {\n  id Int @id\n}", "model T {\n  id Int @id\n}")
    assert "datasource" in caught.value.hint
    with pytest.raises(ConfigurationError, match="neither"):
        diff_sql(None, None)


@pytest.mark.parametrize("wrong_side", [0, 1])
def test_a_wrong_schema_on_either_side_is_refused(wrong_side: int) -> None:
    sides = [OLD, NEW]
    sides[wrong_side] = schema("model User {\n  id Int\n}")
    with pytest.raises(InvalidSchemaError, match="unique criteria") as caught:
        diff_sql(*sides)
    assert len(caught.value.diagnostics) == 1


def test_a_schema_that_the_provider_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidSchemaError, match="list"):
        diff_sql(OLD, schema("model T {\n  id Int @id\n  l String[]\n}"), provider="sqlite")


def test_a_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SchemaError):
        diff_sql(tmp_path / "nowhere.prisma", NEW)


def test_steps_are_values() -> None:
    diff = diff_sql(OLD, NEW)
    (step,) = diff.steps
    assert isinstance(step, AlterTable)
    assert step.old.name == "User"
    (change,) = step.changes
    assert isinstance(change, AddColumn)
    assert change.column.name == "name"
    assert diff_sql(OLD, NEW).steps == diff.steps
    assert pickle.loads(pickle.dumps(diff.steps)) == diff.steps


def test_steps_of_different_kinds_differ_whatever_they_hold() -> None:
    from oneclick_deploy.prisma.diff.steps import DropTable

    table = diff_sql(None, OLD).new.tables[0]
    other: object = DropTable(table)
    assert CreateTable(table) != other
    assert len({CreateTable(table), DropTable(table), CreateTable(table)}) == 2


def test_a_diff_shows_what_it_does_and_cannot_be_changed() -> None:
    diff = diff_sql(OLD, NEW)
    assert repr(diff) == "<SqlDiff sqlite: AlterTable>"
    assert repr(diff_sql(OLD, OLD)) == "<SqlDiff sqlite: nothing>"
    with pytest.raises(AttributeError):
        diff.steps = ()  # type: ignore[misc]


def test_the_public_schema_need_not_be_created() -> None:
    new = schema("model T {\n  id Int @id\n}", "postgresql")
    assert diff_sql(None, new).steps[0] == CreateSchema("public")
    bare = diff_sql(None, new, create_public_schema=False)
    assert str(bare) == render_sql(new, create_public_schema=False)
    assert bare.steps[0] != CreateSchema("public")


def test_a_table_that_is_passed_over_needs_no_schema() -> None:
    body = 'model T {\n  id Int @id\n\n  @@map("_prisma_migrations")\n}'
    assert diff_sql(None, schema(body, "postgresql")).is_empty


def test_schemas_without_models_are_fine() -> None:
    assert diff_sql(schema(""), schema("")).is_empty
    assert str(diff_sql(schema(""), OLD)).startswith("-- CreateTable")


def test_two_files_may_say_things_in_another_order() -> None:
    blocks = ["model A {\n  id Int @id\n}\n", "model B {\n  id Int @id\n}\n"]
    one = schema("".join(blocks))
    other = schema("".join(reversed(blocks)))
    assert diff_sql(one, other).is_empty
