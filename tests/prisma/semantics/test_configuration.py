"""Datasources and generators."""

from __future__ import annotations

import pytest
from tests.prisma.semantics.places import hint, messages

from oneclick_deploy.prisma.parsing import parse


def datasource(*lines: str) -> str:
    """A datasource with the given lines."""
    return "datasource db {\n" + "".join(f"  {each}\n" for each in lines) + "}\n"


def generator(*lines: str) -> str:
    """A generator with the given lines."""
    return "generator client {\n" + "".join(f"  {each}\n" for each in lines) + "}\n"


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("postgresql", "postgresql"),
        ("postgres", "postgresql"),
        ("mysql", "mysql"),
        ("sqlite", "sqlite"),
        ("sqlserver", "sqlserver"),
        ("cockroachdb", "cockroachdb"),
        ("mongodb", "mongodb"),
    ],
)
def test_providers_have_the_name_that_prisma_gives_them(written: str, known: str) -> None:
    found = parse(datasource(f'provider = "{written}"')).check().datasource
    assert found is not None
    assert (found.name, found.provider) == ("db", known)
    assert found.relation_mode == ("prisma" if known == "mongodb" else "foreignKeys")


def test_urls_may_stand_there_and_may_be_missing() -> None:
    urls = ['url = env("A")', 'directUrl = "b"', "shadowDatabaseUrl = env(1, 2)"]
    assert messages(datasource('provider = "sqlite"', *urls)) == []
    assert messages(datasource('provider = "sqlite"')) == []


def test_a_datasource_keeps_what_it_says() -> None:
    found = parse(
        datasource(
            'provider = "postgresql"',
            'relationMode = "prisma"',
            'schemas = ["b", "a"]',
            'extensions = [pg_trgm, citext(map: "CI", schema: "ext", version: "1.6")]',
        )
        + generator('provider = "x"', 'previewFeatures = ["postgresqlExtensions"]')
    ).check()
    assert found.datasource is not None
    assert found.datasource.relation_mode == "prisma"
    assert found.datasource.namespaces == ("b", "a")
    citext, trgm = found.datasource.extensions
    assert (citext.name, citext.mapped_name, citext.namespace) == ("citext", "CI", "ext")
    assert (citext.version, trgm.name, trgm.version) == ("1.6", "pg_trgm", None)


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        (
            "libsql",
            'Write `provider = "sqlite"`: to Prisma, Turso and D1 are SQLite with an adapter.',
        ),
        ("postgress", "Did you mean `postgres`?"),
        (
            "oracle",
            "Known are postgresql, postgres, mysql, sqlserver, sqlite, cockroachdb, mongodb.",
        ),
    ],
)
def test_the_hint_names_a_provider(provider: str, expected: str) -> None:
    assert hint(datasource(f'provider = "{provider}"')) == expected


def test_a_datasource_that_cannot_be_read_is_none() -> None:
    assert parse(datasource('provider = "oracle"')).datasource is None


def test_generators_keep_their_features_as_prisma_spells_them() -> None:
    schema = parse(
        generator('provider = "prisma-client"', 'previewFeatures = ["VIEWS", "views", "typedSql"]')
        + generator('provider = env("X")').replace("client", "other")
    )
    first, second = schema.generators
    assert (first.provider, first.preview_features) == ("prisma-client", ("views", "typedSql"))
    assert (second.name, second.provider, second.preview_features) == ("other", None, ())


def test_a_renamed_feature_is_in_force_under_its_new_name() -> None:
    schema = parse(
        datasource('provider = "postgresql"')
        + generator('provider = "x"', 'previewFeatures = ["fullTextSearch"]')
    )
    assert schema.generators[0].preview_features == ("fullTextSearchPostgres",)
    assert len(schema.warnings) == 1


def test_features_that_nobody_needs_any_more_are_only_warned_of() -> None:
    schema = parse(generator('provider = "x"', 'previewFeatures = ["driverAdapters"]'))
    assert schema.errors == ()
    assert [each.message for each in schema.warnings] == [
        (
            'Preview feature "driverAdapters" is deprecated. The functionality can be used without '
            "specifying it as a preview feature."
        )
    ]


def test_hints_for_features_and_properties() -> None:
    features = generator('provider = "x"', 'previewFeatures = ["partialIndex"]')
    assert hint(features) == "Did you mean `partialIndexes`?"
    assert hint(features.replace("partialIndex", "metrics")) == 'Remove "metrics".'
    assert hint(datasource('provider = "mysql"', 'relationmode = "prisma"')) == (
        "Did you mean `relationMode`?"
    )
    assert hint(generator()) == 'Add `provider = "prisma-client"`.'
    assert hint(generator("provider = env()")) == 'Write `env("DATABASE_URL")`.'


def test_other_properties_of_a_generator_may_hold_anything() -> None:
    values = ["a = 1", "b = c", 'd = ["e", [f(1)], { g: 1 }]', 'h = env("I")', "j = { k: [] }"]
    assert messages(generator('provider = "x"', *values)) == []
