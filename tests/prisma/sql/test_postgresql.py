"""Schemas and extensions of PostgreSQL."""

from __future__ import annotations

from tests.prisma.sql.scripts import schema, sql, statements

from oneclick_deploy.prisma.rendering import render_sql

EXTENSIONS = 'previewFeatures = ["postgresqlExtensions"]'


def test_public_is_created_first_unless_it_is_not_wanted() -> None:
    text = schema("model A {\n  id Int @id\n}")
    with_schema = render_sql(text, provider="postgresql")
    without = render_sql(text, provider="postgresql", create_public_schema=False)
    assert with_schema == f'-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n{without}'
    assert without.startswith("-- CreateTable\n")


def test_only_schemas_in_which_something_lives_are_created() -> None:
    body = (
        'model A {\n  id Int @id\n\n  @@schema("zeta")\n}\nenum E {\n  X\n\n  @@schema("audit")\n}'
    )
    script = sql(body, "postgresql", datasource='schemas = ["zeta", "unused", "audit", "public"]')
    assert statements(script, "CreateSchema") == [
        'CREATE SCHEMA IF NOT EXISTS "audit"',
        'CREATE SCHEMA IF NOT EXISTS "zeta"',
    ]
    assert 'CREATE TABLE "zeta"."A" (' in script
    assert 'CREATE TYPE "audit"."E" AS ENUM' in script


def test_other_schemas_are_created_even_when_public_is_not() -> None:
    body = 'model A {\n  id Int @id\n\n  @@schema("zeta")\n}\nmodel B {\n  id Int @id\n\n  @@schema("public")\n}'
    text = schema(body, datasource='schemas = ["zeta", "public"]')
    script = render_sql(text, provider="postgresql", create_public_schema=False)
    assert statements(script, "CreateSchema") == ['CREATE SCHEMA IF NOT EXISTS "zeta"']
    assert 'CREATE TABLE "B" (' in script


def test_everything_in_a_schema_is_named_with_it() -> None:
    body = """
model A {
  id Int @id
  e  E[] @default([X])
  b  B[]
  c  Int @unique
  d  B   @relation("one", fields: [c], references: [id])

  @@schema("s1")
}
model B {
  id Int @id
  a  A[]
  as A?  @relation("one")

  @@schema("s2")
}
enum E {
  X

  @@schema("s2")
}
"""
    script = sql(body, "postgresql", datasource='schemas = ["s1", "s2"]')
    assert '"e" "s2"."E"[] DEFAULT ARRAY[\'X\']::"s2"."E"[]' in script
    assert 'CREATE UNIQUE INDEX "A_c_key" ON "s1"."A"("c");' in script
    assert 'CREATE TABLE "s1"."_AToB" (' in script
    assert 'ALTER TABLE "s1"."A" ADD CONSTRAINT "A_c_fkey"' in script
    assert 'REFERENCES "s2"."B"("id")' in script


def test_extensions_are_sorted_by_the_names_in_the_list() -> None:
    listed = (
        'extensions = [zz, hstore(version: "1.8"), aa(map: "uuid-ossp", schema: "ext"),'
        ' bb(schema: "x", version: "2")]'
    )
    script = sql("", "postgresql", datasource=listed, generator=EXTENSIONS)
    assert statements(script, "CreateExtension") == [
        'CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA "ext"',
        'CREATE EXTENSION IF NOT EXISTS "bb" WITH SCHEMA "x" VERSION "2"',
        'CREATE EXTENSION IF NOT EXISTS "hstore" WITH VERSION "1.8"',
        'CREATE EXTENSION IF NOT EXISTS "zz"',
    ]
    assert "CreateSchema" not in script
