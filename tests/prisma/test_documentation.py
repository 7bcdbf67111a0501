"""The pages about the compiler say what is so."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.conftest import REPOSITORY

from oneclick_deploy.prisma.linting.codes import CODES
from oneclick_deploy.prisma.terminal import main

PAGE = (REPOSITORY / "docs" / "prisma.md").read_text("utf-8")
EXAMPLE = REPOSITORY / "examples" / "prisma_schema.py"


def test_the_table_of_codes_is_complete() -> None:
    rows = re.findall(r"^\| OD\d.*\|$", PAGE, re.MULTILINE)
    cells = ((each.code, str(each.severity), each.title, each.source) for each in CODES.values())
    assert rows == [f"| {' | '.join(each)} |" for each in cells]


def test_every_command_line_is_understood(tmp_path, monkeypatch, capfd) -> None:
    schema = 'datasource db {\n  provider = "sqlite"\n}\n\nmodel A {\n  id Int @id\n}\n'
    for name in ("schema.prisma", "old.prisma", "prisma/schema.prisma"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(schema, "utf-8")
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^\$ python -m oneclick_deploy\.prisma (.*)$", PAGE, re.MULTILINE)
    assert len(lines) == 4
    for line in lines:
        arguments, _, typed_in = line.partition(" < ")
        words = [typed_in if word == "-" else word for word in arguments.split()]
        assert main(words) == 0, line
    assert "Traceback" not in capfd.readouterr().err


def test_the_example_moves_a_schema_to_postgresql() -> None:
    command = [sys.executable, str(EXAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert '"sqlite" -> "postgresql"' in done.stdout
    assert 'ALTER TABLE "visitors" ADD COLUMN     "nickname" TEXT;' in done.stdout
    assert done.stdout.endswith("loses nothing\n")
