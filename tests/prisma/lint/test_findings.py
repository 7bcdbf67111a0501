"""What the linter finds without asking a server, and where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.prisma.engine import PrismaEngine
from tests.prisma.lint.examples import MYSQL, POSTGRESQL, SQLITE, model, referring, schema, wide
from tests.prisma.random_schemas import PROVIDERS, random_schema

import oneclick_deploy.prisma.linting
from oneclick_deploy.errors import (
    ConfigurationError,
    InvalidSchemaError,
    UnknownProviderError,
)
from oneclick_deploy.prisma.linting.codes import CODES
from oneclick_deploy.prisma.linting.finding import Finding, Severity
from oneclick_deploy.prisma.linting.lint import lint
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.transforming.transform import transform


def find(code: str, text: object, target: str, version: str = "6") -> list[Finding]:
    """The findings of one code."""
    found = lint(text, target, prisma_version=version)
    assert [each.code for each in found if each.code not in CODES] == []
    return [each for each in found if each.code == code]


def codes(text: object, target: str, version: str = "6") -> set[str]:
    return {each.code for each in lint(text, target, prisma_version=version)}


PLAIN = schema(SQLITE, "model User {\n  id Int @id\n}\n")


def test_nothing_is_found_where_nothing_hurts():
    assert lint(PLAIN, "sqlite") == ()
    assert lint(PLAIN, "turso") == ()
    assert lint(PLAIN.replace('"sqlite"', '"postgresql"'), "postgresql") == ()
    assert lint(PLAIN.replace('"sqlite"', '"mysql"'), "mysql") == ()


def test_a_finding_says_where_it_is_how_bad_it_is_and_what_to_do():
    [found] = find(
        "OD216",
        schema(SQLITE, "model A {\n  id BigInt @id @default(autoincrement())\n}\n"),
        "turso",
    )
    assert (found.path, found.line, found.column) == ("schema.prisma", 11, 17)
    assert found.where == "A.id"
    assert found.severity is Severity.ERROR
    assert str(found) == (
        "schema.prisma:11:17: error OD216: On SQLite a BigInt key does not number itself: creating "
        "a row fails.\n  fix: Make it an Int, with what refers to it, or a String @default(cuid())."
    )


def test_findings_come_in_the_order_of_the_text():
    files = {
        "b.prisma": "model B {\n  id Int @unique\n  at DateTime @updatedAt\n}\n",
        "a.prisma": schema(MYSQL, "model A {\n  id String @id\n  x Int @unique\n}\n"),
    }
    found = lint(files, "mysql")
    assert [(each.path, each.line) for each in found] == sorted(
        (each.path, each.line) for each in found
    )
    assert {each.path for each in found} == {"a.prisma", "b.prisma"}


# What Prisma refuses


def test_what_prisma_refuses_is_found_in_its_own_words():
    text = schema(
        POSTGRESQL,
        model(
            "tags String[]; key String @db.Uuid; n Int @default(autoincrement())",
            '@@index([key], map: "k", type: Hash)',
        ).replace("id Int @id", 'id Int @id(map: "pk")'),
    )
    found = {each.code: each for each in lint(text, "turso")}
    assert found["OD101"].message.startswith('Field "tags" in model "User" can\'t be a list.')
    assert "Native type Uuid is not supported" in found["OD102"].message
    assert "autoincrement()" in found["OD105"].message
    assert "OD100" in found
    assert all(each.fix for each in found.values())


def test_each_thing_is_found_once():
    text = schema(POSTGRESQL, model("key String @db.Uuid"))
    assert len(find("OD102", text, "turso")) == 1


def test_names_that_clash_on_the_target_are_found():
    text = schema(SQLITE, model("a Int", '@@index([a], map: "User_pkey")'))
    assert find("OD104", text, "neon")
    assert not find("OD104", text, "turso")


def test_what_the_release_does_not_know_is_found():
    enum = schema(SQLITE, model("role Role; x Json") + "enum Role {\n  A\n}\n")
    assert len(find("OD103", enum, "turso", "6.1")) == 2
    assert not find("OD103", enum, "turso", "6.2")
    assert not find("OD103", enum, "neon", "6.1")
    ids = schema(SQLITE, "model A {\n  id String @id @default(ulid())\n}\n")
    assert find("OD106", ids, "turso", "5")
    assert not find("OD106", ids, "turso", "6")


def test_preview_features_that_are_gone_are_found():
    text = schema(SQLITE, model(""), generator='  previewFeatures = ["metrics"]\n')
    assert find("OD107", text, "turso", "7")
    assert not find("OD107", text, "turso", "6")


# The configuration


def test_urls_stand_where_the_release_looks_for_them():
    assert find("OD110", PLAIN, "turso", "7")
    assert not find("OD110", PLAIN, "turso", "6")
    without = PLAIN.replace('  url = env("DATABASE_URL")\n', "")
    assert find("OD111", without, "turso", "6")
    assert not find("OD111", without, "turso", "7")


def test_migrations_on_neon_want_a_direct_url():
    text = PLAIN.replace('"sqlite"', '"postgresql"')
    assert find("OD113", text, "neon", "6")
    assert not find("OD113", text, "postgresql", "6")
    assert not find("OD113", str(transform(text, "neon")), "neon", "6")


def test_adapters_want_a_preview_feature_before_6_16():
    assert find("OD112", PLAIN, "turso", "6.15")
    assert not find("OD112", PLAIN, "turso", "6.16")
    assert not find("OD112", PLAIN, "sqlite", "6.15")
    assert find("OD115", PLAIN, "d1", "5.11")
    assert not find("OD115", PLAIN, "d1", "5.12")


def test_a_provider_that_prisma_never_knew_is_found_and_the_rest_is_read():
    text = PLAIN.replace('"sqlite"', '"libsql"').replace("id Int @id", "id Int @id\n  d Decimal")
    [found] = find("OD114", text, "turso")
    assert found.line == 5
    assert 'provider = "sqlite"' in found.fix
    assert find("OD305", text, "turso")


def test_generators_are_looked_at():
    assert find("OD116", PLAIN.partition("\n\n")[2], "turso")
    new = PLAIN.replace("prisma-client-js", "prisma-client")
    assert find("OD117", new, "turso")
    assert find("OD118", new, "turso", "6.5")
    good = new.replace('"prisma-client"', '"prisma-client"\n  output = "../generated"')
    assert not {"OD117", "OD118"} & codes(good, "turso", "6.6")


# What MySQL's manual says, and MariaDB does not do


@pytest.mark.parametrize(
    ("code", "bad", "good"),
    [
        (
            "OD203",
            'x String @default(dbgenerated("uuid()"))',
            'x String @default(dbgenerated("(uuid())"))',
        ),
        (
            "OD203",
            'x DateTime @default(dbgenerated("UTC_DATE()"))',
            'x DateTime @default(dbgenerated("NOW(3)"))',
        ),
        ("OD205", "x Json @unique", "x String @unique"),
        ("OD205", "x Bytes @unique", "x Bytes @unique @db.VarBinary(20)"),
        ("OD205", "x Bytes @unique", "x Bytes @unique(length: 20)"),
        ("OD206", "x String @unique @db.VarChar(800)", "x String @unique @db.VarChar(768)"),
        (
            "OD206",
            "x String @unique @db.VarChar(800)",
            "x String @unique(length: 100) @db.VarChar(800)",
        ),
        ("OD210", 'x String @default("a") @db.Text', 'x String @default("a") @db.VarChar(9)'),
        (
            "OD221",
            "x DateTime @default(now()) @db.Timestamp",
            "x DateTime @default(now()) @db.Timestamp(6)",
        ),
        ("OD221", "x DateTime @default(now()) @db.Date", "x DateTime @default(now())"),
    ],
)
def test_mysql_and_its_manual(code, bad, good):
    assert find(code, schema(MYSQL, model(bad)), "mysql")
    assert not find(code, schema(MYSQL, model(good)), "mysql")
    assert not find(code, schema(MYSQL, model(bad)), "neon")


def test_set_default_on_mysql():
    text = schema(
        MYSQL, referring("Int @default(1)", "Int").replace("[key])", "[key], onDelete: SetDefault)")
    )
    assert find("OD219", text, "mysql")
    assert not find("OD219", text, "neon")


def test_the_sql_of_a_schema_for_another_database_is_found_with_its_translation():
    def fix(sql: str, kind: str) -> str:
        text = schema(POSTGRESQL, model(f'x {kind} @default(dbgenerated("{sql}"))'))
        [found] = find("OD204", text, "turso")
        return found.fix

    assert fix("gen_random_uuid()", "String") == "Write @default(uuid()); transform() does."
    assert fix("md5(random()::text)", "String").startswith("Take a function of Prisma's")
    same = schema(POSTGRESQL, model('x Int @default(dbgenerated("(1 + 2)"))'))
    assert not find("OD204", same, "turso")


def test_a_backslash_at_the_end_is_worse_than_one_inside():
    def severity(default: str) -> Severity:
        [found] = find("OD209", schema(MYSQL, model(f"x String @default({default})")), "mysql")
        return found.severity

    assert severity('"a\\\\b"') is Severity.WARNING
    assert severity('"a\\\\"') is Severity.ERROR
    assert severity('"a\\\\\\\\"') is Severity.WARNING


def test_the_types_of_a_schema_for_another_database_count_as_the_target_has_them():
    text = schema(POSTGRESQL, wide(" @db.VarChar(150)", 5, "@@index([c0, c1, c2, c3, c4])"))
    assert not find("OD206", text, "mysql")
    assert find("OD206", text.replace(" @db.VarChar(150)", " @db.Uuid"), "mysql")


# What D1, Turso and Neon document


def test_d1_and_its_limits():
    text = schema(SQLITE, model("; ".join(f"c{number} Int" for number in range(100))))
    assert find("OD217", text, "d1")
    assert not find("OD217", text, "turso")
    assert find("OD315", text, "d1")
    cloudflare = schema(SQLITE, model("", '@@map("_cf_KV")'))
    assert find("OD214", cloudflare, "d1")
    assert not find("OD214", cloudflare, "turso")


def test_tables_of_prisma_and_turso_are_reserved():
    assert find("OD214", schema(SQLITE, model("", '@@map("_prisma_migrations")')), "turso")
    [turso] = find("OD214", schema(SQLITE, model("", '@@map("libsql_x")')), "turso")
    assert turso.severity is Severity.WARNING
    assert not find("OD214", schema(SQLITE, model("", '@@map("libsql_x")')), "d1")


def test_libsql_makes_uuids_and_sqlite_does_not():
    text = schema(SQLITE, model('x String @default(dbgenerated("(uuid())"))'))
    assert find("OD204", text, "d1")
    assert not find("OD204", text, "turso")


def test_a_long_name_is_cut_on_postgresql():
    text = schema(SQLITE, model("", f'@@map("{"n" * 64}")'))
    [found] = find("OD211", text, "neon")
    assert found.severity is Severity.WARNING
    assert not find("OD211", text, "turso")


def test_an_extension_that_the_datasource_lists_is_no_finding():
    features = '  previewFeatures = ["postgresqlExtensions"]\n'
    for listed in ("citext", 'x(map: "citext")'):
        text = schema(
            POSTGRESQL,
            model("a String @db.Citext"),
            datasource=f"  extensions = [{listed}]\n",
            generator=features,
        )
        assert not find("OD220", text, "neon")
    vector = schema(POSTGRESQL, model('a Unsupported("vector(3)")?'))
    [found] = find("OD220", vector, "neon")
    assert "vector" in found.message


def test_types_of_another_database_are_found():
    text = schema(POSTGRESQL, model('a Unsupported("point")?'))
    assert find("OD215", text, "turso")
    assert not find("OD215", text, "neon")


def test_views_are_not_created():
    text = schema(
        SQLITE,
        model("") + "view Names {\n  id Int @unique\n}\n",
        generator='  previewFeatures = ["views"]\n',
    )
    [found] = find("OD312", text, "turso")
    assert found.where == "Names"


# Relations

POSTS = """model User {
  id    Int    @id
  posts Post[]
  tags  Tag[]
}

model Post {
  id     Int  @id
  userId Int
  user   User @relation(fields: [userId], references: [id])
}

model Tag {
  id    Int    @id
  users User[]
}
"""


def test_foreign_keys_want_an_index():
    [found] = find("OD302", schema(SQLITE, POSTS), "turso")
    assert (found.where, found.line) == ("Post.user", 19)
    assert found.fix == "Add @@index([userId]) to Post."
    assert found.severity is Severity.INFO
    assert find("OD302", schema(POSTGRESQL, POSTS), "neon")
    assert not find("OD302", schema(MYSQL, POSTS), "mysql")


@pytest.mark.parametrize(
    ("key", "is_enough"),
    [
        ("@@index([userId])", True),
        ("@@index([userId, id])", True),
        ("@@unique([userId, id])", True),
        ("@@index([id, userId])", False),
        ("@@fulltext([title])", False),
    ],
)
def test_only_an_index_that_begins_with_the_fields_helps(key, is_enough):
    models = POSTS.replace("userId Int\n", f"userId Int\n  title String\n  {key}\n")
    text = schema(MYSQL, models, datasource='  relationMode = "prisma"\n')
    assert bool(find("OD301", text, "mysql")) is not is_enough


def test_without_foreign_keys_an_index_and_a_clean_up_are_wanted():
    text = schema(MYSQL, POSTS, datasource='  relationMode = "prisma"\n')
    [found] = find("OD301", text, "mysql")
    assert found.severity is Severity.WARNING
    assert find("OD303", text, "mysql")
    assert not {"OD302", "OD304", "OD309", "OD218"} & codes(text, "turso")
    assert not find("OD303", schema(MYSQL, POSTS), "mysql")


def test_what_a_table_made_anew_deletes_is_worse_on_d1():
    [turso] = [
        each for each in find("OD304", schema(SQLITE, POSTS), "turso") if each.where == "User"
    ]
    [d1] = [each for each in find("OD304", schema(SQLITE, POSTS), "d1") if each.where == "User"]
    assert (turso.severity, d1.severity) == (Severity.INFO, Severity.WARNING)
    assert "the join table TagToUser" in d1.message
    assert "Post" not in d1.message
    assert not find("OD304", schema(POSTGRESQL, POSTS), "neon")


def test_unique_texts_on_mysql_but_not_ids_in_lower_case():
    text = schema(
        MYSQL,
        "model User {\n  id String @id @default(cuid())\n  key String @unique @default(nanoid())\n"
        "  a String\n  b Int\n  @@unique([a, b])\n  @@index([a])\n}\n",
    )
    assert [each.where for each in find("OD308", text, "mysql")] == ["User.key", "User.a"]
    [long] = find("OD310", text, "mysql")
    assert long.message.startswith("a hold")


def test_dates_and_large_numbers_are_told_once():
    text = schema(
        SQLITE, model("a DateTime; b DateTime; c BigInt; d BigInt; e DateTime; f DateTime")
    )
    [dates] = find("OD306", text, "turso")
    assert "User.a, User.b, User.e and 1 more" in dates.message
    [numbers] = find("OD314", text, "turso")
    assert "User.c, User.d" in numbers.message
    assert not {"OD306", "OD314"} & codes(text, "sqlite")
    assert not find("OD314", text, "d1")


# All of it


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_transform_makes_has_nothing_that_prisma_refuses(provider: str):
    compared = 0
    for seed in range(25):
        text = str(random_schema(seed, provider))
        for target in ("turso", "neon", "mysql", "d1"):
            lint(text, target, prisma_version="7")
            try:
                result = transform(text, target, prisma_version="7")
            except InvalidSchemaError:
                assert any(
                    each.severity is Severity.ERROR
                    for each in lint(text, target, prisma_version="7")
                )
                continue
            found = codes(result.schema, target, "7")
            assert {each for each in found if each < "OD116"} == set()
            compared += 1
    assert compared > 25


def test_a_schema_with_mistakes_is_not_linted():
    with pytest.raises(InvalidSchemaError):
        lint(PLAIN.replace("Int @id", "Nothing @id"), "turso")
    with pytest.raises(InvalidSchemaError):
        lint("model A {\n  id Int @id\n}\n", "turso")


def test_unknown_targets_and_versions_are_refused():
    with pytest.raises(UnknownProviderError):
        lint(PLAIN, "oracle")
    with pytest.raises(ConfigurationError):
        lint(PLAIN, "turso", prisma_version="3.1")


def test_a_schema_may_be_files_a_path_or_parsed(tmp_path: Path):
    (tmp_path / "schema.prisma").write_text(PLAIN, "utf-8")
    for given in (tmp_path, tmp_path / "schema.prisma", {"a.prisma": PLAIN}, parse(PLAIN)):
        assert lint(given, "turso") == ()


def test_the_table_has_every_code_that_is_used_and_no_other():
    house = Path(oneclick_deploy.prisma.linting.__file__).parents[1]
    used = set()
    for room in ("linting", "transforming"):
        for path in (house / room).glob("*.py"):
            if path.name != "codes.py":
                used.update(re.findall(r'"(OD\d{3})"', path.read_text("utf-8")))
    assert used == set(CODES)
    assert all(code == entry.code for code, entry in CODES.items())
    assert all(entry.title and entry.source for entry in CODES.values())


@pytest.mark.node
def test_prisma_accepts_the_examples(prisma_6: PrismaEngine):
    for text in (PLAIN, schema(SQLITE, POSTS), schema(MYSQL, POSTS)):
        assert prisma_6.validate(text) is None
