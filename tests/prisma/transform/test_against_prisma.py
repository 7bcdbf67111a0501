"""What comes out is a schema that Prisma of that release accepts, and that changes no more."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.prisma.engine import PrismaEngine
from tests.prisma.random_schemas import PROVIDERS, random_schema

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.transforming.result import Transformation
from oneclick_deploy.prisma.transforming.transform import transform

TARGETS = ("turso", "neon", "mysql", "d1")
RELEASES = ("5", "6.5", "6", "7")
# Prisma 5.22 knows no comments between /* and */.
NEWER_TEXT = {("layout-and-comments", "5")}


@pytest.fixture
def engines(
    prisma: PrismaEngine, prisma_6: PrismaEngine, prisma_5: PrismaEngine
) -> dict[str, PrismaEngine]:
    return {"7": prisma, "6": prisma_6, "5": prisma_5}


def transformed(source: object, target: str, version: str) -> Transformation | None:
    """The rewritten schema; None when it is refused."""
    try:
        return transform(source, target, prisma_version=version)
    except InvalidSchemaError:
        return None


def holds(result: Transformation, engines: dict[str, PrismaEngine]) -> None:
    version = str(result.release)
    assert engines[version[0]].validate(result.files) is None
    again = transform(result.schema, result.target.name, prisma_version=version)
    assert again.changes == ()
    assert again.files == result.files


def cases(shared: Path) -> Iterator[tuple[str, Path]]:
    for folder in sorted((shared / "prisma-cases").iterdir()):
        one, several = folder / "schema.prisma", folder / "schema"
        if one.is_file() or several.is_dir():
            yield folder.name, one if one.is_file() else several


@pytest.mark.node
@pytest.mark.parametrize("target", TARGETS)
def test_the_worked_examples(shared: Path, engines: dict[str, PrismaEngine], target: str):
    accepted = 0
    for (name, path), version in itertools.product(cases(shared), RELEASES):
        result = transformed(path, target, version)
        if result is not None and (name, version) not in NEWER_TEXT:
            holds(result, engines)
            accepted += 1
    assert accepted > 70


@pytest.mark.node
@pytest.mark.parametrize("provider", PROVIDERS)
def test_random_schemas(engines: dict[str, PrismaEngine], provider: str):
    accepted = 0
    for seed, target, version in itertools.product(range(12), TARGETS, ("6", "7")):
        result = transformed(str(random_schema(seed, provider)), target, version)
        if result is not None:
            holds(result, engines)
            accepted += 1
    assert accepted > 12


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_schema_that_is_right_comes_back_byte_for_byte(provider: str):
    for seed in range(30):
        text = str(random_schema(seed, provider))
        target = "sqlite" if provider == "sqlite" else provider
        result = transformed(text, target, "7")
        assert result is not None
        if result.changes:
            # Json defaults, which Prisma prints wrongly, and URLs.
            assert {change.kind for change in result.changes} <= {"default", "url"}
        else:
            assert str(result) == text


def test_comments_survive_everything():
    for seed in range(40):
        text = str(random_schema(seed, "sqlite"))
        result = transformed(text, "neon", "7")
        if result is not None:
            assert str(result).count("//") == text.count("//")
            assert parse(str(result)).errors == ()
