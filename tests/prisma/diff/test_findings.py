"""What would be lost or cannot work is said before it happens, in Prisma's words where it has any."""

from __future__ import annotations

import pytest
from tests.prisma.diff.changes import schema

from oneclick_deploy.prisma.diff.findings import Destructive, Loss, Obstacle, Unexecutable
from oneclick_deploy.prisma.diff.migration import SqlDiff, diff_sql

USERS = "model User {\n  id Int @id\n%s}\n"


def diff(old: str, new: str, provider: str = "sqlite", *, more: str = "") -> SqlDiff:
    """The migration between two versions of one model's fields."""
    sides = (
        schema(USERS % "".join(f"  {each}\n" for each in side.split("; ") if each) + more)
        for side in (old, new)
    )
    return diff_sql(*sides, provider=provider)


def losses(found: SqlDiff) -> list[Loss]:
    return [each.kind for each in found.warnings]


def obstacles(found: SqlDiff) -> list[Obstacle]:
    return [each.kind for each in found.unexecutable]


@pytest.mark.parametrize("provider", ["sqlite", "postgresql", "mysql"])
def test_a_harmless_migration_has_nothing_to_warn_of(provider: str) -> None:
    found = diff("a Int", "a Int?; b String?; c Int? @default(1)", provider)
    assert (found.warnings, found.unexecutable) == ((), ())
    assert not found.is_destructive
    assert found.script(with_warnings=True) == str(found)


@pytest.mark.parametrize("provider", ["sqlite", "postgresql", "mysql"])
def test_a_column_is_dropped(provider: str) -> None:
    found = diff("name String?", "", provider)
    (warning,) = found.warnings
    assert warning == Destructive(
        Loss.DROP_COLUMN,
        0,
        "You are about to drop the column `name` on the `User` table. All the data in the column "
        "will be lost.",
        "User",
        ("name",),
    )
    assert warning.column == "name"
    assert "@map" in warning.hint
    assert warning.is_prismas
    assert found.is_destructive


@pytest.mark.parametrize("provider", ["sqlite", "postgresql", "mysql"])
def test_a_table_is_dropped(provider: str) -> None:
    old = schema("model A {\n  id Int @id\n}\nmodel B {\n  id Int @id\n}")
    found = diff_sql(old, schema("model B {\n  id Int @id\n}"), provider=provider)
    (warning,) = found.warnings
    assert (warning.kind, warning.table, warning.columns) == (Loss.DROP_TABLE, "A", ())
    assert warning.column is None
    assert warning.message == (
        "You are about to drop the `A` table. If the table is not empty, all the data it contains "
        "will be lost."
    )
    assert type(found.steps[warning.step]).__name__ == "DropTable"


@pytest.mark.parametrize("provider", ["sqlite", "postgresql", "mysql"])
def test_a_required_column_is_added(provider: str) -> None:
    found = diff("", "code String; key String @default(uuid()); n Int @default(0)", provider)
    assert [(each.kind, each.table, each.column) for each in found.unexecutable] == [
        (Obstacle.ADDED_REQUIRED_COLUMN, "User", "code"),
        (Obstacle.ADDED_CLIENT_FILLED_COLUMN, "User", "key"),
    ]
    first, second = found.unexecutable
    assert first.message == (
        "Added the required column `code` to the `User` table without a default value. This is not "
        "possible if the table is not empty."
    )
    assert second.message == (
        "The required column `key` was added to the `User` table with a prisma-level default value."
        " This is not possible if the table is not empty. Please add this column as optional, then "
        "populate it before making it required."
    )
    assert found.is_destructive


@pytest.mark.parametrize("provider", ["sqlite", "postgresql", "mysql"])
def test_a_column_becomes_required(provider: str) -> None:
    (found,) = diff("name String?", "name String", provider).unexecutable
    assert found == Unexecutable(
        Obstacle.MADE_REQUIRED,
        0,
        "Made the column `name` on table `User` required. This step will fail if there are "
        "existing NULL values in that column.",
        "User",
        "name",
    )


def test_sqlite_fills_in_the_default_of_a_column_that_becomes_required() -> None:
    assert not diff("name String?", 'name String @default("")').is_destructive
    assert obstacles(diff("a String?", 'a String @default("")', "postgresql")) == [
        Obstacle.MADE_REQUIRED
    ]


@pytest.mark.parametrize(
    ("provider", "old", "new", "types"),
    [
        ("sqlite", "a String", "a Int", "`String` to `Int`"),
        ("sqlite", "a Bytes", "a Json", "`Binary` to `Json`"),
        ("postgresql", "a Decimal", "a Int", "`Decimal(65,30)` to `Integer`"),
        ("postgresql", "a String", "a String @db.VarChar(9)", "`Text` to `VarChar(9)`"),
        ("postgresql", 'a Unsupported("box")', "a Int", '`Unsupported("box")` to `Integer`'),
        ("mysql", "a String", "a Int", "`VarChar(191)` to `Int`"),
        ("mysql", "a Role", "a String", "`Enum(EnumId(0))` to `VarChar(191)`"),
        ("mysql", "a Int; b Role; c Int", "a Int; b Role; c Role", "`Int` to `Enum(EnumId(1))`"),
    ],
)
def test_values_are_cast(provider: str, old: str, new: str, types: str) -> None:
    found = diff(old, new, provider, more="enum Role {\n  a\n}\n")
    (warning,) = found.warnings
    assert warning.kind is Loss.RISKY_CAST
    assert warning.message == (
        f"You are about to alter the column `{warning.column}` on the `User` table. The data in "
        f"that column could be lost. The data in that column will be cast from {types}."
    )


@pytest.mark.parametrize("provider", ["sqlite", "postgresql", "mysql"])
def test_a_safe_cast_is_nothing_to_warn_of(provider: str) -> None:
    assert not diff("a Int", "a String", provider).is_destructive


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_a_column_that_nothing_can_be_cast_to_is_emptied(provider: str) -> None:
    old, new = {
        "postgresql": ("a String?; b String?; c String", "a Int?; b Int; c Int @default(1)"),
        "mysql": ("a Json?; b Json?; c Json", "a Int?; b Int; c Int @default(1)"),
    }[provider]
    found = diff(f"{old}; d {old[2:-1].split('?')[0]}", f"{new}; d Int", provider)
    assert [(each.kind, each.column) for each in found.warnings] == [
        (Loss.RECREATE_COLUMN, "a"),
        (Loss.RECREATE_COLUMN, "c"),
    ]
    assert found.warnings[0].message == (
        "The `a` column on the `User` table would be dropped and recreated. This will lead to data "
        "loss if there is data in the column."
    )
    assert [(each.kind, each.column) for each in found.unexecutable] == [
        (Obstacle.ADDED_REQUIRED_COLUMN, "b"),
        (Obstacle.RECREATED_REQUIRED_COLUMN, "d"),
    ]
    assert found.unexecutable[1].message == (
        "Changed the type of `d` on the `User` table. No cast exists, the column would be dropped "
        "and recreated, which cannot be done if there is data, since the column is required."
    )


def test_a_value_becomes_a_list() -> None:
    found = diff("r Role", "r Role[]", "postgresql", more="enum Role {\n  a\n}\n")
    (obstacle,) = found.unexecutable
    assert obstacle.kind is Obstacle.MADE_LIST
    assert obstacle.message == (
        "Changed the column `r` on the `User` table from a scalar field to a list field. If there "
        "are non-null values in that column, this step will fail."
    )


@pytest.mark.parametrize("provider", ["sqlite", "postgresql", "mysql"])
def test_another_primary_key(provider: str) -> None:
    old = schema("model T {\n  id Int @id\n  x Int\n}")
    new = schema("model T {\n  id Int\n  x Int\n\n  @@id([id, x])\n}")
    (warning,) = diff_sql(old, new, provider=provider).warnings
    assert (warning.kind, warning.columns) == (Loss.PRIMARY_KEY_CHANGE, ("id",))
    assert warning.message == (
        "The primary key for the `T` table will be changed. If it partially fails, the table could "
        "be left without primary key constraint."
    )


@pytest.mark.parametrize("provider", ["sqlite", "postgresql", "mysql"])
def test_values_have_to_be_unique(provider: str) -> None:
    found = diff("a Int; b Int", "a Int; b Int; @@unique([a, b])", provider)
    (warning,) = found.warnings
    assert (warning.kind, warning.columns) == (Loss.ADD_UNIQUE, ("a", "b"))
    assert warning.message == (
        "A unique constraint covering the columns `[a,b]` on the table `User` will be added. If "
        "there are existing duplicate values, this will fail."
    )


def test_a_new_table_may_be_unique_as_it_likes() -> None:
    new = schema("model T {\n  id Int @id\n  x Int @unique\n}")
    for provider in ("sqlite", "postgresql", "mysql"):
        assert not diff_sql(schema(""), new, provider=provider).is_destructive


@pytest.mark.parametrize(
    ("provider", "enum", "table"), [("postgresql", "Role", None), ("mysql", "User_r", "User")]
)
def test_values_of_an_enum_go(provider: str, enum: str, table: str | None) -> None:
    old, new = (
        schema(USERS % "  r Role\n" + f"enum Role {{\n  {values}\n}}")
        for values in ("a\n  b\n  c", "b\n  d")
    )
    (warning,) = diff_sql(old, new, provider=provider).warnings
    assert (warning.kind, warning.enum, warning.values) == (
        Loss.DROP_ENUM_VALUES,
        enum,
        ("a", "c"),
    )
    assert warning.table == table
    assert warning.message == (
        f"The values [a,c] on the enum `{enum}` will be removed. If these variants are still used "
        "in the database, this will fail."
    )


def test_a_finding_names_the_schema_and_the_step_it_is_about() -> None:
    body = 'model %s {\n  id Int @id\n%s  @@schema("s")\n}\n'
    old = schema(body % ("A", "") + body % ("B", "  x Int\n"), datasource='schemas = ["s"]')
    new = schema(body % ("A", "  y Int?\n") + body % ("B", ""), datasource='schemas = ["s"]')
    found = diff_sql(old, new, provider="postgresql")
    (warning,) = found.warnings
    assert (warning.namespace, warning.table, warning.step) == ("s", "B", 1)


def test_the_script_may_begin_with_the_warnings() -> None:
    found = diff("a Int; b Int?", "c Int; b Int", "postgresql")
    assert found.script(with_warnings=True) == (
        "/*\n"
        "  Warnings:\n"
        "\n"
        "  - You are about to drop the column `a` on the `User` table. All the data in the column "
        "will be lost.\n"
        "  - Added the required column `c` to the `User` table without a default value. This is "
        "not possible if the table is not empty.\n"
        "  - Made the column `b` on table `User` required. This step will fail if there are "
        "existing NULL values in that column.\n"
        "\n"
        "*/\n"
        "-- AlterTable\n"
        'ALTER TABLE "User" DROP COLUMN "a",\n'
        'ADD COLUMN     "c" INTEGER NOT NULL,\n'
        'ALTER COLUMN "b" SET NOT NULL;\n'
    )
    assert str(found).startswith("-- AlterTable")


def test_an_empty_migration_has_no_warnings_above_it() -> None:
    assert diff("a Int", "a Int").script(with_warnings=True) == "-- This is an empty migration.\n"


def test_every_kind_of_finding_has_a_hint() -> None:
    for kind in Loss:
        assert Destructive(kind, 0, "").hint.endswith((".", '"'))
    for obstacle in Obstacle:
        assert Unexecutable(obstacle, 0, "", "T").hint


def test_findings_of_different_kinds_differ_whatever_they_hold() -> None:
    obstacle: object = Unexecutable(Obstacle.MADE_LIST, 0, "", "T")
    assert Destructive(Loss.DROP_TABLE, 0, "", "T") != obstacle
