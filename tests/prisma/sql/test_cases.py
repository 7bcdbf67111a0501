"""Every published case comes out byte for byte, refusals too."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.prisma.sql.scripts import PROVIDERS

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma.diagnostics import Diagnostic, report
from oneclick_deploy.prisma.rendering import render_sql

# What becomes of each case, known before the cases are read, so that a lost file is seen.
EXPECTED = {"sqlite": (27, 10), "postgresql": (35, 2), "mysql": (28, 9)}
_PROVIDER = re.compile(r'(datasource \w+ \{[^}]*?provider\s*=\s*)"\w+"')


def _source(case: Path, provider: str) -> str | dict[str, str]:
    """The case's schema with another provider in its datasource, and nothing else changed."""

    def renamed(path: Path) -> str:
        return _PROVIDER.sub(rf'\1"{provider}"', path.read_bytes().decode())

    folder = case / "schema"
    if not folder.is_dir():
        return renamed(case / "schema.prisma")
    files = sorted(
        folder.rglob("*.prisma"), key=lambda path: str(path.relative_to(folder)).encode()
    )
    return {str(path.relative_to(folder)): renamed(path) for path in files}


def _cases(shared: Path) -> list[Path]:
    return sorted({path.parent for path in (shared / "prisma-cases").glob("*/expected.*.sql")})


def _printed(case: Path, provider: str) -> tuple[str, str]:
    """What we print of a case, and the file that holds what Prisma prints."""
    try:
        return render_sql(_source(case, provider), provider=provider), f"expected.{provider}.sql"
    except InvalidSchemaError as error:
        found = [each for each in error.diagnostics if isinstance(each, Diagnostic)]
        return report(found), f"expected.{provider}.error.txt"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_scripts_and_refusals_are_those_of_prisma(shared: Path, provider: str) -> None:
    outcome: Counter[str] = Counter()
    wrong = []
    for case in _cases(shared):
        printed, name = _printed(case, provider)
        outcome["refused" if name.endswith(".txt") else "printed"] += 1
        expected = case / name
        if not expected.exists() or printed != expected.read_bytes().decode():
            wrong.append(case.name)
    # pytest -rP shows the table.
    same = outcome.total() - len(wrong)
    sys.stdout.write(f"{provider:10} {same} equal, {len(wrong)} different; of these ")
    sys.stdout.write(f"{outcome['printed']} scripts, {outcome['refused']} refusals\n")
    assert wrong == []
    assert (outcome["printed"], outcome["refused"]) == EXPECTED[provider]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_provider_asked_for_counts_and_not_the_one_that_is_written(
    shared: Path, provider: str
) -> None:
    cases = shared / "prisma-cases"
    written = (cases / "app-auth" / "schema.prisma").read_text()
    expected = (cases / "app-auth" / f"expected.{provider}.sql").read_text()
    assert 'provider = "sqlite"' in written
    assert render_sql(written, provider=provider) == expected


def test_a_folder_is_a_schema_of_several_files(shared: Path) -> None:
    case = shared / "prisma-cases" / "multi-file"
    expected = (case / "expected.sqlite.sql").read_text()
    assert render_sql(case / "schema", provider="sqlite") == expected
