"""The engine that everything is compared with is asked and understood rightly."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.prisma.engine import (
    PrismaEngine,
    RefusedError,
    diff_question,
    message_of,
    validate_question,
)

GOOD = 'datasource db {\n  provider = "sqlite"\n}\n\nmodel A {\n  id Int @id\n}\n'
BAD = GOOD.replace("@id", "@id /* 🎉 */ @foo")
POSTGRES = GOOD.replace("sqlite", "postgresql").replace("@id", "@id\n  b  B") + "enum B {\n  x\n}\n"
TABLE = (
    '-- CreateTable\nCREATE TABLE "A" (\n    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT\n);\n'
)
EMPTY = "-- This is an empty migration.\n"


def test_it_accepts_refuses_and_prints(prisma: PrismaEngine) -> None:
    assert prisma.validate(GOOD) is None
    assert "Validation Error Count: 1" in str(prisma.validate(BAD))
    assert prisma.render("sqlite", GOOD) == TABLE
    assert prisma.diff("sqlite", GOOD, GOOD) == EMPTY
    assert prisma.dmmf(GOOD)["datamodel"]["models"][0]["name"] == "A"


def test_places_are_counted_in_characters_of_their_file(prisma: PrismaEngine) -> None:
    (found,) = prisma.lint({"a.prisma": "enum B { // ü\n  a\n}\n", "b.prisma": BAD})
    assert (found.path, BAD[found.start : found.end]) == ("b.prisma", "id Int @id /* 🎉 */ @foo\n")
    assert not found.is_warning


def test_many_questions_are_answered_in_order(prisma: PrismaEngine) -> None:
    questions = [validate_question(BAD), diff_question("sqlite", None, GOOD)] * 200
    answers = list(prisma.answers(questions))
    assert [isinstance(each, RefusedError) for each in answers] == [True, False] * 200
    assert set(answers[1::2]) == {TABLE}
    assert message_of(answers[0]) == prisma.validate(BAD)


def test_it_survives_its_own_panic(prisma: PrismaEngine) -> None:
    with pytest.raises(RefusedError, match=r"^panic: "):
        prisma.render("mysql", GOOD.replace("sqlite", "mysql"))
    assert prisma.render("sqlite", GOOD) == TABLE


def test_releases_differ_about_the_url(prisma_5: PrismaEngine, prisma_6: PrismaEngine) -> None:
    for engine in (prisma_5, prisma_6):
        assert 'Argument "url" is missing' in str(engine.validate(GOOD))
        assert engine.validate(GOOD.replace('"sqlite"', '"sqlite"\n  url = "file:x"')) is None


def test_it_looks_into_an_sqlite_file(prisma: PrismaEngine, tmp_path: Path) -> None:
    url = f"file:{tmp_path / 'test.db'}"
    assert prisma.apply(url, {"1_init": TABLE}) == ["1_init"]
    assert prisma.diagnose(url, {"1_init": TABLE}).is_up_to_date
    assert prisma.diagnose(url, {"1_init": "other", "2_more": "new"}).edited == ("1_init",)
    assert prisma.drift(url, GOOD) == EMPTY
    with closing(sqlite3.connect(tmp_path / "test.db")) as database:
        database.execute('DROP TABLE "A"')
    assert prisma.drift(url, GOOD) == TABLE


def test_it_looks_into_a_postgres_database(prisma: PrismaEngine, postgres_database: str) -> None:
    script = prisma.render("postgresql", POSTGRES)
    # The schema "public" is there already.
    assert prisma.drift(postgres_database, POSTGRES) in script
    assert prisma.apply(postgres_database, {"1_init": script}) == ["1_init"]
    assert prisma.diagnose(postgres_database, {"1_init": script}).is_up_to_date
    assert prisma.drift(postgres_database, POSTGRES) == EMPTY
