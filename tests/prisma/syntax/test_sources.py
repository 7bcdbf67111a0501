"""Schemas come as text, as several texts, as a file or as a directory of files."""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType

import pytest

from oneclick_deploy.errors import ConfigurationError, SchemaError
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.sources import LARGEST, read_sources

MODEL = "model A {\n  id Int @id\n}\n"


def write(root: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = root / f"{name.replace('__', '/')}.prisma"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def test_a_string_is_the_text_itself() -> None:
    (file,) = read_sources(MODEL)
    assert (file.path, file.text) == ("schema.prisma", MODEL)


def test_a_string_is_never_a_path(tmp_path: Path) -> None:
    write(tmp_path, schema=MODEL)
    schema = parse(str(tmp_path / "schema.prisma"))
    assert schema.trees[0].blocks == ()
    assert "pathlib.Path" in schema.syntax_errors[0].hint


def test_several_texts_come_in_the_byte_order_of_their_paths() -> None:
    # The order in which Prisma's command line gives files to its engine.
    names = ["zz", "sub/c", "sub/B_up", "schema", "b", "a/k", "_u", "Upper", "é", "ａ", "😀"]
    files = read_sources(MappingProxyType({f"{name}.prisma": name for name in names}))
    assert [file.text for file in files] == [
        *("Upper", "_u", "a/k", "b", "schema", "sub/B_up", "sub/c", "zz", "é", "ａ", "😀"),
    ]


def test_a_path_leads_to_one_file(tmp_path: Path) -> None:
    write(tmp_path, mine=MODEL, other="x")
    (file,) = read_sources(tmp_path / "mine.prisma")
    assert (file.path, file.text) == ("mine.prisma", MODEL)


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "schema.txt"
    path.write_text(MODEL)
    assert read_sources(path)[0].path == "schema.txt"


def test_a_directory_stands_for_every_schema_file_below_it(tmp_path: Path) -> None:
    write(tmp_path, b="b", a__k="a/k", Upper="U", a__x__deep="d", node_modules__p__schema="no")
    (tmp_path / "a" / "notes.md").write_text("no schema")
    (tmp_path / "dir.prisma").mkdir()
    files = read_sources(tmp_path)
    assert [(file.path, file.text) for file in files] == [
        ("Upper.prisma", "U"),
        ("a/k.prisma", "a/k"),
        ("a/x/deep.prisma", "d"),
        ("b.prisma", "b"),
    ]


def test_links_that_lead_out_of_the_directory_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "outside", secret="x")
    write(tmp_path / "schema", a="a")
    root = tmp_path / "schema"
    try:
        (root / "link.prisma").symlink_to(tmp_path / "outside" / "secret.prisma")
        (root / "folder").symlink_to(tmp_path / "outside", target_is_directory=True)
        (root / "inside.prisma").symlink_to(root / "a.prisma")
        (root / "nowhere.prisma").symlink_to(root / "missing.prisma")
    except OSError:
        pytest.skip("links cannot be made here")
    assert [file.path for file in read_sources(root)] == ["a.prisma", "inside.prisma"]


def test_a_directory_that_is_a_link_itself_is_read(tmp_path: Path) -> None:
    write(tmp_path / "real", a="a")
    try:
        (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    assert [file.path for file in read_sources(tmp_path / "link")] == ["a.prisma"]


@pytest.mark.parametrize("text", ["\ufeffx", "a\r\nb\rc\n", "no end", "", "é😀"])
def test_a_file_is_read_byte_for_byte(tmp_path: Path, text: str) -> None:
    write(tmp_path, schema=text)
    assert str(parse(tmp_path / "schema.prisma")) == text


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"there is no schema at .*missing") as caught:
        read_sources(tmp_path / "missing")
    assert "prisma/schema.prisma" in caught.value.hint


def test_a_directory_without_schema_files_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, node_modules__schema=MODEL)
    with pytest.raises(SchemaError, match=r"there is no \.prisma file in"):
        read_sources(tmp_path)


def test_other_bytes_than_utf_8_are_an_error_with_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.prisma").write_bytes(b"// a\n// b\n// \xff\n")
    with pytest.raises(SchemaError, match="is not UTF-8 text: line 3 "):
        read_sources(tmp_path)


def test_a_file_may_not_be_larger_than_any_schema(tmp_path: Path) -> None:
    with (tmp_path / "a.prisma").open("wb") as file:
        file.truncate(LARGEST + 1)
    for path in (tmp_path, tmp_path / "a.prisma"):
        with pytest.raises(SchemaError, match="larger than 16 MB"):
            read_sources(path)


def test_files_together_may_not_be_larger_either(tmp_path: Path) -> None:
    for name in "abc":
        with (tmp_path / f"{name}.prisma").open("wb") as file:
            file.truncate(LARGEST // 2)
    with pytest.raises(SchemaError, match="larger than 16 MB"):
        read_sources(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_no_schema(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.prisma")
    with pytest.raises(SchemaError, match="neither a file nor a directory"):
        read_sources(tmp_path / "pipe.prisma")
    with pytest.raises(SchemaError, match=r"there is no \.prisma file"):
        read_sources(tmp_path)


def test_a_path_that_no_system_has_is_an_error() -> None:
    with pytest.raises(SchemaError):
        read_sources(Path("a\0b"))


@pytest.mark.parametrize("source", [b"model", bytearray(b"x"), memoryview(b"x")])
def test_bytes_are_refused(source: object) -> None:
    with pytest.raises(ConfigurationError, match="a schema is text, not bytes") as caught:
        parse(source)  # type: ignore[arg-type]
    assert "decode" in caught.value.hint


@pytest.mark.parametrize("source", [None, 1, ["model"], object(), ("a", "b")])
def test_other_things_are_refused(source: object) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read from"):
        parse(source)  # type: ignore[arg-type]


@pytest.mark.parametrize("files", [{"a": b"x"}, {1: "x"}, {Path("a"): "x"}, {"a": None}])
def test_a_mapping_of_other_things_is_refused(files: object) -> None:
    with pytest.raises(ConfigurationError, match=r"given as \{path: text\}"):
        parse(files)  # type: ignore[arg-type]


def test_a_mapping_of_nothing_is_refused() -> None:
    with pytest.raises(SchemaError, match="the schema has no files"):
        parse({})
