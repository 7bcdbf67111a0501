"""The datasource: providers, URLs, and what only some databases know."""

from __future__ import annotations

from pathlib import Path

import pytest

from oneclick_deploy.errors import (
    ConfigurationError,
    InvalidSchemaError,
    UnknownProviderError,
)
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.transforming.result import ChangeKind
from oneclick_deploy.prisma.transforming.transform import transform

MODEL = "\nmodel User {\n  id Int @id\n}\n"
SQLITE = (
    """\
generator client {
  provider = "prisma-client-js"
}

// where the data is
datasource db {
  provider = "sqlite"            // for the preview
  url      = env("MY_DATABASE")
}
"""
    + MODEL
)


def datasource(text: str) -> str:
    """The lines of the datasource block."""
    return text[text.index("datasource db {") : text.index("}", text.index("datasource db {")) + 1]


def test_only_the_provider_changes_where_only_it_must():
    result = transform(SQLITE, "postgresql", prisma_version="6")
    assert str(result) == SQLITE.replace('"sqlite"', '"postgresql"')
    [change] = result.changes
    assert change.kind is ChangeKind.PROVIDER
    assert (change.path, change.line) == ("schema.prisma", 7)
    assert (change.before, change.after) == ('"sqlite"', '"postgresql"')
    assert "PostgreSQL" in change.reason


def test_turso_and_d1_keep_the_provider_sqlite():
    for target in ("turso", "libsql", "d1", "sqlite", " Turso "):
        result = transform(SQLITE, target, prisma_version="6.19.3")
        assert str(result) == SQLITE
        assert result.changes == ()


def test_postgres_is_as_good_as_postgresql():
    schema = SQLITE.replace('"sqlite"', '"postgres"')
    assert str(transform(schema, "postgresql", prisma_version="6")) == schema


@pytest.mark.parametrize("written", ['"libsql"', '"turso"', 'env("PROVIDER")', '["sqlite", "x"]'])
def test_a_provider_that_prisma_never_knew_is_repaired(written):
    schema = SQLITE.replace('"sqlite"', written)
    result = transform(schema, "turso", prisma_version="6")
    assert str(result) == SQLITE
    assert [change.before for change in result.changes] == [written]


def test_a_repaired_provider_is_one_change_even_when_the_target_is_another():
    result = transform(SQLITE.replace('"sqlite"', '"libsql"'), "neon", prisma_version="6")
    changed = [change for change in result.changes if change.kind is ChangeKind.PROVIDER]
    assert [(change.before, change.after) for change in changed] == [('"libsql"', '"postgresql"')]
    assert result.schema.errors == ()


def test_line_ends_and_tabs_stay():
    schema = SQLITE.replace("  ", "\t").replace("\n", "\r\n")
    result = transform(schema, "neon", prisma_version="6")
    text = str(result)
    assert text.count("\n") == text.count("\r\n")
    assert '\tdirectUrl = env("DIRECT_URL")\r\n' in text
    assert text.replace('\tdirectUrl = env("DIRECT_URL")\r\n', "") == schema.replace(
        '"sqlite"', '"postgresql"'
    )


def test_neon_gets_a_direct_url_below_the_other_one_and_aligned_with_it():
    schema = SQLITE.replace("url      =", "url                 =")
    assert datasource(str(transform(schema, "neon", prisma_version="5"))) == (
        "datasource db {\n"
        '  provider = "postgresql"            // for the preview\n'
        '  url                 = env("MY_DATABASE")\n'
        '  directUrl           = env("DIRECT_URL")\n'
        "}"
    )


def test_a_direct_url_that_is_there_stays():
    schema = SQLITE.replace('"sqlite"', '"postgresql"').replace(
        'env("MY_DATABASE")', 'env("MY_DATABASE")\n  directUrl = env("UNPOOLED")'
    )
    assert str(transform(schema, "neon", prisma_version="6")) == schema


def test_urls_of_servers_go_when_the_database_becomes_a_file():
    schema = SQLITE.replace('"sqlite"', '"postgresql"').replace(
        'env("MY_DATABASE")',
        'env("MY_DATABASE")\n  directUrl = env("D") // direct\n  shadowDatabaseUrl = env("S")',
    )
    assert datasource(str(transform(schema, "turso", prisma_version="6"))) == (
        "datasource db {\n"
        '  provider = "sqlite"            // for the preview\n'
        '  url      = env("MY_DATABASE")\n'
        "  // direct\n"
        "}"
    )


def test_a_shadow_database_of_another_kind_goes():
    schema = SQLITE.replace(
        'env("MY_DATABASE")', 'env("MY_DATABASE")\n  shadowDatabaseUrl = "file:./shadow.db"'
    )
    assert "shadow" not in str(transform(schema, "postgresql", prisma_version="6"))
    assert "shadow" in str(transform(schema, "turso", prisma_version="6"))


def test_a_file_in_the_schema_becomes_a_variable_on_a_server_and_stays_for_turso():
    schema = SQLITE.replace('env("MY_DATABASE")', '"file:./dev.db"')
    assert str(transform(schema, "turso", prisma_version="6")) == schema
    assert 'url      = env("DATABASE_URL")' in str(transform(schema, "neon", prisma_version="6"))


def test_the_url_of_a_server_becomes_a_local_file_for_turso_and_no_password_is_shown():
    secret = "postgresql://ann:p@hunter2/@db.example:5432/app?token=abc"
    schema = SQLITE.replace('"sqlite"', '"postgresql"').replace('env("MY_DATABASE")', f'"{secret}"')
    result = transform(schema, "turso", prisma_version="6")
    assert 'url      = "file:./dev.db"' in str(result)
    report = result.report()
    assert "hunter2" not in report
    assert "abc" not in report
    assert "db.example" in report
    moved = transform(schema, "postgresql", prisma_version="7")
    assert "hunter2" not in moved.report() + moved.config_files[0].text


def test_a_url_is_added_where_the_release_wants_one():
    schema = 'datasource db {\n  provider = "sqlite"\n}\n' + MODEL
    result = transform(schema, "turso", prisma_version="6")
    assert datasource(str(result)) == (
        'datasource db {\n  provider = "sqlite"\n  url      = env("DATABASE_URL")\n}'
    )
    assert transform(schema, "turso").changes == ()


def test_prisma_7_takes_the_urls_out_and_leaves_the_comments():
    schema = SQLITE.replace('env("MY_DATABASE")', 'env("MY_DATABASE") // ask Ann')
    result = transform(schema, "turso", prisma_version="7")
    assert datasource(str(result)) == (
        'datasource db {\n  provider = "sqlite"            // for the preview\n  // ask Ann\n}'
    )


def test_without_a_version_a_schema_with_a_url_is_for_prisma_6_and_another_for_7():
    assert str(transform(SQLITE, "turso").release) == "6.19"
    assert transform(SQLITE, "turso").config_files == ()
    without = SQLITE.replace('\n  url      = env("MY_DATABASE")', "")
    assert transform(without, "turso").release.major == 7


def test_schemas_and_extensions_go_where_there_are_none():
    schema = """\
generator client {
  provider        = "prisma-client-js"
  previewFeatures = ["postgresqlExtensions"]
}

datasource db {
  provider   = "postgresql"
  schemas    = ["public", "shop"]
  extensions = [citext]
}

model User {
  id   Int  @id
  role Role

  @@map("users")
  @@schema("public") // here
}

enum Role {
  ADMIN

  @@schema("shop")
}
"""
    result = transform(schema, "turso", prisma_version="7")
    assert datasource(str(result)) == 'datasource db {\n  provider   = "sqlite"\n}'
    assert '  @@map("users")\n  // here\n}' in str(result)
    assert "@@schema" not in str(result)
    assert transform(schema, "neon", prisma_version="7").changes == ()


def test_only_the_files_that_must_change_do():
    files = {"schema/base.prisma": SQLITE.removesuffix(MODEL), "schema/user.prisma": MODEL}
    result = transform(files, "postgresql", prisma_version="6")
    assert result.files["schema/user.prisma"] == MODEL
    assert '"postgresql"' in result.files["schema/base.prisma"]
    assert [change.path for change in result.changes] == ["schema/base.prisma"]


def test_the_relation_mode_stays():
    schema = SQLITE.replace('env("MY_DATABASE")', 'env("MY_DATABASE")\n  relationMode = "prisma"')
    assert 'relationMode = "prisma"' in str(transform(schema, "mysql", prisma_version="6"))


def test_a_schema_may_be_text_files_a_path_or_parsed(tmp_path: Path):
    path = tmp_path / "schema.prisma"
    path.write_text(SQLITE, "utf-8")
    expected = str(transform(SQLITE, "neon", prisma_version="6"))
    for schema in (path, tmp_path, {"a.prisma": SQLITE}, parse(SQLITE)):
        assert str(transform(schema, "neon", prisma_version="6")) == expected


def test_mistakes_in_the_schema_are_all_told():
    broken = SQLITE.replace("id Int @id", "id Nothing @id\n  name Nobody")
    with pytest.raises(InvalidSchemaError) as refused:
        transform(broken, "turso")
    assert len(refused.value.diagnostics) == 2


@pytest.mark.parametrize("schema", [MODEL, "", "model A {", SQLITE + SQLITE.replace("db {", "d {")])
def test_a_schema_without_one_readable_datasource_is_refused(schema):
    with pytest.raises(InvalidSchemaError):
        transform(schema, "turso")


def test_an_unknown_target_is_refused_with_the_known_ones():
    with pytest.raises(UnknownProviderError) as refused:
        transform(SQLITE, "oracle")
    assert "turso" in refused.value.hint


@pytest.mark.parametrize("version", ["4.16.2", "8", "banana", "file:../prisma"])
def test_a_version_that_is_none_or_unknown_is_refused(version):
    with pytest.raises(ConfigurationError):
        transform(SQLITE, "turso", prisma_version=version)


@pytest.mark.parametrize(
    ("version", "release"),
    [
        ("5", "5.22"),
        ("^5.7.1", "5.7"),
        ("6", "6.19"),
        ("6.x", "6.19"),
        ("~6.5.0", "6.5"),
        ("6.19.3", "6.19"),
        (">=6.2 <7", "6.2"),
        ("v7.10.0", "7.10"),
        ("7.0.0-dev.12", "7.0"),
        ("latest", "7.10"),
        ("*", "7.10"),
    ],
)
def test_versions_are_read_as_package_json_writes_them(version, release):
    assert str(transform(SQLITE, "turso", prisma_version=version).release) == release
