"""``python -m oneclick_deploy.prisma`` prints what is asked for, and says what is wrong."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.prisma.random_schemas import random_schema
from tests.prisma.random_spoiling import spoil

from oneclick_deploy.prisma.rendering import render_sql
from oneclick_deploy.prisma.terminal import main

GOOD = """\
datasource db {
  provider = "sqlite"
}

generator client {
  provider = "prisma-client-js"
}

model User {
  id   Int    @id @default(autoincrement())
  name String
}
"""
BAD = GOOD.replace("name String", "name Strin\n  age  Itn")
LISTS = GOOD.replace('"sqlite"', '"postgresql"').replace("String", "String[]")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command; gives the exit status and what was printed on both ways."""

    def run_one(*arguments: str | Path) -> tuple[int, str, str]:
        try:
            status = main([str(each) for each in arguments])
        except SystemExit as exit_:
            status = int(str(exit_.code))
        printed = capfd.readouterr()
        return status, printed.out, printed.err

    return run_one


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "schema.prisma"
    file.write_text(GOOD, "utf-8")
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.prisma"
    file.write_text(BAD, "utf-8")
    return file


def type_in(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# Where schemas come from


def test_a_file_is_printed_as_sql(run: Run, good: Path) -> None:
    assert run("sql", good) == (0, render_sql(GOOD), "")


def test_a_directory_is_one_schema(run: Run, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    head, model = GOOD.split("model", 1)
    (tmp_path / "a.prisma").write_text(head, "utf-8")
    (tmp_path / "models" / "user.prisma").write_text(f"model{model}", "utf-8")
    assert run("sql", tmp_path) == (0, render_sql(GOOD), "")


def test_standard_input_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, GOOD.encode())
    assert run("sql", "-") == (0, render_sql(GOOD), "")


def test_standard_input_that_is_no_text_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, b"\xff\xfe")
    status, out, err = run("sql", "-")
    assert (status, out) == (1, "")
    assert "not UTF-8" in err


@pytest.mark.parametrize("place", ["nowhere.prisma", "\0", "a" * 5000])
def test_a_schema_that_is_not_there_is_an_error_with_a_hint(run: Run, place: str) -> None:
    status, out, err = run("sql", place)
    assert (status, out) == (1, "")
    assert err.startswith("error: ")
    assert "Traceback" not in err


def test_the_text_is_printed_as_utf_8_with_its_line_ends(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = GOOD.replace("name String", 'name String @default("日本\\r\\n")').replace("\n", "\r\n")
    file = tmp_path / "schema.prisma"
    file.write_bytes(text.encode())
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    command = [sys.executable, "-m", "oneclick_deploy.prisma", "transform", str(file)]
    done = subprocess.run(
        [*command, "--target", "sqlite"], capture_output=True, check=True, timeout=60
    )
    assert done.stdout.decode() == text


# sql and diff


def test_another_provider_may_be_asked_for(run: Run, good: Path) -> None:
    status, out, _ = run("sql", good, "--provider", "postgresql")
    assert (status, out) == (0, render_sql(GOOD, provider="postgresql"))
    status, out, _ = run("sql", good, "--provider", "postgresql", "--no-public-schema")
    assert out == render_sql(GOOD, provider="postgresql", create_public_schema=False)
    status, _, err = run("sql", good, "--provider", "oracle")
    assert status == 1
    assert "oracle" in err


def test_a_migration_is_printed(run: Run, good: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.prisma"
    new.write_text(GOOD.replace("name String", "name String\n  age Int?"), "utf-8")
    expected = '-- AlterTable\nALTER TABLE "User" ADD COLUMN "age" INTEGER;\n'
    assert run("diff", "--from", good, "--to", new) == (0, expected, "")
    assert run("diff", "--from", good, "--to", new, "--exit-code")[0] == 2
    assert run("diff", "--from", good, "--to", good, "--exit-code")[0] == 0
    status, out, _ = run("diff", "--from", good, "--to", new, "--json")
    told = json.loads(out)
    assert (status, told["sql"], told["empty"]) == (0, expected, False)


def test_everything_or_nothing_may_be_there(run: Run, good: Path) -> None:
    assert run("diff", "--from-empty", "--to", good)[1] == render_sql(GOOD)
    status, out, _ = run("diff", "--from", good, "--to-empty", "--warnings")
    assert status == 0
    assert "drop the `User` table" in out
    assert 'DROP TABLE "User";' in out


def test_lost_data_is_told_in_json(run: Run, good: Path) -> None:
    told = json.loads(run("diff", "--from", good, "--to-empty", "--json")[1])
    assert told["destructive"]
    assert told["warnings"][0]["kind"] == "DROP_TABLE"


def test_standard_input_holds_one_schema(run: Run) -> None:
    status, _, err = run("diff", "--from", "-", "--to", "-")
    assert status == 1
    assert "standard input" in err


# transform and lint


def test_a_rewritten_schema_is_printed_and_explained(run: Run, good: Path) -> None:
    status, out, err = run("transform", good, "--target", "neon")
    assert (status, out) == (0, GOOD.replace('"sqlite"', '"postgresql"'))
    assert '"sqlite" -> "postgresql"' in err


def test_several_files_are_written_into_a_directory(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "models").mkdir(parents=True)
    head, model = GOOD.split("model", 1)
    (source / "a.prisma").write_text(head, "utf-8")
    (source / "models" / "user.prisma").write_text(f"model{model}", "utf-8")
    status, out, err = run("transform", source, "--target", "neon")
    assert (status, out) == (1, "")
    assert "--into" in err
    there = tmp_path / "there"
    assert run("transform", source, "--target", "neon", "--into", there)[0] == 0
    assert "postgresql" in (there / "a.prisma").read_text("utf-8")
    assert (there / "models" / "user.prisma").read_text("utf-8") == f"model{model}"


def test_a_directory_that_cannot_be_written_is_an_error(run: Run, good: Path) -> None:
    status, _, err = run("transform", good, "--target", "neon", "--into", good / "inside")
    assert status == 1
    assert err.startswith("error: ")


def test_a_rewritten_schema_is_told_in_json(run: Run, good: Path) -> None:
    status, out, _ = run(
        "transform", good, "--target", "turso", "--json", "--prisma-version", "6.19.3"
    )
    told = json.loads(out)
    assert status == 0
    assert told["prisma_version"] == "6.19"
    assert 'provider = "sqlite"' in told["files"]["schema.prisma"]
    assert told["changes"]


def test_findings_are_printed_and_counted(run: Run, good: Path, tmp_path: Path) -> None:
    assert run("lint", good, "--target", "turso")[0] == 0
    lists = tmp_path / "lists.prisma"
    lists.write_text(LISTS, "utf-8")
    status, out, _ = run("lint", lists, "--target", "turso")
    assert status == 1
    assert "OD101" in out
    told = json.loads(run("lint", lists, "--target", "turso", "--json")[1])
    assert {"code", "severity", "message", "path", "line", "fix"} <= set(told["findings"][0])


@pytest.mark.parametrize("option", ["--target", "--prisma-version"])
def test_unknown_targets_and_releases_are_errors_with_a_hint(
    run: Run, good: Path, option: str
) -> None:
    status, out, err = run("lint", good, "--target", "turso", option, "oracle")
    assert (status, out) == (1, "")
    assert "hint: " in err


# What is wrong


def test_a_refused_schema_is_shown_as_prisma_shows_it_with_hints(run: Run, bad: Path) -> None:
    status, out, err = run("sql", bad)
    assert (status, out) == (1, "")
    assert "  -->  bad.prisma:11\n" in err
    assert "Validation Error Count: 2" in err
    assert "hint: bad.prisma:11: " in err


@pytest.mark.parametrize(
    "command",
    [
        ["lint", "--target", "turso", "--json"],
        ["transform", "--target", "neon", "--json"],
    ],
)
def test_a_refused_schema_is_told_in_json(run: Run, bad: Path, command: list[str]) -> None:
    status, out, _ = run(*command, bad)
    told: Any = json.loads(out)
    assert status == 1
    assert [each["line"] for each in told["errors"]] == [11, 12]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["sql"],
        ["sql", ""],
        ["nonsense"],
        ["diff", "--from-empty"],
        ["diff", "--from", "a", "--from-empty", "--to", "b"],
        ["lint", "schema.prisma"],
        ["sql", "schema.prisma", "--json"],
    ],
)
def test_a_wrong_command_line_is_status_2(run: Run, arguments: list[str]) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("usage: python -m oneclick_deploy.prisma")


def test_no_schema_makes_a_traceback(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "schema.prisma"
    for seed in range(40):
        text = spoil(random_schema(seed, "postgresql"), seed)
        file.write_bytes(text.encode())
        for command in (["sql"], ["lint", "--target", "turso"], ["transform", "--target", "d1"]):
            assert run(*command, file)[0] in {0, 1}, text


def test_a_reader_that_leaves_is_no_error(good: Path) -> None:
    command = [sys.executable, "-m", "oneclick_deploy.prisma", "sql", str(good)]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=False, timeout=60)
    assert done.stderr == b""
    assert done.returncode != 0
