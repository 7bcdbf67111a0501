"""What comes beside the text: the config file, the differences, and all of it to be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from oneclick_deploy.prisma.linting.codes import CODES
from oneclick_deploy.prisma.transforming.transform import transform

MODELS = """
model User {
  id    BigInt   @id @default(autoincrement())
  name  String
  price Decimal  @default(1.5)
  at    DateTime @default(now())
  role  Role
  meta  Json     @default("{}")
  path  String   @default("C:\\\\temp")
  size  Int
}

enum Role {
  USER
}
"""


def schema(provider: str, urls: str = '  url = env("DATABASE_URL")\n', models: str = MODELS) -> str:
    return f'datasource db {{\n  provider = "{provider}"\n{urls}}}\n{models}'


def config(provider: str, target: str, urls: str, given: object = None) -> str:
    [file] = transform(given or schema(provider, urls), target, prisma_version="7").config_files
    assert file.path == "prisma.config.ts"
    assert file.reason
    return file.text


def url_line(text: str) -> str:
    return next(line.strip() for line in text.splitlines() if line.strip().startswith("url:"))


def test_prisma_7_gets_a_config_file_to_write():
    assert config("postgresql", "postgresql", '  url = env("DB")\n') == (
        'import { defineConfig } from "prisma/config";\n'
        "\n"
        "// Prisma 7 does not read .env by itself: import dotenv/config here when the variables are "
        "there.\n"
        "export default defineConfig({\n"
        '  schema: "prisma/schema.prisma",\n'
        '  migrations: { path: "prisma/migrations" },\n'
        "  datasource: {\n"
        "    // For Prisma's command line; the app gives its URL to the adapter.\n"
        "    url: process.env.DB,\n"
        "  },\n"
        "});\n"
    )


@pytest.mark.parametrize(
    ("provider", "target", "urls", "expected"),
    [
        ("sqlite", "turso", '  url = "file:./dev.db"\n', '"file:./prisma/dev.db"'),
        ("sqlite", "turso", '  url = "file:../dev.db?x=1"\n', '"file:./dev.db?x=1"'),
        ("sqlite", "turso", '  url = "file:../../dev.db"\n', '"file:../dev.db"'),
        ("sqlite", "d1", '  url = "file:/data/dev.db"\n', '"file:/data/dev.db"'),
        ("sqlite", "turso", '  url = env("X")\n', 'process.env.X ?? "file:./prisma/dev.db"'),
        ("sqlite", "neon", '  url = env("X")\n', "process.env.DIRECT_URL ?? process.env.X"),
        ("sqlite", "mysql", '  url = "file:./dev.db"\n', "process.env.DATABASE_URL"),
        ("sqlite", "neon", "", "process.env.DIRECT_URL ?? process.env.DATABASE_URL"),
        ("sqlite", "postgresql", '  url = env("MY-URL")\n', 'process.env["MY-URL"]'),
        (
            "postgresql",
            "neon",
            '  url = env("A")\n  directUrl = env("B")\n',
            "process.env.B ?? process.env.A",
        ),
    ],
)
def test_the_config_file_takes_the_urls_over(provider, target, urls, expected):
    assert url_line(config(provider, target, urls)) == f"url: {expected},"


def test_the_shadow_database_moves_along():
    urls = '  url = env("A")\n  shadowDatabaseUrl = env("S")\n'
    assert "shadowDatabaseUrl: process.env.S," in config("postgresql", "neon", urls)
    assert "shadow" not in config("postgresql", "turso", urls)


def test_the_config_file_names_the_schema_where_it_is(tmp_path: Path):
    text = schema("sqlite")
    folder = tmp_path / "app" / "prisma" / "schema"
    folder.mkdir(parents=True)
    (folder / "base.prisma").write_text(text, "utf-8")
    assert 'schema: "prisma/schema",' in config("", "turso", "", folder)
    assert 'path: "prisma/schema/migrations"' in config("", "turso", "", folder)
    assert 'schema: "prisma/schema/base.prisma",' in config("", "turso", "", folder / "base.prisma")
    assert 'schema: "prisma",' in config("", "turso", "", {"a.prisma": text, "b.prisma": ""})
    elsewhere = tmp_path / "data.prisma"
    elsewhere.write_text(text, "utf-8")
    assert 'schema: "data.prisma",' in config("", "turso", "", elsewhere)
    assert 'path: "migrations"' in config("", "turso", "", elsewhere)


def codes(provider: str, target: str, version: str = "7") -> dict[str, tuple[str, ...]]:
    result = transform(schema(provider), target, prisma_version=version)
    return {each.code: each.where for each in result.differences}


def test_differences_of_postgresql():
    found = codes("sqlite", "neon")
    assert found["OD501"] == ("User.name", "User.path")
    assert found["OD503"] == ("User.size",)
    assert found["OD504"] == ("User.at",)
    assert found["OD505"] == ("Role",)
    assert found["OD506"] == ("User.meta",)
    assert found["OD507"] == ("User.id",)
    assert {"OD502", "OD530"} <= found.keys()
    assert "OD530" not in codes("sqlite", "postgresql")


def test_a_new_kind_of_database_wants_a_new_history():
    assert "OD519" in codes("sqlite", "neon")
    assert "OD519" not in codes("sqlite", "turso")


def test_differences_of_mysql():
    found = codes("sqlite", "mysql")
    assert found["OD508"] == ("User.name", "User.path")
    assert found["OD510"] == ("User.meta",)
    assert found["OD511"] == ("User.path",)
    assert "OD509" in found


def test_differences_of_sqlite():
    found = codes("postgresql", "turso")
    assert found["OD513"] == ("User.price",)
    assert found["OD514"] == ("User.id",)
    assert found["OD515"] == ("Role",)
    assert found["OD517"] == ("User.meta",)
    assert found["OD520"] == ("User.at",)
    assert found["OD521"] == ("User.id",)
    assert {"OD512", "OD522", "OD525"} <= found.keys()


def test_differences_of_d1():
    assert {"OD520", "OD522", "OD523", "OD524"} <= codes("sqlite", "d1").keys()
    assert "OD521" not in codes("sqlite", "d1")


def test_the_advice_on_dates_depends_on_what_the_adapter_can():
    def advice(version: str) -> str:
        result = transform(schema("sqlite"), "turso", prisma_version=version)
        return next(each.advice for each in result.differences if each.code == "OD520")

    assert "timestampFormat" in advice("6.16")
    assert "timestampFormat" not in advice("6.15")


def test_nothing_differs_on_the_same_database():
    assert codes("postgresql", "postgresql", "6") == {}
    assert codes("mysql", "mysql", "6") == {}
    plain = schema("sqlite", models="\nmodel A {\n  id Int @id\n}\n")
    assert [each.code for each in transform(plain, "turso").differences] == ["OD522"]


def test_every_difference_is_in_the_table_and_says_what_to_do():
    for provider in ("sqlite", "postgresql", "mysql"):
        for target in ("turso", "neon", "mysql", "d1"):
            for each in transform(schema(provider), target, prisma_version="7").differences:
                assert each.code in CODES
                assert each.message.endswith(".")
                assert each.advice.endswith(".")


def test_the_report_tells_everything():
    result = transform(schema("postgresql"), "turso", prisma_version="7")
    report = result.report()
    assert report.startswith("Prisma 7.10 schema for Turso\n\nChanges\n")
    assert '  schema.prisma:2: "postgresql" -> "sqlite"\n    Turso is reached through' in report
    assert '  schema.prisma:3: removed url = env("DATABASE_URL")\n' in report
    assert "\nWill behave differently\n  OD519: " in report
    assert "\n    concerns User.name, User.path\n" in report
    assert "\nFiles to write\n  prisma.config.ts\n" in report


def test_the_report_of_a_long_list_is_short():
    fields = "".join(f"  f{number} Decimal\n" for number in range(20))
    given = schema("postgresql", models=f"\nmodel A {{\n  id Int @id\n{fields}}}\n")
    assert "A.f11 and 8 more" in transform(given, "turso").report()


def test_the_report_of_nothing_says_so():
    result = transform(schema("mysql"), "mysql")
    assert result.report() == "Prisma 6.19 schema for MySQL\n  Nothing changes.\n"
