"""`parse` gives a schema that prints what was read."""

from __future__ import annotations

from pathlib import Path

import pytest

from oneclick_deploy.prisma.parsing import parse

MODEL = "model A {\n  id Int @id\n}\n"


def test_a_parsed_schema_is_returned_as_it_is() -> None:
    schema = parse(MODEL)
    assert parse(schema) is schema


def test_several_files_print_one_after_the_other() -> None:
    files = {"b.prisma": "// b", "a.prisma": MODEL}
    schema = parse(files)
    assert str(schema) == f"{MODEL}// b"
    assert dict(schema.files) == files
    assert list(schema.files) == ["a.prisma", "b.prisma"]


def test_files_cannot_be_changed_through_a_schema() -> None:
    with pytest.raises(TypeError):
        parse(MODEL).files["schema.prisma"] = ""  # type: ignore[index]


def test_mistakes_of_several_files_come_in_the_order_of_the_files() -> None:
    schema = parse({"b.prisma": "x\n", "a.prisma": "\ny\nz"})
    assert [(each.path, each.line, each.text) for each in schema.syntax_errors] == [
        ("a.prisma", 2, "y\n"),
        ("a.prisma", 3, "z"),
        ("b.prisma", 1, "x\n"),
    ]


def test_a_file_that_was_read_from_disk_prints_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.prisma").write_bytes(MODEL.replace("\n", "\r\n").encode())
    assert str(parse(tmp_path)) == MODEL.replace("\n", "\r\n")


def test_the_worked_examples_have_no_syntax_errors(shared: Path) -> None:
    paths = sorted((shared / "prisma-cases").rglob("*.prisma"))
    assert len(paths) > 40
    for path in paths:
        schema = parse(path)
        assert schema.syntax_errors == ()
        assert str(schema).encode() == path.read_bytes()
