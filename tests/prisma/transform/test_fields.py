"""Fields and keys: native types, defaults, indexes, names, and what cannot be carried over."""

from __future__ import annotations

import pytest

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.transforming.result import ChangeKind
from oneclick_deploy.prisma.transforming.transform import transform


def schema(body: str, provider: str, rest: str = "") -> str:
    return f'datasource db {{\n  provider = "{provider}"\n}}\n\nmodel User {{\n{body}}}\n{rest}'


def body(text: object) -> str:
    """The lines of the model."""
    return str(text).partition("model User {\n")[2].partition("}\n")[0]


def rewritten(given: str, source: str, target: str, version: str = "7", rest: str = "") -> str:
    return body(transform(schema(given, source, rest), target, prisma_version=version))


def refusals(given: str, source: str, target: str, version: str = "7", rest: str = "") -> list[str]:
    with pytest.raises(InvalidSchemaError) as refused:
        transform(schema(given, source, rest), target, prisma_version=version)
    return [f"{each.line}: {each.message}" for each in refused.value.diagnostics]


def test_native_types_go_with_the_blanks_that_belong_to_them():
    given = (
        "  id    String @id @db.Uuid // the key\n"
        "  name  String @db.VarChar(20) @unique\n"
        "  price Decimal   @db.Decimal(10, 2)   @default(1.50)\n"
        "  text  String?   @db.Text\n"
        "  at    DateTime  @db.Timestamptz(3) @default(now())  @db.Timestamptz(3)\n"
    ).replace("  @db.Timestamptz(3)\n", "\n")
    assert rewritten(given, "postgresql", "turso") == (
        "  id    String @id // the key\n"
        "  name  String @unique\n"
        "  price Decimal   @default(1.50)\n"
        "  text  String?\n"
        "  at    DateTime  @default(now())\n"
    )


def test_native_types_of_a_datasource_of_another_name_go_as_well():
    given = schema("  id String @id @store.Uuid\n", "postgresql").replace("db {", "store {")
    assert body(transform(given, "turso", prisma_version="7")) == "  id String @id\n"


def test_native_types_that_both_databases_know_stay():
    given = "  id Int @id\n  a String @db.VarChar(20)\n  b Decimal @db.Decimal(10, 2)\n"
    assert rewritten(given, "postgresql", "mysql") == given
    assert rewritten(given, "mysql", "neon") == given


@pytest.mark.parametrize(
    ("source", "target", "given", "expected"),
    [
        ("postgresql", "mysql", "String @db.Uuid", "String @db.Char(36)"),
        ("postgresql", "mysql", "DateTime @db.Timestamptz(6)", "DateTime @db.DateTime(6)"),
        ("postgresql", "mysql", "DateTime @db.Timestamp", "DateTime @db.DateTime"),
        ("postgresql", "mysql", "Json @db.JsonB", "Json"),
        ("postgresql", "mysql", "String @db.VarChar", "String"),
        ("postgresql", "mysql", "Decimal @db.Decimal(100, 40)", "Decimal"),
        ("postgresql", "mysql", "String @db.Citext", "String"),
        ("postgresql", "mysql", "String @db.Text", "String @db.Text"),
        ("mysql", "neon", "String @db.LongText", "String @db.Text"),
        ("mysql", "neon", "DateTime @db.DateTime(0)", "DateTime @db.Timestamp(0)"),
        ("mysql", "neon", "Int @db.UnsignedInt", "Int"),
        ("mysql", "neon", "Boolean @db.TinyInt", "Boolean"),
        ("mysql", "neon", "Json @db.Json", "Json"),
        ("mysql", "turso", "Bytes @db.LongBlob", "Bytes"),
    ],
)
def test_native_types_become_those_that_hold_the_same(source, target, given, expected):
    assert rewritten(f"  id Int @id\n  x {given}\n", source, target) == (
        f"  id Int @id\n  x {expected}\n"
    )


def test_a_key_on_mysql_has_a_length():
    given = "  id String @id @db.Text\n  a String @unique @db.Text\n  b String @db.Text\n"
    assert rewritten(given, "postgresql", "mysql") == (
        "  id String @id\n  a String @unique\n  b String @db.Text\n"
    )


@pytest.mark.parametrize(
    ("field", "sql", "expected"),
    [
        ("String", "gen_random_uuid()", "uuid()"),
        ("String", "extensions.uuid_generate_v4()", "uuid()"),
        ("String", "(uuid())", "uuid()"),
        ("DateTime", "now()", "now()"),
        ("DateTime", "CURRENT_TIMESTAMP", "now()"),
        ("DateTime", "CURRENT_TIMESTAMP(3)", "now()"),
        ("DateTime", "timezone('utc'::text, now())", "now()"),
        ("DateTime", "(now() AT TIME ZONE 'utc'::text)", "now()"),
        ("String", "'it''s'::character varying", '"it\'s"'),
        ("String", "'a::b'", '"a::b"'),
        ("Int", "0", "0"),
        ("Int", "(-1)", "-1"),
        ("BigInt", "7::bigint", "7"),
        ("Decimal", "1.50::numeric(10, 2)", "1.50"),
        ("Boolean", "FALSE", "false"),
        ("Role", "'admin'::\\\"Role\\\"", "ADMIN"),
        ("Json", "'{}'::jsonb", "dbgenerated(\"'{}'\")"),
        ("Int", "1 + 2", 'dbgenerated("(1 + 2)")'),
        ("String", "'a' || 'b'", "dbgenerated(\"('a' || 'b')\")"),
    ],
)
def test_sql_in_defaults_becomes_what_prisma_calls_it(field, sql, expected):
    enum = '\nenum Role {\n  USER\n  ADMIN @map("admin")\n}\n'
    given = f'  id Int @id\n  x {field} @default(dbgenerated("{sql}"))\n'
    assert rewritten(given, "postgresql", "turso", rest=enum) == (
        f"  id Int @id\n  x {field} @default({expected})\n"
    )


def test_sql_that_only_its_author_can_translate_is_refused_at_every_place():
    given = (
        '  id Int @id\n  a String @default(dbgenerated("md5(random()::text)"))\n'
        "  b Int @default(dbgenerated(\"nextval('s'::regclass)\"))\n"
        "  c String @default(dbgenerated(\"'a' || 'b'\"))\n"
    )
    assert refusals(given, "postgresql", "mysql") == [
        "7: The default of `User.a` is SQL of another database: md5(random()::text)",
        "8: The default of `User.b` is SQL of another database: nextval('s'::regclass)",
        "9: The default of `User.c` is SQL of another database: 'a' || 'b'",
    ]


def test_sql_in_defaults_stays_where_the_database_stays():
    given = '  id String @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid\n'
    assert rewritten(given, "postgresql", "neon") == given
    lite = '  id String @id @default(dbgenerated("(lower(hex(randomblob(16))))"))\n'
    assert rewritten(lite, "sqlite", "turso") == lite


@pytest.mark.parametrize(
    ("json", "expected"),
    [
        ('"{}"', "dbgenerated(\"'{}'\")"),
        ('"[]"', "dbgenerated(\"'[]'\")"),
        ('"null"', "dbgenerated(\"'null'\")"),
        ('"{\\"a\\": \\"it\'s\\"}"', 'dbgenerated("\'{\\"a\\": \\"it\'\'s\\"}\'")'),
        ('"12.5"', '"12.5"'),
    ],
)
def test_json_defaults_are_quoted_for_sqlite(json, expected):
    given = f"  id Int @id\n  x Json @default({json})\n"
    for source, target in (("postgresql", "turso"), ("sqlite", "d1")):
        assert rewritten(given, source, target) == f"  id Int @id\n  x Json @default({expected})\n"
    assert rewritten(given, "postgresql", "neon") == given


def test_a_quoted_json_default_becomes_a_plain_one_again():
    given = "  id Int @id\n  x Json @default(dbgenerated(\"'{}'\"))\n"
    expected = '  id Int @id\n  x Json @default("{}")\n'
    assert rewritten(given, "sqlite", "neon") == expected
    assert rewritten(given, "sqlite", "mysql") == expected


def test_indexes_keep_what_the_target_knows_of_them():
    given = (
        "  id Int @id\n  a String @unique(length: 10)\n  b String\n"
        '  @@index([a(length: 10, sort: Desc), b], map: "ab")\n'
        "  @@index([b(length: 5)])\n"
        "  @@fulltext([a, b]) // search\n"
    )
    assert rewritten(given, "mysql", "neon") == (
        "  id Int @id\n  a String @unique\n  b String\n"
        '  @@index([a(sort: Desc), b], map: "ab")\n'
        "  @@index([b])\n"
        "  // search\n"
    )


def test_indexes_of_other_kinds_become_ordinary_ones_or_go():
    given = (
        "  id Int @id\n  a String\n  b Json\n"
        "  @@index([a], type: Hash)\n"
        '  @@index(type: Brin, fields: [id], map: "x")\n'
        "  @@index([b], type: Gin)\n"
        '  @@index([a(ops: raw("text_pattern_ops")), id])\n'
    )
    result = transform(schema(given, "postgresql"), "turso", prisma_version="7")
    assert body(result) == (
        "  id Int @id\n  a String\n  b Json\n"
        "  @@index([a])\n"
        '  @@index(fields: [id], map: "x")\n'
        "  @@index([a, id])\n"
    )
    assert [each.where for each in result.differences if each.code == "OD518"] == [("User(b)",)]


def test_names_of_keys_go_where_the_database_gives_none():
    given = (
        '  id Int @id(map: "user_pk")\n  other Int\n'
        '  boss User? @relation("x", fields: [other], references: [id], map: "boss_fk")\n'
        '  all User[] @relation("x")\n'
        '  @@unique([other], map: "other_key")\n'
    ).replace("User?", "User")
    assert rewritten(given, "postgresql", "turso") == given.replace('(map: "user_pk")', "").replace(
        ', map: "boss_fk"', ""
    )
    assert rewritten(given, "postgresql", "mysql") == given.replace('(map: "user_pk")', "")


def test_names_that_are_too_long_or_taken_go():
    long = "n" * 64
    given = (
        f'  id Int @id\n  a Int @unique(map: "{long}")\n  b Int\n  @@index([b], map: "User_pkey")\n'
    )
    assert rewritten(given, "sqlite", "neon") == (
        "  id Int @id\n  a Int @unique\n  b Int\n  @@index([b])\n"
    )
    assert rewritten(given, "sqlite", "mysql") == given
    assert rewritten(given, "sqlite", "turso") == given


def test_one_of_two_equal_names_stays():
    given = schema(
        '  id Int @id\n  a Int @unique(map: "same")\n',
        "mysql",
        'model Post {\n  id Int @id\n  a Int @unique(map: "same")\n}\n',
    )
    text = str(transform(given, "neon", prisma_version="7"))
    assert text.count('map: "same"') == 1
    assert 'map: "same"' in body(text)
    assert str(transform(given, "mysql", prisma_version="7")) == given


def test_every_list_is_refused_at_its_place_in_the_authors_text():
    given = "  id String @id @db.Uuid\n  tags String[]\n  at DateTime @db.Date\n  n Int[]\n"
    assert refusals(given, "postgresql", "turso") == [
        f'{line}: Field "{name}" in model "User" can\'t be a list. '
        "The current connector does not support lists of primitive types."
        for line, name in ((7, "tags"), (9, "n"))
    ]


def test_refusals_stand_where_the_author_wrote_them_even_below_removed_lines():
    given = schema("  id Int @id\n  n Int[]\n", "postgresql").replace(
        '"postgresql"\n', '"postgresql"\n  url = env("A")\n  directUrl = env("B")\n'
    )
    with pytest.raises(InvalidSchemaError) as refused:
        transform(given, "turso", prisma_version="7")
    [found] = refused.value.diagnostics
    assert (found.line, found.text) == (9, "n Int[]\n")


def test_types_of_the_other_database_are_refused():
    given = '  id Int @id\n  place Unsupported("point")?\n'
    assert refusals(given, "postgresql", "turso") == [
        "7: The type `point` of `User.place` is one of postgresql; Turso has no such type."
    ]
    assert rewritten(given, "postgresql", "neon") == given


def test_enums_and_json_on_sqlite_are_refused_before_6_2_in_prismas_words():
    enum = "\nenum Role {\n  USER\n}\n"
    given = "  id Int @id\n  role Role\n  x Json\n"
    json, role = refusals(given, "sqlite", "turso", "6.1", enum)
    assert json == (
        "8: Error validating field `x` in model `User`: Field `x` in model `User` can't be of type "
        "Json. The current connector does not support the Json type."
    )
    assert role == (
        "11: Error validating: You defined the enum `Role`. But the current connector does not "
        "support enums."
    )
    assert rewritten(given, "sqlite", "turso", "6.2", enum) == given
    assert rewritten(given, "sqlite", "neon", "5", enum) == given


@pytest.mark.parametrize(
    ("given", "version"),
    [
        ("  id String @id @default(cuid(2))\n", "5"),
        ("  id String @id @default(ulid())\n", "5"),
    ],
)
def test_functions_newer_than_the_release_are_refused(given, version):
    assert len(refusals(given, "sqlite", "turso", version)) == 1
    assert rewritten(given, "sqlite", "turso", "6") == given


def test_partial_indexes_are_refused_before_7_4():
    generator = 'generator client {\n  provider = "prisma-client-js"\n'
    generator += '  previewFeatures = ["partialIndexes"]\n}\n\n'
    given = generator + schema(
        '  id Int @id\n  a Int\n  @@index([a], where: raw("a > 1"))\n', "sqlite"
    )
    with pytest.raises(InvalidSchemaError) as refused:
        transform(given, "turso", prisma_version="7.3")
    assert [each.message for each in refused.value.diagnostics] == ["No such argument."]
    assert str(transform(given, "turso", prisma_version="7.4")) == given
    result = transform(given, "mysql", prisma_version="7.4")
    assert "  @@index([a])\n" in str(result)


def test_views_keep_defaults_and_lose_native_types():
    generator = (
        'generator client {\n  provider = "prisma-client-js"\n  previewFeatures = ["views"]\n}\n'
    )
    given = generator + schema(
        "  id Int @id\n",
        "postgresql",
        'view Names {\n  id Int @unique\n  a String @db.Uuid @default(dbgenerated("x()"))\n}\n',
    )
    text = str(transform(given, "turso", prisma_version="7"))
    assert '  a String @default(dbgenerated("x()"))\n' in text


def test_every_change_has_its_kind_and_reason():
    given = schema(
        '  id String @id(map: "pk") @db.Uuid @default(dbgenerated("gen_random_uuid()"))\n'
        "  @@index([id], type: Hash)\n",
        "postgresql",
    )
    changes = transform(given, "turso", prisma_version="6").changes
    assert [change.kind for change in changes] == [
        ChangeKind.PROVIDER,
        ChangeKind.URL,
        ChangeKind.NAME,
        ChangeKind.NATIVE_TYPE,
        ChangeKind.DEFAULT,
        ChangeKind.INDEX,
    ]
    assert all(change.reason.endswith(".") for change in changes)
    assert [change.line for change in changes] == [2, 2, 6, 6, 6, 7]
