"""The generators: preview features that a release needs, has given up, or never knew."""

from __future__ import annotations

import pytest

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.transforming.transform import transform


def schema(generator: str, provider: str = "sqlite", model: str = "  id Int @id\n") -> str:
    return (
        f"generator client {{\n{generator}}}\n\n"
        f'datasource db {{\n  provider = "{provider}"\n  url = env("DATABASE_URL")\n}}\n\n'
        f"model User {{\n{model}}}\n"
    )


def generator(text: object) -> str:
    return str(text).partition("generator client {\n")[2].partition("}")[0]


PLAIN = '  provider = "prisma-client-js"\n'
ADAPTERS = '  previewFeatures = ["driverAdapters"]\n'


@pytest.mark.parametrize(
    ("target", "version", "added"),
    [
        ("turso", "5", True),
        ("turso", "6.5.0", True),
        ("turso", "6.15", True),
        ("turso", "6.16", False),
        ("turso", "6", False),
        ("turso", "7", False),
        ("d1", "6.6", True),
        ("neon", "6.6", True),
        ("postgresql", "5", False),
        ("mysql", "5", False),
        ("sqlite", "5", False),
    ],
)
def test_adapters_are_turned_on_where_they_are_in_preview(target, version, added):
    result = transform(schema(PLAIN), target, prisma_version=version)
    assert generator(result) == (PLAIN + ADAPTERS if added else PLAIN)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('[ "views" ]', '[ "views", "driverAdapters" ]'),
        ("[]", '["driverAdapters"]'),
        ('"views"', '["views", "driverAdapters"]'),
        ('["driverAdapters"]', '["driverAdapters"]'),
    ],
)
def test_a_feature_joins_those_that_are_there(written, expected):
    given = schema(f"{PLAIN}  previewFeatures = {written} // ours\n")
    result = transform(given, "turso", prisma_version="6.5")
    assert generator(result) == f"{PLAIN}  previewFeatures = {expected} // ours\n"


def test_a_feature_that_is_no_longer_needed_stays():
    given = schema(PLAIN + ADAPTERS)
    for version in ("6.19", "6"):
        assert str(transform(given, "turso", prisma_version=version)) == given
    assert generator(transform(given, "turso", prisma_version="7")) == PLAIN + ADAPTERS


def test_generators_of_others_stay_as_they_are():
    given = schema('  provider = "prisma-erd-generator"\n')
    assert str(transform(given, "turso", prisma_version="6.5")) == given


def test_features_that_prisma_7_forgot_go():
    given = schema(PLAIN + '  previewFeatures = ["metrics", "views"]\n')
    assert str(transform(given, "turso", prisma_version="6")) == given
    result = transform(given, "turso", prisma_version="7")
    assert generator(result) == PLAIN + '  previewFeatures = ["views"]\n'
    alone = schema(PLAIN + '  previewFeatures = ["metrics"]\n')
    assert generator(transform(alone, "turso", prisma_version="7")) == PLAIN


def test_features_of_another_database_go_while_others_come():
    given = schema(PLAIN + '  previewFeatures = ["fullTextSearchPostgres"]\n', "postgresql")
    result = transform(given, "turso", prisma_version="6.5")
    assert generator(result) == PLAIN + ADAPTERS
    [change] = [each for each in result.changes if each.kind == "preview feature"]
    assert "driverAdapters" in change.reason
    assert "fullTextSearchPostgres" in change.reason


def test_features_newer_than_the_release_go():
    given = schema(PLAIN + '  previewFeatures = ["partialIndexes"]\n')
    assert generator(transform(given, "turso", prisma_version="6")) == PLAIN
    assert "partialIndexes" in generator(transform(given, "turso", prisma_version="7"))


def test_several_schemas_are_in_preview_before_6_13():
    given = schema(PLAIN, "postgresql", '  id Int @id\n  @@schema("a")\n').replace(
        "  url =", '  schemas = ["a"]\n  url ='
    )
    features = '  previewFeatures = ["driverAdapters", "multiSchema"]\n'
    assert generator(transform(given, "neon", prisma_version="6.12")) == PLAIN + features
    assert generator(transform(given, "neon", prisma_version="6.16")) == PLAIN


def test_full_text_indexes_are_in_preview_before_6():
    given = schema(PLAIN, "mysql", "  id Int @id\n  text String\n  @@fulltext([text])\n")
    result = transform(given, "mysql", prisma_version="5")
    assert '"fullTextIndex"' in generator(result)
    assert str(transform(given, "mysql", prisma_version="6")) == given


def test_a_needed_feature_without_a_generator_to_name_it_is_refused():
    given = schema(PLAIN, "postgresql", '  id Int @id\n  @@schema("a")\n').replace(
        "  url =", '  schemas = ["a"]\n  url ='
    )
    without = given.partition("\n\n")[2]
    with pytest.raises(InvalidSchemaError) as refused:
        transform(without, "neon", prisma_version="5")
    assert "multiSchema" in refused.value.message


def test_a_feature_that_nobody_knows_is_the_authors_mistake():
    given = schema(PLAIN + '  previewFeatures = ["nope"]\n')
    with pytest.raises(InvalidSchemaError):
        transform(given, "turso", prisma_version="6")
